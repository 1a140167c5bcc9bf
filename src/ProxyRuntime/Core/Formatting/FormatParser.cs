using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes of the pieces of a format what writes them.</summary>
internal static class FormatParser
{
    /// <summary>The segments, at least one; a problem instead if there is one.</summary>
    public static ImmutableArray<FormatSegment> Parse(ReadOnlySpan<byte> format, FormatOptions options, out FormatProblem? problem)
    {
        var segments = ImmutableArray.CreateBuilder<FormatSegment>();
        problem = null;
        var pieces = FormatPieces.Parse(format, out var syntax);
        foreach (var piece in pieces)
        {
            if (!piece.IsOperator)
            {
                segments.Add(new LiteralSegment(piece.Text.ToArray()));
                continue;
            }

            if (FormatOperators.Create(new FormatArguments(piece.Operator, piece.Parameters, piece.Length, options), out problem) is not { } segment)
            {
                return [];
            }

            segments.Add(segment);
        }

        problem = syntax;
        if (problem is not null)
        {
            return [];
        }

        if (segments.Count == 0)
        {
            segments.Add(new LiteralSegment([]));
        }

        return segments.ToImmutable();
    }
}
