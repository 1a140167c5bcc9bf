using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>RouteAction: forwards a request to a cluster.</summary>
public sealed record RouteAction : ActionSnapshot
{
    public const long DefaultTimeoutNs = 15 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>cluster; empty where another specifier is used.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>cluster_header; null where another specifier is used.</summary>
    public HeaderName? ClusterHeader { get; init; }

    /// <summary>weighted_clusters; null where another specifier is used.</summary>
    public WeightedClusters? WeightedClusters { get; init; }

    /// <summary>cluster_not_found_response_code: 503 (default), 404 or 500.</summary>
    public int ClusterNotFoundStatus { get; init; } = 503;

    /// <summary>metadata_match under <c>envoy.lb</c>: which subset of the hosts; null for any.</summary>
    public MetadataValue? MetadataMatch { get; init; }

    /// <summary>timeout in nanoseconds, 0 = none. Default 15 seconds. Spans all attempts, from the end of the request.</summary>
    public long TimeoutNs { get; init; } = DefaultTimeoutNs;

    /// <summary>idle_timeout in nanoseconds, 0 = none: replaces stream_idle_timeout of the connection manager. Null: not given.</summary>
    public long? IdleTimeoutNs { get; init; }

    /// <summary>max_stream_duration: where it is given, <see cref="TimeoutNs"/> is not used.</summary>
    public MaxStreamDuration? MaxStreamDuration { get; init; }

    /// <summary>max_grpc_timeout in nanoseconds, 0 = no bound: the grpc-timeout header of gRPC requests counts instead of <see cref="TimeoutNs"/>. Null: not given.</summary>
    public long? MaxGrpcTimeoutNs { get; init; }

    /// <summary>grpc_timeout_offset in nanoseconds: taken off the header's timeout, if that leaves something.</summary>
    public long GrpcTimeoutOffsetNs { get; init; }

    /// <summary>host_rewrite_literal; empty for none.</summary>
    public string HostRewriteLiteral { get; init; } = "";

    /// <summary>host_rewrite_header; null for none.</summary>
    public HeaderName? HostRewriteHeader { get; init; }

    /// <summary>host_rewrite_path_regex; null for none.</summary>
    public RegexRewrite? HostRewritePathRegex { get; init; }

    /// <summary>host_rewrite, a format; null for none. A host that comes out empty changes nothing.</summary>
    public SubstitutionFormat? HostRewriteFormat { get; init; }

    /// <summary>auto_host_rewrite: the host's name becomes the request's. Default false.</summary>
    public bool AutoHostRewrite { get; init; }

    /// <summary>append_x_forwarded_host. Default false.</summary>
    public bool AppendForwardedHost { get; init; }

    /// <summary>prefix_rewrite; empty for none.</summary>
    public string PrefixRewrite { get; init; } = "";

    /// <summary>regex_rewrite; null for none.</summary>
    public RegexRewrite? RegexRewrite { get; init; }

    /// <summary>path_rewrite_policy with a URI template; null for none.</summary>
    public UriTemplateRewrite? TemplateRewrite { get; init; }

    /// <summary>path_rewrite, a format for the path without its query; null for none. A path that comes out empty changes nothing.</summary>
    public SubstitutionFormat? PathRewriteFormat { get; init; }

    /// <summary>retry_policy, the route's or else the virtual host's; null when there is none.</summary>
    public RetryPolicySnapshot? RetryPolicy { get; init; }

    /// <summary>hedge_policy.hedge_on_per_try_timeout, the route's or else the virtual host's. Default false.</summary>
    public bool HedgeOnPerTryTimeout { get; init; }

    /// <summary>priority: which circuit breaker thresholds count. Default DEFAULT.</summary>
    public RoutingPriority Priority { get; init; }

    /// <summary>request_mirror_policies of the route, else of its virtual host, else of the table.</summary>
    public ImmutableArray<MirrorPolicy> MirrorPolicies { get; init; } = [];

    /// <summary>hash_policy.</summary>
    public ImmutableArray<HashPolicy> HashPolicies { get; init; } = [];

    /// <summary>rate_limits.</summary>
    public ImmutableArray<RateLimitPolicy> RateLimits { get; init; } = [];

    /// <summary>include_vh_rate_limits. Default false.</summary>
    public bool IncludeVirtualHostRateLimits { get; init; }

    /// <summary>internal_redirect_policy; null: redirects of the upstream go to the client.</summary>
    public InternalRedirectPolicy? InternalRedirect { get; init; }

    /// <summary>upgrade_configs: upgrade types in lower case, and whether they are allowed here.</summary>
    public ImmutableArray<(string Type, bool Enabled)> Upgrades { get; init; } = [];

    /// <summary>The deprecated cors of the route itself; null for none.</summary>
    public CorsPolicy? Cors { get; init; }
}

/// <summary>RouteAction.MaxStreamDuration, in nanoseconds, 0 = none.</summary>
/// <param name="DurationNs">max_stream_duration; null: the connection manager's counts.</param>
/// <param name="GrpcHeaderMaxNs">grpc_timeout_header_max; null: the header is not looked at.</param>
/// <param name="GrpcHeaderOffsetNs">grpc_timeout_header_offset: taken off the header's timeout.</param>
public sealed record MaxStreamDuration(long? DurationNs, long? GrpcHeaderMaxNs, long GrpcHeaderOffsetNs);

/// <summary>RoutingPriority.</summary>
public enum RoutingPriority : byte
{
    Default,
    High,
}
