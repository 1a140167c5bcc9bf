using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The HTTP connection manager of one filter chain as one worker runs it: its settings, its statistics, its filters, its streams in reuse.</summary>
internal sealed class ConnectionManager : TerminalFilter
{
    private readonly WorkerContext context;
    private readonly Stack<ActiveStream> free = new();
    private readonly byte[] serverName;
    private long routesSinceUnixNs;

    public ConnectionManager(WorkerContext context, HttpConnectionManagerSnapshot snapshot, string listenerStatPrefix)
    {
        this.context = context;
        Snapshot = snapshot;
        Routes = snapshot.RouteTable;
        routesSinceUnixNs = context.UnixNs;
        Stats = new HttpStats(context.Stats, snapshot.StatPrefix, listenerStatPrefix);
        RouterStats = new RouterStats(context.Stats, snapshot.StatPrefix);
        serverName = Encoding.Latin1.GetBytes(snapshot.ServerName);
        Filters = [.. snapshot.HttpFilters.Select(filter => HttpFilterFactory.Of(context, this, filter))];
    }

    public HttpConnectionManagerSnapshot Snapshot { get; }

    /// <summary>The route table of requests that begin from now on; one that has begun keeps its own.</summary>
    public RouteTable Routes { get; private set; }

    /// <summary>The same, beside the one it was configured with.</summary>
    public RouteConfigStatus RouteConfig => new(Snapshot.RouteTable, Routes, routesSinceUnixNs);

    public HttpStats Stats { get; }

    public RouterStats RouterStats { get; }

    /// <summary>How each filter of a chain is made, in decode order.</summary>
    public HttpFilterFactory[] Filters { get; }

    public ReadOnlySpan<byte> ServerName => serverName;

    public override ServerConnection Open(ListenerState listener, ConnectionId id, ConnectionInfo info) =>
        new DownstreamConnection(context, this, listener, id, info);

    public ActiveStream NewStream(DownstreamConnection connection, StreamId id, HeaderMap head)
    {
        var stream = free.TryPop(out var reused) ? reused : new ActiveStream(context, this);
        stream.Begin(connection, id, head);
        return stream;
    }

    /// <summary>Another version of its route table has come.</summary>
    public void Use(RouteTable routes)
    {
        Routes = routes;
        routesSinceUnixNs = context.UnixNs;
    }

    public void Return(ActiveStream stream) => free.Push(stream);
}
