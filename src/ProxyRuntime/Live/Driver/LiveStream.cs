using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>What the driver keeps of one request of a client: its connection, response bytes kept back, and who holds whom up.</summary>
internal sealed class LiveStream(Http1Requests requests)
{
    private ByteQueue? keptResponse;
    private int blockers;

    public StreamId Id { get; private set; }

    /// <summary>Those it is one of.</summary>
    public Http1Requests Requests => requests;

    public HttpRequestKind Kind { get; set; }

    public bool RequestEnded { get; set; }

    /// <summary>The connection its response comes from; null before and after.</summary>
    public UpstreamSocket? Source { get; set; }

    /// <summary>What has been read of the request waits somewhere on its way up; no more is read meanwhile.</summary>
    public bool IsRequestHeldUp => blockers > 0;

    /// <summary>The client, or a filter that lets the response go on bit by bit, cannot keep up; no more of it is read meanwhile.</summary>
    public bool IsResponseHeldUp => requests.Connection.IsCongested || keptResponse is { Length: > LoopSocket.HighWatermark };

    /// <summary>Nothing refers to it any more once it is over, so that the connection's next request may have it.</summary>
    public bool IsForgotten => blockers == 0 && Source is null;

    public void Begin(StreamId id)
    {
        Id = id;
        Kind = default;
        RequestEnded = false;
        keptResponse = null;
    }

    /// <summary>Where request bytes go, or wait to go, there are too many of them.</summary>
    public void Block() => blockers++;

    public void Unblock()
    {
        if (--blockers == 0)
        {
            requests.ParseLater();
        }
    }

    public void KeepResponse(ReadOnlySpan<byte> bytes) => (keptResponse ??= new ByteQueue()).Append(bytes);

    /// <summary>The oldest bytes that are kept.</summary>
    public ReadOnlySpan<byte> KeptResponse(long count) => keptResponse is null ? default : keptResponse.Span[..(int)count];

    public void DropResponse(long count)
    {
        var wasHeldUp = IsResponseHeldUp;
        keptResponse?.Consume((int)count);
        if (wasHeldUp)
        {
            Source?.ResumeReading();
        }
    }
}
