namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes the balancer a cluster asks for.</summary>
internal static class Balancers
{
    public static ClusterBalancer New(WorkerContext context, ClusterState cluster, RandomStream random)
    {
        var settings = cluster.Snapshot.LoadBalancing;
        return settings.Policy is HashPolicySnapshot policy
            ? new HashBalancer(context, cluster, policy, random)
            : new ZoneAwareBalancer(context, settings, random, cluster.Stats);
    }
}
