namespace MeshSim.ProxyRuntime.Core;

/// <summary>One downstream request from its headers to its log line. Reused.</summary>
internal sealed class ActiveStream : RequestStream
{
    private readonly FilterChain filters;
    private readonly StreamTimers timers;
    private readonly ResponseEncoder response;
    private readonly List<string> previousRoutes = [];
    private DownstreamConnection connection = null!;
    private bool ended;
    private bool aborted;
    private bool recreated;
    private bool decodingStarted;
    private bool tracingDecided;
    private bool upgraded;

    public ActiveStream(WorkerContext context, ConnectionManager manager)
        : base(context)
    {
        Manager = manager;
        Routes = manager.Routes;
        timers = new StreamTimers(context, this);
        filters = new FilterChain(context, manager);
        response = new ResponseEncoder(context, this, filters, timers);
    }

    public ConnectionManager Manager { get; }

    /// <summary>The route table as it was when the request began.</summary>
    public RouteTable Routes { get; private set; }

    public override long TimeoutNs => Selection.Action!.TimeoutNs;

    public override long BufferLimit => Selection.Route?.BodyBufferLimit ?? FilterBufferLimit ?? Manager.Snapshot.BufferLimitBytes;

    /// <summary>A filter's own limit for this request in place of the connection's; null for none.</summary>
    public long? FilterBufferLimit { get; set; }

    public DownstreamConnection Connection => connection;

    public bool IsGrpc { get; private set; }

    public bool IsEnded => ended;

    /// <summary>Response body bytes the driver keeps until a filter sends them on.</summary>
    public long ResponseKept => response.Kept;

    /// <summary>The names of the routes that redirected this request within the proxy, in order.</summary>
    public IReadOnlyList<string> PreviousRoutes => previousRoutes;

    public void Begin(DownstreamConnection owner, StreamId id, HeaderMap head)
    {
        connection = owner;
        Routes = Manager.Routes;
        Info.Begin(id, owner.Info, Manager.Snapshot, Context.Now, Context.EpochUnixNs + Context.Now.Nanoseconds, head);
        Info.Listener = Manager.Listener;
        Info.FilterChain = Manager.FilterChain;
        Info.ConnectionStart = owner.OpenedAt;
        RequestTrailers = null;
        Selection = default;
        Random = Context.Observer?.StreamRandom ?? Context.StreamRandom.NextUInt64();
        RequestComplete = ResponseStarted = ChunkIsLive = ended = aborted = recreated = IsGrpc = decodingStarted = tracingDecided = upgraded = false;
        previousRoutes.Clear();
        FilterBufferLimit = null;
        OverrideHost.Clear();
        ForgetBody();
        Manager.Stats.RequestStarted(owner.Info.Protocol);
        filters.Begin(this);
        response.Begin();
        timers.Begin(Manager.Snapshot);
    }

    /// <summary>Takes up the request of a stream that redirected it within the proxy.</summary>
    public void BeginRecreated(ActiveStream former)
    {
        previousRoutes.AddRange(former.previousRoutes);
        Info.BeginRecreated(former.Info);
        response.BeginRecreated(former.response);
        IsGrpc = former.IsGrpc;
        decodingStarted = true;
        TakeBody(former);
        RequestComplete = true;
        timers.OnRequestComplete();
        var body = BodyKept;
        Info.BytesReceived += body;
        if (RequestChecks.Find(RequestHeaders, Manager, Info.Connection, Context.Scratch) is { } refusal)
        {
            SendLocalReply(refusal);
            return;
        }

        RefreshRoute();
        EnterFilters(RequestHeaders, endStream: body == 0);
        if (body > 0 && !ended)
        {
            filters.DecodeData(body, endStream: true, RequestHeaders, trailers: null);
        }
    }

    // Request.

    public void DecodeHeaders(HeaderMap head, bool endStream)
    {
        if (ended)
        {
            Context.Headers.Return(head);
            return;
        }

        if (!ReferenceEquals(head, RequestHeaders))
        {
            Context.Headers.Return(RequestHeaders);
            Info.RequestHeaders = head;
        }

        timers.OnHeaders();
        decodingStarted = true;
        Info.RequestHeadersBytes = head.ByteSize;
        Info.RequestHeadersComplete = Context.Now;
        Info.DownstreamBytes.RequestReceived(head);
        if (HopByHopHeaders.AsksToClose(head, Info.Connection.Protocol))
        {
            response.CloseAfter(agreed: true);
        }

        IsGrpc = GrpcMessages.IsGrpc(head);
        if (endStream)
        {
            CompleteRequest();
        }

        AnswerExpectation(head);
        if (RequestChecks.Find(head, Manager, Info.Connection, Context.Scratch) is { } refusal)
        {
            SendLocalReply(refusal, refusal.Status == 307 ? new PathRedirect(head) : null);
            return;
        }

        if (RequestHeaderMutation.Apply(head, this, Context) is var status and not 0)
        {
            Manager.Stats.DownstreamRqRejectedViaIpDetection.Increment();
            SendLocalReply(LocalReply.OriginalIpDetectionFailed(status));
            return;
        }

        RefreshRoute();
        TraceSampler.Decide(head, Info, Manager, Selection.Route?.Tracing, Context);
        EnterFilters(head, endStream);
    }

    private void EnterFilters(HeaderMap head, bool endStream)
    {
        tracingDecided = true;
        filters.Choose(Selection);
        if (AcceptUpgrade(head))
        {
            Context.Observer?.OnFilters(this);
            filters.DecodeHeaders(head, endStream);
        }
    }

    public void DecodeData(long bytes, bool endStream)
    {
        timers.OnActivity();
        Info.BytesReceived += bytes;
        Info.DownstreamBytes.DataReceived(bytes, endStream);
        if (endStream)
        {
            CompleteRequest();
        }

        if (ended || !decodingStarted)
        {
            return;
        }

        if (filters.IsHolding)
        {
            KeepBody(bytes);
            filters.DecodeData(bytes, endStream, RequestHeaders, RequestTrailers);
            return;
        }

        ChunkIsLive = true;
        filters.DecodeData(bytes, endStream, RequestHeaders, RequestTrailers);
        ChunkIsLive = false;
    }

    public void DecodeTrailers(HeaderMap trailers)
    {
        timers.OnActivity();
        RequestTrailers = trailers;
        Info.DownstreamBytes.TrailersReceived(trailers);
        CompleteRequest();
        if (!ended && decodingStarted)
        {
            filters.DecodeTrailers(RequestHeaders, trailers);
        }
    }

    /// <summary>A filter that had stopped the request lets it go on.</summary>
    public void ContinueDecoding()
    {
        if (!ended && filters.IsHolding)
        {
            filters.Continue(RequestHeaders, RequestTrailers);
        }
    }

    public void Refuse(RequestError error)
    {
        Manager.Stats.DownstreamCxProtocolError.Increment();
        if (error is RequestError.HeadersTooLarge or RequestError.TooManyHeaders)
        {
            Manager.Stats.DownstreamRqTooLarge.Increment();
        }

        response.CloseAfter(agreed: false);
        SendLocalReply(LocalReply.Refusal(error));
    }

    public override void RefreshRoute()
    {
        Info.RouteResolutions++;
        var found = Routes.Find(RequestHeaders, Random, Context.Runtime, Info);
        Selection = found.ChooseCluster(RequestHeaders, Random, Context.Runtime, Info, Context.Scratch, Context.Names);
        Info.Route = Selection.Route;
        Info.VirtualHost = Selection.VirtualHost;
        Info.UpstreamCluster = Selection.Action is not null && Context.Clusters.TryGetValue(Selection.Cluster, out var cluster) ? cluster.Snapshot : null;
        timers.OnRoute(Selection.Action, RequestHeaders, IsGrpc);
        if (tracingDecided)
        {
            // Another route may have another say; what the id carries already stays.
            TraceSampler.Decide(RequestHeaders, Info, Manager, Selection.Route?.Tracing, Context);
        }

        Context.Observer?.OnRoute(this);
    }

    // Response.

    public void OnResponseStarted() => ResponseStarted = true;

    /// <summary>Interim answers of an upstream go on only with proxy_100_continue: else the client has had its 100 from the proxy.</summary>
    public override void EncodeInformational(HeaderMap head)
    {
        ResponseStarted = true;
        if (ended || !Manager.Snapshot.Proxy100Continue)
        {
            Context.Headers.Return(head);
            return;
        }

        timers.OnActivity();
        ResponseHeaderMutation.RemoveHopByHop(head, RequestHeaders);
        response.Informational(head);
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        if (ended)
        {
            Context.Headers.Return(head);
            return;
        }

        response.Headers(head, endStream);
    }

    public override void EncodeData(AttemptId attempt, long bytes, bool endStream)
    {
        timers.OnActivity();
        if (!ended)
        {
            response.Data(attempt, bytes, endStream);
        }
    }

    public override void EncodeTrailers(HeaderMap trailers)
    {
        Info.ResponseTrailers = trailers;
        if (!ended && filters.EncodeTrailers(trailers) == FilterStatus.Continue)
        {
            response.Trailers(trailers);
        }
    }

    /// <summary>Sends response bytes that a filter had kept back, the oldest first.</summary>
    public void ForwardKept(long bytes, bool endStream)
    {
        if (!ended)
        {
            response.KeptData(bytes, endStream);
        }
    }

    /// <summary>Sends the trailers that have come, which a filter had kept back.</summary>
    public void ForwardTrailers()
    {
        if (!ended)
        {
            response.Trailers(Info.ResponseTrailers!);
        }
    }

    /// <summary>Answers with a reply of the proxy's own; if an answer has begun, the stream is broken off instead.</summary>
    public override void SendLocalReply(in LocalReply reply, IResponseModifier? modifier = null)
    {
        if (!ended)
        {
            response.LocalReply(reply, modifier);
        }
    }

    public override void Abort()
    {
        aborted = true;
        response.CloseAfter(agreed: false);
        Manager.Stats.DownstreamRqTxReset.Increment();
        Context.Effects.Add(EffectKind.ResetDownstream).Stream = Id;
        End();
    }

    /// <summary>The client is gone, with its connection or by a reset.</summary>
    public void OnDownstreamGone(ResponseFlag flag, string details)
    {
        if (ended)
        {
            return;
        }

        aborted = true;
        Manager.Stats.DownstreamRqRxReset.Increment();
        Info.SetFlag(flag);
        Info.ResponseCodeDetails = details;
        End();
    }

    /// <summary>A route has redirected this request within the proxy.</summary>
    public void NoteRedirect(string route) => previousRoutes.Add(route);

    /// <summary>An internal redirect: this stream is over, and another takes up the changed request.</summary>
    public override bool TryRecreate(HeaderMap redirect)
    {
        if (!RequestComplete || ended)
        {
            return false;
        }

        recreated = true;
        Info.ResponseCodeDetails = "internal_redirect";
        Info.ResponseHeaders = redirect;
        Info.ResponseCode = redirect.StatusCode();
        TraceSampler.Charge(Info, Manager);
        End();
        return true;
    }

    // End.

    public override void Conclude()
    {
        filters.Destroy();
        timers.End();
        Info.End = Context.Now;
        Info.LogType = LogEntryType.DownstreamEnd;
        Manager.Stats.RequestEnded(Context.Now.Since(Info.Start) / MonotonicTime.NanosecondsPerMillisecond);
        if (Info.IsHealthCheck)
        {
            Manager.Stats.Traced(TraceReason.HealthCheck);
        }

        if (upgraded)
        {
            Manager.Stats.DownstreamCxUpgradesActive.Decrement();
        }

        ref var effect = ref Context.Effects.Add(EffectKind.LogAccess);
        effect.Stream = Id;
        effect.Subject = Info;
        effect.Bytes = AccessLogFilters.Choose(Manager.Snapshot.AccessLogs, Info, Context);
        effect.EndStream = !recreated;
        connection.OnStreamFinished(this);
        if (recreated)
        {
            connection.Recreate(this);
            return;
        }

        Manager.Stats.Transferred(Info.DownstreamBytes);
        if (response.ClosesConnection && connection.Info.Protocol != HttpProtocol.Http2)
        {
            // Only a close that both sides expect needs no waiting for the peer's FIN.
            connection.Close(delayed: aborted || !((RequestComplete && response.CloseAgreed) || response.EndsWithConnection));
        }
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

        Manager.Return(this);
    }

    private void CompleteRequest()
    {
        RequestComplete = true;
        Info.RequestComplete = Context.Now;
        timers.OnRequestComplete();
    }

    /// <summary>A client that waits for leave to send its body gets it at once, unless proxy_100_continue leaves that to the upstream.</summary>
    private void AnswerExpectation(HeaderMap head)
    {
        if (
            !Manager.Snapshot.Proxy100Continue
            && head.TryGet(HeaderName.Expect, out var expectation)
            && StringMatcher.EqualsIgnoringCase(expectation, "100-continue"u8)
        )
        {
            _ = head.Remove(HeaderName.Expect);
            var interim = Context.Headers.Rent();
            interim.Add(HeaderName.Status, "100"u8);
            response.Informational(interim);
        }
    }

    /// <summary>Whether the request goes on: it asks for no other protocol, or may have it.</summary>
    private bool AcceptUpgrade(HeaderMap head)
    {
        if (!UpgradeRequests.IsUpgrade(head) && !UpgradeRequests.IsConnect(head))
        {
            return true;
        }

        if (UpgradeRequests.IsAllowed(head, Manager.Snapshot.Upgrades, Selection.Action))
        {
            upgraded = true;
            Manager.Stats.UpgradeAccepted();
        }
        else if (Selection.Route is not null)
        {
            response.CloseAfter(agreed: false);
            Manager.Stats.DownstreamRqWsOnNonWsRoute.Increment();
            SendLocalReply(LocalReply.UpgradeFailed);
            return false;
        }

        return true;
    }

    public void End()
    {
        if (!ended)
        {
            ended = true;
            Context.Finish(this);
        }
    }
}
