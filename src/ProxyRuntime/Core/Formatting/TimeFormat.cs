using System.Buffers;
using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A strftime format for START_TIME, always in UTC: %Y %m %d %e %H %M %S %y %j %a %A %b %B %T %F %D %R %Z %z %s %f %3f %6f %9f %%.
/// </summary>
internal sealed class TimeFormat
{
    private static readonly TimeFormat Default = new("%Y-%m-%dT%H:%M:%S.%3fZ");

    private readonly string format;

    private TimeFormat(string format) => this.format = format;

    /// <summary>The format, or null with what is wrong with it. An empty text is Envoy's default, ISO 8601 with milliseconds.</summary>
    public static TimeFormat? TryParse(string text, out string? error)
    {
        error = null;
        if (text.Length == 0)
        {
            return Default;
        }

        var parsed = new TimeFormat(text);
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i))
        {
            i++;
            if (parsed.Conversion(DateTime.UnixEpoch, 0, ref i) is null)
            {
                error = $"Invalid format {text} of START_TIME: a conversion that is not supported";
                return null;
            }
        }

        return parsed;
    }

    public void Write(long unixNs, IBufferWriter<byte> output)
    {
        var seconds = Math.DivRem(unixNs, MonotonicTime.NanosecondsPerSecond, out var nanoseconds);
        var moment = DateTime.UnixEpoch.AddSeconds(seconds);
        var text = new StringBuilder(32);
        for (var i = 0; i < format.Length; )
        {
            if (format[i] != '%')
            {
                _ = text.Append(format[i++]);
                continue;
            }

            i++;
            _ = text.Append(Conversion(moment, nanoseconds, ref i));
        }

        var line = text.ToString();
        output.Advance(Encoding.Latin1.GetBytes(line, output.GetSpan(line.Length)));
    }

    /// <summary>The text of the conversion that starts at <paramref name="at"/>, which moves behind it; null if there is none such.</summary>
    private string? Conversion(DateTime moment, long nanoseconds, ref int at)
    {
        var digits = 9;
        if (at + 1 < format.Length && format[at] is >= '1' and <= '9' && format[at + 1] == 'f')
        {
            digits = format[at++] - '0';
        }

        return at >= format.Length
            ? null
            : format[at++] switch
            {
                'Y' => Text(moment, "yyyy"),
                'y' => Text(moment, "yy"),
                'm' => Text(moment, "MM"),
                'd' => Text(moment, "dd"),
                'e' => moment.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'H' => Text(moment, "HH"),
                'M' => Text(moment, "mm"),
                'S' => Text(moment, "ss"),
                'j' => moment.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'a' => Text(moment, "ddd"),
                'A' => Text(moment, "dddd"),
                'b' => Text(moment, "MMM"),
                'B' => Text(moment, "MMMM"),
                'T' => Text(moment, "HH:mm:ss"),
                'R' => Text(moment, "HH:mm"),
                'F' => Text(moment, "yyyy-MM-dd"),
                'D' => Text(moment, "MM/dd/yy"),
                'Z' => "UTC",
                'z' => "+0000",
                's' => ((moment - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture),
                'f' => nanoseconds.ToString("000000000", CultureInfo.InvariantCulture)[..digits],
                '%' => "%",
                _ => null,
            };
    }

    private static string Text(DateTime moment, string pattern) => moment.ToString(pattern, CultureInfo.InvariantCulture);
}
