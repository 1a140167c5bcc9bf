using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Texts and numbers of JSON as Envoy writes them in access logs.</summary>
internal static class JsonText
{
    /// <summary>The largest number up to which every whole number is one double.</summary>
    private const double MaxExact = 9007199254740992;

    private static readonly SearchValues<byte> Suspicious = SearchValues.Create([
        .. Enumerable.Range(0, 256).Where(static b => b is < ' ' or '"' or '\\' or >= 0x7F).Select(static b => (byte)b),
    ]);

    /// <summary>A text in quotes.</summary>
    public static void Append(ByteBuffer output, ReadOnlySpan<char> text)
    {
        output.Append((byte)'"');
        var start = output.Length;
        output.AppendText(text);
        Escape(output, start);
        output.Append((byte)'"');
    }

    /// <summary>
    /// Escapes what was written from a place on. UTF-8 stays, but for control characters, quotes and backslashes;
    /// in a text that is no UTF-8 every such byte and every byte beyond ASCII becomes <c>\u00xx</c>.
    /// </summary>
    public static void Escape(ByteBuffer buffer, int start)
    {
        var text = buffer.Written[start..];
        if (text.IndexOfAny(Suspicious) < 0)
        {
            return;
        }

        var valid = Utf8.IsValid(text);
        var length = 0;
        foreach (var b in text)
        {
            length += EscapedLength(b, valid);
        }

        var read = text.Length;
        if (length == read)
        {
            return;
        }

        _ = buffer.GetSpan(length - read);
        buffer.Advance(length - read);
        text = buffer.Written[start..];
        while (read > 0)
        {
            var b = text[--read];
            length -= EscapedLength(b, valid);
            WriteEscaped(b, text[length..], EscapedLength(b, valid));
        }
    }

    /// <summary>
    /// A number in its shortest form, with an exponent where that is shorter: 1000, but 1e+06. Numbers pass through doubles; what is no
    /// number is null.
    /// </summary>
    public static void AppendNumber(ByteBuffer output, double number)
    {
        if (!double.IsFinite(number))
        {
            output.Append("null"u8);
        }
        else if (double.IsInteger(number) && Math.Abs(number) < MaxExact && IsShortestFixed((long)Math.Abs(number)))
        {
            output.AppendNumber((long)number);
        }
        else
        {
            AppendShortest(output, number);
        }
    }

    /// <summary>A whole number is written with an exponent only if that is shorter: with more zeros at its end than <c>e+nn</c> takes.</summary>
    private static bool IsShortestFixed(long number)
    {
        var zeros = 0;
        for (; number >= 10 && number % 10 == 0; number /= 10)
        {
            zeros++;
        }

        return zeros <= (number < 10 ? 4 : 5);
    }

    private static void AppendShortest(ByteBuffer output, double number)
    {
        Span<byte> text = stackalloc byte[32];
        Span<byte> digits = stackalloc byte[32];
        _ = number.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        var (count, exponent) = Digits(text[..length], digits);
        if (number < 0)
        {
            output.Append((byte)'-');
        }

        var plain = exponent >= 0 ? Math.Max(count + (exponent < count - 1 ? 1 : 0), exponent + 1) : count + 1 - exponent;
        var scientific = count + (count > 1 ? 1 : 0) + 2 + Math.Max(2, Math.Abs(exponent) < 100 ? 2 : 3);
        if (plain > scientific)
        {
            AppendScientific(output, digits[..count], exponent);
        }
        else if (exponent >= count)
        {
            // Beyond 2^53 the digits behind the shortest ones are those of the number itself, not zeros.
            var span = output.GetSpan(40);
            _ = ((UInt128)Math.Abs(number)).TryFormat(span, out length, default, CultureInfo.InvariantCulture);
            output.Advance(length);
        }
        else
        {
            AppendPlain(output, digits[..count], exponent);
        }
    }

    private static void AppendPlain(ByteBuffer output, ReadOnlySpan<byte> digits, int exponent)
    {
        if (exponent >= 0)
        {
            output.Append(digits[..(exponent + 1)]);
            if (digits.Length > exponent + 1)
            {
                output.Append((byte)'.');
                output.Append(digits[(exponent + 1)..]);
            }

            return;
        }

        output.Append("0."u8);
        for (var i = -1; i > exponent; i--)
        {
            output.Append((byte)'0');
        }

        output.Append(digits);
    }

    private static void AppendScientific(ByteBuffer output, ReadOnlySpan<byte> digits, int exponent)
    {
        output.Append(digits[0]);
        if (digits.Length > 1)
        {
            output.Append((byte)'.');
            output.Append(digits[1..]);
        }

        output.Append(exponent < 0 ? "e-"u8 : "e+"u8);
        if (Math.Abs(exponent) < 10)
        {
            output.Append((byte)'0');
        }

        output.AppendNumber(Math.Abs(exponent));
    }

    /// <summary>The significant digits of a number in text, and the power of ten of the first of them.</summary>
    private static (int Count, int Exponent) Digits(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        var count = 0;
        var point = -1;
        var exponent = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'.':
                    point = count;
                    break;
                case (byte)'E':
                    exponent = int.Parse(text[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                    i = text.Length;
                    break;
                case >= (byte)'0' and <= (byte)'9':
                    digits[count++] = text[i];
                    break;
                default:
                    break; // The sign.
            }
        }

        exponent += (point < 0 ? count : point) - 1;
        var leading = 0;
        while (leading < count - 1 && digits[leading] == (byte)'0')
        {
            leading++;
        }

        digits[leading..count].CopyTo(digits);
        count -= leading;
        while (count > 1 && digits[count - 1] == (byte)'0')
        {
            count--;
        }

        return (count, exponent - leading);
    }

    private static int EscapedLength(byte b, bool valid) =>
        b switch
        {
            (byte)'"' or (byte)'\\' => valid ? 2 : 6,
            (byte)'\b' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' => valid ? 2 : 6,
            < (byte)' ' => 6,
            >= 0x7F => valid ? 1 : 6,
            _ => 1,
        };

    private static void WriteEscaped(byte b, Span<byte> output, int length)
    {
        if (length == 1)
        {
            output[0] = b;
            return;
        }

        output[0] = (byte)'\\';
        if (length == 2)
        {
            output[1] = b switch
            {
                (byte)'\b' => (byte)'b',
                (byte)'\t' => (byte)'t',
                (byte)'\n' => (byte)'n',
                (byte)'\f' => (byte)'f',
                (byte)'\r' => (byte)'r',
                _ => b,
            };
            return;
        }

        var digits = "0123456789abcdef"u8;
        "u00"u8.CopyTo(output[1..]);
        output[4] = digits[b >> 4];
        output[5] = digits[b & 15];
    }
}
