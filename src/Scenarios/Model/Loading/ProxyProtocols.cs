using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What proxies of a scenario can speak to each other: bytes go between them, and HTTP/2 is not written as bytes yet.</summary>
internal static class ProxyProtocols
{
    /// <summary>The first cluster that would have to, as text for the user; null if there is none.</summary>
    public static string? FirstUnspoken(IReadOnlyCollection<ProxyRole> proxies)
    {
        HashSet<string> places = new(StringComparer.Ordinal);
        foreach (var proxy in proxies)
        {
            _ = places.Add(proxy.Name);
            places.UnionWith(proxy.Snapshot.Listeners.Select(static listener => listener.Address.Text));
        }

        return (
            from proxy in proxies
            from cluster in proxy.Snapshot.Clusters
            where cluster.Http2 is not null
            from endpoint in cluster.Endpoints
            where places.Contains(endpoint.Address) || places.Contains(new NetworkAddress(endpoint.Address, endpoint.Port).Text)
            select $"'{proxy.Name}', cluster '{cluster.Name}': HTTP/2 from one proxy to another ('{endpoint.Address}') is not simulated yet; "
                + "accepted: HTTP/2 to services, http_protocol_options to proxies"
        ).FirstOrDefault();
    }
}
