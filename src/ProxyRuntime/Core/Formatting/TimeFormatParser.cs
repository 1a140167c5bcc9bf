using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Takes a time format apart. Envoy looks for its own conversions first, wherever they stand, and leaves what is between to strftime.</summary>
internal static class TimeFormatParser
{
    private const string Simple = "aAbBhCdegGHIjklmMnpPsStuUVwWyYzZ";

    /// <summary>More cannot be asked for: glibc's limit would be the memory.</summary>
    private const int MaxWidth = 256;

    public static ImmutableArray<TimePart> Parse(string format)
    {
        var parts = new Builder();
        var from = 0;
        for (var at = 0; at < format.Length; )
        {
            var length = OwnConversion(format.AsSpan(at), out var part);
            if (length == 0)
            {
                at++;
                continue;
            }

            ParseStrftime(format[from..at], parts);
            if (part.Conversion == (byte)'.')
            {
                parts.Add(new TimePart((byte)'S'));
            }

            parts.Add(part);
            at += length;
            from = at;
        }

        ParseStrftime(format[from..], parts);
        return parts.ToImmutable();
    }

    /// <summary><c>%f</c>, <c>%3f</c>, <c>%*f</c>, <c>%s</c>, <c>%E3S</c>, <c>%E*f</c> and their like at the beginning of a text; 0 if none of them stands there.</summary>
    private static int OwnConversion(ReadOnlySpan<char> text, out TimePart part)
    {
        part = default;
        if (text.Length < 2 || text[0] != '%')
        {
            return 0;
        }

        if (text[1] == 's')
        {
            part = new TimePart((byte)'s');
            return 2;
        }

        var at = text[1] == 'E' ? 2 : 1;
        var hasDigits = at < text.Length && text[at] is (>= '1' and <= '9') or '*';
        var digits =
            !hasDigits ? 9
            : text[at] == '*' ? 0
            : text[at] - '0';
        at += hasDigits ? 1 : 0;
        if (at >= text.Length || (text[1] == 'E' && !hasDigits) || !(text[at] == 'f' || (text[at] == 'S' && text[1] == 'E')))
        {
            return 0;
        }

        part = new TimePart(text[at] == 'S' ? (byte)'.' : (byte)'f') { Width = digits };
        return at + 1;
    }

    private static void ParseStrftime(string text, Builder parts, bool upper = false)
    {
        for (var at = 0; at < text.Length; )
        {
            if (text[at] != '%' || at + 1 == text.Length)
            {
                parts.Add(text[at++]);
                continue;
            }

            var start = at++;
            var part = new TimePart { Upper = upper };
            at = Flags(text, at, ref part);
            if (Extension(text.AsSpan(at)) is var (length, extension) && length > 0)
            {
                parts.Add(extension);
                at += length;
                continue;
            }

            // In the C locale the modifiers E and O change nothing.
            at += at < text.Length && text[at] is 'E' or 'O' ? 1 : 0;
            if (!Convert(text, ref at, part, parts))
            {
                parts.Add(text[start..at]);
            }
        }
    }

    private static int Flags(string text, int at, ref TimePart part)
    {
        for (; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '-':
                    part = part with { Pad = 0 };
                    break;
                case '_':
                    part = part with { Pad = (byte)' ' };
                    break;
                case '0':
                    part = part with { Pad = (byte)'0' };
                    break;
                case '^':
                    part = part with { Upper = true };
                    break;
                case '#':
                    part = part with { SwapCase = true };
                    break;
                case >= '1' and <= '9':
                    var width = 0;
                    for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
                    {
                        width = Math.Min((width * 10) + text[at] - '0', MaxWidth);
                    }

                    part = part with { Width = width };
                    return at;
                default:
                    return at;
            }
        }

        return at;
    }

    /// <summary>Forms beyond strftime: <c>:z</c>, <c>::z</c>, <c>:::z</c>, <c>Ez</c>, <c>E*z</c>, <c>E4Y</c>, <c>ET</c>; length 0 if none of them stands there.</summary>
    private static (int Length, TimePart Part) Extension(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<(string Form, char Conversion, byte Colons)> known =
        [
            (":::z", 'z', 3),
            ("::z", 'z', 2),
            (":z", 'z', 1),
            ("E*z", 'z', 2),
            ("Ez", 'z', 1),
            ("E4Y", 'Y', 0),
        ];
        foreach (var (form, conversion, colons) in known)
        {
            if (text.StartsWith(form, StringComparison.Ordinal))
            {
                return (form.Length, new TimePart((byte)conversion) { Colons = colons });
            }
        }

        return text.StartsWith("ET", StringComparison.Ordinal) ? (2, new TimePart(0, [(byte)'T'])) : default;
    }

    /// <summary>Adds the conversion that stands at a place; false, and the place behind it, if it is none.</summary>
    private static bool Convert(string text, ref int at, in TimePart part, Builder parts)
    {
        if (at >= text.Length)
        {
            return false;
        }

        var letter = text[at++];
        var expanded = letter switch
        {
            '%' => "%",
            'c' => "%a %b %e %H:%M:%S %Y",
            'D' or 'x' => "%m/%d/%y",
            'F' => "%Y-%m-%d",
            'R' => "%H:%M",
            'r' => "%I:%M:%S %p",
            'T' or 'X' => "%H:%M:%S",
            _ => null,
        };
        if (expanded is not null)
        {
            ParseStrftime(expanded, parts, part.Upper);
            return true;
        }

        if (!Simple.Contains(letter, StringComparison.Ordinal))
        {
            return false;
        }

        parts.Add(part with { Conversion = (byte)letter });
        return true;
    }

    /// <summary>Parts with the text between them joined.</summary>
    private sealed class Builder
    {
        private readonly ImmutableArray<TimePart>.Builder parts = ImmutableArray.CreateBuilder<TimePart>();
        private readonly StringBuilder text = new();

        public void Add(char c) => _ = text.Append(c);

        public void Add(string s) => _ = text.Append(s);

        public void Add(in TimePart part)
        {
            Flush();
            parts.Add(part);
        }

        public ImmutableArray<TimePart> ToImmutable()
        {
            Flush();
            return parts.ToImmutable();
        }

        private void Flush()
        {
            if (text.Length > 0)
            {
                parts.Add(new TimePart(0, Encoding.UTF8.GetBytes(text.ToString())));
                _ = text.Clear();
            }
        }
    }
}
