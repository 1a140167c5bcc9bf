namespace MeshSim.ProxyRuntime.Core;

/// <summary>What balancers choose by and that is the same for all workers: made once by the main machine, so that no pick waits for it. Immutable.</summary>
internal abstract class BalancerTables
{
    /// <summary>How large the tables of a hash policy are, by the names of the cluster's gauges; empty without hosts, or without such a policy.</summary>
    public abstract IReadOnlyList<(string Name, ulong Value)> Sizes { get; }

    /// <param name="former">The tables before this change; null at first.</param>
    /// <returns>Null for a policy that needs none.</returns>
    public static BalancerTables? Build(HostSet[] sets, LoadBalancingSnapshot settings, RuntimeSnapshot runtime, BalancerTables? former) =>
        settings.Subsets is { } subsets ? SubsetTables.Build(sets, settings, subsets, runtime, former as SubsetTables)
        : settings.Policy is HashPolicySnapshot policy ? HashTables.Build(sets, settings, policy, runtime)
        : null;
}
