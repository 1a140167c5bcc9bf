using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// How a moment is written: strftime of the C locale, and Envoy's own <c>%s</c> (seconds since the epoch), <c>%f</c> and <c>%1f</c> to
/// <c>%9f</c> (fraction of the second, nine digits by default), <c>%*f</c> (without zeros at the end), <c>%E3S</c> (seconds with fraction).
/// </summary>
internal sealed class TimeFormat
{
    private readonly ImmutableArray<TimePart> parts;
    private readonly TimeZoneInfo zone;

    private TimeFormat(ImmutableArray<TimePart> parts, TimeZoneInfo zone)
    {
        this.parts = parts;
        this.zone = zone;
    }

    /// <summary>The format, or null with what is wrong with it. An empty text is ISO 8601 with milliseconds; a conversion nobody knows stands for itself.</summary>
    /// <param name="isLocal">The default ends with the offset from UTC instead of <c>Z</c>.</param>
    public static TimeFormat? TryParse(string text, TimeZoneInfo zone, bool isLocal, out string? error)
    {
        error = null;
        var parsed = PartsOf(text, isLocal);
        if (parsed.Any(static part => part.Conversion == (byte)'n'))
        {
            error = "Invalid header configuration. Format string contains newline.";
            return null;
        }

        return new TimeFormat(parsed, zone);
    }

    /// <summary>The pieces of a format; of an empty one those of ISO 8601.</summary>
    public static ImmutableArray<TimePart> PartsOf(string text, bool isLocal) =>
        TimeFormatParser.Parse(
            text.Length > 0 ? text
            : isLocal ? "%Y-%m-%dT%H:%M:%E3S%z"
            : "%Y-%m-%dT%H:%M:%E3SZ"
        );

    /// <param name="unixNs">Nanoseconds since the epoch.</param>
    public void Write(long unixNs, ByteBuffer output)
    {
        var moment = new Moment(unixNs, zone);
        foreach (var part in parts)
        {
            TimeWriter.Write(part, moment, output);
        }
    }
}

/// <summary>A moment as the parts of a format need it.</summary>
internal readonly struct Moment
{
    public Moment(long unixNs, TimeZoneInfo zone)
    {
        Seconds = Math.DivRem(unixNs, MonotonicTime.NanosecondsPerSecond, out var fraction);
        if (fraction < 0)
        {
            fraction += MonotonicTime.NanosecondsPerSecond;
            Seconds--;
        }

        Nanoseconds = (int)fraction;
        var utc = DateTime.UnixEpoch.AddTicks(Seconds * TimeSpan.TicksPerSecond);
        var isUtc = ReferenceEquals(zone, TimeZoneInfo.Utc);
        OffsetMinutes = isUtc ? 0 : (int)zone.GetUtcOffset(utc).TotalMinutes;
        Local = utc.AddMinutes(OffsetMinutes);
        ZoneName =
            isUtc ? "UTC"
            : zone.IsDaylightSavingTime(utc) ? zone.DaylightName
            : zone.StandardName;
    }

    public long Seconds { get; }

    public int Nanoseconds { get; }

    public DateTime Local { get; }

    public int OffsetMinutes { get; }

    public string ZoneName { get; }
}

/// <summary>One piece of a time format.</summary>
/// <param name="Conversion">The letter of strftime; <c>f</c> and <c>.</c> for fractions without and with a point; 0 for text.</param>
/// <param name="Text">What is written as it stands.</param>
internal readonly record struct TimePart(byte Conversion, byte[]? Text = null)
{
    /// <summary>What fills up to the width: <c>0</c>, a blank, or 0 for nothing; null as the conversion itself has it.</summary>
    public byte? Pad { get; init; }

    /// <summary>The least width; 0 as the conversion itself has it. Of a fraction its digits, 0 for as many as are not zero.</summary>
    public int Width { get; init; }

    /// <summary>Letters become capitals (flag <c>^</c>).</summary>
    public bool Upper { get; init; }

    /// <summary>Letters change their case (flag <c>#</c>).</summary>
    public bool SwapCase { get; init; }

    /// <summary>Of <c>z</c>: 0 +hhmm, 1 +hh:mm, 2 +hh:mm:ss, 3 as short as can be.</summary>
    public byte Colons { get; init; }
}
