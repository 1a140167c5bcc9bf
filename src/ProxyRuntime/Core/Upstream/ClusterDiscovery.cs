using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>How the main machine comes to the hosts of one cluster: from its configuration, or from names resolved again and again.</summary>
internal sealed class ClusterDiscovery : ITimerOwner
{
    private readonly ProxyMainContext context;
    private readonly ClusterSnapshot snapshot;
    private readonly MembershipStats stats;
    private readonly ResolveTarget[] targets;
    private readonly OutlierDetector? outliers;
    private readonly MergeWindow window;
    private readonly ClusterTables tables;

    public ClusterDiscovery(ProxyMainContext context, ClusterSnapshot snapshot)
    {
        this.context = context;
        this.snapshot = snapshot = snapshot with { OutlierDetection = snapshot.OutlierDetection?.Under(context.Runtime) };
        stats = new MembershipStats(context.Stats, snapshot.StatName);
        Membership = new ClusterMembership(snapshot.Name, []);
        tables = new ClusterTables(context, snapshot);
        window = new MergeWindow(context, snapshot.UpdateMergeWindowNs, Deliver);
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

    public long RefreshRateNs => snapshot.DnsRefreshRateNs;

    public MembershipStats Stats => stats;

    /// <summary>Every name has been answered once, well or not.</summary>
    public bool IsReady => Array.TrueForAll(targets, static target => target.Answered);

    public void Start()
    {
        if (snapshot.Type == DiscoveryType.OriginalDst)
        {
            Announce(Membership);
            AwaitCleanup();
            return;
        }

        if (targets.Length == 0)
        {
            Publish([.. snapshot.Endpoints.Select(endpoint => NewHost(endpoint, endpoint.Address, endpoint.Hostname))]);
        }

        foreach (var target in targets)
        {
            target.Resolve();
        }
    }

    public void OnAnswer(DnsQuery query, DnsAnswer answer)
    {
        if (Array.Find(targets, target => target.Query == query) is { } target && target.OnAnswer(answer))
        {
            Rebuild();
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

    private DnsQuery Query(string name) => new(snapshot.Name, name, snapshot.DnsLookupFamily);

    /// <summary>Hosts whose address stays are the same objects, with their numbers.</summary>
    private void Rebuild()
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

        if (hosts.SequenceEqual(known))
        {
            stats.UpdateNoRebuild.Increment();
        }
        else
        {
            Publish(hosts.ToImmutable());
        }
    }

    private void Publish(ImmutableArray<HostState> hosts)
    {
        Announce(new ClusterMembership(snapshot.Name, hosts));
        stats.Changed(hosts);
        outliers?.Update(hosts);
    }

    /// <summary>A worker has seen a host fail as often in a row as suffices.</summary>
    public void OnOutlierDetected(HostState host, EjectionType type) => outliers?.OnDetected(host, type);

    /// <summary>Whoever is connected to a host that was ejected is not to stay; who picks it learns of it when the merge window allows.</summary>
    private void OnEjectionChanged(HostState host)
    {
        stats.HealthChanged(Membership.Hosts);
        window.OnChange(host.Snapshot.Priority);
        if ((host.Health & HealthFlags.FailedOutlierCheck) != 0)
        {
            context.Effects.Add(
                new Effect
                {
                    Kind = EffectKind.HostFailed,
                    Subject = host,
                    Cluster = snapshot,
                }
            );
        }
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
        context.Effects.Add(new Effect { Kind = EffectKind.HostUpdate, Subject = Membership });
    }

    private HostState NewHost(EndpointSnapshot endpoint, string ip, string hostname) =>
        new(
            new HostSnapshot
            {
                Address = new NetworkAddress(ip, endpoint.Port),
                Hostname = hostname,
                Weight = endpoint.Weight,
                Priority = endpoint.Priority,
                Locality = endpoint.Locality,
                LocalityWeight = endpoint.LocalityWeight,
                EdsHealth = endpoint.Health,
                Metadata = endpoint.Metadata,
            },
            snapshot.OutlierDetection
        );
}
