namespace MeshSim.ProxyRuntime.Core;

/// <summary>What drivers that carry bytes – sockets, and the simulation byte by byte – can speak to hosts. HTTP/2 and TLS are not among it yet.</summary>
public static class SpokenProtocols
{
    private const string NotYet = "over HTTP/2 is not carried over connections yet; it works where services are simulated under load (meshsim run)";

    /// <summary>The first thing of a configuration that such a driver cannot do, as text for its user; null if there is none.</summary>
    public static string? FirstUnspoken(ProxySnapshot snapshot)
    {
        foreach (var cluster in snapshot.Clusters)
        {
            if (cluster.TransportSocket.Length > 0)
            {
                return $"cluster '{cluster.Name}', transport_socket: '{cluster.TransportSocket}' is not spoken over connections yet; "
                    + "meshsim run takes it for plain text. Accepted: none, envoy.transport_sockets.raw_buffer";
            }

            if (cluster.Http2 is not null)
            {
                return $"cluster '{cluster.Name}', http2_protocol_options: what is sent {NotYet}. Accepted: http_protocol_options";
            }

            for (var i = 0; i < cluster.HealthChecks.Length; i++)
            {
                var probe = cluster.HealthChecks[i].Probe;
                if (!ProbeCodec.Speaks(probe.Protocol))
                {
                    return $"cluster '{cluster.Name}', health_checks[{i}]: {probe.TypeName} health checking {NotYet}. "
                        + "Accepted: http_health_check over HTTP1, tcp_health_check";
                }
            }
        }

        return null;
    }
}
