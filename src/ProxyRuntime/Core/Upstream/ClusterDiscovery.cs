namespace MeshSim.ProxyRuntime.Core;

/// <summary>How the main machine comes to the hosts of one cluster: from its configuration, from names, from assignments, or from workers.</summary>
internal sealed class ClusterDiscovery : ITimerOwner
{
    private readonly ProxyMainContext context;
    private readonly ClusterSnapshot snapshot;
    private readonly ClusterMembers members;
    private readonly NameResolution? names;
    private readonly EndpointSubscription? endpoints;

    public ClusterDiscovery(ProxyMainContext context, ClusterSnapshot snapshot)
    {
        this.context = context;
        this.snapshot = snapshot = snapshot with { OutlierDetection = snapshot.OutlierDetection?.Under(context.Runtime) };
        members = new ClusterMembers(context, snapshot);
        names = snapshot.Type is DiscoveryType.StrictDns or DiscoveryType.LogicalDns ? new NameResolution(context, snapshot, members) : null;
        endpoints = snapshot.Type == DiscoveryType.Eds ? new EndpointSubscription(context, snapshot, members) : null;
    }

    public ClusterMembership Membership => members.Membership;

    /// <summary>How the hosts did in the last interval of outlier detection; null without one.</summary>
    public OutlierRates? OutlierRates => members.OutlierRates;

    public bool IsReady => members.IsReady;

    public void Start()
    {
        switch (snapshot.Type)
        {
            case DiscoveryType.OriginalDst:
                members.OnDiscovered();
                AwaitCleanup();
                break;
            case DiscoveryType.Static:
                members.Replace([.. snapshot.Endpoints.Select(endpoint => members.NewHost(endpoint.HostAt(endpoint.Address, endpoint.Hostname)))]);
                members.OnDiscovered();
                break;
            default:
                names?.Start();
                endpoints?.Start();
                break;
        }
    }

    public void OnAnswer(DnsQuery query, DnsAnswer answer) => names?.OnAnswer(query, answer);

    public void OnEndpoints(EndpointsAnswer answer) => endpoints?.OnAnswer(answer);

    /// <summary>A worker has made a host for a request.</summary>
    public void OnHostCreated(HostState host)
    {
        if (!Membership.Hosts.Contains(host))
        {
            members.Replace(Membership.Hosts.Add(host));
        }
    }

    /// <summary>Hosts that were neither chosen since the last time nor have connections go.</summary>
    void ITimerOwner.OnTimer(TimerKind kind)
    {
        var kept = Membership.Hosts.RemoveAll(static host => !host.TakeUsed() && host.Stats.CxActive == 0 && host.Stats.RqPendingActive == 0);
        if (kept.Length < Membership.Hosts.Length)
        {
            members.Replace(kept);
        }

        AwaitCleanup();
    }

    /// <summary>A worker has opened its first connection to the cluster.</summary>
    public void OnTrafficBegan() => members.OnTrafficBegan();

    /// <summary>A host said in a response to a client that it is to be left alone.</summary>
    public void OnImmediateHealthCheckFail(HostState host) => members.OnImmediateHealthCheckFail(host);

    /// <summary>A worker has seen a host fail as often in a row as suffices.</summary>
    public void OnOutlierDetected(HostState host, EjectionType type) => members.OnOutlierDetected(host, type);

    private void AwaitCleanup() => context.Timers.Arm(context.Now.Plus(snapshot.OriginalDst.CleanupIntervalNs), TimerKind.OriginalDstCleanup, this);
}
