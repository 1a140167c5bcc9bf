using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Request bodies that are kept for attempts to come, of requests of clients and of the proxy's own.</summary>
internal sealed class KeptBodies
{
    private readonly Dictionary<StreamId, Body> bodies = [];
    private readonly Stack<Body> free = new();

    /// <param name="source">The client's request whose bytes these are, or of which they are a copy; held up where too many await a connection.</param>
    public void Keep(StreamId id, ReadOnlySpan<byte> bytes, bool awaitsConnection, LiveStream? source)
    {
        var body = For(id);
        body.Bytes.Append(bytes);
        if (awaitsConnection && body.Blocked is null && body.Bytes.Length > LoopSocket.HighWatermark)
        {
            body.Blocked = source;
            source?.Block();
        }
    }

    public void Copy(StreamId id, StreamId source, long count)
    {
        if (bodies.TryGetValue(source, out var original))
        {
            For(id).Bytes.Append(original.Bytes.Span[..(int)count]);
        }
    }

    /// <summary>All that is kept; it is on its way now, so that more may come.</summary>
    public ReadOnlySpan<byte> Take(StreamId id)
    {
        if (!bodies.TryGetValue(id, out var body))
        {
            return default;
        }

        body.Unblock();
        return body.Bytes.Span;
    }

    public void Release(StreamId id)
    {
        if (bodies.Remove(id, out var body))
        {
            body.Unblock();
            body.Bytes.Clear();
            free.Push(body);
        }
    }

    private Body For(StreamId id)
    {
        if (!bodies.TryGetValue(id, out var body))
        {
            bodies[id] = body = free.TryPop(out var reused) ? reused : new Body();
        }

        return body;
    }

    private sealed class Body
    {
        public ByteQueue Bytes { get; } = new();

        public LiveStream? Blocked { get; set; }

        public void Unblock()
        {
            var blocked = Blocked;
            Blocked = null;
            blocked?.Unblock();
        }
    }
}
