using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Lines of text: between two operators stands what the format has between them.</summary>
internal sealed class TextLogFormat : LogFormat
{
    private readonly ImmutableArray<FormatPiece> operators;
    private readonly ImmutableArray<LogOperators.Take?> takes;
    private readonly Regex regex;

    private TextLogFormat(ImmutableArray<FormatPiece> pieces, string name)
        : base(name)
    {
        operators = [.. pieces.Where(static piece => piece.IsOperator)];
        takes = [.. operators.Select(static piece => LogOperators.Of(piece, out _))];
        var pattern = new StringBuilder("^");
        for (var i = 0; i < pieces.Length; i++)
        {
            var text = Encoding.UTF8.GetString(pieces[i].Text.Span);
            _ = pieces[i].IsOperator
                ? pattern.Append('(').Append(LogOperators.PatternOf(pieces[i])).Append(')')
                : pattern.Append(Regex.Escape(i == pieces.Length - 1 ? text.TrimEnd('\n') : text));
        }

        // Without backtracking no line takes longer than its length.
        regex = new Regex(pattern.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>Null, with what is wrong, for a format whose lines cannot be read back.</summary>
    public static TextLogFormat? TryCreate(ReadOnlySpan<byte> text, string name, out string? error)
    {
        var pieces = FormatPieces.Parse(text, out var problem);
        error =
            problem?.Message
            ?? ProblemOf([.. pieces.Where(static piece => piece.IsOperator)])
            ?? (text.TrimEnd((byte)'\n').Contains((byte)'\n') ? "the format has several lines for one request; accepted is one" : null);
        return error is null ? new TextLogFormat(pieces, name) : null;
    }

    public override LoggedRequest? Read(string line, out string? error)
    {
        error = null;
        var match = regex.Match(line);
        if (!match.Success)
        {
            error = "it does not have the form of the format";
            return null;
        }

        var request = new LoggedRequest();
        for (var i = 0; i < operators.Length; i++)
        {
            if (!Take(operators[i], takes[i], request, match.Groups[i + 1].ValueSpan, out error))
            {
                return null;
            }
        }

        return request;
    }
}
