using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One pick in Envoy's order: a priority by its load, panic or not, then the policy within the hosts that remain.</summary>
internal sealed class PriorityLoadBalancer(LbPolicy policy, RandomStream random, ClusterStats stats)
{
    private PriorityHosts[] priorities = [];
    private PriorityLoads? loads;

    public void Update(ImmutableArray<HostState> hosts)
    {
        var count = 1;
        foreach (var host in hosts)
        {
            count = Math.Max(count, host.Snapshot.Priority + 1);
        }

        var former = priorities.Length;
        Array.Resize(ref priorities, count);
        for (var i = former; i < count; i++)
        {
            priorities[i] = new PriorityHosts(NewPolicy(), NewPolicy(), NewPolicy());
        }

        var counts = new PriorityCounts[count];
        for (var i = 0; i < count; i++)
        {
            counts[i] = priorities[i].Update(hosts, i);
        }

        loads = new PriorityLoads(counts);
    }

    public HostState? ChooseHost(LoadBalancerContext choice)
    {
        if (loads is null)
        {
            return null;
        }

        var (priority, degraded) = choice.DeterminePriorityLoads(loads).Choose((int)random.NextModulo(100) + 1);
        if (!loads.InPanic(priority))
        {
            return (degraded ? priorities[priority].Degraded : priorities[priority].Healthy).ChooseHost();
        }

        stats.LbHealthyPanic.Increment();
        return priorities[priority].All.ChooseHost();
    }

    private ILoadBalancer NewPolicy() => policy == LbPolicy.Random ? new Random(random) : new RoundRobin(random);
}

/// <summary>The hosts of one priority: each list with a policy of its own, as its turn goes on apart from the others'.</summary>
internal sealed class PriorityHosts(ILoadBalancer all, ILoadBalancer healthy, ILoadBalancer degraded)
{
    public ILoadBalancer All => all;

    public ILoadBalancer Healthy => healthy;

    public ILoadBalancer Degraded => degraded;

    public PriorityCounts Update(ImmutableArray<HostState> hosts, int priority)
    {
        HostState[] mine = [.. hosts.Where(host => host.Snapshot.Priority == priority)];
        HostState[] healthyHosts = [.. mine.Where(static host => HostHealth.IsHealthy(host.Health))];
        HostState[] degradedHosts = [.. mine.Where(static host => HostHealth.IsDegraded(host.Health))];
        all.Update(mine);
        healthy.Update(healthyHosts);
        degraded.Update(degradedHosts);
        var excluded = mine.Count(static host => HostHealth.IsExcluded(host.Health));
        return new PriorityCounts(mine.Length, healthyHosts.Length, degradedHosts.Length, excluded);
    }
}
