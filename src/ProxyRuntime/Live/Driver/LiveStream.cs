using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>What the driver keeps of one request: its connection, its kept body, the attempt its answer comes from.</summary>
internal sealed class LiveStream(DownstreamSocket connection, StreamId id, bool isHead)
{
    private ByteQueue? kept;

    public StreamId Id => id;

    public DownstreamSocket Connection => connection;

    public bool IsHead => isHead;

    public bool RequestEnded { get; set; }

    /// <summary>The attempt under way, for back-pressure.</summary>
    public UpstreamSocket? Attempt { get; set; }

    public ReadOnlySpan<byte> Kept => kept is null ? default : kept.Span;

    /// <summary>More of the body is waiting to go upstream than should.</summary>
    public bool IsCongested => Attempt is { } attempt ? attempt.IsCongested : kept is { Length: > SocketWriter.HighWatermark };

    public void Keep(ReadOnlySpan<byte> chunk) => (kept ??= new ByteQueue()).Append(chunk);

    public void Release() => kept = null;
}
