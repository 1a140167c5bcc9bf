using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Says which share of the requests each endpoint of a cluster gets: asks the balancer of a real worker, or lets it choose and counts.</summary>
public static class BalanceExplainer
{
    /// <summary>Long after the start: nothing starts slowly any more.</summary>
    private const long LateNs = 400L * 86_400 * MonotonicTime.NanosecondsPerSecond;

    /// <param name="cluster">One of the snapshot's.</param>
    public static ClusterBalance Explain(ProxySnapshot snapshot, ClusterSnapshot cluster, BalanceQuestion question)
    {
        var still = snapshot with { Listeners = [], Clusters = [.. snapshot.Clusters.Select(WithoutDns)] };
        var context = new WorkerContext(still, new ProxyShared(still), new RandomSource(question.Seed), 0);
        var effects = new EffectBuffer();
        context.Begin(MonotonicTime.Zero, effects);
        var hosts = Apply(still, cluster.Name, question, context);
        var state = context.Clusters[cluster.Name];
        var choice = new LoadBalancerContext();
        choice.Begin(null, null);
        choice.MetadataMatch = question.Metadata;
        var shares = state.Shares(choice);
        var picks = shares.IsExact ? [] : Pick(state, choice, question.Picks);
        var total = (double)Math.Max(1, question.Picks);
        var active = question.Active.ToDictionary(static entry => entry.Endpoint, static entry => entry.Requests);
        return new ClusterBalance
        {
            Cluster = cluster,
            Question = question,
            IsExact = shares.IsExact,
            TotalHealth = shares.Loads?.TotalHealth ?? 0,
            PanicThreshold = (int)PriorityLoads.PanicThreshold(cluster.LoadBalancing, snapshot.Runtime),
            Priorities = [.. shares.Sets.Select((set, priority) => Priority(set, shares.Loads!, priority))],
            Localities =
                cluster.LoadBalancing.Localities is LocalityWeightedBalancing
                    ? [.. shares.Sets.SelectMany((set, priority) => Localities(set, priority, set.Policy.OverprovisioningFactor))]
                    : [],
            Hosts =
            [
                .. hosts.Select(
                    (host, i) =>
                        new HostBalance(
                            host.Snapshot,
                            host.Health,
                            shares.IsExact ? shares.Of(host) : picks.GetValueOrDefault(host) / total,
                            picks.GetValueOrDefault(host),
                            active.GetValueOrDefault(i)
                        )
                ),
            ],
            None = shares.IsExact ? shares.None : 1 - (picks.Values.Sum() / total),
        };
    }

    /// <summary>A name counts as one host.</summary>
    private static ClusterSnapshot WithoutDns(ClusterSnapshot cluster) =>
        cluster with
        {
            Type = cluster.Type == DiscoveryType.OriginalDst ? DiscoveryType.OriginalDst : DiscoveryType.Static,
            OutlierDetection = null,
            HealthChecks = [],
        };

    /// <summary>Tells the worker of all hosts, those of the cluster in the state that is asked for.</summary>
    private static ImmutableArray<HostState> Apply(ProxySnapshot snapshot, string cluster, BalanceQuestion question, WorkerContext context)
    {
        var asked = new ClusterMembership(cluster, []);
        var effects = new EffectBuffer();
        new ProxyMain(snapshot, new RandomSource(0)).Start(MonotonicTime.Zero, effects);
        List<ClusterMembership> memberships = [];
        foreach (ref readonly var effect in effects.Span)
        {
            if (effect.Membership is { } membership)
            {
                memberships.Add(membership);
            }
        }

        foreach (var membership in memberships)
        {
            var told = membership;
            if (membership.Cluster == cluster)
            {
                Change(membership.Hosts, question);
                told = asked = new ClusterMembership(cluster, membership.Hosts) { Policy = membership.Policy };
            }

            context.Clusters[told.Cluster].Apply(told);
        }

        context.Begin(new MonotonicTime(LateNs), effects);
        context.Clusters[cluster].Apply(asked);
        return asked.Hosts;
    }

    private static void Change(ImmutableArray<HostState> hosts, BalanceQuestion question)
    {
        foreach (var (endpoint, condition) in question.Conditions)
        {
            hosts[endpoint].ClearHealth(hosts[endpoint].Health);
            hosts[endpoint]
                .SetHealth(
                    condition switch
                    {
                        HostCondition.Unhealthy => HealthFlags.FailedEdsHealth,
                        HostCondition.Degraded => HealthFlags.DegradedEdsHealth,
                        HostCondition.Draining => HealthFlags.EdsStatusDraining,
                        HostCondition.Ejected => HealthFlags.FailedOutlierCheck,
                        _ => HealthFlags.None,
                    }
                );
        }

        foreach (var (endpoint, requests) in question.Active)
        {
            for (var i = 0; i < requests; i++)
            {
                hosts[endpoint].Stats.RequestStarted();
            }
        }
    }

    private static Dictionary<HostState, long> Pick(ClusterState cluster, LoadBalancerContext choice, int count)
    {
        Dictionary<HostState, long> picks = [];
        for (var i = 0; i < count; i++)
        {
            if (cluster.ChooseHost(choice) is { } host)
            {
                picks[host] = picks.GetValueOrDefault(host) + 1;
            }
        }

        return picks;
    }

    private static PriorityBalance Priority(HostSet set, PriorityLoads loads, int priority)
    {
        var (health, degradedHealth, load, degradedLoad) = loads.Explain(priority);
        return new PriorityBalance(
            set.All.Length,
            set.Healthy.Length,
            set.Degraded.Length,
            set.Excluded.Length,
            health,
            degradedHealth,
            load,
            degradedLoad,
            loads.InPanic(priority)
        );
    }

    private static IEnumerable<LocalityBalance> Localities(HostSet set, int priority, uint overprovisioningFactor)
    {
        var effective = Array.ConvertAll(set.Localities, locality => locality.EffectiveWeight(locality.Healthy.Length, overprovisioningFactor));
        var sum = effective.Sum();
        return set.Localities.Select(
            (locality, i) =>
                new LocalityBalance(
                    priority,
                    locality.Locality,
                    locality.Weight,
                    locality.All.Length,
                    locality.Healthy.Length,
                    effective[i],
                    sum > 0 ? effective[i] / sum : 0
                )
        );
    }
}
