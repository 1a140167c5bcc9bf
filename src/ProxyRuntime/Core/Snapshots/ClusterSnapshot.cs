using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One cluster as configured. Each worker keeps its own running state of it.</summary>
public sealed record ClusterSnapshot
{
    public const long DefaultConnectTimeoutNs = 5 * MonotonicTime.NanosecondsPerSecond;
    public const long DefaultDnsRefreshRateNs = 5 * MonotonicTime.NanosecondsPerSecond;
    public const long DefaultIdleTimeoutNs = 60 * 60 * MonotonicTime.NanosecondsPerSecond;

    public required string Name { get; init; }

    /// <summary>What stands behind <c>cluster.</c> in statistics: alt_stat_name or the name, with <c>:</c> as <c>_</c>.</summary>
    public required string StatName { get; init; }

    /// <summary>alt_stat_name; empty when not given.</summary>
    public string AltStatName { get; init; } = "";

    /// <summary>What logs call it: alt_stat_name or the name.</summary>
    public string ObservabilityName => AltStatName.Length > 0 ? AltStatName : Name;

    public DiscoveryType Type { get; init; } = DiscoveryType.Static;

    /// <summary>How its hosts are chosen.</summary>
    public LoadBalancingSnapshot LoadBalancing { get; init; } = LoadBalancingSnapshot.Default;

    /// <summary>outlier_detection; null for none.</summary>
    public OutlierDetectionSnapshot? OutlierDetection { get; init; }

    /// <summary>health_checks; empty for none.</summary>
    public ImmutableArray<HealthCheckSnapshot> HealthChecks { get; init; } = [];

    /// <summary>ignore_health_on_host_removal: hosts that discovery no longer knows leave at once, even if their checks pass. Default false.</summary>
    public bool IgnoreHealthOnHostRemoval { get; init; }

    /// <summary>common_lb_config.ignore_new_hosts_until_first_hc: hosts without a result yet are left out of the arithmetic of health. Default false.</summary>
    public bool IgnoreNewHostsUntilFirstHc { get; init; }

    /// <summary>common_lb_config.update_merge_window in nanoseconds, 0 = off. Default one second.</summary>
    public long UpdateMergeWindowNs { get; init; } = MonotonicTime.NanosecondsPerSecond;

    /// <summary>connect_timeout in nanoseconds, above 0. Default five seconds. Covers TCP and TLS.</summary>
    public long ConnectTimeoutNs { get; init; } = DefaultConnectTimeoutNs;

    /// <summary>The endpoints of load_assignment, in the order written.</summary>
    public ImmutableArray<EndpointSnapshot> Endpoints { get; init; } = [];

    /// <summary>circuit_breakers.thresholds for priority DEFAULT.</summary>
    public ThresholdsSnapshot DefaultThresholds { get; init; } = ThresholdsSnapshot.Default;

    /// <summary>circuit_breakers.thresholds for priority HIGH.</summary>
    public ThresholdsSnapshot HighThresholds { get; init; } = ThresholdsSnapshot.Default;

    /// <summary>dns_refresh_rate in nanoseconds, above one millisecond. Default five seconds.</summary>
    public long DnsRefreshRateNs { get; init; } = DefaultDnsRefreshRateNs;

    public DnsLookupFamily DnsLookupFamily { get; init; }

    /// <summary>common_http_protocol_options.idle_timeout of upstream connections in nanoseconds, 0 = off. Default one hour.</summary>
    public long IdleTimeoutNs { get; init; } = DefaultIdleTimeoutNs;

    /// <summary>common_http_protocol_options.max_stream_duration of an attempt in nanoseconds, 0 = no limit.</summary>
    public long MaxStreamDurationNs { get; init; }

    /// <summary>metadata.</summary>
    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;

    /// <summary>max_requests_per_connection, 0 = no limit.</summary>
    public int MaxRequestsPerConnection { get; init; }

    /// <summary>http_protocol_options, max_response_headers_kb and max_headers_count of upstream connections.</summary>
    public Http1Settings Http1 { get; init; } = Http1Settings.Upstream;
}

/// <summary>One endpoint of load_assignment.</summary>
public sealed record EndpointSnapshot
{
    /// <summary>An IP address for STATIC, a name (or an IP) for DNS clusters.</summary>
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>endpoint.hostname; empty when not given.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>load_balancing_weight, at least 1. Default 1.</summary>
    public uint Weight { get; init; } = 1;

    /// <summary>LocalityLbEndpoints.priority, 0 is tried first.</summary>
    public int Priority { get; init; }

    public LocalitySnapshot Locality { get; init; } = LocalitySnapshot.None;

    /// <summary>LocalityLbEndpoints.load_balancing_weight; 0 if it has none.</summary>
    public uint LocalityWeight { get; init; }

    public EdsHealth Health { get; init; }

    /// <summary>health_check_config.</summary>
    public HostHealthCheckSnapshot HealthCheck { get; init; } = HostHealthCheckSnapshot.Default;

    /// <summary>metadata of the endpoint.</summary>
    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;
}

/// <summary>Where an endpoint is.</summary>
public sealed record LocalitySnapshot(string Region, string Zone, string SubZone)
{
    public static readonly LocalitySnapshot None = new("", "", "");
}

/// <summary>circuit_breakers.thresholds of one priority.</summary>
/// <param name="MaxConnections">max_connections, default 1024.</param>
/// <param name="MaxPendingRequests">max_pending_requests, default 1024.</param>
/// <param name="MaxRequests">max_requests, default 1024.</param>
/// <param name="MaxRetries">max_retries, default 3: concurrent retries of the whole proxy to this cluster.</param>
public sealed record ThresholdsSnapshot(uint MaxConnections, uint MaxPendingRequests, uint MaxRequests, uint MaxRetries)
{
    public static readonly ThresholdsSnapshot Default = new(1024, 1024, 1024, 3);

    /// <summary>retry_budget; null for none. Where there is one, <see cref="MaxRetries"/> does not count.</summary>
    public RetryBudgetSnapshot? RetryBudget { get; init; }
}

/// <summary>circuit_breakers.thresholds.retry_budget: how many retries at once, measured by the requests under way.</summary>
/// <param name="BudgetPercent">budget_percent of active and pending requests, 0 to 100, default 20.</param>
/// <param name="MinRetryConcurrency">min_retry_concurrency: so many are allowed in any case, default 3.</param>
public sealed record RetryBudgetSnapshot(double BudgetPercent, uint MinRetryConcurrency)
{
    public static readonly RetryBudgetSnapshot Default = new(20, 3);

    internal long Limit(long requests) => Math.Max((long)(BudgetPercent / 100 * requests), MinRetryConcurrency);
}

/// <summary>Cluster.type.</summary>
public enum DiscoveryType : byte
{
    Static,
    StrictDns,
    LogicalDns,
}

/// <summary>Cluster.dns_lookup_family.</summary>
public enum DnsLookupFamily : byte
{
    /// <summary>IPv6 first, then IPv4.</summary>
    Auto,
    V4Only,
    V6Only,
    V4Preferred,
    All,
}

/// <summary>LbEndpoint.health_status.</summary>
public enum EdsHealth : byte
{
    Unknown,
    Healthy,
    Unhealthy,
    Draining,
    Timeout,
    Degraded,
}
