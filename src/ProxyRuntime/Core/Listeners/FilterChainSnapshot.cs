using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>FilterChain: what becomes of the connections that fit it.</summary>
public sealed record FilterChainSnapshot
{
    /// <summary>name; empty when not given.</summary>
    public string Name { get; init; } = "";

    /// <summary>A hash of all that was configured.</summary>
    public ulong Hash { get; init; }

    /// <summary>filter_chain_match.</summary>
    public FilterChainMatch Match { get; init; } = FilterChainMatch.Any;

    /// <summary>The connection manager among its filters; null for none. A chain without it and without <see cref="TcpProxy"/> closes every connection.</summary>
    public HttpConnectionManagerSnapshot? ConnectionManager { get; init; }

    /// <summary>The TCP proxy among its filters; null for none.</summary>
    public TcpProxySnapshot? TcpProxy { get; init; }

    /// <summary>The access logs of its last filter.</summary>
    public ImmutableArray<AccessLogSnapshot> AccessLogs => ConnectionManager?.AccessLogs ?? TcpProxy?.AccessLogs ?? [];

    /// <summary>transport_socket: TLS that ends here; null for plain text.</summary>
    public DownstreamTlsSnapshot? Tls { get; init; }

    /// <summary>transport_socket_connect_timeout in nanoseconds: how long a handshake may take, 0 = without end. Default 0.</summary>
    public long TransportSocketConnectTimeoutNs { get; init; }

    /// <summary>metadata.</summary>
    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;
}
