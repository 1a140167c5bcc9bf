using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Durations as protobuf writes them in JSON: seconds with up to nine decimals and an <c>s</c>.</summary>
internal static class DurationText
{
    /// <summary>About ten thousand years: protobuf's own bound.</summary>
    public const long MaxSeconds = 315_576_000_000;

    /// <summary>The duration, or null with what is wrong.</summary>
    public static Duration? Parse(string text, out string? error)
    {
        error = null;
        if (
            !text.EndsWith('s')
            || text.EndsWith("ms", StringComparison.Ordinal)
            || text.EndsWith("us", StringComparison.Ordinal)
            || text.EndsWith("ns", StringComparison.Ordinal)
        )
        {
            error = $"'{text}' is not a duration; accepted are seconds with the unit s, such as \"0.25s\" or \"90s\"";
            return null;
        }

        var number = text[..^1];
        var negative = number.StartsWith('-');
        var parts = (negative ? number[1..] : number).Split('.');
        if (parts.Length > 2 || !IsDigits(parts[0]) || (parts.Length == 2 && !IsDigits(parts[1])))
        {
            error = $"'{text}' is not a duration; accepted are seconds with the unit s, such as \"0.25s\" or \"90s\"";
            return null;
        }

        if (parts.Length == 2 && parts[1].Length > 9)
        {
            error = $"'{text}' has more than nine decimals; a duration is counted in nanoseconds";
            return null;
        }

        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > MaxSeconds)
        {
            error = $"'{text}' is out of range; at most {MaxSeconds}s is accepted";
            return null;
        }

        var nanos = parts.Length == 2 ? int.Parse(parts[1].PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        return new Duration { Seconds = negative ? -seconds : seconds, Nanos = negative ? -nanos : nanos };
    }

    /// <summary><c>-0.25s</c></summary>
    public static string Write(Duration duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.Seconds + (duration.Nanos / 1_000_000_000m):0.#########}s");

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
