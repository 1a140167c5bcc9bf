using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes the parts of a time format.</summary>
internal static class TimeWriter
{
    public static void Write(in TimePart part, in Moment moment, ByteBuffer output)
    {
        var time = moment.Local;
        switch (part.Conversion)
        {
            case 0:
                output.Append(part.Text);
                break;
            case (byte)'f' or (byte)'.':
                WriteFraction(part, moment.Nanoseconds, output);
                break;
            case (byte)'a':
                WriteText(part, TimeNames.Days[(int)time.DayOfWeek].AsSpan(0, 3), output);
                break;
            case (byte)'A':
                WriteText(part, TimeNames.Days[(int)time.DayOfWeek], output);
                break;
            case (byte)'b' or (byte)'h':
                WriteText(part, TimeNames.Months[time.Month - 1].AsSpan(0, 3), output);
                break;
            case (byte)'B':
                WriteText(part, TimeNames.Months[time.Month - 1], output);
                break;
            case (byte)'p':
                WriteText(part, time.Hour < 12 ? "AM" : "PM", output);
                break;
            case (byte)'P':
                WriteText(part, time.Hour < 12 ? "am" : "pm", output);
                break;
            case (byte)'Z':
                WriteText(part, moment.ZoneName, output);
                break;
            case (byte)'t':
                WriteText(part, "\t", output);
                break;
            case (byte)'z':
                WriteOffset(part, moment.OffsetMinutes, output);
                break;
            default:
                WriteNumber(part, moment, output);
                break;
        }
    }

    private static void WriteNumber(in TimePart part, in Moment moment, ByteBuffer output)
    {
        var time = moment.Local;
        var weekday = (int)time.DayOfWeek;
        var (value, width, pad) = part.Conversion switch
        {
            (byte)'C' => (time.Year / 100, 2, '0'),
            (byte)'d' => (time.Day, 2, '0'),
            (byte)'e' => (time.Day, 2, ' '),
            (byte)'g' => (ISOWeek.GetYear(time) % 100, 2, '0'),
            (byte)'G' => (ISOWeek.GetYear(time), 0, '0'),
            (byte)'H' => (time.Hour, 2, '0'),
            (byte)'I' => (((time.Hour + 11) % 12) + 1, 2, '0'),
            (byte)'j' => (time.DayOfYear, 3, '0'),
            (byte)'k' => (time.Hour, 2, ' '),
            (byte)'l' => (((time.Hour + 11) % 12) + 1, 2, ' '),
            (byte)'m' => (time.Month, 2, '0'),
            (byte)'M' => (time.Minute, 2, '0'),
            (byte)'s' => (moment.Seconds, 0, '0'),
            (byte)'S' => (time.Second, 2, '0'),
            (byte)'u' => (weekday == 0 ? 7 : weekday, 0, '0'),
            (byte)'U' => ((time.DayOfYear + 6 - weekday) / 7, 2, '0'),
            (byte)'V' => (ISOWeek.GetWeekOfYear(time), 2, '0'),
            (byte)'w' => (weekday, 0, '0'),
            (byte)'W' => ((time.DayOfYear + 6 - ((weekday + 6) % 7)) / 7, 2, '0'),
            (byte)'y' => (time.Year % 100, 2, '0'),
            _ => (time.Year, 0, '0'),
        };
        Span<byte> digits = stackalloc byte[20];
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(value, digits, out var length);
        Pad(part, length, width, (byte)pad, output);
        output.Append(digits[..length]);
    }

    /// <summary>Digits of the fraction, with a point before them where the part has one; without a number of digits only those that are not zero.</summary>
    private static void WriteFraction(in TimePart part, int nanoseconds, ByteBuffer output)
    {
        Span<byte> digits = stackalloc byte[9];
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (byte)('0' + (nanoseconds % 10));
            nanoseconds /= 10;
        }

        var width = part.Width > 0 ? part.Width : digits.LastIndexOfAnyExcept((byte)'0') + 1;
        if (part.Conversion == (byte)'.')
        {
            if (width == 0)
            {
                return;
            }

            output.Append((byte)'.');
        }

        output.Append(digits[..Math.Max(1, width)]);
    }

    private static void WriteOffset(in TimePart part, int minutes, ByteBuffer output)
    {
        output.Append((byte)(minutes < 0 ? '-' : '+'));
        minutes = Math.Abs(minutes);
        WriteTwoDigits(minutes / 60, output);
        if (part.Colons == 3 && minutes % 60 == 0)
        {
            return;
        }

        if (part.Colons > 0)
        {
            output.Append((byte)':');
        }

        WriteTwoDigits(minutes % 60, output);
        if (part.Colons == 2)
        {
            output.Append(":00"u8);
        }
    }

    private static void WriteText(in TimePart part, ReadOnlySpan<char> text, ByteBuffer output)
    {
        Pad(part, text.Length, 0, (byte)' ', output);
        var start = output.Length;
        output.AppendText(text);
        if (!part.Upper && !part.SwapCase)
        {
            return;
        }

        // The flag # makes capitals of names and small letters of AM, PM and zones.
        var down = part.SwapCase && part.Conversion is (byte)'p' or (byte)'Z';
        foreach (ref var b in output.Written[start..])
        {
            b = down ? (byte)char.ToLowerInvariant((char)b) : (byte)char.ToUpperInvariant((char)b);
        }
    }

    private static void WriteTwoDigits(int number, ByteBuffer output)
    {
        output.Append((byte)('0' + (number / 10)));
        output.Append((byte)('0' + (number % 10)));
    }

    private static void Pad(in TimePart part, int length, int width, byte pad, ByteBuffer output)
    {
        pad = part.Pad ?? pad;
        if (pad == 0)
        {
            return;
        }

        for (var i = Math.Max(width, part.Width); i > length; i--)
        {
            output.Append(pad);
        }
    }
}
