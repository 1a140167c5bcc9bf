namespace MeshSim.ProxyRuntime.Core;

/// <summary>Fetches one provider's keys, one time after the other.</summary>
internal sealed class JwksFetch : IAsyncCallbacks
{
    private readonly WorkerContext context;
    private readonly IJwksReceiver receiver;
    private readonly HeaderMap template = new();
    private readonly RemoteJwks remote;
    private readonly Route route;
    private AsyncStream? running;

    public JwksFetch(WorkerContext context, RemoteJwks remote, IJwksReceiver receiver)
    {
        this.context = context;
        this.receiver = receiver;
        this.remote = remote;
        template.Add(":method", "GET");
        template.Add(":path", remote.Path);
        template.Add(":authority", remote.Host);
        template.Add(":scheme", remote.Scheme);
        template.Add("user-agent", "Go-browser");
        _ = template.Freeze();
        route = AsyncRequests.RouteOf(remote.RetryPolicy);
    }

    /// <summary>Begins a fetch in place of one that is under way. It may end at once.</summary>
    public void Start()
    {
        Cancel();
        if (!context.Async.HasCluster(remote.Cluster))
        {
            receiver.OnJwks(null);
            return;
        }

        var head = context.Headers.Rent();
        head.ResetTo(template);
        running = context.Async.New(
            head,
            new AsyncOptions(remote.Cluster, remote.TimeoutNs, WantsContent: true, route),
            sendForwardedFor: true,
            body: default,
            callbacks: this
        );
        running.Start(endStream: true, complete: true);
    }

    public void Cancel()
    {
        var former = running;
        running = null;
        former?.Cancel();
    }

    public void OnAsyncComplete(AsyncStream request, bool failed)
    {
        running = null;
        var isAnswer = !failed && request.Response?.StatusCode() == 200 && !request.Content.IsEmpty;
        receiver.OnJwks(isAnswer ? Jwks.TryParse(request.Content, out _) : null);
    }
}

/// <summary>Who waits for keys.</summary>
internal interface IJwksReceiver
{
    /// <param name="keys">Null: the fetch failed, or what came are no keys.</param>
    void OnJwks(Jwks? keys);
}
