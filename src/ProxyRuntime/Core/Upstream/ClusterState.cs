using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One cluster as one worker runs it: its hosts, its balancer, its pools, its statistics.</summary>
internal sealed class ClusterState
{
    private readonly WorkerContext context;

    /// <summary>Names that requests may bring; they cannot grow memory without bound.</summary>
    private const int MaxAlternatives = 64;

    private readonly ClusterBalancer balancer;
    private readonly string maintenanceKey;
    private float dropOverload;
    private readonly TlsStats? tlsStats;
    private readonly SortedDictionary<string, ResponseStats> alternatives = new(StringComparer.Ordinal);
    private readonly Dictionary<(HostState Host, RoutingPriority Priority, UpstreamTransportOptions? Options), ConnectionPool> pools = [];
    private readonly AutoSni autoSni;
    private readonly List<(ITimerOwner Owner, TimerKind Kind)> waiting = [];
    private ImmutableArray<HostState> hosts = [];
    private HostMap? hostMap;
    private bool isKnown;

    public ClusterState(WorkerContext context, ClusterSnapshot snapshot, ClusterResources resources)
    {
        this.context = context;
        Snapshot = snapshot;
        Resources = resources;
        maintenanceKey = $"upstream.maintenance_mode.{snapshot.Name}";
        Stats = new ClusterStats(context.Stats, snapshot, context.Node.Zone);
        tlsStats = snapshot.HasTls ? new TlsStats(context.Stats, $"cluster.{snapshot.StatName}.") : null;
        autoSni = new AutoSni(snapshot);
        RetryRandom = context.Random.Derive("retry", snapshot.Name);
        balancer = Balancers.New(context, this, context.Random.Derive("lb", snapshot.Name));
    }

    public ClusterSnapshot Snapshot { get; }

    public ClusterResources Resources { get; }

    public ClusterStats Stats { get; }

    /// <summary>To be asked for only where a context for TLS is.</summary>
    public TlsStats TlsStats => tlsStats!;

    public RandomStream RetryRandom { get; }

    /// <summary>The hosts as this worker knows them.</summary>
    public ImmutableArray<HostState> Hosts => hosts;

    /// <summary>Runtime upstream.maintenance_mode: so many percent of the requests are answered 503.</summary>
    public bool IsInMaintenance =>
        context.Runtime.Values.Count > 0 && context.Runtime.FeatureEnabled(maintenanceKey, FractionalPercent.Never, context.RuntimeRandom.NextUInt64());

    /// <summary>Whether drop_overloads takes this request: the answer it gets then; null if it goes on.</summary>
    public LocalReply? DropOverload() =>
        dropOverload <= 0 ? null
        : dropOverload >= 1 ? LocalReply.UnconditionalDropOverload
        : context.RuntimeRandom.NextUInt64() < (ulong)(dropOverload * (double)ulong.MaxValue) ? LocalReply.DropOverload
        : null;

    /// <summary>The host for the next attempt; null when there is none to be had.</summary>
    public HostState? ChooseHost(LoadBalancerContext choice)
    {
        var host = choice.Override is { Address.IsEmpty: false } wanted
            ? OverrideHost(wanted.Address) ?? (wanted.Strict ? null : balancer.ChooseHost(choice))
            : balancer.ChooseHost(choice);
        if (host is null)
        {
            Stats.UpstreamCxNoneHealthy.Increment();
        }

        return host;
    }

    /// <summary>
    /// A request is about to begin: makes connections to the hosts that the choices after it will give, up to three, as long as
    /// predictive_preconnect_ratio asks for more room than all pools of this worker have.
    /// </summary>
    public void Preconnect(LoadBalancerContext choice, RoutingPriority priority, HeaderMap head)
    {
        const int mostAtOnce = 3;
        var ratio = Snapshot.PredictivePreconnectRatio;
        for (var i = 0; ratio > 1 && i < mostAtOnce && context.Connectivity.NeedsConnection(ratio, anticipated: 1); i++)
        {
            // Envoy stops at the first host that needs none: the next choices may be others by then.
            if (balancer.PeekHost(choice) is not { } host || Pool(host, priority, head)?.Preconnect(ratio) != true)
            {
                return;
            }
        }
    }

    /// <summary>What each host gets of choices like this one.</summary>
    public BalanceShares Shares(LoadBalancerContext choice)
    {
        var shares = new BalanceShares();
        balancer.AddShares(choice, shares);
        return shares;
    }

    /// <summary>The proxies like this one are others now: how much stays in this one's zone may change.</summary>
    public void UpdateLocal(HostSet local) => balancer.UpdateLocal(local);

    /// <summary>The statistics under an alternative name that a request asks for.</summary>
    public ResponseStats Alternative(string name)
    {
        if (!alternatives.TryGetValue(name, out var stats))
        {
            stats = new ResponseStats(context.Stats, $"cluster.{Snapshot.StatName}.{name}.", context.Node.Zone);
            if (alternatives.Count < MaxAlternatives)
            {
                alternatives[name] = stats;
            }
        }

        return stats;
    }

    /// <summary>The pool for new requests to a host; null if max_connection_pools allows none more.</summary>
    /// <param name="head">The request, which may say what its connection has to be.</param>
    public ConnectionPool? Pool(HostState host, RoutingPriority priority, HeaderMap head)
    {
        var options = autoSni.Of(head);
        if (pools.TryGetValue((host, priority, options), out var pool))
        {
            return pool;
        }

        if (!Resources.For(priority).ConnectionPools.CanCreate)
        {
            Stats.UpstreamCxPoolOverflow.Increment();
            return null;
        }

        return pools[(host, priority, options)] = new ConnectionPool(context, this, host, priority, options);
    }

    /// <summary>A pool has nothing left.</summary>
    public void Forget(ConnectionPool pool)
    {
        var key = (pool.Host, pool.Priority, pool.Options);
        if (pools.TryGetValue(key, out var known) && ReferenceEquals(known, pool))
        {
            _ = pools.Remove(key);
        }
    }

    /// <summary>Fires a timer of somebody as soon as it is known which hosts there are.</summary>
    public void WhenKnown(ITimerOwner owner, TimerKind kind)
    {
        if (isKnown)
        {
            _ = context.Timers.Arm(context.Now, kind, owner);
        }
        else
        {
            waiting.Add((owner, kind));
        }
    }

    /// <summary>Takes over new membership. Pools of hosts that left finish what they have; a logical host's pools follow it to its new address.</summary>
    public void Apply(ClusterMembership membership)
    {
        var former = hosts;
        hosts = membership.Hosts;
        hostMap = null;
        dropOverload = Math.Min(membership.Policy.DropOverload, context.Runtime.Integer("load_balancing_policy.drop_overload_limit", 100) / 100f);
        var sets = HostSet.BuildAll(membership, context.Node.Locality);
        balancer.Update(sets, membership.Tables);
        if (Snapshot.Name == context.LocalCluster)
        {
            foreach (var cluster in context.Clusters.Values)
            {
                cluster.UpdateLocal(sets[0]);
            }
        }

        isKnown = true;
        foreach (var (owner, kind) in waiting)
        {
            _ = context.Timers.Arm(context.Now, kind, owner);
        }

        waiting.Clear();
        foreach (var host in former)
        {
            if (!hosts.Contains(host))
            {
                MovePools(host, Snapshot.Type == DiscoveryType.LogicalDns && hosts.Length == 1 ? hosts[0] : null);
            }
        }
    }

    /// <summary>What is idle closes now, what is busy when it is done; new connections are made all the same.</summary>
    public void DrainConnections(HostState host)
    {
        foreach (var pool in PoolsOf(host))
        {
            pool.DrainConnections();
        }

        if (Snapshot.CloseConnectionsOnHostHealthFailure)
        {
            CloseTcpConnections(host);
        }
    }

    /// <summary>In order of opening: effects must not follow the order of a hash table.</summary>
    private void CloseTcpConnections(HostState host)
    {
        var closed = context
            .TcpUpstreams.Values.Where(upstream => ReferenceEquals(upstream.Host, host))
            .OrderBy(static upstream => upstream.Id.Value)
            .ToArray();
        foreach (var upstream in closed)
        {
            upstream.OnHostFailed();
        }
    }

    /// <summary>The host of that address if its health is one of override_host_status, as it is now; null if not.</summary>
    private HostState? OverrideHost(ReadOnlySpan<byte> address)
    {
        hostMap ??= new HostMap(hosts);
        return hostMap.Find(address) is { } host && Snapshot.LoadBalancing.OverrideHostStatuses.Contains(HostHealth.Status(host)) ? host : null;
    }

    private void MovePools(HostState left, HostState? successor)
    {
        foreach (var pool in PoolsOf(left))
        {
            _ = pools.Remove((left, pool.Priority, pool.Options));
            if (successor is null)
            {
                pool.DrainAndDelete();
            }
            else
            {
                pool.Host = successor;
                pools[(successor, pool.Priority, pool.Options)] = pool;
            }
        }
    }

    /// <summary>The pools of a host, by priority and then by what their requests demand: effects must not follow the order of a hash table.</summary>
    private ConnectionPool[] PoolsOf(HostState host) =>
        [
            .. pools
                .Values.Where(pool => ReferenceEquals(pool.Host, host))
                .OrderBy(static pool => pool.Priority)
                .ThenBy(static pool => pool.Options?.ServerName, StringComparer.Ordinal)
                .ThenBy(static pool => pool.Options?.SubjectAltName, StringComparer.Ordinal),
        ];
}
