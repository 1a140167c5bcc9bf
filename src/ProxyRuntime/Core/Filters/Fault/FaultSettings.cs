using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.fault.v3.HTTPFault: of a filter, or in its place of a route, virtual host or table.</summary>
public sealed record FaultSettings : IHttpFilterSettings, IRouteFilterSettings
{
    public const string DefaultDelayPercentKey = "fault.http.delay.fixed_delay_percent";
    public const string DefaultAbortPercentKey = "fault.http.abort.abort_percent";
    public const string DefaultDelayDurationKey = "fault.http.delay.fixed_duration_ms";
    public const string DefaultAbortHttpStatusKey = "fault.http.abort.http_status";
    public const string DefaultAbortGrpcStatusKey = "fault.http.abort.grpc_status";
    public const string DefaultMaxActiveFaultsKey = "fault.http.max_active_faults";
    public const string DefaultResponseRateLimitPercentKey = "fault.http.rate_limit.response_percent";

    /// <summary>delay; null for none.</summary>
    public FaultDelay? Delay { get; init; }

    /// <summary>abort; null for none. Drawn independently of the delay, and after it.</summary>
    public FaultAbort? Abort { get; init; }

    /// <summary>response_rate_limit; null for none.</summary>
    public FaultRateLimit? ResponseRateLimit { get; init; }

    /// <summary>upstream_cluster: only requests that the route sends there; empty for all.</summary>
    public string UpstreamCluster { get; init; } = "";

    /// <summary>headers: only requests that fit all of them.</summary>
    public ImmutableArray<HeaderMatcher> Headers { get; init; } = [];

    /// <summary>downstream_nodes: only requests whose x-envoy-downstream-service-node is one of them; empty for all.</summary>
    public ImmutableArray<string> DownstreamNodes { get; init; } = [];

    /// <summary>max_active_faults: with so many under way nothing more is injected. Null for any number.</summary>
    public uint? MaxActiveFaults { get; init; }

    /// <summary>delay_percent_runtime. Default <c>fault.http.delay.fixed_delay_percent</c>.</summary>
    public string DelayPercentKey { get; init; } = DefaultDelayPercentKey;

    /// <summary>abort_percent_runtime. Default <c>fault.http.abort.abort_percent</c>.</summary>
    public string AbortPercentKey { get; init; } = DefaultAbortPercentKey;

    /// <summary>delay_duration_runtime, in milliseconds. Default <c>fault.http.delay.fixed_duration_ms</c>.</summary>
    public string DelayDurationKey { get; init; } = DefaultDelayDurationKey;

    /// <summary>abort_http_status_runtime. Default <c>fault.http.abort.http_status</c>.</summary>
    public string AbortHttpStatusKey { get; init; } = DefaultAbortHttpStatusKey;

    /// <summary>abort_grpc_status_runtime. Default <c>fault.http.abort.grpc_status</c>.</summary>
    public string AbortGrpcStatusKey { get; init; } = DefaultAbortGrpcStatusKey;

    /// <summary>max_active_faults_runtime. Default <c>fault.http.max_active_faults</c>.</summary>
    public string MaxActiveFaultsKey { get; init; } = DefaultMaxActiveFaultsKey;

    /// <summary>response_rate_limit_percent_runtime. Default <c>fault.http.rate_limit.response_percent</c>.</summary>
    public string ResponseRateLimitPercentKey { get; init; } = DefaultResponseRateLimitPercentKey;

    /// <summary>disable_downstream_cluster_stats. Default false.</summary>
    public bool DisableDownstreamClusterStats { get; init; }

    /// <summary>filter_metadata: noted under the filter's name when a delay or an abort is injected.</summary>
    public MetadataValue FilterMetadata { get; init; } = MetadataValue.EmptyStruct;
}

/// <summary>FaultDelay.</summary>
/// <param name="FixedMs">fixed_delay in whole milliseconds; null: header_delay, x-envoy-fault-delay-request says how long.</param>
/// <param name="Percentage">How many of the requests. Default none.</param>
public sealed record FaultDelay(long? FixedMs, FractionalPercent Percentage);

/// <summary>FaultAbort. Neither status: header_abort, x-envoy-fault-abort-request or -grpc-request says which.</summary>
/// <param name="HttpStatus">http_status, 200 to 599.</param>
/// <param name="GrpcStatus">grpc_status: answered with HTTP 200.</param>
/// <param name="Percentage">How many of the requests. Default none.</param>
public sealed record FaultAbort(int? HttpStatus, int? GrpcStatus, FractionalPercent Percentage);

/// <summary>FaultRateLimit.</summary>
/// <param name="FixedKbps">fixed_limit.limit_kbps in KiB per second, above 0; null: header_limit, x-envoy-fault-throughput-response says.</param>
/// <param name="Percentage">How many of the requests. Default none.</param>
public sealed record FaultRateLimit(ulong? FixedKbps, FractionalPercent Percentage);
