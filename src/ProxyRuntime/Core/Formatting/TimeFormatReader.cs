using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads moments that a time format has written: the way back of <c>%START_TIME(format)%</c>.</summary>
public sealed class TimeFormatReader
{
    private readonly ImmutableArray<TimePart> parts;
    private readonly TimeZoneInfo zone;

    private TimeFormatReader(ImmutableArray<TimePart> parts, TimeZoneInfo zone)
    {
        this.parts = parts;
        this.zone = zone;
    }

    /// <summary>The reader, or null with what is wrong.</summary>
    /// <param name="format">As for the operator; empty for ISO 8601 with milliseconds.</param>
    /// <param name="zone">Where times are that come without an offset.</param>
    /// <param name="isLocal">The empty format ends with the offset from UTC instead of <c>Z</c>.</param>
    public static TimeFormatReader? TryCreate(string format, TimeZoneInfo zone, bool isLocal, out string? error)
    {
        const string readable = "aAbBdefFhHIjklmMpPsStyYzZ.";
        var found = TimeFormat.PartsOf(format, isLocal);
        var unread = found.FirstOrDefault(static part => part.Conversion != 0 && !readable.Contains((char)part.Conversion, StringComparison.Ordinal));
        var conversions = found.Select(static part => (char)part.Conversion).ToHashSet();
        var hasDate = conversions.Contains('s') || ((conversions.Contains('Y') || conversions.Contains('y')) && (conversions.Contains('j') || HasDay()));
        error =
            unread.Conversion != 0 ? $"a time written with %{(char)unread.Conversion} cannot be read back"
            : !hasDate ? $"'{format}' does not say year, month and day, so moments cannot be told apart"
            : null;
        return error is null ? new TimeFormatReader(found, zone) : null;

        bool HasDay() => (conversions.Contains('m') || conversions.Overlaps(['b', 'h', 'B'])) && (conversions.Contains('d') || conversions.Contains('e'));
    }

    /// <summary>Nanoseconds since the epoch; null if the text is no such time.</summary>
    public long? Read(ReadOnlySpan<char> text)
    {
        var found = new Found();
        foreach (var part in parts)
        {
            if (!ReadPart(part, ref text, ref found))
            {
                return null;
            }
        }

        return text.IsEmpty ? found.UnixNs(zone) : null;
    }

    private static bool ReadPart(in TimePart part, ref ReadOnlySpan<char> text, ref Found found)
    {
        switch (part.Conversion)
        {
            case 0:
                return Skip(ref text, System.Text.Encoding.UTF8.GetString(part.Text!));
            case (byte)'t':
                return Skip(ref text, "\t");
            case (byte)'f':
                return Fraction(ref text, ref found);
            case (byte)'.':
                return text.IsEmpty || text[0] != '.' || (Skip(ref text, ".") && Fraction(ref text, ref found));
            case (byte)'a' or (byte)'A':
                return Name(ref text, TimeNames.Days, isShort: part.Conversion == 'a', out _);
            case (byte)'b' or (byte)'h' or (byte)'B':
                var isMonth = Name(ref text, TimeNames.Months, isShort: part.Conversion != 'B', out var month);
                found.Month = month + 1;
                return isMonth;
            case (byte)'p' or (byte)'P':
                var isHalf = Name(ref text, ["AM", "PM"], isShort: false, out var half);
                found.Half = half;
                return isHalf;
            case (byte)'Z':
                found.OffsetMinutes = 0;
                return Skip(ref text, "UTC") || Skip(ref text, "GMT");
            case (byte)'z':
                return Offset(ref text, ref found);
            default:
                return Number(ref text, part.Conversion, out var value) && found.Take(part.Conversion, value);
        }
    }

    private static bool Skip(ref ReadOnlySpan<char> text, string literal)
    {
        if (!text.StartsWith(literal, StringComparison.Ordinal))
        {
            return false;
        }

        text = text[literal.Length..];
        return true;
    }

    private static bool Number(ref ReadOnlySpan<char> text, byte conversion, out long value)
    {
        var most = conversion switch
        {
            (byte)'s' => 18,
            (byte)'Y' => 4,
            (byte)'j' => 3,
            _ => 2,
        };
        text = text.TrimStart(' ');
        var digits = Digits(text[..Math.Min(most, text.Length)]);
        var isNumber = long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out value);
        text = text[digits..];
        return isNumber;
    }

    private static bool Fraction(ref ReadOnlySpan<char> text, ref Found found)
    {
        var digits = Digits(text);
        found.Nanoseconds = 0;
        for (var i = 0; i < 9; i++)
        {
            found.Nanoseconds = (found.Nanoseconds * 10) + (i < digits ? text[i] - '0' : 0);
        }

        text = text[digits..];
        return digits > 0;
    }

    private static bool Name(ref ReadOnlySpan<char> text, string[] names, bool isShort, out int number)
    {
        for (number = 0; number < names.Length; number++)
        {
            var name = isShort ? names[number].AsSpan(0, 3) : names[number];
            if (text.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                text = text[name.Length..];
                return true;
            }
        }

        return false;
    }

    /// <summary><c>+0200</c>, <c>+02:00</c>, <c>+02:00:00</c>, <c>+02</c>.</summary>
    private static bool Offset(ref ReadOnlySpan<char> text, ref Found found)
    {
        if (text.IsEmpty || text[0] is not ('+' or '-'))
        {
            return false;
        }

        var sign = text[0] == '-' ? -1 : 1;
        text = text[1..];
        if (!Number(ref text, (byte)'H', out var hours))
        {
            return false;
        }

        _ = Skip(ref text, ":");
        found.OffsetMinutes = sign * (int)((60 * hours) + (Number(ref text, (byte)'M', out var minutes) ? minutes : 0));
        _ = Skip(ref text, ":00");
        return true;
    }

    private static int Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;

    /// <summary>What has been read of a moment.</summary>
    private ref struct Found
    {
        // Nanoseconds since 1970 in 64 bits reach no further.
        private const int EarliestYear = 1678;
        private const int LatestYear = 2261;

        private long? seconds;
        private int year;
        private int day;
        private int? dayOfYear;
        private int hour;
        private int minute;
        private int second;

        public int Month { get; set; }

        /// <summary>0 before noon, 1 after; null where hours say it.</summary>
        public int? Half { get; set; }

        public long Nanoseconds { get; set; }

        public int? OffsetMinutes { get; set; }

        public bool Take(byte conversion, long value)
        {
            var number = (int)Math.Min(value, int.MaxValue);
            switch (conversion)
            {
                case (byte)'s':
                    seconds = value;
                    return value < long.MaxValue / MonotonicTime.NanosecondsPerSecond;
                case (byte)'Y':
                    year = number;
                    return number > 0;
                case (byte)'y':
                    year = number + (number < 69 ? 2000 : 1900);
                    return true;
                case (byte)'m':
                    Month = number;
                    return number is >= 1 and <= 12;
                case (byte)'d' or (byte)'e':
                    day = number;
                    return number is >= 1 and <= 31;
                case (byte)'j':
                    dayOfYear = number;
                    return number is >= 1 and <= 366;
                case (byte)'M':
                    minute = number;
                    return number < 60;
                case (byte)'S':
                    second = number;
                    return number <= 60; // A leap second.
                default:
                    hour = number;
                    return number < 24;
            }
        }

        public readonly long? UnixNs(TimeZoneInfo zone)
        {
            if (seconds is { } whole)
            {
                return (whole * MonotonicTime.NanosecondsPerSecond) + Nanoseconds;
            }

            if (year is < EarliestYear or > LatestYear)
            {
                return null;
            }

            if (dayOfYear is null && (Month == 0 || day == 0 || day > DateTime.DaysInMonth(year, Month)))
            {
                return null;
            }

            var date = dayOfYear is { } ofYear ? new DateTime(year, 1, 1).AddDays(ofYear - 1) : new DateTime(year, Month, day);
            var local = date.AddHours(Half is { } half ? (hour % 12) + (12 * half) : hour).AddMinutes(minute).AddSeconds(second);
            var utc = local.AddMinutes(-(OffsetMinutes ?? (int)zone.GetUtcOffset(local).TotalMinutes));
            return ((utc - DateTime.UnixEpoch).Ticks * 100) + Nanoseconds;
        }
    }
}
