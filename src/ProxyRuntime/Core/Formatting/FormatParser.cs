using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Takes a format apart: text, <c>%%</c>, and operators <c>%NAME(parameters):length%</c>. Positions count bytes.</summary>
internal static class FormatParser
{
    /// <summary>The segments, at least one; a problem instead if there is one.</summary>
    public static ImmutableArray<FormatSegment> Parse(ReadOnlySpan<byte> format, FormatOptions options, out FormatProblem? problem)
    {
        problem = null;
        var segments = ImmutableArray.CreateBuilder<FormatSegment>();
        var literal = new ByteBuffer();
        for (var at = 0; at < format.Length; )
        {
            if (format[at] != (byte)'%')
            {
                literal.Append(format[at++]);
                continue;
            }

            if (at + 1 < format.Length && format[at + 1] == (byte)'%')
            {
                literal.Append((byte)'%');
                at += 2;
                continue;
            }

            var length = Operator(format[at..], options, out var arguments);
            if (length == 0)
            {
                problem = new FormatProblem(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Incorrect configuration: {Encoding.UTF8.GetString(format)}. Couldn't find valid command at position {at}"
                    )
                );
                return [];
            }

            Flush(literal, segments);
            if (FormatOperators.Create(arguments, out problem) is not { } segment)
            {
                return [];
            }

            segments.Add(segment);
            at += length;
        }

        if (segments.Count == 0 || literal.Length > 0)
        {
            segments.Add(new LiteralSegment(literal.Span.ToArray()));
        }

        return segments.ToImmutable();
    }

    /// <summary>How long the operator is that begins a text; 0 if none does.</summary>
    private static int Operator(ReadOnlySpan<byte> text, FormatOptions options, out FormatArguments arguments)
    {
        var at = 1;
        while (at < text.Length && text[at] is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_')
        {
            at++;
        }

        arguments = default;
        if (at == 1 || at == text.Length)
        {
            return 0;
        }

        var name = Encoding.ASCII.GetString(text[1..at]);
        if (text[at] != (byte)'(')
        {
            arguments = new FormatArguments(name, "", null, options);
            return End(text, at, ref arguments);
        }

        // The parameters end at the first parenthesis behind which the operator can end; they stand on one line.
        for (var close = at + 1; close < text.Length && text[close] != (byte)'\n'; close++)
        {
            if (text[close] != (byte)')')
            {
                continue;
            }

            arguments = new FormatArguments(name, Encoding.UTF8.GetString(text[(at + 1)..close]), null, options);
            if (End(text, close + 1, ref arguments) is var end and > 0)
            {
                return end;
            }
        }

        return 0;
    }

    /// <summary>Reads <c>:length%</c> or <c>%</c>; returns what is behind it, 0 if something else stands there.</summary>
    private static int End(ReadOnlySpan<byte> text, int at, ref FormatArguments arguments)
    {
        if (at < text.Length && text[at] == (byte)':')
        {
            var digits = text[(at + 1)..];
            var count = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (count <= 0 || !Utf8Parser.TryParse(digits[..count], out ulong length, out _))
            {
                return 0;
            }

            arguments = arguments with { Length = (int)Math.Min(length, int.MaxValue) };
            at += 1 + count;
        }

        return at < text.Length && text[at] == (byte)'%' ? at + 1 : 0;
    }

    private static void Flush(ByteBuffer literal, ImmutableArray<FormatSegment>.Builder segments)
    {
        if (literal.Length > 0)
        {
            segments.Add(new LiteralSegment(literal.Span.ToArray()));
            literal.Clear();
        }
    }
}
