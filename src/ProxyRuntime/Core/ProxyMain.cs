using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The main machine of a proxy: cluster membership, DNS, health checks, ejections, listeners, drain. Same driver contract as <see cref="Worker"/>.</summary>
public sealed class ProxyMain : IProxyMainView
{
    private readonly ProxyMainContext context;
    private readonly ProxySnapshot snapshot;
    private readonly ClusterDiscovery[] clusters;
    private readonly ListenerManager listeners;
    private bool asksForListeners;
    private bool awaitsListeners;
    private ServerState state = ServerState.PreInitializing;

    /// <param name="snapshot">What the proxy is configured to do.</param>
    /// <param name="random">The proxy's own source.</param>
    /// <param name="epochUnixNs">Wall time at <see cref="MonotonicTime.Zero"/>, nanoseconds since the Unix epoch: what events are dated by.</param>
    public ProxyMain(ProxySnapshot snapshot, RandomSource random, long epochUnixNs = 0)
    {
        this.snapshot = snapshot;
        context = new ProxyMainContext(snapshot, random.DeriveSource("main", ""), epochUnixNs);
        clusters = [.. snapshot.Clusters.Select(cluster => new ClusterDiscovery(context, cluster))];
        context.Stats.Gauge("cluster_manager.active_clusters").Set(clusters.Length);
        context.Stats.Gauge("cluster_manager.warming_clusters").Set(0);
        context.Stats.Counter("cluster_manager.cluster_added").Add(clusters.Length);
        _ = context.Stats.Counter("cluster_manager.cluster_modified");
        _ = context.Stats.Counter("cluster_manager.cluster_removed");
        listeners = new ListenerManager(context, snapshot);
    }

    public MonotonicTime? NextDeadline => context.Timers.NextDeadline;

    public IProxyMainView View => this;

    StatSheet IProxyMainView.Stats => context.Stats;

    ServerState IProxyMainView.State => state;

    ImmutableArray<ClusterMembership> IProxyMainView.Clusters => [.. clusters.Select(static cluster => cluster.Membership)];

    ImmutableArray<ListenerSnapshot> IProxyMainView.Listeners => listeners.Active;

    ImmutableArray<ListenerStatus> IProxyMainView.ListenerStatuses => listeners.Statuses;

    string IProxyMainView.ListenersVersion => listeners.Version;

    ImmutableArray<OutlierRates?> IProxyMainView.OutlierRates => [.. clusters.Select(static cluster => cluster.OutlierRates)];

    /// <summary>Begins: static clusters are announced, names are resolved, listeners open once every cluster is ready.</summary>
    public void Start(MonotonicTime now, EffectBuffer effects)
    {
        context.Begin(now, effects);
        state = ServerState.Initializing;
        foreach (var cluster in clusters)
        {
            cluster.Start();
        }

        OpenListenersWhenReady();
    }

    public void DnsResult(MonotonicTime now, DnsQuery query, DnsAnswer answer, EffectBuffer effects)
    {
        context.Begin(now, effects);
        foreach (var cluster in clusters)
        {
            if (string.Equals(cluster.Membership.Cluster, query.Cluster, StringComparison.Ordinal))
            {
                cluster.OnAnswer(query, answer);
            }
        }

        OpenListenersWhenReady();
    }

    /// <summary>The endpoints of a cluster were read, as <see cref="EffectKind.WatchEndpoints"/> asks for; nothing happens if its hosts come from elsewhere.</summary>
    /// <param name="cluster">Its name.</param>
    public void EndpointsUpdate(MonotonicTime now, string cluster, EndpointsAnswer answer, EffectBuffer effects)
    {
        context.Begin(now, effects);
        Find(cluster)?.OnEndpoints(answer);
        OpenListenersWhenReady();
    }

    /// <summary>The listeners of the proxy were read, as <see cref="EffectKind.WatchListeners"/> asks for. Nothing changes in a proxy that is about to end.</summary>
    public void ListenersUpdate(MonotonicTime now, ListenersAnswer answer, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (state != ServerState.Draining)
        {
            listeners.OnAnswer(answer);
            awaitsListeners = false;
            OpenListenersWhenReady();
        }
    }

    /// <summary>A worker asks for it with <see cref="EffectKind.OutlierDetected"/>.</summary>
    /// <param name="cluster">Its name.</param>
    public void OutlierDetected(MonotonicTime now, string cluster, HostState host, EjectionType type, EffectBuffer effects)
    {
        context.Begin(now, effects);
        Find(cluster)?.OnOutlierDetected(host, type);
    }

    /// <summary>A worker asks for it with <see cref="EffectKind.ImmediateHealthCheckFail"/>.</summary>
    /// <param name="cluster">Its name.</param>
    public void ImmediateHealthCheckFail(MonotonicTime now, string cluster, HostState host, EffectBuffer effects)
    {
        context.Begin(now, effects);
        Find(cluster)?.OnImmediateHealthCheckFail(host);
        OpenListenersWhenReady();
    }

    /// <summary>A worker asks for it with <see cref="EffectKind.TrafficBegan"/>.</summary>
    /// <param name="cluster">Its name.</param>
    public void TrafficBegan(MonotonicTime now, string cluster, EffectBuffer effects)
    {
        context.Begin(now, effects);
        Find(cluster)?.OnTrafficBegan();
    }

    /// <summary>Something happened on a connection that <see cref="EffectKind.OpenProbe"/> asked for; nothing does if it is closed already.</summary>
    public void Probe(MonotonicTime now, UpstreamConnectionId connection, in ProbeEvent found, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Probes.TryGetValue(connection, out var session))
        {
            session.OnProbe(found);
            OpenListenersWhenReady();
        }
    }

    /// <summary>A worker asks for it with <see cref="EffectKind.HostCreated"/>.</summary>
    /// <param name="cluster">Its name.</param>
    public void HostCreated(MonotonicTime now, string cluster, HostState host, EffectBuffer effects)
    {
        context.Begin(now, effects);
        Find(cluster)?.OnHostCreated(host);
    }

    /// <summary>Listeners close; the driver also calls <see cref="Worker.Drain"/> on every worker.</summary>
    public void Drain(MonotonicTime now, EffectBuffer effects)
    {
        context.Begin(now, effects);
        listeners.Stop();
        state = ServerState.Draining;
    }

    public void Advance(MonotonicTime now, EffectBuffer effects)
    {
        context.Begin(now, effects);
        while (context.Timers.TryTakeDue(now, out var kind, out var owner))
        {
            owner.OnTimer(kind);
        }

        OpenListenersWhenReady();
    }

    private ClusterDiscovery? Find(string cluster) => Array.Find(clusters, known => string.Equals(known.Membership.Cluster, cluster, StringComparison.Ordinal));

    private void OpenListenersWhenReady()
    {
        if (state != ServerState.Initializing || awaitsListeners || !Array.TrueForAll(clusters, static cluster => cluster.IsReady))
        {
            return;
        }

        // Listeners are asked for once there is something they can lead to.
        if (snapshot.Lds is not null && !asksForListeners)
        {
            asksForListeners = awaitsListeners = true;
            _ = context.Effects.Add(EffectKind.WatchListeners);
            return;
        }

        state = ServerState.Live;
        listeners.Open();
    }
}

/// <summary>Read-only sight of the main machine. To be used in its own thread, between inputs.</summary>
public interface IProxyMainView
{
    StatSheet Stats { get; }

    ServerState State { get; }

    /// <summary>Every cluster with its hosts as they are now, in the order of configuration.</summary>
    ImmutableArray<ClusterMembership> Clusters { get; }

    /// <summary>The listeners that accept connections, or will when all is ready.</summary>
    ImmutableArray<ListenerSnapshot> Listeners { get; }

    /// <summary>The same with where they come from, and those that drain.</summary>
    ImmutableArray<ListenerStatus> ListenerStatuses { get; }

    /// <summary>version_info of the last response that changed listeners; empty if there was none.</summary>
    string ListenersVersion { get; }

    /// <summary>How the hosts of each cluster did lately, in the same order; null for a cluster without outlier detection.</summary>
    ImmutableArray<OutlierRates?> OutlierRates { get; }
}

/// <summary>What <c>/ready</c> answers, and by number the gauge <c>server.state</c>.</summary>
public enum ServerState : byte
{
    Live,
    Draining,
    PreInitializing,
    Initializing,
}
