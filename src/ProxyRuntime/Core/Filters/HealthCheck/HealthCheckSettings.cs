using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.health_check.v3.HealthCheck.</summary>
public sealed record HealthCheckSettings : IHttpFilterSettings, ISharedFilterSettings
{
    /// <summary>pass_through_mode: checks go on to the upstream; else the proxy answers them itself.</summary>
    public required bool PassThroughMode { get; init; }

    /// <summary>cache_time in nanoseconds, whole milliseconds: how long an answer of the upstream serves for all. 0 = not at all. Only in pass-through mode.</summary>
    public long CacheTimeNs { get; init; }

    /// <summary>cluster_min_healthy_percentages in whole percent, sorted by cluster: what must be available for a 200. Not in pass-through mode.</summary>
    public ImmutableArray<(string Cluster, uint Percent)> ClusterMinHealthyPercentages { get; init; } = [];

    /// <summary>headers: a request that fits all of them is a health check.</summary>
    public ImmutableArray<HeaderMatcher> Headers { get; init; } = [];

    object ISharedFilterSettings.NewShared() => new HealthCheckCache(CacheTimeNs);
}
