using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One piece of a format as it was written: text, or an operator <c>%NAME(parameters):length%</c>.</summary>
/// <param name="Text">Of text: its bytes, <c>%%</c> being one percent sign. Empty for an operator.</param>
/// <param name="Operator">Of an operator: its name. Empty for text.</param>
/// <param name="Parameters">Of an operator: what stands in parentheses; empty for nothing.</param>
/// <param name="Length">Of an operator: at most so many bytes; null for no limit.</param>
public sealed record FormatPiece(ReadOnlyMemory<byte> Text, string Operator, string Parameters, int? Length)
{
    public bool IsOperator => Operator.Length > 0;
}

/// <summary>Takes a format apart: text, <c>%%</c>, and operators <c>%NAME(parameters):length%</c>. Positions count bytes.</summary>
public static class FormatPieces
{
    /// <summary>The pieces, without two texts beside each other; up to a place where there is none, with a problem.</summary>
    public static ImmutableArray<FormatPiece> Parse(ReadOnlySpan<byte> format, out FormatProblem? problem)
    {
        problem = null;
        var pieces = ImmutableArray.CreateBuilder<FormatPiece>();
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

            var length = Operator(format[at..], out var piece);
            if (length == 0)
            {
                problem = new FormatProblem(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Incorrect configuration: {Encoding.UTF8.GetString(format)}. Couldn't find valid command at position {at}"
                    )
                );
                break;
            }

            Flush(literal, pieces);
            pieces.Add(piece!);
            at += length;
        }

        Flush(literal, pieces);
        return pieces.ToImmutable();
    }

    /// <summary>How long the operator is that begins a text; 0 if none does.</summary>
    private static int Operator(ReadOnlySpan<byte> text, out FormatPiece? piece)
    {
        var at = 1;
        while (at < text.Length && text[at] is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_')
        {
            at++;
        }

        piece = null;
        if (at == 1 || at == text.Length)
        {
            return 0;
        }

        var name = Encoding.ASCII.GetString(text[1..at]);
        if (text[at] != (byte)'(')
        {
            piece = new FormatPiece(default, name, "", null);
            return End(text, at, ref piece);
        }

        // The parameters end at the first parenthesis behind which the operator can end; they stand on one line.
        for (var close = at + 1; close < text.Length && text[close] != (byte)'\n'; close++)
        {
            if (text[close] != (byte)')')
            {
                continue;
            }

            piece = new FormatPiece(default, name, Encoding.UTF8.GetString(text[(at + 1)..close]), null);
            if (End(text, close + 1, ref piece) is var end and > 0)
            {
                return end;
            }
        }

        return 0;
    }

    /// <summary>Reads <c>:length%</c> or <c>%</c>; returns what is behind it, 0 if something else stands there.</summary>
    private static int End(ReadOnlySpan<byte> text, int at, ref FormatPiece piece)
    {
        if (at < text.Length && text[at] == (byte)':')
        {
            var digits = text[(at + 1)..];
            var count = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (count <= 0 || !Utf8Parser.TryParse(digits[..count], out ulong length, out _))
            {
                return 0;
            }

            piece = piece with { Length = (int)Math.Min(length, int.MaxValue) };
            at += 1 + count;
        }

        return at < text.Length && text[at] == (byte)'%' ? at + 1 : 0;
    }

    private static void Flush(ByteBuffer literal, ImmutableArray<FormatPiece>.Builder pieces)
    {
        if (literal.Length > 0)
        {
            pieces.Add(new FormatPiece(literal.Span.ToArray(), "", "", null));
            literal.Clear();
        }
    }
}
