using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// The bodies a simulated worker's driver keeps, as the core asks for it. Where bodies are counts alone nothing is kept.
/// </summary>
internal sealed class KeptBodies
{
    private readonly Dictionary<StreamId, ByteQueue> requests = [];
    private readonly Dictionary<StreamId, ByteQueue> responses = [];

    /// <summary>The body bytes that came with the input under way; empty where they are only counted.</summary>
    public ReadOnlyMemory<byte> Chunk { get; set; }

    public void Keep(StreamId stream) => Append(requests, stream, Chunk.Span);

    public void Copy(StreamId source, StreamId target, long bytes)
    {
        if (requests.TryGetValue(source, out var kept))
        {
            Append(requests, target, kept.Span[..(int)Math.Min(bytes, kept.Length)]);
        }
    }

    public ReadOnlySpan<byte> Of(StreamId stream) => requests.TryGetValue(stream, out var kept) ? kept.Span : default;

    public void Release(StreamId stream) => _ = requests.Remove(stream);

    public void KeepResponse(StreamId stream) => Append(responses, stream, Chunk.Span);

    /// <summary>The oldest kept bytes of a response; they are not kept any more.</summary>
    public ReadOnlySpan<byte> TakeResponse(StreamId stream, long bytes)
    {
        if (!responses.TryGetValue(stream, out var kept))
        {
            return default;
        }

        var taken = kept.Span[..(int)Math.Min(bytes, kept.Length)];
        kept.Consume(taken.Length);
        return taken;
    }

    /// <summary>A stream is over.</summary>
    public void Forget(StreamId stream)
    {
        _ = requests.Remove(stream);
        _ = responses.Remove(stream);
    }

    private static void Append(Dictionary<StreamId, ByteQueue> bodies, StreamId stream, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (!bodies.TryGetValue(stream, out var kept))
        {
            bodies[stream] = kept = new ByteQueue();
        }

        kept.Append(bytes);
    }
}
