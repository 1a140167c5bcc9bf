namespace MeshSim.ProxyRuntime.Core;

/// <summary>A request the proxy makes itself: through a cluster's balancer, pools and limits, counted in that cluster's statistics. Reused.</summary>
internal sealed class AsyncStream : RequestStream
{
    /// <summary>A response that is longer fails: nobody reads so much of it.</summary>
    public const int MaxContentBytes = 16 * 1024 * 1024;

    private static readonly ConnectionInfo NoConnection = new("", new NetworkAddress("0.0.0.0", 0), new NetworkAddress("0.0.0.0", 0));

    private readonly Router router;
    private readonly AsyncRequests owner;
    private readonly ByteBuffer content = new();
    private IAsyncCallbacks? callbacks;
    private AsyncOptions options;
    private ReadOnlyMemory<byte> ownBody;
    private bool ended;

    public AsyncStream(WorkerContext context, AsyncRequests owner)
        : base(context)
    {
        this.owner = owner;
        router = new Router(context, owner.Stats, owner.Settings);
    }

    /// <summary>The headers of the response; null if there is none.</summary>
    public HeaderMap? Response => Info.ResponseHeaders;

    /// <summary>The body of the response, as far as it was wanted.</summary>
    public ReadOnlySpan<byte> Content => content.Span;

    public override ReadOnlyMemory<byte> OwnBody => ownBody;

    public override bool WantsContent => options.WantsContent;

    public override long TimeoutNs => options.TimeoutNs;

    public override long BufferLimit => HttpConnectionManagerSnapshot.DefaultBufferLimitBytes;

    /// <param name="head">Its headers; the stream's from now on.</param>
    public void Begin(StreamId id, HeaderMap head, in AsyncOptions settings, ReadOnlyMemory<byte> body, IAsyncCallbacks? receiver)
    {
        Info.Begin(id, NoConnection, owner.Manager, Context.Now, Context.EpochUnixNs + Context.Now.Nanoseconds, head);
        RequestTrailers = null;
        options = settings;
        ownBody = body;
        callbacks = receiver;
        content.Clear();
        ForgetBody();
        RequestComplete = ResponseStarted = ChunkIsLive = ended = false;
        Random = Context.StreamRandom.NextUInt64();
        Selection = new RouteSelection(null, null, settings.Route) { Cluster = settings.Cluster };
        router.Begin(this);
    }

    /// <summary>Sends the headers, and with them what there is of a body.</summary>
    /// <param name="endStream">There is no body.</param>
    /// <param name="complete">The body, if there is one, is there already: its own, or one that was copied.</param>
    public void Start(bool endStream, bool complete)
    {
        if (endStream || complete)
        {
            CompleteRequest();
        }

        Context.Observer?.OnOwnRequest(this);
        router.DecodeHeaders(RequestHeaders, endStream);
        if (complete && !endStream && !ended)
        {
            router.DecodeData(0, endStream: true);
        }
    }

    /// <summary>Hands on body bytes that have just come from downstream.</summary>
    public void Data(long bytes, bool endStream)
    {
        if (ended)
        {
            return;
        }

        if (endStream)
        {
            CompleteRequest();
        }

        ChunkIsLive = true;
        router.DecodeData(bytes, endStream);
        ChunkIsLive = false;
    }

    public void Trailers(HeaderMap trailers)
    {
        if (ended)
        {
            Context.Headers.Return(trailers);
            return;
        }

        RequestTrailers = trailers;
        CompleteRequest();
        router.DecodeTrailers(trailers);
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void Cancel()
    {
        callbacks = null;
        End(failed: true);
    }

    public void AddContent(ReadOnlySpan<byte> bytes)
    {
        if (content.Length + bytes.Length > MaxContentBytes)
        {
            End(failed: true);
            return;
        }

        content.Append(bytes);
    }

    public override void SendLocalReply(in LocalReply reply, IResponseModifier? modifier = null)
    {
        if (ended)
        {
            return;
        }

        if (Response is not null)
        {
            End(failed: true);
            return;
        }

        var head = Context.Headers.Rent();
        head.Set(HeaderName.Status, reply.Status);
        content.Append(reply.Body.Span);
        EncodeHeaders(head, endStream: true);
    }

    public override void EncodeInformational(HeaderMap head)
    {
        ResponseStarted = true;
        Context.Headers.Return(head);
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        if (ended)
        {
            Context.Headers.Return(head);
            return;
        }

        ResponseStarted = true;
        Info.ResponseHeaders = head;
        Info.ResponseCode = head.StatusCode();
        if (endStream)
        {
            End(failed: false);
        }
    }

    public override void EncodeData(AttemptId attempt, long bytes, bool endStream)
    {
        if (endStream)
        {
            End(failed: false);
        }
    }

    public override void EncodeTrailers(HeaderMap trailers)
    {
        Info.ResponseTrailers = trailers;
        End(failed: false);
    }

    public override void Abort() => End(failed: true);

    public override bool TryRecreate(HeaderMap response) => false;

    /// <summary>Its cluster is given, not routed to.</summary>
    public override void RefreshRoute() { }

    public override void Conclude()
    {
        router.OnDestroy();
        ReleaseBody();
    }

    public override void Reclaim()
    {
        Context.Headers.Return(RequestHeaders);
        if (RequestTrailers is { } requestTrailers)
        {
            Context.Headers.Return(requestTrailers);
        }

        if (Info.ResponseHeaders is { } head)
        {
            Context.Headers.Return(head);
        }

        if (Info.ResponseTrailers is { } trailers)
        {
            Context.Headers.Return(trailers);
        }

        ownBody = default;
        owner.Return(this);
    }

    private void CompleteRequest()
    {
        RequestComplete = true;
        Info.RequestComplete = Context.Now;
    }

    private void End(bool failed)
    {
        if (ended)
        {
            return;
        }

        ended = true;
        Context.Finish(this);
        var receiver = callbacks;
        callbacks = null;
        receiver?.OnAsyncComplete(this, failed);
    }
}

/// <summary>Who waits for the answer to a request of the proxy's own.</summary>
internal interface IAsyncCallbacks
{
    /// <param name="request">With the response; valid until the input under way is done.</param>
    /// <param name="failed">The response broke off or never began; what went wrong before it began is a response of the proxy's own, 503 or 504.</param>
    void OnAsyncComplete(AsyncStream request, bool failed);
}

/// <summary>How a request of the proxy's own is sent.</summary>
/// <param name="Cluster">Where to.</param>
/// <param name="TimeoutNs">All attempts together, 0 = no limit.</param>
/// <param name="WantsContent">The content of the response matters.</param>
/// <param name="Route">Retry policy and hash policies, if any.</param>
internal readonly record struct AsyncOptions(string Cluster, long TimeoutNs, bool WantsContent, Route Route);
