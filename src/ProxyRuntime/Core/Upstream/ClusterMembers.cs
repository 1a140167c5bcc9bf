using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The hosts of one cluster in the main machine, wherever they come from: their checks, their ejections, and what the workers are told of
/// them and when.
/// </summary>
internal sealed class ClusterMembers
{
    private readonly ProxyMainContext context;
    private readonly ClusterSnapshot cluster;
    private readonly HostList list;
    private readonly OutlierDetector? outliers;
    private readonly ClusterHealth? health;
    private readonly MergeWindow window;
    private readonly ClusterTables tables;
    private int awaitedChecks;
    private bool isDiscovered;

    public ClusterMembers(ProxyMainContext context, ClusterSnapshot cluster)
    {
        this.context = context;
        this.cluster = cluster;
        list = new HostList(cluster, new TransportMatchStats(context.Stats, cluster));
        Policy = cluster.Policy;
        Stats = new MembershipStats(context.Stats, cluster.StatName);
        Stats.Warming(true);
        Membership = new ClusterMembership(cluster.Name, []);
        tables = new ClusterTables(context, cluster);
        window = new MergeWindow(context, cluster.UpdateMergeWindowNs, Deliver);
        health = cluster.HealthChecks.IsEmpty ? null : new ClusterHealth(context, cluster, OnChecked);
        outliers = cluster.OutlierDetection is { } settings ? new OutlierDetector(context, cluster, settings, OnEjectionChanged) : null;
    }

    /// <summary>The hosts as they are, with the health that workers were told of.</summary>
    public ClusterMembership Membership { get; private set; }

    /// <summary>As discovery has it now; workers learn of it with the next change of hosts.</summary>
    public EndpointPolicy Policy { get; private set; }

    public MembershipStats Stats { get; }

    /// <summary>How the hosts did in the last interval of outlier detection; null without one.</summary>
    public OutlierRates? OutlierRates => outliers?.Rates;

    /// <summary>Discovery has answered once, well or not, and with health checks every host then known has had a result: workers know the hosts.</summary>
    public bool IsReady { get; private set; }

    /// <summary>A host for an endpoint of the configuration.</summary>
    public HostState NewHost(HostSnapshot host) => list.NewHost(host);

    /// <summary>Hosts that do not come from discovery: they are these from now on.</summary>
    public void Replace(ImmutableArray<HostState> hosts) => Publish(list.Replace(hosts));

    /// <summary>Discovery says that these are the hosts.</summary>
    /// <param name="weights">The weights of localities where an assignment says them.</param>
    public void Update(IEnumerable<HostSnapshot> hosts, EndpointPolicy policy, ImmutableArray<LocalityWeight>? weights = null)
    {
        var change = list.Update(hosts, weights);
        var former = Policy;
        Policy = policy;
        Stats.Weighed(change.MaxWeight);
        if (former with { DropOverload = policy.DropOverload } != policy)
        {
            change.Touched.UnionWith(Enumerable.Range(0, list.PriorityCount));
        }

        if (change.IsEmpty)
        {
            Stats.UpdateNoRebuild.Increment();
            return;
        }

        if (cluster.Type == DiscoveryType.LogicalDns && Membership.Hosts.Length == 1 && change.Hosts.Length == 1)
        {
            health?.Move(Membership.Hosts[0], change.Hosts[0]);
        }

        Publish(change);
    }

    /// <summary>It is known which hosts there are: the cluster is ready when as many results have come. Only the first call counts.</summary>
    public void OnDiscovered()
    {
        if (isDiscovered)
        {
            return;
        }

        isDiscovered = true;
        awaitedChecks = health is null ? 0 : Membership.Hosts.Count(ClusterHealth.Checks);
        if (awaitedChecks == 0)
        {
            BeReady();
        }
    }

    /// <summary>A worker has opened its first connection to the cluster.</summary>
    public void OnTrafficBegan()
    {
        if (health is not null)
        {
            health.HasTraffic = true;
        }
    }

    /// <summary>A host said in a response to a client that it is to be left alone.</summary>
    public void OnImmediateHealthCheckFail(HostState host) => health?.OnImmediateFail(host);

    /// <summary>A worker has seen a host fail as often in a row as suffices.</summary>
    public void OnOutlierDetected(HostState host, EjectionType type) => outliers?.OnDetected(host, type);

    /// <summary>Before the cluster is ready nobody asks for hosts. Where hosts came or went workers learn of it at once, of other changes when the merge window allows.</summary>
    private void Publish(HostListChange change)
    {
        Membership = Told(change);
        if (IsReady && change.Moved.Count > 0)
        {
            Announce(Membership);
            foreach (var priority in change.Moved)
            {
                window.OnDelivered(priority);
            }
        }

        Stats.Changed(change.Hosts, change.Moved.Count);
        outliers?.Update(change.Hosts);
        health?.Update(change.Hosts);
        if (IsReady)
        {
            foreach (var priority in change.Touched.Except(change.Moved))
            {
                window.OnChange(priority);
            }
        }
    }

    /// <summary>In priorities where no host came or went workers go on with the health that they were told of.</summary>
    private ClusterMembership Told(HostListChange change)
    {
        var former = new Dictionary<HostState, HealthFlags>(ReferenceEqualityComparer.Instance);
        for (var i = 0; IsReady && i < Membership.Hosts.Length; i++)
        {
            former[Membership.Hosts[i]] = Membership.Health[i];
        }

        return Membership with
        {
            Hosts = change.Hosts,
            Health =
            [
                .. change.Hosts.Select(host => !change.Moved.Contains(host.Snapshot.Priority) && former.TryGetValue(host, out var told) ? told : host.Health),
            ],
        };
    }

    private void BeReady()
    {
        IsReady = true;
        Stats.Warming(false);
        Announce(new ClusterMembership(cluster.Name, Membership.Hosts));
        Stats.HealthChanged(Membership.Hosts);
    }

    /// <summary>An active check of a host has had a result.</summary>
    private void OnChecked(HostState host, HealthTransition transition, bool healthy)
    {
        var hasFailed = (host.Health & HealthFlags.FailedActiveHc) != 0;
        if (transition == HealthTransition.Changed && !RemoveFailed(host))
        {
            OnHealthChanged();
        }

        if (healthy && !hasFailed)
        {
            outliers?.OnHealthy(host);
        }

        if (transition == HealthTransition.Changed && hasFailed)
        {
            TellFailed(host);
        }

        if (awaitedChecks > 0 && --awaitedChecks == 0)
        {
            BeReady();
        }
    }

    /// <summary>Whoever is connected to a host that was ejected is not to stay; who picks it learns of it when the merge window allows.</summary>
    private void OnEjectionChanged(HostState host)
    {
        OnHealthChanged();
        if ((host.Health & HealthFlags.FailedOutlierCheck) != 0)
        {
            TellFailed(host);
        }
    }

    /// <summary>A host that an assignment no longer had, and that stayed as long as its checks passed, goes with the first that fails.</summary>
    private bool RemoveFailed(HostState host)
    {
        const HealthFlags Leaves = HealthFlags.FailedActiveHc | HealthFlags.PendingDynamicRemoval;
        if (!IsReady || cluster.Type != DiscoveryType.Eds || (host.Health & Leaves) != Leaves)
        {
            return false;
        }

        var change = list.Remove(host);
        change.Touched.UnionWith(change.Hosts.Select(static member => member.Snapshot.Priority));
        Publish(change);
        return true;
    }

    /// <summary>As in Envoy the hosts of every priority count as changed.</summary>
    private void OnHealthChanged()
    {
        if (!IsReady)
        {
            return;
        }

        Stats.HealthChanged(Membership.Hosts);
        foreach (var priority in Membership.Hosts.Select(static host => host.Snapshot.Priority).Distinct().Order())
        {
            window.OnChange(priority);
        }
    }

    private void TellFailed(HostState host)
    {
        ref var effect = ref context.Effects.Add(EffectKind.HostFailed);
        effect.Subject = host;
        effect.Cluster = cluster;
    }

    /// <summary>Tells the workers of the health of the hosts of one priority as it is now.</summary>
    private void Deliver(int priority)
    {
        var told = Membership;
        Announce(told with { Health = [.. told.Hosts.Select((host, i) => host.Snapshot.Priority == priority ? host.Health : told.Health[i])] });
    }

    private void Announce(ClusterMembership membership)
    {
        membership = membership with { Policy = Policy };
        Membership = membership with { Tables = tables.Build(membership) };
        context.Effects.Add(EffectKind.HostUpdate).Subject = Membership;
    }
}
