using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One cluster as one worker runs it: its hosts, its balancer, its pools, its statistics.</summary>
internal sealed class ClusterState
{
    private readonly WorkerContext context;
    private readonly PriorityLoadBalancer balancer;
    private readonly Dictionary<(HostState Host, RoutingPriority Priority), ConnectionPool> pools = [];
    private ImmutableArray<HostState> hosts = [];

    public ClusterState(WorkerContext context, ClusterSnapshot snapshot, ClusterResources resources)
    {
        this.context = context;
        Snapshot = snapshot;
        Resources = resources;
        Stats = new ClusterStats(context.Stats, snapshot.StatName);
        RetryRandom = context.Random.Derive("retry", snapshot.Name);
        balancer = new PriorityLoadBalancer(snapshot.LbPolicy, context.Random.Derive("lb", snapshot.Name), Stats);
    }

    public ClusterSnapshot Snapshot { get; }

    public ClusterResources Resources { get; }

    public ClusterStats Stats { get; }

    public RandomStream RetryRandom { get; }

    /// <summary>The host for the next attempt; null when there is none to be had.</summary>
    public HostState? ChooseHost() => balancer.ChooseHost();

    public ConnectionPool Pool(HostState host, RoutingPriority priority)
    {
        if (!pools.TryGetValue((host, priority), out var pool))
        {
            pools[(host, priority)] = pool = new ConnectionPool(context, this, host, priority);
        }

        return pool;
    }

    /// <summary>Takes over new membership. Pools of hosts that left finish what they have; a logical host's pools follow it to its new address.</summary>
    public void Apply(ClusterMembership membership)
    {
        var former = hosts;
        hosts = membership.Hosts;
        balancer.Update(hosts);
        foreach (var host in former)
        {
            if (!hosts.Contains(host))
            {
                MovePools(host, Snapshot.Type == DiscoveryType.LogicalDns && hosts.Length == 1 ? hosts[0] : null);
            }
        }
    }

    private void MovePools(HostState left, HostState? successor)
    {
        foreach (var priority in (ReadOnlySpan<RoutingPriority>)[RoutingPriority.Default, RoutingPriority.High])
        {
            if (!pools.Remove((left, priority), out var pool))
            {
                continue;
            }

            if (successor is null)
            {
                pool.DrainAndDelete();
            }
            else
            {
                pool.Host = successor;
                pools[(successor, priority)] = pool;
            }
        }
    }
}
