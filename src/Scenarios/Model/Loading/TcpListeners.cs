using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What scenarios cannot do: their clients and services speak whole requests, and have no bytes for a TCP proxy.</summary>
internal static class TcpListeners
{
    /// <summary>The first listener with a TCP proxy, as text for the user; null if there is none.</summary>
    public static string? FirstUnspoken(ProxySnapshot snapshot) =>
        snapshot.Listeners.FirstOrDefault(static listener => listener.AllFilterChains.Any(static chain => chain.TcpProxy is not null)) is { } found
            ? $"listener '{found.Name}': envoy.filters.network.tcp_proxy is not simulated under load, where clients and services speak whole requests; "
                + "accepted: http_connection_manager (meshsim proxy and meshsim play carry the bytes of a TCP proxy)"
            : null;
}
