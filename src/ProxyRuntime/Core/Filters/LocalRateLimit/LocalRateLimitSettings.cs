using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit: of a filter, or in its place of a route, virtual host or table.</summary>
/// <remarks>Each place has buckets of its own, shared by all workers.</remarks>
public sealed record LocalRateLimitSettings : IHttpFilterSettings, IRouteFilterSettings, ISharedFilterSettings
{
    public const int DefaultStatus = 429;
    public const uint DefaultMaxDynamicDescriptors = 20;

    /// <summary>stat_prefix: statistics under <c>PREFIX.http_local_rate_limit.</c></summary>
    public required string StatPrefix { get; init; }

    /// <summary>status, from 400 up. Default 429.</summary>
    public int Status { get; init; } = DefaultStatus;

    /// <summary>token_bucket; null: what matches no descriptor is not limited.</summary>
    public TokenBucketSnapshot? TokenBucket { get; init; }

    /// <summary>filter_enabled: for which requests the filter acts at all. Default none.</summary>
    public RuntimeFraction FilterEnabled { get; init; } = RuntimeFraction.Never;

    /// <summary>filter_enforced: which requests over the limit are refused. Default none.</summary>
    public RuntimeFraction FilterEnforced { get; init; } = RuntimeFraction.Never;

    /// <summary>request_headers_to_add_when_not_enforced: for requests over the limit that pass.</summary>
    public HeaderMutations RequestHeadersWhenNotEnforced { get; init; } = HeaderMutations.None;

    /// <summary>response_headers_to_add: for refusals.</summary>
    public HeaderMutations ResponseHeaders { get; init; } = HeaderMutations.None;

    /// <summary>descriptors.</summary>
    public ImmutableArray<LocalRateLimitDescriptor> Descriptors { get; init; } = [];

    /// <summary>rate_limits: make the requests' descriptors, in place of those of route and virtual host.</summary>
    public ImmutableArray<RateLimitPolicy> RateLimits { get; init; } = [];

    /// <summary>stage, 0 to 10: which rate limits of route and virtual host count. Default 0.</summary>
    public uint Stage { get; init; }

    /// <summary>vh_rate_limits. Default OVERRIDE.</summary>
    public VhRateLimits VhRateLimits { get; init; }

    /// <summary>local_rate_limit_per_downstream_connection: every connection has buckets of its own. Default false.</summary>
    public bool PerConnection { get; init; }

    /// <summary>local_cluster_rate_limit: the proxies of this cluster, their own, have equal shares of the limit. Empty: the limit is this proxy's alone.</summary>
    public string LocalCluster { get; init; } = "";

    /// <summary>enable_x_ratelimit_headers is DRAFT_VERSION_03. Default false.</summary>
    public bool EnableXRateLimitHeaders { get; init; }

    /// <summary>always_consume_default_token_bucket: also where a descriptor matches. Default true.</summary>
    public bool AlwaysConsumeDefaultTokenBucket { get; init; } = true;

    /// <summary>rate_limited_as_resource_exhausted: gRPC status 8 in place of 14. Default false.</summary>
    public bool RateLimitedAsResourceExhausted { get; init; }

    /// <summary>max_dynamic_descriptors, above 0: how many combinations of values a descriptor with wildcards has buckets for. Default 20.</summary>
    public uint MaxDynamicDescriptors { get; init; } = DefaultMaxDynamicDescriptors;

    object ISharedFilterSettings.NewShared() => NewLimiter();

    internal LocalRateLimiter NewLimiter() => new(TokenBucket, Descriptors, AlwaysConsumeDefaultTokenBucket, MaxDynamicDescriptors);
}
