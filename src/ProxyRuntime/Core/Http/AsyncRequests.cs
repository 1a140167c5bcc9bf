namespace MeshSim.ProxyRuntime.Core;

/// <summary>The requests that a worker makes itself: authorisation, rate limits, key sets, mirrors. Envoy's async client.</summary>
internal sealed class AsyncRequests
{
    /// <summary>Requests without a retry policy of their own.</summary>
    public static readonly Route PlainRoute = new() { Match = new RouteMatch(PathSpecifier.Prefix, ""), Action = new RouteAction() };

    /// <summary>A route with a retry policy; the plain one for null.</summary>
    public static Route RouteOf(RetryPolicySnapshot? policy) =>
        policy is null ? PlainRoute : PlainRoute with { Action = new RouteAction { RetryPolicy = policy } };

    private readonly WorkerContext context;
    private readonly Stack<AsyncStream> free = new();
    private int last;

    public AsyncRequests(WorkerContext context)
    {
        this.context = context;
        Stats = new RouterStats(context.Stats, "async-client");
    }

    public RouterStats Stats { get; }

    public RouterSettings Settings { get; } = new();

    /// <summary>What stands for a connection manager in the information of such a request.</summary>
    public HttpConnectionManagerSnapshot Manager { get; } = new() { StatPrefix = "async-client", RouteTable = new RouteTable("", []) };

    /// <summary>Begins a request; <see cref="AsyncStream.Start"/> sends it.</summary>
    /// <param name="head">Its headers; the request's from now on.</param>
    /// <param name="sendForwardedFor">The proxy's own address is joined to x-forwarded-for.</param>
    /// <param name="body">A body of the proxy's own; empty for none.</param>
    /// <param name="callbacks">Who waits for the answer; null for nobody.</param>
    public AsyncStream New(HeaderMap head, in AsyncOptions options, bool sendForwardedFor, ReadOnlyMemory<byte> body, IAsyncCallbacks? callbacks)
    {
        head.Set(HeaderName.XEnvoyInternal, "true"u8);
        if (sendForwardedFor)
        {
            head.AppendTo(HeaderName.XForwardedFor, context.LocalAddress.IpBytes);
        }

        var stream = free.TryPop(out var reused) ? reused : new AsyncStream(context, this);

        // Downstream connections are numbered from 1 up; these have numbers of their own.
        stream.Begin(new StreamId(new ConnectionId(-1), last++), head, options, body, callbacks);
        return stream;
    }

    public bool HasCluster(string name) => context.Clusters.ContainsKey(name);

    public void Return(AsyncStream stream) => free.Push(stream);
}
