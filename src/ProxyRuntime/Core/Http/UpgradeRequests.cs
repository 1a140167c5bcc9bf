using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Requests that ask for another protocol: <c>connection: upgrade</c> and <c>upgrade: websocket</c>; CONNECT counts as one too.</summary>
internal static class UpgradeRequests
{
    public static bool IsUpgrade(HeaderMap request) =>
        request.Contains(HeaderName.Upgrade) && HopByHopHeaders.HasToken(request.Get(HeaderName.Connection), "upgrade"u8);

    public static bool IsConnect(HeaderMap request) => request.Get(HeaderName.Method).SequenceEqual("CONNECT"u8);

    /// <summary>Behind an answer of this status come bytes of the other protocol.</summary>
    public static bool IsTunnel(HeaderMap request, int status) => status == 101 ? IsUpgrade(request) : status is >= 200 and < 300 && IsConnect(request);

    public static bool IsConnectUdp(HeaderMap request) => StringMatcher.EqualsIgnoringCase(request.Get(HeaderName.Upgrade), "connect-udp"u8);

    /// <summary>What the route says of this type counts; if it says nothing, what the connection manager says.</summary>
    public static bool IsAllowed(HeaderMap request, ImmutableArray<(string Type, bool Enabled)> manager, RouteAction? action)
    {
        var type = IsConnect(request) ? "CONNECT"u8 : request.Get(HeaderName.Upgrade);
        return Find(action?.Upgrades ?? [], type) ?? Find(manager, type) ?? false;
    }

    private static bool? Find(ImmutableArray<(string Type, bool Enabled)> upgrades, ReadOnlySpan<byte> type)
    {
        foreach (var (name, enabled) in upgrades)
        {
            if (name.Length == type.Length && Ascii.EqualsIgnoreCase(type, name))
            {
                return enabled;
            }
        }

        return null;
    }
}
