using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of one cluster at one moment: what the main machine tells the workers. Immutable; a change is a new one.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Hosts">In the order of configuration, then of the DNS answer; where they are discovered, by priority first. A host that stays is the same object.</param>
public sealed record ClusterMembership(string Cluster, ImmutableArray<HostState> Hosts)
{
    /// <summary>The health of each host as it is told to the workers: changes may be held back for update_merge_window.</summary>
    public ImmutableArray<HealthFlags> Health { get; init; } = [.. Hosts.Select(static host => host.Health)];

    /// <summary>What discovery says of all of them.</summary>
    public EndpointPolicy Policy { get; init; } = EndpointPolicy.Default;

    /// <summary>What balancers choose by, made once for all workers; null: they need nothing, or each worker makes its own.</summary>
    internal BalancerTables? Tables { get; init; }
}
