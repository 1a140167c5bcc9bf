using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One of the health_checks of a cluster. Durations are whole milliseconds, in nanoseconds.</summary>
public sealed record HealthCheckSnapshot
{
    private readonly long? noTrafficHealthyIntervalNs;
    private readonly long? unhealthyIntervalNs;
    private readonly long? unhealthyEdgeIntervalNs;
    private readonly long? healthyEdgeIntervalNs;

    /// <summary>name; needed where there are several, empty otherwise.</summary>
    public string Name { get; init; } = "";

    /// <summary>http_health_check, tcp_health_check or grpc_health_check.</summary>
    public required ProbeSnapshot Probe { get; init; }

    /// <summary>timeout, above 0: a check without result fails then.</summary>
    public required long TimeoutNs { get; init; }

    /// <summary>interval, above 0: from a result to the next check.</summary>
    public required long IntervalNs { get; init; }

    /// <summary>unhealthy_threshold: so many failures in a row that are the network's, or of a retriable status, make a host unhealthy.</summary>
    public required uint UnhealthyThreshold { get; init; }

    /// <summary>healthy_threshold: so many passes in a row make a host healthy again. The first result of all counts alone.</summary>
    public required uint HealthyThreshold { get; init; }

    /// <summary>initial_jitter: the first check comes up to so much later, 0 = at once.</summary>
    public long InitialJitterNs { get; init; }

    /// <summary>interval_jitter: up to so much is added to each interval.</summary>
    public long IntervalJitterNs { get; init; }

    /// <summary>interval_jitter_percent: up to so many percent are added to each interval.</summary>
    public uint IntervalJitterPercent { get; init; }

    /// <summary>no_traffic_interval, default 60 s: instead of all others while the cluster has never had a connection.</summary>
    public long NoTrafficIntervalNs { get; init; } = 60 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>no_traffic_healthy_interval: that of healthy hosts. Default no_traffic_interval.</summary>
    public long NoTrafficHealthyIntervalNs
    {
        get => noTrafficHealthyIntervalNs ?? NoTrafficIntervalNs;
        init => noTrafficHealthyIntervalNs = value;
    }

    /// <summary>unhealthy_interval: after a failure. Default interval.</summary>
    public long UnhealthyIntervalNs
    {
        get => unhealthyIntervalNs ?? IntervalNs;
        init => unhealthyIntervalNs = value;
    }

    /// <summary>unhealthy_edge_interval: after a failure that does not count alone. Default unhealthy_interval.</summary>
    public long UnhealthyEdgeIntervalNs
    {
        get => unhealthyEdgeIntervalNs ?? UnhealthyIntervalNs;
        init => unhealthyEdgeIntervalNs = value;
    }

    /// <summary>healthy_edge_interval: after a pass that does not count alone. Default interval.</summary>
    public long HealthyEdgeIntervalNs
    {
        get => healthyEdgeIntervalNs ?? IntervalNs;
        init => healthyEdgeIntervalNs = value;
    }

    /// <summary>reuse_connection, default true.</summary>
    public bool ReuseConnection { get; init; } = true;

    /// <summary>always_log_health_check_failures: not only the first one.</summary>
    public bool AlwaysLogFailures { get; init; }

    /// <summary>always_log_health_check_success: not only that a host became healthy.</summary>
    public bool AlwaysLogSuccess { get; init; }

    /// <summary>Files that take its events, a JSON object a line: the sinks of event_logger, then event_log_path.</summary>
    public ImmutableArray<string> EventLogPaths { get; init; } = [];
}

/// <summary>What a check sends and what it wants to hear.</summary>
public abstract record ProbeSnapshot
{
    /// <summary>What its connections speak.</summary>
    internal abstract ProbeProtocol Protocol { get; }

    /// <summary>HealthCheckerType, as events name it.</summary>
    internal abstract string TypeName { get; }
}

/// <summary>http_health_check.</summary>
/// <param name="Path">path, not empty.</param>
public sealed record HttpProbeSnapshot(string Path) : ProbeSnapshot
{
    /// <summary>host; empty: the name of the cluster.</summary>
    public string Host { get; init; } = "";

    /// <summary>method, default GET.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>send: the body; empty for none.</summary>
    public ReadOnlyMemory<byte> Send { get; init; }

    /// <summary>receive: must be found in the body in this order.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Receive { get; init; } = [];

    /// <summary>response_buffer_size: so many bytes of the body are looked at, default 1024, 0 = all.</summary>
    public long ResponseBufferSize { get; init; } = 1024;

    /// <summary>request_headers_to_add and request_headers_to_remove.</summary>
    public HeaderMutations RequestHeaders { get; init; } = HeaderMutations.None;

    /// <summary>expected_statuses: these pass. Default 200 alone.</summary>
    public ImmutableArray<StatusRange> ExpectedStatuses { get; init; } = [new StatusRange(200, 201)];

    /// <summary>retriable_statuses: these fail only as often in a row as unhealthy_threshold says.</summary>
    public ImmutableArray<StatusRange> RetriableStatuses { get; init; } = [];

    /// <summary>service_name_matcher on <c>x-envoy-upstream-healthchecked-cluster</c>; null for none.</summary>
    public StringMatcher? ServiceNameMatcher { get; init; }

    /// <summary>codec_client_type HTTP2. Default false: HTTP/1.1.</summary>
    public bool IsHttp2 { get; init; }

    internal override ProbeProtocol Protocol => IsHttp2 ? ProbeProtocol.Http2 : ProbeProtocol.Http1;

    internal override string TypeName => "HTTP";
}

/// <summary>tcp_health_check. Without payloads to receive, a connection is enough.</summary>
public sealed record TcpProbeSnapshot : ProbeSnapshot
{
    /// <summary>send; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Send { get; init; }

    /// <summary>receive: must come in this order, with anything in between.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Receive { get; init; } = [];

    internal override ProbeProtocol Protocol => ProbeProtocol.Raw;

    internal override string TypeName => "TCP";
}

/// <summary>grpc_health_check: <c>grpc.health.v1.Health/Check</c>.</summary>
public sealed record GrpcProbeSnapshot : ProbeSnapshot
{
    /// <summary>service_name; empty: the server as a whole.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary>authority; empty: the name of the cluster.</summary>
    public string Authority { get; init; } = "";

    /// <summary>initial_metadata.</summary>
    public HeaderMutations InitialMetadata { get; init; } = HeaderMutations.None;

    internal override ProbeProtocol Protocol => ProbeProtocol.Http2;

    internal override string TypeName => "GRPC";
}

/// <summary>Int64Range of status codes: from <paramref name="Start"/> to below <paramref name="End"/>, within 100 to 600.</summary>
public readonly record struct StatusRange(int Start, int End)
{
    public bool Contains(int status) => status >= Start && status < End;
}
