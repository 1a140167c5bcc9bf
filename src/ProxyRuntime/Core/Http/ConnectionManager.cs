using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The HTTP connection manager of one listener as one worker runs it: its settings, its statistics, its streams in reuse.</summary>
internal sealed class ConnectionManager
{
    private readonly WorkerContext context;
    private readonly Stack<ActiveStream> free = new();
    private readonly byte[] serverName;

    public ConnectionManager(WorkerContext context, HttpConnectionManagerSnapshot snapshot, string listenerStatPrefix)
    {
        this.context = context;
        Snapshot = snapshot;
        Stats = new HttpStats(context.Stats, snapshot.StatPrefix, listenerStatPrefix);
        serverName = Encoding.Latin1.GetBytes(snapshot.ServerName);
    }

    public HttpConnectionManagerSnapshot Snapshot { get; }

    public HttpStats Stats { get; }

    public ReadOnlySpan<byte> ServerName => serverName;

    public ActiveStream NewStream(DownstreamConnection connection, StreamId id, HeaderMap head)
    {
        var stream = free.TryPop(out var reused) ? reused : new ActiveStream(context, this);
        stream.Begin(connection, id, head);
        return stream;
    }

    public void Return(ActiveStream stream) => free.Push(stream);
}
