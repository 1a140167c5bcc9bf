using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>How the main machine comes to the hosts of one cluster: from its configuration, or from names resolved again and again.</summary>
internal sealed class ClusterDiscovery : ITimerOwner
{
    private readonly ProxyMainContext context;
    private readonly ClusterSnapshot snapshot;
    private readonly MembershipStats stats;
    private readonly TransportMatchStats transportMatches;
    private readonly ResolveTarget[] targets;
    private readonly OutlierDetector? outliers;
    private readonly ClusterHealth? health;
    private readonly MergeWindow window;
    private readonly ClusterTables tables;
    private int awaitedChecks;
    private bool isWarming;

    public ClusterDiscovery(ProxyMainContext context, ClusterSnapshot snapshot)
    {
        this.context = context;
        this.snapshot = snapshot = snapshot with { OutlierDetection = snapshot.OutlierDetection?.Under(context.Runtime) };
        Refresh = new DnsRefresh(snapshot, context.Random.Derive("dns", snapshot.Name));
        stats = new MembershipStats(context.Stats, snapshot.StatName);
        transportMatches = new TransportMatchStats(context.Stats, snapshot);
        Membership = new ClusterMembership(snapshot.Name, []);
        tables = new ClusterTables(context, snapshot);
        window = new MergeWindow(context, snapshot.UpdateMergeWindowNs, Deliver);
        health = snapshot.HealthChecks.IsEmpty ? null : new ClusterHealth(context, snapshot, OnChecked);
        isWarming = health is not null;
        outliers = snapshot.OutlierDetection is { } settings ? new OutlierDetector(context, snapshot, settings, OnEjectionChanged) : null;
        targets = snapshot.Type is DiscoveryType.Static or DiscoveryType.OriginalDst
            ? []
            :
            [
                .. snapshot
                    .Endpoints.GroupBy(static e => e.Address, StringComparer.Ordinal)
                    .Select(group => new ResolveTarget(context, this, Query(group.Key), [.. group])),
            ];
    }

    public ClusterMembership Membership { get; private set; }

    public DnsRefresh Refresh { get; }

    /// <summary>It has one host, whatever its name resolves to.</summary>
    public bool IsLogical => snapshot.Type == DiscoveryType.LogicalDns;

    public MembershipStats Stats => stats;

    /// <summary>How the hosts did in the last interval of outlier detection; null without one.</summary>
    public OutlierRates? OutlierRates => outliers?.Rates;

    /// <summary>Every name has been answered once, well or not, and with health checks every host then known has had a result.</summary>
    public bool IsReady => (IsResolved || !snapshot.WaitForWarmOnInit) && !isWarming;

    private bool IsResolved => Array.TrueForAll(targets, static target => target.Answered);

    public void Start()
    {
        if (snapshot.Type == DiscoveryType.OriginalDst)
        {
            isWarming = false;
            Announce(Membership);
            AwaitCleanup();
            return;
        }

        if (targets.Length == 0)
        {
            Publish([.. snapshot.Endpoints.Select(endpoint => NewHost(endpoint, endpoint.Address, endpoint.Hostname))]);
            AwaitChecks();
        }

        foreach (var target in targets)
        {
            target.Resolve();
        }

        if (targets.Length > 0 && !snapshot.WaitForWarmOnInit)
        {
            AwaitChecks();
        }
    }

    public void OnAnswer(DnsQuery query, DnsAnswer answer)
    {
        var wasResolved = IsResolved;
        if (Array.Find(targets, target => target.Query == query) is { } target && target.OnAnswer(answer))
        {
            Rebuild(wasResolved);
        }

        if (!wasResolved && IsResolved)
        {
            AwaitChecks();
        }
    }

    /// <summary>A worker has made a host for a request.</summary>
    public void OnHostCreated(HostState host)
    {
        if (!Membership.Hosts.Contains(host))
        {
            Publish(Membership.Hosts.Add(host));
        }
    }

    /// <summary>Hosts that were neither chosen since the last time nor have connections go.</summary>
    void ITimerOwner.OnTimer(TimerKind kind)
    {
        var kept = Membership.Hosts.RemoveAll(static host => !host.TakeUsed() && host.Stats.CxActive == 0 && host.Stats.RqPendingActive == 0);
        if (kept.Length < Membership.Hosts.Length)
        {
            Publish(kept);
        }

        AwaitCleanup();
    }

    private void AwaitCleanup() => context.Timers.Arm(context.Now.Plus(snapshot.OriginalDst.CleanupIntervalNs), TimerKind.OriginalDstCleanup, this);

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

    private DnsQuery Query(string name) => new(snapshot.Name, name, snapshot.DnsLookupFamily);

    /// <summary>Hosts whose address stays are the same objects, with their numbers.</summary>
    /// <param name="isUpdate">The cluster was in use before.</param>
    private void Rebuild(bool isUpdate)
    {
        var known = Membership.Hosts;
        var hosts = ImmutableArray.CreateBuilder<HostState>();
        foreach (var target in targets)
        {
            foreach (var endpoint in target.Endpoints)
            {
                foreach (var ip in target.Addresses(snapshot.Type))
                {
                    var fresh = NewHost(endpoint, ip, endpoint.Hostname.Length > 0 ? endpoint.Hostname : endpoint.Address);
                    if (!hosts.Any(host => host.Address.Equals(fresh.Address)))
                    {
                        hosts.Add(known.FirstOrDefault(host => host.Snapshot == fresh.Snapshot) ?? fresh);
                    }
                }
            }
        }

        KeepHealthy(known, hosts);
        if (hosts.SequenceEqual(known))
        {
            stats.UpdateNoRebuild.Increment();
            return;
        }

        if (snapshot.Type == DiscoveryType.LogicalDns && known.Length == 1 && hosts.Count == 1)
        {
            health?.Move(known[0], hosts[0]);
        }

        Publish(hosts.ToImmutable());
        if (isUpdate)
        {
            foreach (var host in known.Except(hosts).Concat(hosts.Except(known)))
            {
                window.OnDelivered(host.Snapshot.Priority);
            }
        }
    }

    /// <summary>Hosts that discovery no longer knows stay while their checks pass, unless ignore_health_on_host_removal says otherwise.</summary>
    private void KeepHealthy(ImmutableArray<HostState> known, ImmutableArray<HostState>.Builder hosts)
    {
        if (health is null || snapshot.IgnoreHealthOnHostRemoval || snapshot.Type == DiscoveryType.LogicalDns)
        {
            return;
        }

        foreach (var host in hosts)
        {
            host.ClearHealth(HealthFlags.PendingDynamicRemoval);
        }

        foreach (var host in known)
        {
            const HealthFlags Gone = HealthFlags.FailedActiveHc | HealthFlags.FailedEdsHealth;
            if ((host.Health & Gone) == 0 && ClusterHealth.Checks(host) && !hosts.Any(fresh => fresh.Address.Equals(host.Address)))
            {
                host.SetHealth(HealthFlags.PendingDynamicRemoval);
                hosts.Add(host);
            }
        }
    }

    /// <summary>Workers learn of hosts when the first of them can be used: while checks have no results yet, nobody asks.</summary>
    private void Publish(ImmutableArray<HostState> hosts)
    {
        var membership = new ClusterMembership(snapshot.Name, hosts);
        if (isWarming)
        {
            Membership = membership;
        }
        else
        {
            Announce(membership);
        }

        stats.Changed(hosts);
        outliers?.Update(hosts);
        health?.Update(hosts);
    }

    /// <summary>It is known which hosts there are: the cluster is ready when as many results have come.</summary>
    private void AwaitChecks()
    {
        awaitedChecks = health is null ? 0 : Membership.Hosts.Count(ClusterHealth.Checks);
        if (awaitedChecks == 0)
        {
            EndWarming();
        }
    }

    private void EndWarming()
    {
        if (isWarming)
        {
            isWarming = false;
            Announce(new ClusterMembership(snapshot.Name, Membership.Hosts));
            stats.HealthChanged(Membership.Hosts);
        }
    }

    /// <summary>An active check of a host has had a result.</summary>
    private void OnChecked(HostState host, HealthTransition transition, bool healthy)
    {
        var hasFailed = (host.Health & HealthFlags.FailedActiveHc) != 0;
        if (transition == HealthTransition.Changed)
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
            EndWarming();
        }
    }

    /// <summary>A worker has seen a host fail as often in a row as suffices.</summary>
    public void OnOutlierDetected(HostState host, EjectionType type) => outliers?.OnDetected(host, type);

    /// <summary>Whoever is connected to a host that was ejected is not to stay; who picks it learns of it when the merge window allows.</summary>
    private void OnEjectionChanged(HostState host)
    {
        OnHealthChanged();
        if ((host.Health & HealthFlags.FailedOutlierCheck) != 0)
        {
            TellFailed(host);
        }
    }

    /// <summary>As in Envoy the hosts of every priority count as changed.</summary>
    private void OnHealthChanged()
    {
        if (isWarming)
        {
            return;
        }

        stats.HealthChanged(Membership.Hosts);
        foreach (var priority in Membership.Hosts.Select(static host => host.Snapshot.Priority).Distinct().Order())
        {
            window.OnChange(priority);
        }
    }

    private void TellFailed(HostState host)
    {
        ref var effect = ref context.Effects.Add(EffectKind.HostFailed);
        effect.Subject = host;
        effect.Cluster = snapshot;
    }

    /// <summary>Tells the workers of the health of the hosts of one priority as it is now.</summary>
    private void Deliver(int priority)
    {
        var told = Membership;
        Announce(told with { Health = [.. told.Hosts.Select((host, i) => host.Snapshot.Priority == priority ? host.Health : told.Health[i])] });
    }

    private void Announce(ClusterMembership membership)
    {
        Membership = membership with { Tables = tables.Build(membership) };
        context.Effects.Add(EffectKind.HostUpdate).Subject = Membership;
    }

    private HostState NewHost(EndpointSnapshot endpoint, string ip, string hostname)
    {
        var host = new HostState(
            new HostSnapshot
            {
                Address = new NetworkAddress(ip, endpoint.Port),
                Hostname = hostname,
                Weight = endpoint.Weight,
                Priority = endpoint.Priority,
                Locality = endpoint.Locality,
                LocalityWeight = endpoint.LocalityWeight,
                EdsHealth = endpoint.Health,
                HealthCheck = endpoint.HealthCheck,
                Metadata = endpoint.Metadata,
            },
            snapshot.OutlierDetection
        );

        transportMatches.Count(host.Snapshot);

        // A host that is checked is not healthy until a check has passed; a logical one is until then.
        if (health is not null && ClusterHealth.Checks(host) && snapshot.Type != DiscoveryType.LogicalDns)
        {
            host.SetHealth(HealthFlags.FailedActiveHc);
            if (snapshot.IgnoreNewHostsUntilFirstHc && snapshot.Type != DiscoveryType.Static)
            {
                host.SetHealth(HealthFlags.PendingActiveHc);
            }
        }

        return host;
    }
}
