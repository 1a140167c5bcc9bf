using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>config.route.v3.RateLimit: actions that together make one descriptor of a request.</summary>
public sealed record RateLimitPolicy(ImmutableArray<RateLimitAction> Actions)
{
    /// <summary>stage, 0 to 10. Default 0: a filter looks only at policies of its own stage. Of no meaning in a filter's own rate_limits.</summary>
    public uint Stage { get; init; }

    /// <summary>
    /// disable_key: the global filter leaves the policy out for as many percent of the requests as the runtime says under
    /// <c>ratelimit.KEY.http_filter_enabled</c>, the local filter leaves it out altogether. Empty for none.
    /// </summary>
    public string DisableKey { get; init; } = "";

    /// <summary>hits_addend as a number; null for none, which counts as 1. Only in a filter's own rate_limits.</summary>
    public ulong? HitsAddend { get; init; }

    /// <summary>hits_addend as a format whose value is a number from 0 to 10^9; without such a value there is no descriptor. Null for none.</summary>
    public SubstitutionFormat? HitsAddendFormat { get; init; }

    /// <summary>limit.dynamic_metadata: where the request's metadata may hold a limit for the service to use. Null for none.</summary>
    public RateLimitOverride? Limit { get; init; }

    /// <summary>apply_on_stream_done: the global filter counts the descriptor when the stream ends, and it never limits. Default false.</summary>
    public bool ApplyOnStreamDone { get; init; }

    /// <summary>x_ratelimit_option: whether the descriptor shows in x-ratelimit headers. Default UNSPECIFIED: as the filter says.</summary>
    public XRateLimitOption XRateLimit { get; init; }
}

/// <summary>RateLimit.Override.DynamicMetadata: a struct with <c>requests_per_unit</c> and <c>unit</c>.</summary>
/// <param name="Namespace">metadata_key.key.</param>
/// <param name="Path">metadata_key.path.</param>
public sealed record RateLimitOverride(string Namespace, ImmutableArray<string> Path);

/// <summary>RateLimit.XRateLimitOption.</summary>
public enum XRateLimitOption : byte
{
    Unspecified,
    Off,
    DraftVersion03,
}

/// <summary>Whether the rate limits of the virtual host count beside those of the route.</summary>
public enum VhRateLimits : byte
{
    /// <summary>Only where the route has none.</summary>
    Override,

    /// <summary>Always.</summary>
    Include,

    /// <summary>Never.</summary>
    Ignore,
}
