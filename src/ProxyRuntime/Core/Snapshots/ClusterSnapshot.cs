using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One cluster as configured. Each worker keeps its own running state of it.</summary>
public sealed record ClusterSnapshot
{
    public const long DefaultConnectTimeoutNs = 5 * MonotonicTime.NanosecondsPerSecond;
    public const long DefaultDnsRefreshRateNs = 5 * MonotonicTime.NanosecondsPerSecond;
    public const long DefaultIdleTimeoutNs = 60 * 60 * MonotonicTime.NanosecondsPerSecond;

    public required string Name { get; init; }

    /// <summary>The Cluster it was built of.</summary>
    public ConfigMessage Message { get; init; } = ConfigMessage.None;

    /// <summary>What stands behind <c>cluster.</c> in statistics: alt_stat_name or the name, with <c>:</c> as <c>_</c>.</summary>
    public required string StatName { get; init; }

    /// <summary>alt_stat_name; empty when not given.</summary>
    public string AltStatName { get; init; } = "";

    /// <summary>What logs call it: alt_stat_name or the name.</summary>
    public string ObservabilityName => AltStatName.Length > 0 ? AltStatName : Name;

    public DiscoveryType Type { get; init; } = DiscoveryType.Static;

    /// <summary>How its hosts are chosen.</summary>
    public LoadBalancingSnapshot LoadBalancing { get; init; } = LoadBalancingSnapshot.Default;

    /// <summary>For ORIGINAL_DST: where requests say their host.</summary>
    public OriginalDstSnapshot OriginalDst { get; init; } = OriginalDstSnapshot.Default;

    /// <summary>outlier_detection; null for none.</summary>
    public OutlierDetectionSnapshot? OutlierDetection { get; init; }

    /// <summary>health_checks; empty for none.</summary>
    public ImmutableArray<HealthCheckSnapshot> HealthChecks { get; init; } = [];

    /// <summary>ignore_health_on_host_removal: hosts that discovery no longer knows leave at once, even if their checks pass. Default false.</summary>
    public bool IgnoreHealthOnHostRemoval { get; init; }

    /// <summary>close_connections_on_host_health_failure: connections of TCP proxies to a host that fails are closed. Default false: they go on.</summary>
    public bool CloseConnectionsOnHostHealthFailure { get; init; }

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

    /// <summary>load_assignment.policy; an assignment that is discovered has its own.</summary>
    public EndpointPolicy Policy { get; init; } = EndpointPolicy.Default;

    /// <summary>eds_cluster_config of a cluster of type EDS, null for others.</summary>
    public EdsSnapshot? Eds { get; init; }

    /// <summary>dns_refresh_rate in nanoseconds, above one millisecond. Default five seconds.</summary>
    public long DnsRefreshRateNs { get; init; } = DefaultDnsRefreshRateNs;

    /// <summary>respect_dns_ttl: as long as the answer holds, instead of dns_refresh_rate. Default false.</summary>
    public bool RespectDnsTtl { get; init; }

    /// <summary>dns_jitter in nanoseconds, default 0: the refresh comes up to so much later, in whole milliseconds below it.</summary>
    public long DnsJitterNs { get; init; }

    /// <summary>dns_failure_refresh_rate; null: dns_refresh_rate after failures too.</summary>
    public DnsFailureRefreshSnapshot? DnsFailureRefresh { get; init; }

    /// <summary>wait_for_warm_on_init, default true: the cluster is ready only when its names have been answered.</summary>
    public bool WaitForWarmOnInit { get; init; } = true;

    public DnsLookupFamily DnsLookupFamily { get; init; }

    /// <summary>common_http_protocol_options.idle_timeout of upstream connections in nanoseconds, 0 = off. Default one hour.</summary>
    public long IdleTimeoutNs { get; init; } = DefaultIdleTimeoutNs;

    /// <summary>common_http_protocol_options.max_stream_duration of an attempt in nanoseconds, 0 = no limit.</summary>
    public long MaxStreamDurationNs { get; init; }

    /// <summary>metadata.</summary>
    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;

    /// <summary>max_requests_per_connection, 0 = no limit.</summary>
    public int MaxRequestsPerConnection { get; init; }

    /// <summary>common_http_protocol_options.max_connection_duration of upstream connections in nanoseconds, 0 = no limit.</summary>
    public long MaxConnectionDurationNs { get; init; }

    /// <summary>preconnect_policy.per_upstream_preconnect_ratio, 1 to 3, default 1: so many requests each host is to have room for, by what it has.</summary>
    public float PerUpstreamPreconnectRatio { get; init; } = 1;

    /// <summary>
    /// preconnect_policy.predictive_preconnect_ratio, 1 to 3, default 1: so many requests a worker is to have room for, by what it has, at the
    /// hosts its next choices will give. Balancers that cannot know those – LEAST_REQUEST without weights, by hash, subsets – connect none.
    /// </summary>
    public float PredictivePreconnectRatio { get; init; } = 1;

    /// <summary>transport_socket: TLS to hosts that fit none of <see cref="TransportSocketMatches"/>; null for plain text.</summary>
    public UpstreamTlsSnapshot? Tls { get; init; }

    /// <summary>transport_socket_matches: the first that fits a host's metadata counts.</summary>
    public ImmutableArray<TransportSocketMatch> TransportSocketMatches { get; init; } = [];

    /// <summary>The name of the first of its transport sockets that is neither TLS nor plain text; empty for none. Nothing in the core depends on it.</summary>
    public string OtherTransportSocket { get; init; } = "";

    /// <summary>Some of its hosts may be spoken to by TLS.</summary>
    public bool HasTls => Tls is not null || TransportSocketMatches.Any(static match => match.Tls is not null);

    /// <summary>upstream_http_protocol_options.auto_sni: the server name is the request's host. Default false.</summary>
    public bool AutoSni { get; init; }

    /// <summary>upstream_http_protocol_options.auto_san_validation: the certificate must have the request's host. Default false.</summary>
    public bool AutoSanValidation { get; init; }

    /// <summary>upstream_http_protocol_options.override_auto_sni_header: where requests say their host for these two; null for <c>:authority</c>.</summary>
    public HeaderName? AutoSniHeader { get; init; }

    /// <summary>The context for a host; null for plain text.</summary>
    public UpstreamTlsSnapshot? TlsFor(HostSnapshot host) => MatchFor(host) is { } match ? match.Tls : Tls;

    /// <summary>The first of <see cref="TransportSocketMatches"/> that fits a host; null for none.</summary>
    public TransportSocketMatch? MatchFor(HostSnapshot host)
    {
        foreach (var match in TransportSocketMatches)
        {
            if (match.Fits(host.Metadata))
            {
                return match;
            }
        }

        return null;
    }

    /// <summary>track_cluster_stats.</summary>
    public TrackClusterStatsSnapshot TrackStats { get; init; } = TrackClusterStatsSnapshot.None;

    /// <summary>http2_protocol_options; null: HTTP/1.1.</summary>
    public Http2UpstreamSnapshot? Http2 { get; init; }

    /// <summary>http_protocol_options, max_response_headers_kb and max_headers_count of upstream connections.</summary>
    public Http1Settings Http1 { get; init; } = Http1Settings.Upstream;
}

/// <summary>One endpoint of an assignment.</summary>
public sealed record EndpointSnapshot
{
    /// <summary>An IP address for STATIC and EDS, a name (or an IP) for DNS clusters.</summary>
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

    /// <summary>The host that it is at an IP address, under a name.</summary>
    public HostSnapshot HostAt(string ip, string hostname) =>
        new()
        {
            Address = new NetworkAddress(ip, Port),
            Hostname = hostname,
            Weight = Weight,
            Priority = Priority,
            Locality = Locality,
            LocalityWeight = LocalityWeight,
            EdsHealth = Health,
            HealthCheck = HealthCheck,
            Metadata = Metadata,
        };
}

/// <summary>original_dst_lb_config, and cleanup_interval.</summary>
/// <param name="Header">http_header_name with use_http_header; null: headers do not count.</param>
/// <param name="MetadataKey">metadata_key.key; empty: metadata do not count.</param>
/// <param name="MetadataPath">metadata_key.path, to a text or a list of texts.</param>
/// <param name="PortOverride">upstream_port_override, in place of what was said; null for none.</param>
/// <param name="CleanupIntervalNs">cleanup_interval in nanoseconds, above 0, default five seconds: hosts that were not used for so long go.</param>
public sealed record OriginalDstSnapshot(
    HeaderName? Header,
    string MetadataKey,
    ImmutableArray<string> MetadataPath,
    int? PortOverride = null,
    long CleanupIntervalNs = OriginalDstSnapshot.DefaultCleanupIntervalNs
)
{
    public const long DefaultCleanupIntervalNs = 5 * MonotonicTime.NanosecondsPerSecond;

    public static readonly OriginalDstSnapshot Default = new(null, "", []);
}

/// <summary>dns_failure_refresh_rate: a jittered exponential back-off between questions that fail.</summary>
/// <param name="BaseIntervalMs">base_interval in milliseconds, above 1.</param>
/// <param name="MaxIntervalMs">max_interval in milliseconds, not below the base, default ten times that.</param>
public sealed record DnsFailureRefreshSnapshot(long BaseIntervalMs, long MaxIntervalMs);

/// <summary>Where an endpoint is.</summary>
public sealed record LocalitySnapshot(string Region, string Zone, string SubZone)
{
    public static readonly LocalitySnapshot None = new("", "", "");
}

/// <summary>Cluster.type.</summary>
public enum DiscoveryType : byte
{
    Static,
    StrictDns,
    LogicalDns,

    /// <summary>Hosts are made as requests ask for them.</summary>
    OriginalDst,

    /// <summary>Whoever decides about endpoints writes them down in an assignment.</summary>
    Eds,
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
