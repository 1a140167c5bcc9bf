namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes what the balancers of one cluster choose by. Tables are large: they are made in the main machine, once for all workers.</summary>
internal sealed class ClusterTables(ProxyMainContext context, ClusterSnapshot snapshot)
{
    private readonly string root = $"cluster.{snapshot.StatName}.";
    private BalancerTables? former;

    /// <summary>Null for a policy that needs none.</summary>
    public BalancerTables? Build(ClusterMembership membership)
    {
        var settings = snapshot.LoadBalancing;
        if (settings is { Subsets: null, Policy: not HashPolicySnapshot })
        {
            return null;
        }

        var tables = BalancerTables.Build(HostSet.BuildAll(membership, context.Node.Locality), settings, context.Runtime, former);
        former = tables;
        foreach (var (name, value) in tables?.Sizes ?? [])
        {
            context.Stats.Gauge(root + name).Set((long)value);
        }

        if (tables is SubsetTables subsets)
        {
            context.Stats.Gauge(root + "lb_subsets_single_host_per_subset_duplicate").Set(subsets.Duplicates);
            new SubsetStats(context.Stats, root).Changed(subsets);
        }

        return tables;
    }
}
