namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a request demands of the connection it goes on, beside what its cluster says. Requests that demand different things share none.</summary>
/// <param name="ServerName">auto_sni: the server name that is sent; empty: the configured one.</param>
/// <param name="SubjectAltName">auto_san_validation: the name the host's certificate must have; empty: the configured ones.</param>
public sealed record UpstreamTransportOptions(string ServerName, string SubjectAltName);

/// <summary>How a connection to a host is secured: the context its cluster has for it, and what the request adds.</summary>
/// <param name="Options">Null for nothing.</param>
/// <param name="ServerName">The server name that is sent; empty for none.</param>
public sealed record UpstreamTransport(UpstreamTlsSnapshot Tls, UpstreamTransportOptions? Options, string ServerName)
{
    /// <summary>The connection is for the bytes of a TCP proxy: by ALPN nothing is offered but what is configured.</summary>
    public bool IsTcp { get; init; }

    /// <summary>As Envoy chooses the name: what the request says, then the endpoint's hostname if that is wanted, then the configured name.</summary>
    public static UpstreamTransport Of(UpstreamTlsSnapshot tls, UpstreamTransportOptions? options, HostSnapshot host) =>
        new(
            tls,
            options,
            options is { ServerName.Length: > 0 } ? options.ServerName
                : tls.AutoHostSni && host.Hostname.Length > 0 ? host.Hostname
                : tls.Sni
        );
}
