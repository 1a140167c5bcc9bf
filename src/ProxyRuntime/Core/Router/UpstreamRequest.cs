namespace MeshSim.ProxyRuntime.Core;

/// <summary>One try of a request at one host: waiting for a connection, then on it. Reused.</summary>
internal sealed class UpstreamRequest
{
    private readonly WorkerContext context;
    private readonly AttemptTimers timers;
    private readonly AttemptMeasures measures;
    private Router router = null!;
    private UpstreamInfo info = new();
    private AttemptRecord begun;
    private int status;
    private bool informed;
    private bool isTunnel;
    private bool endsWithHead;
    private bool trailersSent;

    public UpstreamRequest(WorkerContext context)
    {
        this.context = context;
        timers = new AttemptTimers(context, this);
        measures = new AttemptMeasures(context);
        Node = new LinkedListNode<UpstreamRequest>(this);
    }

    public AttemptId Id { get; set; }

    /// <summary>The host the pool belongs to.</summary>
    public HostState? PoolHost { get; private set; }

    /// <summary>The host once the pool has given or refused a connection; before that nothing is charged to it.</summary>
    public HostState? Host { get; private set; }

    /// <summary>Its place among those that wait in the pool, or that are on its connection.</summary>
    public LinkedListNode<UpstreamRequest> Node { get; }

    /// <summary>The pool it waits in or whose connection it uses; null once it is over.</summary>
    public ConnectionPool? Pool { get; set; }

    /// <summary>The connection it is on; null while it waits.</summary>
    public UpstreamConnection? Connection { get; private set; }

    public bool IsBound => Connection is not null;

    public bool AwaitingHeaders { get; private set; }

    /// <summary>It took too long and another was started beside it.</summary>
    public bool Retried { get; set; }

    /// <summary>Its timeout was told to outlier detection already.</summary>
    public bool OutlierTimeoutRecorded { get; set; }

    /// <summary>Whether a gRPC request succeeded is known only when its trailers have come.</summary>
    public bool GrpcSuccessDeferred { get; set; }

    /// <summary>The host is a canary, or the response says so.</summary>
    public bool IsCanary { get; set; }

    /// <param name="endStream">The request was its head alone when the attempt began; an end that comes later is sent behind the head.</param>
    public void Begin(Router owner, HostState host, bool endStream)
    {
        router = owner;
        timers.Begin(owner);
        measures.Begin(owner.Cluster.Stats);
        endsWithHead = endStream;
        PoolHost = host;
        Host = null;
        Connection = null;
        AwaitingHeaders = true;
        informed = isTunnel = trailersSent = false;
        Retried = OutlierTimeoutRecorded = GrpcSuccessDeferred = IsCanary = false;
        info.Clear();
        info.Host = host;
        info.PoolAsked = context.Now;
        router.Stream.Info.Follow(info);
        status = 0;
        begun = new AttemptRecord
        {
            Number = router.Stream.Info.AttemptCount,
            InPanic = router.Choice.InPanic,
            HostIsWanted = router.Choice.HostIsWanted,
            BackOffNs = router.Retrying.BackOffNs,
        };
    }

    /// <summary>A connection is there: the head goes out, with what has come of the request so far.</summary>
    public void OnPoolReady(UpstreamConnection connection)
    {
        Connection = connection;
        Host = PoolHost;
        connection.Describe(info);
        var stream = router.Stream;
        stream.Info.Attempted(info);
        router.Outcomes.OnHostSelected(Host!, connected: true);
        info.FirstByteSent = context.Now;
        var head = stream.RequestHeaders;
        if (router.Action.AutoHostRewrite && !Host!.HostnameBytes.IsEmpty)
        {
            HostHeader.Rewrite(
                head,
                Host.HostnameBytes,
                router.Action.AppendForwardedHost,
                router.KeepsOriginals && !head.Contains(HeaderName.XEnvoyOriginalHost)
            );
        }

        SendHead(stream, head);
        if (stream.RequestComplete)
        {
            info.LastByteSent = context.Now;
            timers.AwaitResponse();
        }

        timers.OnConnected();
    }

    /// <summary>The pool gives up on this attempt before it had a connection.</summary>
    public void OnPoolFailure(ResetReason reason, string transportFailure)
    {
        Host = PoolHost;
        info.TransportFailureReason = transportFailure;
        router.Stream.Info.Attempted(info);
        router.Outcomes.OnHostSelected(Host!, connected: false);
        Over(AttemptEnd.NoConnection, reason);
        router.Outcomes.OnUpstreamReset(this, reason, transportFailure);
    }

    public void SendData(long bytes, bool endStream)
    {
        if (endStream)
        {
            info.LastByteSent = context.Now;
        }

        router.Stream.Info.UpstreamBytes.DataSent(bytes, endStream);
        measures.Sent(bytes);
        ref var effect = ref Emit(EffectKind.SendData);
        effect.Bytes = bytes;
        effect.EndStream = endStream;
    }

    /// <summary>This attempt answers: from now on it is the one that counts.</summary>
    public void Win() => router.Stream.Info.Follow(info);

    /// <summary>Trailers that were kept with the request have gone out behind its head already.</summary>
    public void SendTrailers(HeaderMap trailers)
    {
        if (IsBound && !trailersSent)
        {
            trailersSent = true;
            info.LastByteSent = context.Now;
            router.Stream.Info.UpstreamBytes.TrailersSent(trailers, Connection!.CarriesTrailers);
            ref var effect = ref Emit(EffectKind.SendTrailers);
            effect.Head = trailers;
            effect.EndStream = true;
        }
    }

    public void OnRequestComplete()
    {
        if (IsBound)
        {
            timers.AwaitResponse();
        }
    }

    /// <summary>Only the first interim answer counts; Envoy drops the others too.</summary>
    public void OnInformational(HeaderMap head)
    {
        timers.OnProgress();
        measures.ResponseHead(head);
        router.Stream.Info.UpstreamBytes.ResponseReceived(head);
        if (informed)
        {
            context.Headers.Return(head);
            return;
        }

        informed = true;
        router.Outcomes.OnUpstreamInformational(this, head);
    }

    public void OnResponseHeaders(HeaderMap head, bool endStream)
    {
        timers.OnProgress();
        measures.ResponseHead(head);
        AwaitingHeaders = false;
        status = head.StatusCode();
        isTunnel = UpgradeRequests.IsTunnel(router.Stream.RequestHeaders, status);
        info.FirstByteReceived = context.Now;
        info.LastByteReceived = endStream ? context.Now : info.LastByteReceived;
        router.Stream.Info.UpstreamBytes.ResponseReceived(head);
        router.Outcomes.OnUpstreamHeaders(this, head, endStream);
    }

    public void OnResponseData(long bytes, bool endStream)
    {
        OnBody(bytes, endStream);
        router.Outcomes.OnUpstreamData(this, bytes, endStream);
    }

    /// <summary>As <see cref="OnResponseData"/>, with the bytes themselves.</summary>
    public void OnResponseContent(ReadOnlySpan<byte> content, bool endStream)
    {
        OnBody(content.Length, endStream);
        (router.Stream as AsyncStream)?.AddContent(content);
        router.Outcomes.OnUpstreamData(this, content.Length, endStream);
    }

    public void OnResponseTrailers(HeaderMap trailers)
    {
        OnProgress(end: true);
        router.Stream.Info.UpstreamBytes.TrailersReceived(trailers);
        router.Outcomes.OnUpstreamTrailers(this, trailers);
    }

    /// <summary>The peer or the transport ended the attempt.</summary>
    public void OnReset(ResetReason reason)
    {
        var connection = Connection!;
        Over(AttemptEnd.Reset, reason);
        connection.OnStreamReset(this, reason, byPeer: true);
        router.Outcomes.OnUpstreamReset(this, reason, "");
    }

    /// <summary>The connection is gone, and the attempt with it.</summary>
    public void OnConnectionGone(ResetReason reason)
    {
        // In the middle of a body the codec cannot know where the message would have ended; a tunnel has no other end.
        var cutOff = reason == ResetReason.ConnectionTermination && !AwaitingHeaders && !isTunnel;
        var seen = cutOff ? ResetReason.ProtocolError : reason;
        Over(AttemptEnd.Reset, seen);
        router.Outcomes.OnUpstreamReset(this, seen, "");
    }

    /// <summary>The response ended in order.</summary>
    public void EndComplete(AttemptEnd how = AttemptEnd.Answered)
    {
        var connection = Connection!;
        var requestSent = router.Stream.RequestComplete;
        if (!requestSent)
        {
            _ = Emit(EffectKind.CancelAttempt);
        }

        Over(how);
        connection.OnStreamComplete(this, sent: requestSent);
    }

    /// <summary>The response is not wanted because the request is tried again; its body, if it has one, is not read.</summary>
    public void EndForRetry(bool responseEnded)
    {
        if (responseEnded)
        {
            EndComplete(AttemptEnd.LetGo);
        }
        else
        {
            Cancel(AttemptEnd.LetGo);
        }
    }

    /// <summary>The proxy gives the attempt up.</summary>
    public void Cancel(AttemptEnd how = AttemptEnd.GivenUp)
    {
        if (Pool is not { } pool)
        {
            return;
        }

        if (Connection is { } connection)
        {
            _ = Emit(EffectKind.CancelAttempt);
            Over(how);
            connection.OnStreamReset(this, ResetReason.LocalReset, byPeer: false);
        }
        else
        {
            Over(how);
            pool.CancelPending(this);
        }
    }

    /// <summary>The timeout of the route ends the attempt, which was not answered.</summary>
    public void CancelUnanswered()
    {
        measures.ForgetBudget();
        Cancel(AttemptEnd.RouteTimeout);
    }

    /// <summary>Called when the effects of the end are carried out.</summary>
    public void Reclaim()
    {
        Host = PoolHost = null;
        Connection = null;
    }

    private void SendHead(RequestStream stream, HeaderMap head)
    {
        var trailers = stream.RequestTrailers;
        var complete = stream.RequestComplete && trailers is null;
        var own = stream.OwnBody;
        var endStream = endsWithHead && own.IsEmpty;
        var bytes = stream.Info.UpstreamBytes;
        bytes.RequestSent(head, endStream);
        router.Outcomes.OnRequestSent();
        ref var start = ref Emit(EffectKind.StartAttempt);
        start.Head = head;
        start.EndStream = endStream;
        start.WantsContent = stream.WantsContent;
        if (!own.IsEmpty)
        {
            bytes.DataSent(own.Length, endStream: true);
            measures.Sent(own.Length);
            ref var body = ref Emit(EffectKind.SendBody);
            body.Body = own;
            body.Bytes = own.Length;
            body.EndStream = complete && stream.BodyKept == 0;
        }

        if (stream.BodyKept > 0 || (complete && !endStream && own.IsEmpty))
        {
            bytes.DataSent(stream.BodyKept, complete);
            measures.Sent(stream.BodyKept);
            ref var buffered = ref Emit(EffectKind.SendBuffered);
            buffered.Bytes = stream.BodyKept;
            buffered.EndStream = complete;
        }

        if (!router.Body.MayBeNeeded)
        {
            stream.ReleaseBody();
        }

        if (trailers is not null)
        {
            SendTrailers(trailers);
        }
    }

    private void OnBody(long bytes, bool end)
    {
        if (bytes > 0 && info.FirstBodyByteReceived == MonotonicTime.Never)
        {
            info.FirstBodyByteReceived = context.Now;
        }

        router.Stream.Info.UpstreamBytes.DataReceived(bytes, end);
        measures.Received(bytes);
        OnProgress(end);
    }

    private void OnProgress(bool end)
    {
        timers.OnProgress();
        if (end)
        {
            info.LastByteReceived = context.Now;
        }
    }

    private void Over(AttemptEnd how, ResetReason reason = ResetReason.None)
    {
        timers.Cancel();
        measures.End(router);
        Pool = null;
        if (context.KeepsAttempts)
        {
            WriteDown(how, reason);
        }

        info = router.Stream.Info.Keep(info);
        context.Retire(this);
    }

    private void WriteDown(AttemptEnd how, ResetReason reason) =>
        router.Stream.Info.Ended(
            begun with
            {
                Host = info.Host!,
                Cluster = router.Cluster.Snapshot,
                PoolAsked = info.PoolAsked,
                PoolAnswered = info.PoolAnswered,
                ConnectStart = info.ConnectStart,
                FirstByteSent = info.FirstByteSent,
                FirstByteReceived = info.FirstByteReceived,
                End = context.Now,
                How = how,
                Reason = reason,
                Status = status,
                TransportFailureReason = info.TransportFailureReason,
                WasHedged = Retried,
            }
        );

    /// <summary>An effect on this attempt's connection.</summary>
    private ref Effect Emit(EffectKind kind)
    {
        ref var effect = ref context.Effects.Add(kind);
        effect.Attempt = Id;
        effect.Stream = router.Stream.Id;
        effect.Upstream = Connection!.Id;
        return ref effect;
    }
}
