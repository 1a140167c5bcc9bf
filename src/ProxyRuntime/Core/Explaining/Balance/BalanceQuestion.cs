using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>In which state a cluster is when it is asked who gets its requests.</summary>
public sealed record BalanceQuestion
{
    /// <summary>How many choices are made where shares cannot be computed. Default 100,000.</summary>
    public const int DefaultPicks = 100_000;

    /// <summary>Endpoints that are in another health than the configuration says, by their places in it.</summary>
    public ImmutableArray<(int Endpoint, HostCondition Condition)> Conditions { get; init; } = [];

    /// <summary>Requests under way at endpoints, by their places in the configuration.</summary>
    public ImmutableArray<(int Endpoint, int Requests)> Active { get; init; } = [];

    /// <summary>What the requests say under <c>envoy.lb</c>; null for nothing.</summary>
    public MetadataValue? Metadata { get; init; }

    public int Picks { get; init; } = DefaultPicks;

    public ulong Seed { get; init; }
}

/// <summary>The health of an endpoint.</summary>
public enum HostCondition : byte
{
    Healthy,
    Unhealthy,
    Degraded,

    /// <summary>Unhealthy, and left out of the arithmetic.</summary>
    Draining,

    /// <summary>By outlier detection.</summary>
    Ejected,
}
