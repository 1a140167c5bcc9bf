namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes the balancer a cluster asks for.</summary>
internal static class Balancers
{
    public static ClusterBalancer New(WorkerContext context, ClusterState cluster, RandomStream random)
    {
        if (cluster.Snapshot.Type == DiscoveryType.OriginalDst)
        {
            return new OriginalDstBalancer(context, cluster);
        }

        var sources = cluster.Snapshot.LoadBalancing.OverrideHostSources;
        var balancer = NewDivided(context, cluster, random);
        return sources.IsEmpty ? balancer : new OverrideHostBalancer(sources, balancer);
    }

    private static ClusterBalancer NewDivided(WorkerContext context, ClusterState cluster, RandomStream random) =>
        cluster.Snapshot.LoadBalancing.Subsets is { } subsets
            ? new SubsetBalancer(context, cluster, subsets, () => NewWhole(context, cluster, random))
            : NewWhole(context, cluster, random);

    /// <summary>A balancer over all hosts it is told of.</summary>
    private static DrawingBalancer NewWhole(WorkerContext context, ClusterState cluster, RandomStream random)
    {
        var settings = cluster.Snapshot.LoadBalancing;
        return settings.Policy is HashPolicySnapshot policy
            ? new HashBalancer(context, cluster, policy, random)
            : new ZoneAwareBalancer(context, settings, random, cluster.Stats);
    }
}
