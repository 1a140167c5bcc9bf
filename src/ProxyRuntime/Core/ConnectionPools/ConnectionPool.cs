namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The connections of one worker to one host at one priority. Ready connections are reused last in, first out; requests wait
/// first in, first out; every limit is checked where Envoy checks it.
/// </summary>
internal sealed class ConnectionPool(WorkerContext context, ClusterState cluster, HostState host, RoutingPriority priority)
{
    private const int MaxNewConnectionsPerEvent = 3;

    private readonly List<UpstreamConnection> ready = [];
    private readonly LinkedList<UpstreamRequest> pending = new();
    private readonly Stack<LinkedListNode<UpstreamRequest>> freeNodes = new();
    private int connections;
    private int connecting;
    private bool draining;
    private int generation;

    public ClusterState Cluster => cluster;

    /// <summary>The host new connections go to; changes only for a logical host.</summary>
    public HostState Host { get; set; } = host;

    public ResourceManager Resources { get; } = cluster.Resources.For(priority);

    /// <summary>Gives the attempt a connection, now or when there is one, or fails it.</summary>
    public void NewStream(UpstreamRequest attempt)
    {
        attempt.Pool = this;
        if (ready.Count > 0)
        {
            Bind(TakeReady(), attempt);
            return;
        }

        if (!Resources.PendingRequests.CanCreate)
        {
            cluster.Stats.UpstreamRqPendingOverflow.Increment();
            attempt.OnPoolFailure(ResetReason.Overflow, "");
            return;
        }

        Enqueue(attempt);
        ConnectIfNeeded();
    }

    public void CancelPending(UpstreamRequest attempt)
    {
        for (var node = pending.First; node is not null; node = node.Next)
        {
            if (ReferenceEquals(node.Value, attempt))
            {
                Dequeue(node);
                cluster.Stats.UpstreamRqCancelled.Increment();
                return;
            }
        }
    }

    /// <summary>The host is gone: no new requests come; what is here is finished.</summary>
    public void DrainAndDelete()
    {
        draining = true;
        while (ready.Count > 0)
        {
            TakeReady().Close();
        }
    }

    /// <summary>The connections that are there end: idle ones now, busy ones with their requests. Others take their place.</summary>
    public void DrainConnections()
    {
        generation++;
        while (ready.Count > 0)
        {
            TakeReady().Close();
        }
    }

    /// <summary>Connections of an earlier generation are not used again.</summary>
    public int Generation => generation;

    // What its connections report.

    public void OnConnected(UpstreamConnection connection)
    {
        connecting--;
        OnAvailable(connection);
    }

    /// <summary>All that waited fail with it, newest first, as in Envoy; a request that one of these failures brings about is not meant.</summary>
    public void OnConnectFailed(ResetReason reason, string transportFailure)
    {
        connecting--;
        connections--;
        var newest = pending.Last?.Value.Id.Value ?? 0;
        while (LastUpTo(newest) is { } node)
        {
            var attempt = node.Value;
            Dequeue(node);
            cluster.Stats.UpstreamRqPendingFailureEject.Increment();
            attempt.OnPoolFailure(reason, transportFailure);
        }
    }

    /// <summary>The connection can take a request. Where the limit of requests lets none begin, all that wait fail.</summary>
    public void OnAvailable(UpstreamConnection connection)
    {
        if (draining && pending.Count == 0)
        {
            connection.Close();
            return;
        }

        ready.Add(connection);
        while (pending.First is { } node && ready.Count > 0)
        {
            var attempt = node.Value;
            Dequeue(node);
            Bind(TakeReady(), attempt);
        }
    }

    public void OnClosed(UpstreamConnection connection)
    {
        connections--;
        _ = ready.Remove(connection);
        ConnectIfNeeded();
    }

    /// <summary>The waiting attempt with the greatest number up to a given one; numbers ascend in the queue.</summary>
    private LinkedListNode<UpstreamRequest>? LastUpTo(long id)
    {
        var node = pending.Last;
        while (node is not null && node.Value.Id.Value > id)
        {
            node = node.Previous;
        }

        return node;
    }

    private UpstreamConnection TakeReady()
    {
        var connection = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        return connection;
    }

    private void Bind(UpstreamConnection connection, UpstreamRequest attempt)
    {
        if (!Resources.Requests.CanCreate)
        {
            cluster.Stats.UpstreamRqActiveOverflow.Increment();
            ready.Add(connection);
            attempt.OnPoolFailure(ResetReason.Overflow, "");
            return;
        }

        connection.Bind(attempt);
    }

    private void Enqueue(UpstreamRequest attempt)
    {
        Resources.PendingRequests.Increment();
        cluster.Stats.UpstreamRqPendingTotal.Increment();
        cluster.Stats.UpstreamRqPendingActive.Increment();
        Host.Stats.RequestPending(1);
        if (freeNodes.TryPop(out var node))
        {
            node.Value = attempt;
            pending.AddLast(node);
        }
        else
        {
            _ = pending.AddLast(attempt);
        }
    }

    private void Dequeue(LinkedListNode<UpstreamRequest> node)
    {
        pending.Remove(node);
        freeNodes.Push(node);
        Resources.PendingRequests.Decrement();
        cluster.Stats.UpstreamRqPendingActive.Decrement();
        Host.Stats.RequestPending(-1);
    }

    private void ConnectIfNeeded()
    {
        for (var opened = 0; opened < MaxNewConnectionsPerEvent && pending.Count > connecting; opened++)
        {
            // A pool without any connection may always have one: otherwise its requests would wait for ever.
            if (!Resources.Connections.CanCreate)
            {
                cluster.Stats.UpstreamCxOverflow.Increment();
                if (connections > 0)
                {
                    return;
                }
            }

            connections++;
            connecting++;
            UpstreamConnection.Open(context, this);
        }
    }
}
