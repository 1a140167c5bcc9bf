namespace MeshSim.ProxyRuntime.Core;

/// <summary>The limits of one cluster, by priority.</summary>
internal sealed class ClusterResources
{
    private readonly ResourceManager @default;
    private readonly ResourceManager high;

    public ClusterResources(ClusterSnapshot cluster, RuntimeSnapshot runtime, StatSheet stats)
    {
        @default = New("default", cluster.DefaultThresholds);
        high = New("high", cluster.HighThresholds);

        ResourceManager New(string priority, ThresholdsSnapshot limits) =>
            new(limits.Under(runtime, $"circuit_breakers.{cluster.Name}.{priority}."), stats, $"cluster.{cluster.StatName}.circuit_breakers.{priority}.");
    }

    /// <summary>Requests under way, of both priorities and all workers.</summary>
    public long ActiveRequests => @default.Requests.Used + high.Requests.Used;

    public ResourceManager For(RoutingPriority priority) => priority == RoutingPriority.High ? high : @default;
}
