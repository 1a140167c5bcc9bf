namespace MeshSim.ProxyRuntime.Core;

/// <summary>What drivers that carry bytes – sockets, and the simulation byte by byte – can speak to hosts. HTTP/2 is not among it yet.</summary>
public static class SpokenProtocols
{
    private const string NotYet = "over HTTP/2 is not carried over connections yet; it works where services are simulated under load (meshsim run)";

    private const string Accepted = "envoy.transport_sockets.raw_buffer, envoy.transport_sockets.tls";

    /// <summary>The first thing of a configuration that such a driver cannot do, as text for its user; null if there is none.</summary>
    public static string? FirstUnspoken(ProxySnapshot snapshot)
    {
        foreach (var (cluster, field, text) in Unspoken(snapshot))
        {
            return $"cluster '{snapshot.Clusters[cluster].Name}', {field}: {text}";
        }

        foreach (var listener in snapshot.Listeners)
        {
            if (listener.AllFilterChains.FirstOrDefault(static chain => chain.Tls is { Common.Unspoken.Length: > 0 }) is { } chain)
            {
                return $"listener '{listener.Name}', filter_chains: {chain.Tls!.Common.Unspoken}";
            }
        }

        return null;
    }

    private static string? UnspokenTls(ClusterSnapshot cluster) =>
        cluster
            .TransportSocketMatches.Select(static match => match.Tls)
            .Prepend(cluster.Tls)
            .FirstOrDefault(static tls => tls is { Common.Unspoken.Length: > 0 })
            ?.Common.Unspoken;

    /// <summary>Everything that such a driver cannot do: the place of the cluster, the field that asks for it, and what to say of it.</summary>
    public static IEnumerable<(int Cluster, string Field, string Text)> Unspoken(ProxySnapshot snapshot)
    {
        for (var i = 0; i < snapshot.Clusters.Length; i++)
        {
            var cluster = snapshot.Clusters[i];
            if (cluster.OtherTransportSocket.Length > 0)
            {
                yield return (
                    i,
                    "transport_socket",
                    $"'{cluster.OtherTransportSocket}' is not spoken over connections yet; meshsim run takes it for plain text. Accepted: none, {Accepted}"
                );
            }

            if (UnspokenTls(cluster) is { } unspoken)
            {
                yield return (i, "transport_socket", unspoken);
            }

            if (cluster.RespectDnsTtl)
            {
                yield return (
                    i,
                    "respect_dns_ttl",
                    "the resolver of the system does not tell how long its answers hold; in simulations (meshsim run) services say it by dns_ttl_s. Accepted: false, dns_refresh_rate"
                );
            }

            if (cluster.Http2 is not null)
            {
                yield return (i, "http2_protocol_options", $"what is sent {NotYet}. Accepted: http_protocol_options");
            }

            if (cluster.HealthChecks.FirstOrDefault(static check => !ProbeCodec.Speaks(check.Probe.Protocol)) is { } check)
            {
                yield return (i, "health_checks", $"{check.Probe.TypeName} health checking {NotYet}. Accepted: http_health_check over HTTP1, tcp_health_check");
            }
        }
    }
}
