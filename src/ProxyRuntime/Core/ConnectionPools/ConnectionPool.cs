namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The connections of one worker to one host at one priority. Ready connections are reused last in, first out; requests wait
/// first in, first out; every limit is checked where Envoy checks it.
/// </summary>
internal sealed class ConnectionPool
{
    private const int MaxNewConnectionsPerEvent = 3;

    private readonly WorkerContext context;
    private readonly LinkedList<UpstreamConnection> connecting = new();
    private readonly LinkedList<UpstreamConnection> ready = new();
    private readonly LinkedList<UpstreamConnection> busy = new();
    private readonly LinkedList<UpstreamRequest> pending = new();
    private ConnectivityState state;
    private long connectingCapacity;
    private bool isDraining;
    private bool isOver;

    public ConnectionPool(WorkerContext context, ClusterState cluster, HostState host, RoutingPriority priority, UpstreamTransportOptions? options)
    {
        this.context = context;
        Cluster = cluster;
        Host = host;
        Priority = priority;
        Options = options;
        Resources = cluster.Resources.For(priority);
        Resources.ConnectionPools.Increment();
    }

    public ClusterState Cluster { get; }

    /// <summary>The host new connections go to; changes only for a logical host.</summary>
    public HostState Host { get; set; }

    public RoutingPriority Priority { get; }

    /// <summary>What its requests demand of connections beside what the cluster says; null for nothing.</summary>
    public UpstreamTransportOptions? Options { get; }

    /// <summary>How new connections are secured; null for plain text.</summary>
    public UpstreamTransport? Transport => Cluster.Snapshot.TlsFor(Host.Snapshot) is { } tls ? UpstreamTransport.Of(tls, Options, Host.Snapshot) : null;

    public ResourceManager Resources { get; }

    /// <summary>Nothing is connected, connecting or waiting.</summary>
    private bool IsIdle => pending.Count == 0 && IsUnconnected;

    private bool IsUnconnected => ready.Count == 0 && busy.Count == 0 && connecting.Count == 0;

    /// <summary>Gives the attempt a connection, now or when there is one, or fails it.</summary>
    public void NewStream(UpstreamRequest attempt)
    {
        attempt.Pool = this;
        if (ready.First is { Value: var connection })
        {
            Bind(connection, attempt);
            ConnectIfNeeded();
            return;
        }

        if (!Resources.PendingRequests.CanCreate)
        {
            Cluster.Stats.UpstreamRqPendingOverflow.Increment();
            attempt.OnPoolFailure(ResetReason.Overflow, "");
            return;
        }

        Enqueue(attempt);
        ConnectIfNeeded();
    }

    public void CancelPending(UpstreamRequest attempt)
    {
        if (attempt.Node.List == pending)
        {
            Dequeue(attempt);
            Cluster.Stats.UpstreamRqCancelled.Increment();
            AfterEvent();
        }
    }

    /// <summary>The host is gone: no new requests come; what is here is finished.</summary>
    public void DrainAndDelete()
    {
        isDraining = true;
        AfterEvent();
    }

    /// <summary>The connections that are there end: idle ones now, busy ones with their requests. Others take their place.</summary>
    public void DrainConnections()
    {
        CloseIdle();
        DrainAll(ready);
        DrainAll(busy);
        EndIfIdle();
    }

    // What its connections report.

    /// <summary>A connection can take requests. Where the limit of requests lets none begin, all that wait fail.</summary>
    public void OnReady()
    {
        while (pending.First is { Value: var attempt } && ready.First is { Value: var connection })
        {
            Dequeue(attempt);
            Bind(connection, attempt);
        }

        if (pending.Count > 0)
        {
            ConnectIfNeeded();
        }

        AfterEvent();
    }

    /// <summary>All that waited fail with it, newest first, as in Envoy; a request that one of these failures brings about is not meant.</summary>
    public void OnConnectFailed(ResetReason reason, string transportFailure)
    {
        var newest = pending.Last?.Value.Id.Value ?? 0;
        while (LastUpTo(newest) is { } attempt)
        {
            Dequeue(attempt);
            Cluster.Stats.UpstreamRqPendingFailureEject.Increment();
            attempt.OnPoolFailure(reason, transportFailure);
        }

        OnClosed();
    }

    public void OnClosed()
    {
        if (!isDraining || pending.Count > 0)
        {
            ConnectIfNeeded();
        }

        EndIfIdle();
    }

    /// <summary>What it means for its connection follows as a change of that.</summary>
    public void OnRequestEnded() => CountActive(-1);

    /// <summary>The connection is in another state, or can take more or fewer requests.</summary>
    public void OnChanged(UpstreamConnection connection)
    {
        var list = ListOf(connection.State);
        if (connection.Node.List != list)
        {
            connection.Node.List?.Remove(connection.Node);
            list?.AddFirst(connection.Node);
        }

        var unused = connection.UnusedCapacity;
        var connectingUnused = connection.IsConnected ? 0 : unused;
        var added = unused - connection.Counted.Capacity;
        state.Capacity += added;
        context.Connectivity.Capacity += added;
        connectingCapacity += connectingUnused - connection.Counted.Connecting;
        connection.Counted = (unused, connectingUnused);
    }

    private LinkedList<UpstreamConnection>? ListOf(UpstreamConnectionState state) =>
        state switch
        {
            UpstreamConnectionState.Connecting => connecting,
            UpstreamConnectionState.Ready => ready,
            UpstreamConnectionState.Closed => null,
            _ => busy,
        };

    /// <summary>The waiting attempt with the greatest number up to a given one; numbers ascend in the queue.</summary>
    private UpstreamRequest? LastUpTo(long id)
    {
        var node = pending.Last;
        while (node is not null && node.Value.Id.Value > id)
        {
            node = node.Previous;
        }

        return node?.Value;
    }

    private void Bind(UpstreamConnection connection, UpstreamRequest attempt)
    {
        if (!Resources.Requests.CanCreate)
        {
            Cluster.Stats.UpstreamRqActiveOverflow.Increment();
            attempt.OnPoolFailure(ResetReason.Overflow, "");
            return;
        }

        CountActive(1);
        connection.Bind(attempt);
    }

    /// <summary>A request is about to come that will likely be this pool's: makes a connection for it if there is no room. Returns whether it did.</summary>
    /// <param name="ratio">predictive_preconnect_ratio, above 1.</param>
    public bool Preconnect(float ratio) => NeedsConnection(ratio, anticipated: 1) && TryConnect();

    private void ConnectIfNeeded()
    {
        for (var opened = 0; opened < MaxNewConnectionsPerEvent && NeedsConnection(Cluster.Snapshot.PerUpstreamPreconnectRatio, anticipated: 0); opened++)
        {
            if (!TryConnect())
            {
                return;
            }
        }
    }

    /// <summary>Returns false where a limit allows no connection; one is made nevertheless for a pool without any: its requests would wait for ever.</summary>
    private bool TryConnect()
    {
        var allowed = Resources.CanConnect(Host);
        if (!allowed)
        {
            Cluster.Stats.UpstreamCxOverflow.Increment();
        }

        if (allowed || IsUnconnected)
        {
            UpstreamConnection.Open(context, this);
        }

        return allowed;
    }

    /// <summary>More requests are to be had than there is room for; the ratio counts for healthy hosts only.</summary>
    private bool NeedsConnection(float ratio, int anticipated) =>
        HostHealth.IsHealthy(Host.Health) ? state.NeedsConnection(ratio, anticipated) : state.Pending > connectingCapacity;

    private void AfterEvent()
    {
        if (isDraining)
        {
            CloseIdle();
        }

        EndIfIdle();
    }

    /// <summary>Closes what carries nothing; what is still connecting too, if nothing waits for it.</summary>
    private void CloseIdle()
    {
        foreach (var connection in ready.Where(static connection => connection.IsIdle).Concat(pending.Count == 0 ? connecting : []).ToArray())
        {
            connection.Close();
        }
    }

    private void EndIfIdle()
    {
        if (IsIdle && !isOver)
        {
            isOver = true;
            Resources.ConnectionPools.Decrement();
            Cluster.Forget(this);
        }
    }

    private void CountPending(int change)
    {
        state.Pending += change;
        context.Connectivity.Pending += change;
    }

    private void CountActive(int change)
    {
        state.Active += change;
        context.Connectivity.Active += change;
    }

    private static void DrainAll(LinkedList<UpstreamConnection> connections)
    {
        foreach (var connection in connections.ToArray())
        {
            connection.Drain();
        }
    }

    private void Enqueue(UpstreamRequest attempt)
    {
        Resources.PendingRequests.Increment();
        Cluster.Stats.UpstreamRqPendingTotal.Increment();
        Cluster.Stats.UpstreamRqPendingActive.Increment();
        Host.Stats.RequestPending(1);
        pending.AddLast(attempt.Node);
        CountPending(1);
    }

    private void Dequeue(UpstreamRequest attempt)
    {
        pending.Remove(attempt.Node);
        CountPending(-1);
        Resources.PendingRequests.Decrement();
        Cluster.Stats.UpstreamRqPendingActive.Decrement();
        Host.Stats.RequestPending(-1);
    }
}
