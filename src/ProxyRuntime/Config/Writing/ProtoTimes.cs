using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Durations and times in JSON: decimals in groups of three, as many as it takes.</summary>
internal static class ProtoTimes
{
    /// <summary><c>1s</c>, <c>0.250s</c></summary>
    public static string Text(Duration duration)
    {
        var sign = duration.Seconds < 0 || duration.Nanos < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(duration.Seconds)}{Decimals(Math.Abs(duration.Nanos))}s");
    }

    /// <summary><c>2026-01-31T12:00:00.250Z</c></summary>
    public static string Text(Timestamp timestamp) =>
        DateTime.UnixEpoch.AddSeconds(timestamp.Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + Decimals(timestamp.Nanos) + "Z";

    /// <summary>A moment as Envoy notes when something was updated: whole milliseconds.</summary>
    public static Timestamp Milliseconds(long unixNs)
    {
        var (seconds, rest) = Math.DivRem(unixNs, MonotonicTime.NanosecondsPerSecond);
        return new Timestamp { Seconds = seconds, Nanos = (int)(rest - (rest % MonotonicTime.NanosecondsPerMillisecond)) };
    }

    private static string Decimals(int nanos)
    {
        if (nanos == 0)
        {
            return "";
        }

        var digits = nanos.ToString("D9", CultureInfo.InvariantCulture);
        var length =
            nanos % 1_000_000 == 0 ? 3
            : nanos % 1_000 == 0 ? 6
            : 9;
        return $".{digits[..length]}";
    }
}
