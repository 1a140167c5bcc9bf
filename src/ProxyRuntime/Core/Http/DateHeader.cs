using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The <c>date</c> header, formatted once a second.</summary>
internal sealed class DateHeader(long epochUnixNs)
{
    private long formattedSecond = long.MinValue;
    private byte[] text = [];

    /// <summary><c>Tue, 24 Nov 2026 12:00:00 GMT</c>.</summary>
    public ReadOnlySpan<byte> At(MonotonicTime now)
    {
        var second = (epochUnixNs + now.Nanoseconds) / MonotonicTime.NanosecondsPerSecond;
        if (second != formattedSecond)
        {
            formattedSecond = second;
            text = Encoding.ASCII.GetBytes(DateTime.UnixEpoch.AddSeconds(second).ToString("R", CultureInfo.InvariantCulture));
        }

        return text;
    }
}
