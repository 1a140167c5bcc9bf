namespace MeshSim.ProxyRuntime.Core;

/// <summary>The downstream connections of one worker, and the listeners they come from.</summary>
internal sealed class DownstreamConnections
{
    private readonly WorkerContext context;
    private readonly Dictionary<string, ListenerState> listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<ConnectionId, Inspection> inspections = [];
    private readonly Dictionary<ConnectionId, ServerConnection> connections = [];

    public DownstreamConnections(WorkerContext context, ProxySnapshot snapshot)
    {
        this.context = context;
        foreach (var listener in snapshot.Listeners)
        {
            listeners[listener.Name] = new ListenerState(context, listener);
        }
    }

    public int Count => connections.Count;

    /// <summary>A listener is there, or another version of one: what is gone of the former one drains.</summary>
    public void Update(ListenerSnapshot snapshot)
    {
        context.Shared.Filters.Add(snapshot);
        var former = listeners.GetValueOrDefault(snapshot.Name);
        var isInPlace = former is not null && snapshot.IsInPlaceUpdateOf(former.Snapshot);
        var next = new ListenerState(context, snapshot, isInPlace ? former : null);
        listeners[snapshot.Name] = next;
        if (former is not null)
        {
            Drain(isInPlace ? former.FiltersNotIn(next) : former.Filters, isInPlace ? null : former);
        }
    }

    /// <summary>A listener is gone: nothing comes from it any more, and what it brought drains.</summary>
    public void Remove(string name)
    {
        if (listeners.Remove(name, out var former))
        {
            Drain(former.Filters, former);
        }
    }

    /// <summary>Requests that begin from now on have another version of the route table of that name.</summary>
    public void Update(RouteTable routes)
    {
        context.Shared.Filters.Add(routes);
        var draining = connections.Values.Select(static connection => connection.Filter);
        foreach (var manager in listeners.Values.SelectMany(static listener => listener.Filters).Concat(draining).OfType<ConnectionManager>())
        {
            if (string.Equals(manager.Routes.Name, routes.Name, StringComparison.Ordinal))
            {
                manager.Use(routes);
            }
        }
    }

    /// <summary>The route tables of the connection managers of a listener; none if there is no such listener.</summary>
    public IEnumerable<RouteConfigStatus> RouteConfigs(string listener) =>
        listeners.TryGetValue(listener, out var known) ? known.Managers.Select(static manager => manager.RouteConfig) : [];

    /// <summary>Its time is over: what is left is closed.</summary>
    public void CloseDrained(ListenerDrain drain)
    {
        foreach (var id in connections.Keys.OrderBy(static id => id.Value))
        {
            if (connections[id].Filter.Drain == drain)
            {
                connections[id].CloseNow();
            }
        }

        foreach (var (id, inspection) in inspections.OrderBy(static entry => entry.Key.Value))
        {
            if (inspection.Listener == drain.Whole)
            {
                context.Effects.Add(EffectKind.CloseDownstream).Connection = id;
            }
        }
    }

    /// <summary>A connection whose first bytes are looked at before it gets a filter chain.</summary>
    public void Inspect(ConnectionId id, string listener)
    {
        var inspection = new Inspection(context, listeners[listener], id);
        inspections[id] = inspection;
        inspection.Begin();
    }

    /// <summary>What was looked at makes no sense: the connection is closed.</summary>
    public void RefuseInspected(ConnectionId id, ClientHelloState found)
    {
        if (!inspections.Remove(id, out var inspection))
        {
            return;
        }

        inspection.End();
        if (found == ClientHelloState.TooLarge)
        {
            inspection.Listener.Inspector!.TooLarge();
        }

        inspection.Listener.Stats.DownstreamListenerFilterError.Increment();
        context.Effects.Add(EffectKind.CloseDownstream).Connection = id;
    }

    public void Open(ConnectionId id, ConnectionInfo info)
    {
        ListenerState listener;
        if (inspections.Remove(id, out var inspection))
        {
            listener = inspection.Listener; // It may be gone meanwhile, or another.
            inspection.End();
            listener.Inspector!.Found(info);
        }
        else
        {
            listener = listeners[info.Listener];
        }

        if (FilterChainSelection.Find(listener.Snapshot, info) is not { } chain)
        {
            listener.Stats.NoFilterChainMatch.Increment();
            context.Effects.Add(EffectKind.CloseDownstream).Connection = id;
            return;
        }

        if (listener.FilterOf(chain) is not { } filter)
        {
            listener.Stats.DownstreamCxTotal.Increment();
            listener.Stats.DownstreamCxDestroy.Increment();
            context.Effects.Add(EffectKind.CloseDownstream).Connection = id;
            return;
        }

        connections[id] = filter.Open(listener, id, info with { IsTls = info.IsTls || chain.Tls is not null });
    }

    /// <summary>A connection of a connection manager; null for others, and for none.</summary>
    public DownstreamConnection? Get(ConnectionId id) => connections.GetValueOrDefault(id) as DownstreamConnection;

    /// <summary>A connection of a TCP proxy; null for others, and for none.</summary>
    public TcpProxyConnection? GetTcp(ConnectionId id) => connections.GetValueOrDefault(id) as TcpProxyConnection;

    public void OnHandshake(ConnectionId id, TlsHandshake handshake) => connections.GetValueOrDefault(id)?.OnHandshake(handshake);

    /// <summary>The stream to which <paramref name="head"/> belongs, or null if its connection is gone.</summary>
    public ActiveStream? NewStream(StreamId id, HeaderMap head) => Get(id.Connection)?.NewStream(id, head);

    public void Refuse(StreamId id, RequestError error)
    {
        if (!context.Streams.TryGetValue(id, out var stream))
        {
            stream = NewStream(id, context.Headers.Rent());
        }

        stream?.Refuse(error);
    }

    /// <param name="unsentBytes">Of a TCP proxy: so many bytes that came of it are not sent to its host yet.</param>
    public void OnClosed(ConnectionId id, long unsentBytes)
    {
        if (connections.Remove(id, out var connection))
        {
            connection.OnClosed(unsentBytes);
        }
        else if (inspections.Remove(id, out var inspection))
        {
            inspection.End();
            inspection.Listener.Stats.DownstreamListenerFilterRemoteClose.Increment();
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

    /// <summary>The proxy ends: connections of TCP proxies, whose clients nothing can be told, are closed when the time of the drain is over.</summary>
    public void DrainTcp()
    {
        var proxies = listeners.Values.SelectMany(static listener => listener.Filters).OfType<TcpProxy>().Where(static proxy => proxy.Drain is null).ToArray();
        if (proxies.Length > 0)
        {
            Drain(proxies, whole: null);
        }
    }

    private void Drain(IEnumerable<TerminalFilter> filters, ListenerState? whole)
    {
        var drain = new ListenerDrain(context, this, whole);
        foreach (var filter in filters)
        {
            filter.Drain = drain;
        }

        drain.Begin();
    }
}
