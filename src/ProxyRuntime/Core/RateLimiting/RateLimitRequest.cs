namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the actions of rate limits look at.</summary>
internal readonly ref struct RateLimitRequest
{
    /// <param name="selection">The route the request goes by.</param>
    /// <param name="context">Whose scratch memory is used, and whose cluster the source is.</param>
    public RateLimitRequest(HeaderMap headers, StreamInfo info, in RouteSelection selection, WorkerContext context)
    {
        Headers = headers;
        Info = info;
        Selection = selection;
        LocalCluster = context.Node.Cluster;
        Scratch = context.Scratch;
        Query = QueryString.Of(headers.Get(HeaderName.Path));
    }

    public HeaderMap Headers { get; }

    public StreamInfo Info { get; }

    public RouteSelection Selection { get; }

    public string LocalCluster { get; }

    public ByteBuffer Scratch { get; }

    public ReadOnlySpan<byte> Query { get; }
}
