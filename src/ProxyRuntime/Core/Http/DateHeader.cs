using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The <c>date</c> header, formatted once a second.</summary>
internal sealed class DateHeader(long epochUnixNs)
{
    private const int Length = 29;

    private readonly byte[] text = new byte[Length];
    private long formattedSecond = long.MinValue;

    /// <summary><c>Tue, 24 Nov 2026 12:00:00 GMT</c>; valid until the next call.</summary>
    public ReadOnlySpan<byte> At(MonotonicTime now)
    {
        var second = (epochUnixNs + now.Nanoseconds) / MonotonicTime.NanosecondsPerSecond;
        if (second != formattedSecond)
        {
            formattedSecond = second;
            _ = DateTime.UnixEpoch.AddSeconds(second).TryFormat(text, out _, "R", CultureInfo.InvariantCulture);
        }

        return text;
    }
}
