using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.ratelimit.v3.RateLimit.</summary>
public sealed record RateLimitSettings : IHttpFilterSettings
{
    public const long DefaultTimeoutNs = 20 * MonotonicTime.NanosecondsPerMillisecond;

    /// <summary>domain: told to the service.</summary>
    public required string Domain { get; init; }

    /// <summary>rate_limit_service.grpc_service.</summary>
    public required GrpcServiceSnapshot Service { get; init; }

    /// <summary>stage, 0 to 10: which rate limits of route and virtual host count. Default 0.</summary>
    public uint Stage { get; init; }

    /// <summary>request_type. Default both.</summary>
    public RateLimitRequestType RequestType { get; init; }

    /// <summary>timeout of a call in nanoseconds, whole milliseconds, 0 = none. Default 20 ms.</summary>
    public long TimeoutNs { get; init; } = DefaultTimeoutNs;

    /// <summary>failure_mode_deny: without an answer of the service requests are refused. Default false.</summary>
    public bool FailureModeDeny { get; init; }

    /// <summary>failure_mode_deny_percent: replaces <see cref="FailureModeDeny"/>; null: not given.</summary>
    public RuntimeFraction? FailureModeDenyPercent { get; init; }

    /// <summary>rate_limited_as_resource_exhausted: gRPC status 8 in place of 14. Default false.</summary>
    public bool RateLimitedAsResourceExhausted { get; init; }

    /// <summary>enable_x_ratelimit_headers is DRAFT_VERSION_03. Default false.</summary>
    public bool EnableXRateLimitHeaders { get; init; }

    /// <summary>disable_x_envoy_ratelimited_header. Default false.</summary>
    public bool DisableXEnvoyRateLimitedHeader { get; init; }

    /// <summary>rate_limited_status, from 400 up. Default 429.</summary>
    public int RateLimitedStatus { get; init; } = 429;

    /// <summary>status_on_error: of refusals without an answer of the service. Default 500.</summary>
    public int StatusOnError { get; init; } = 500;

    /// <summary>response_headers_to_add: for requests over the limit.</summary>
    public HeaderMutations ResponseHeaders { get; init; } = HeaderMutations.None;

    /// <summary>stat_prefix: statistics of the route's cluster under <c>ratelimit.PREFIX.</c>; empty for <c>ratelimit.</c></summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>filter_enabled; null: as the runtime says under <c>ratelimit.http_filter_enabled</c>, all by default.</summary>
    public RuntimeFraction? FilterEnabled { get; init; }

    /// <summary>filter_enforced; null: as the runtime says under <c>ratelimit.http_filter_enforcing</c>, all by default.</summary>
    public RuntimeFraction? FilterEnforced { get; init; }

    /// <summary>rate_limits: make the requests' descriptors, in place of those of route and virtual host.</summary>
    public ImmutableArray<RateLimitPolicy> RateLimits { get; init; } = [];
}

/// <summary>RateLimit.request_type.</summary>
public enum RateLimitRequestType : byte
{
    Both,

    /// <summary>Requests with x-envoy-internal.</summary>
    Internal,

    /// <summary>Requests without.</summary>
    External,
}

/// <summary>RateLimitPerRoute.</summary>
public sealed record RateLimitRouteSettings : IRouteFilterSettings
{
    /// <summary>vh_rate_limits. Default OVERRIDE.</summary>
    public VhRateLimits VhRateLimits { get; init; }

    /// <summary>rate_limits: make the requests' descriptors, in place of all others.</summary>
    public ImmutableArray<RateLimitPolicy> RateLimits { get; init; } = [];

    /// <summary>domain in place of the filter's; empty for the filter's.</summary>
    public string Domain { get; init; } = "";
}
