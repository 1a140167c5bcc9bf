using System.Buffers.Text;
using System.Net;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads an IP address with a port, <c>10.0.0.1:80</c> or <c>[::1]:80</c>, as strictly as Envoy.</summary>
internal static class InternetAddress
{
    private const int LongestText = 64;

    /// <summary>Null if it is none.</summary>
    public static NetworkAddress? Parse(ReadOnlySpan<byte> text)
    {
        var colon = text.LastIndexOf((byte)':');
        if (colon <= 0 || text.Length > LongestText || !TryPort(text[(colon + 1)..], out var port))
        {
            return null;
        }

        var ip = text[..colon];
        if (ip.Length > 2 && ip[0] == (byte)'[' && ip[^1] == (byte)']')
        {
            var inner = Encoding.Latin1.GetString(ip[1..^1]);
            return !inner.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(inner, out var six) && six.GetAddressBytes().Length == 16
                ? new NetworkAddress(six.ToString(), port)
                : null;
        }

        var plain = Encoding.Latin1.GetString(ip);
        return IPAddress.TryParse(plain, out var four) && four.GetAddressBytes().Length == 4 && four.ToString() == plain
            ? new NetworkAddress(plain, port)
            : null;
    }

    private static bool TryPort(ReadOnlySpan<byte> text, out int port) =>
        Utf8Parser.TryParse(text, out port, out var used) && used == text.Length && port is >= 0 and <= 65_535 && text[0] is >= (byte)'0' and <= (byte)'9';
}
