namespace MeshSim.ProxyRuntime.Core;

/// <summary>The router as the terminal filter of a chain.</summary>
internal sealed class RouterFilter(WorkerContext context, ConnectionManager manager, RouterSettings settings) : HttpFilter
{
    private readonly Router router = new(context, manager.RouterStats, settings);

    public override void Begin(ActiveStream stream) => router.Begin(stream);

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        router.DecodeHeaders(head, endStream);
        return FilterStatus.StopIteration;
    }

    public override FilterStatus DecodeData(long bytes, bool endStream)
    {
        router.DecodeData(bytes, endStream);
        return FilterStatus.StopIteration;
    }

    public override FilterStatus DecodeTrailers(HeaderMap trailers)
    {
        router.DecodeTrailers(trailers);
        return FilterStatus.StopIteration;
    }

    public override void OnDestroy() => router.OnDestroy();
}
