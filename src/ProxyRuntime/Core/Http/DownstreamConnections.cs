namespace MeshSim.ProxyRuntime.Core;

/// <summary>The downstream connections of one worker, and the connection manager of each listener they come from.</summary>
internal sealed class DownstreamConnections
{
    private readonly WorkerContext context;
    private readonly Dictionary<string, ConnectionManager> managers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ListenerStats> listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<ConnectionId, DownstreamConnection> connections = [];

    public DownstreamConnections(WorkerContext context, ProxySnapshot snapshot)
    {
        this.context = context;
        foreach (var listener in snapshot.Listeners)
        {
            listeners[listener.Name] = new ListenerStats(context.Stats, listener.StatPrefix);
            if (listener.ConnectionManager is { } manager)
            {
                managers[listener.Name] = new ConnectionManager(context, manager, listener.StatPrefix) { Listener = listener };
            }
        }
    }

    public int Count => connections.Count;

    public void Open(ConnectionId id, ConnectionInfo info)
    {
        var stats = listeners[info.Listener];
        if (!managers.TryGetValue(info.Listener, out var manager))
        {
            stats.DownstreamCxTotal.Increment();
            stats.DownstreamCxDestroy.Increment();
            context.Effects.Add(EffectKind.CloseDownstream).Connection = id;
            return;
        }

        connections[id] = new DownstreamConnection(context, manager, stats, id, info);
    }

    public DownstreamConnection? Get(ConnectionId id) => connections.GetValueOrDefault(id);

    /// <summary>The stream to which <paramref name="head"/> belongs, or null if its connection is gone.</summary>
    public ActiveStream? NewStream(StreamId id, HeaderMap head) =>
        connections.TryGetValue(id.Connection, out var connection) ? connection.NewStream(id, head) : null;

    public void Refuse(StreamId id, RequestError error)
    {
        if (!context.Streams.TryGetValue(id, out var stream))
        {
            stream = NewStream(id, context.Headers.Rent());
        }

        stream?.Refuse(error);
    }

    public void OnClosed(ConnectionId id)
    {
        if (connections.Remove(id, out var connection))
        {
            connection.OnClosed();
        }
    }

    public void CloseIdle()
    {
        // In order of opening: effects must not follow the order of a hash table.
        foreach (var id in connections.Keys.OrderBy(id => id.Value))
        {
            connections[id].CloseIfIdle();
        }
    }
}
