namespace MeshSim.ProxyRuntime.Core;

/// <summary>The limits of one cluster, by priority.</summary>
internal sealed class ClusterResources(ClusterSnapshot cluster)
{
    private readonly ResourceManager @default = new(cluster.DefaultThresholds);
    private readonly ResourceManager high = new(cluster.HighThresholds);

    /// <summary>Requests under way, of both priorities and all workers.</summary>
    public long ActiveRequests => @default.Requests.Used + high.Requests.Used;

    public ResourceManager For(RoutingPriority priority) => priority == RoutingPriority.High ? high : @default;
}
