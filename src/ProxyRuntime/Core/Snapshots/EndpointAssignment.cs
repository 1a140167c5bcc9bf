using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>ClusterLoadAssignment: the endpoints of one cluster as discovery has them at one moment. Addresses are IP addresses.</summary>
public sealed record EndpointAssignment
{
    /// <summary>endpoints, in the order written. Of those with the same address the first counts.</summary>
    public ImmutableArray<EndpointSnapshot> Endpoints { get; init; } = [];

    /// <summary>The localities that have a load_balancing_weight, with or without endpoints; of those named twice the last counts.</summary>
    public ImmutableArray<LocalityWeight> LocalityWeights { get; init; } = [];

    public EndpointPolicy Policy { get; init; } = EndpointPolicy.Default;

    /// <summary>policy.endpoint_stale_after in nanoseconds, 0 = never: without another assignment for so long the endpoints are gone.</summary>
    public long StaleAfterNs { get; init; }
}

/// <summary>LocalityLbEndpoints.load_balancing_weight of one locality in one priority.</summary>
public sealed record LocalityWeight(int Priority, LocalitySnapshot Locality, uint Weight);

/// <summary>ClusterLoadAssignment.policy: what an assignment says of its endpoints as a whole.</summary>
public sealed record EndpointPolicy
{
    public const uint DefaultOverprovisioningFactor = 140;

    public static readonly EndpointPolicy Default = new();

    /// <summary>overprovisioning_factor in percent, above 0, default 140.</summary>
    public uint OverprovisioningFactor { get; init; } = DefaultOverprovisioningFactor;

    /// <summary>weighted_priority_health: the health of a priority is measured by the weights of its hosts, not by their number. Default false.</summary>
    public bool WeightedPriorityHealth { get; init; }

    /// <summary>drop_overloads: so much of the load is answered 503 before a host is looked for, 0 to 1.</summary>
    public float DropOverload { get; init; }
}
