using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.network.tcp_proxy: bytes of a connection go to a host of a cluster and back, as they are.</summary>
public sealed record TcpProxySnapshot
{
    public const long DefaultIdleTimeoutNs = 60 * 60 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>What stands behind <c>tcp.</c> in statistics.</summary>
    public required string StatPrefix { get; init; }

    /// <summary>cluster, or those of weighted_clusters in list order; at least one.</summary>
    public required ImmutableArray<TcpProxyCluster> Clusters { get; init; }

    /// <summary>idle_timeout in nanoseconds, 0 = off: how long no byte may pass either way once the host is connected. Default one hour.</summary>
    public long IdleTimeoutNs { get; init; } = DefaultIdleTimeoutNs;

    /// <summary>max_downstream_connection_duration in nanoseconds, 0 = no limit. Default none.</summary>
    public long MaxDownstreamConnectionDurationNs { get; init; }

    /// <summary>max_connect_attempts, at least 1. Default 1.</summary>
    public uint MaxConnectAttempts { get; init; } = 1;

    /// <summary>hash_policy source_ip: balancers that hash go by the address of the client. Default false.</summary>
    public bool HashesSourceIp { get; init; }

    /// <summary>access_log; at most 64.</summary>
    public ImmutableArray<AccessLogSnapshot> AccessLogs { get; init; } = [];

    /// <summary>per_connection_buffer_limit_bytes of the listener: where more waits for one side, the other is not read. Default 1 MiB.</summary>
    public long BufferLimitBytes { get; init; } = HttpConnectionManagerSnapshot.DefaultBufferLimitBytes;
}

/// <summary>A cluster that connections may go to.</summary>
/// <param name="Name">It need not exist: connections are closed then.</param>
/// <param name="Weight">Its share of the sum of all, at least 1.</param>
/// <param name="MetadataMatch">metadata_match, that of the weighted cluster laid over the filter's: which subset of the hosts; null for any.</param>
public sealed record TcpProxyCluster(string Name, uint Weight = 1, MetadataValue? MetadataMatch = null);
