namespace MeshSim.ProxyRuntime.Core;

/// <summary>One downstream request from its headers to its log line. Reused.</summary>
internal sealed class ActiveStream : RequestStream
{
    private readonly FilterChain filters;
    private readonly StreamTimers timers;
    private readonly List<string> previousRoutes = [];
    private DownstreamConnection connection = null!;
    private bool ended;
    private bool closeConnection;
    private bool closeAgreed;
    private bool aborted;
    private bool recreated;
    private bool decodingStarted;
    private bool headersSent;
    private bool tracingDecided;
    private bool upgraded;

    public ActiveStream(WorkerContext context, ConnectionManager manager)
        : base(context)
    {
        Manager = manager;
        timers = new StreamTimers(context, this);
        filters = new FilterChain(context, manager);
    }

    public ConnectionManager Manager { get; }

    public override long TimeoutNs => Selection.Action!.TimeoutNs;

    public override long BufferLimit => Selection.Route?.BodyBufferLimit ?? FilterBufferLimit ?? Manager.Snapshot.BufferLimitBytes;

    /// <summary>A filter's own limit for this request in place of the connection's; null for none.</summary>
    public long? FilterBufferLimit { get; set; }

    public DownstreamConnection Connection => connection;

    public bool IsGrpc { get; private set; }

    public bool IsEnded => ended;

    /// <summary>Response body bytes the driver keeps until a filter sends them on.</summary>
    public long ResponseKept { get; private set; }

    /// <summary>The names of the routes that redirected this request within the proxy, in order.</summary>
    public IReadOnlyList<string> PreviousRoutes => previousRoutes;

    public void Begin(DownstreamConnection owner, StreamId id, HeaderMap head)
    {
        connection = owner;
        Info.Begin(id, owner.Info, Manager.Snapshot, Context.Now, Context.EpochUnixNs + Context.Now.Nanoseconds, head);
        Info.Listener = Manager.Listener;
        Info.ConnectionStart = owner.OpenedAt;
        RequestTrailers = null;
        Selection = default;
        Random = Context.Observer?.StreamRandom ?? Context.StreamRandom.NextUInt64();
        RequestComplete =
            ResponseStarted =
            ChunkIsLive =
            ended =
            closeConnection =
            closeAgreed =
            aborted =
            recreated =
            IsGrpc =
            decodingStarted =
            headersSent =
            tracingDecided =
            upgraded =
                false;
        previousRoutes.Clear();
        ResponseKept = 0;
        FilterBufferLimit = null;
        ForgetBody();
        Manager.Stats.RequestStarted(owner.Info.Protocol);
        filters.Begin(this);
        timers.Begin(Manager.Snapshot);
    }

    /// <summary>Takes up the request of a stream that redirected it within the proxy.</summary>
    public void BeginRecreated(ActiveStream former)
    {
        previousRoutes.AddRange(former.previousRoutes);
        Info.BeginRecreated(former.Info);
        closeConnection = former.closeConnection;
        closeAgreed = former.closeAgreed;
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
        closeConnection = closeAgreed = HopByHopHeaders.AsksToClose(head);
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

        closeConnection = true;
        SendLocalReply(LocalReply.Refusal(error));
    }

    public override void RefreshRoute()
    {
        var snapshot = Manager.Snapshot;
        Info.RouteResolutions++;
        var found = snapshot.RouteTable.Find(RequestHeaders, Random, Context.Runtime, Info);
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

    /// <summary>Interim answers of an upstream go on only with proxy_100_continue: else the client has had its 100 from the proxy.</summary>
    public override void EncodeInformational(HeaderMap head)
    {
        ResponseStarted = true;
        if (ended || !Manager.Snapshot.Proxy100Continue)
        {
            // The proxy itself has given leave to send the body, if the client asked for it.
            Context.Headers.Return(head);
            return;
        }

        timers.OnActivity();
        ResponseHeaderMutation.RemoveHopByHop(head, RequestHeaders);
        SendInformational(head);
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        if (ended)
        {
            Context.Headers.Return(head);
            return;
        }

        Info.ResponseHeaders = head;
        Context.Observer?.OnResponse(head);
        filters.EncodeHeaders(head, endStream);
        StartResponse(head, endStream);
        Context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.ForwardHeaders,
                Stream = Id,
                Head = head,
                EndStream = endStream,
            }
        );
        if (endStream)
        {
            End();
        }
    }

    public override void EncodeData(AttemptId attempt, long bytes, bool endStream)
    {
        timers.OnActivity();
        if (ended)
        {
            return;
        }

        if (filters.EncodeData(bytes, endStream) == FilterStatus.StopIteration)
        {
            ResponseKept += bytes;
            Context.Effects.Add(
                new Effect
                {
                    Kind = EffectKind.KeepResponse,
                    Stream = Id,
                    Attempt = attempt,
                    Bytes = bytes,
                }
            );
            return;
        }

        SentData(bytes, endStream);
        Context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.ForwardData,
                Stream = Id,
                Attempt = attempt,
                Bytes = bytes,
                EndStream = endStream,
            }
        );
        if (endStream)
        {
            End();
        }
    }

    public override void EncodeTrailers(HeaderMap trailers)
    {
        Info.ResponseTrailers = trailers;
        if (!ended && filters.EncodeTrailers(trailers) == FilterStatus.Continue)
        {
            ForwardTrailers();
        }
    }

    /// <summary>Sends response bytes that a filter had kept back, the oldest first.</summary>
    public void ForwardKept(long bytes, bool endStream)
    {
        if (ended)
        {
            return;
        }

        timers.OnActivity();
        ResponseKept -= bytes;
        SentData(bytes, endStream);
        Context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.ForwardKept,
                Stream = Id,
                Bytes = bytes,
                EndStream = endStream,
            }
        );
        if (endStream)
        {
            End();
        }
    }

    /// <summary>Sends the trailers that have come.</summary>
    public void ForwardTrailers()
    {
        Info.DownstreamBytes.TrailersSent(Info.ResponseTrailers!, Manager.Snapshot.Http1.EnableTrailers);
        Info.DownstreamLastByteSent = Context.Now;
        Context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.ForwardTrailers,
                Stream = Id,
                Head = Info.ResponseTrailers,
                EndStream = true,
            }
        );
        End();
    }

    /// <summary>Answers with a reply of the proxy's own; if an answer has begun, the stream is broken off instead.</summary>
    public override void SendLocalReply(in LocalReply reply, IResponseModifier? modifier = null)
    {
        if (ended)
        {
            return;
        }

        if (reply.Flag != ResponseFlag.None)
        {
            Info.SetFlag(reply.Flag);
        }

        Info.ResponseCodeDetails = reply.Details;
        if (headersSent)
        {
            Abort();
            return;
        }

        var isMessagingError = reply.Status == 400 && !Manager.Snapshot.StreamErrorOnInvalidMessage;
        closeConnection |= isMessagingError;
        closeAgreed |= isMessagingError;
        Context.Observer?.OnLocalReply(this, reply);
        var head = Context.Headers.Rent();
        var body = LocalReplyWriter.Write(head, this, reply, modifier, Context);
        Info.ResponseHeaders = head;
        Context.Observer?.OnResponse(head);
        filters.EncodeHeaders(head, endStream: body.IsEmpty);
        StartResponse(head, endStream: body.IsEmpty);
        if (!body.IsEmpty)
        {
            SentData(body.Length, endStream: true);
        }

        Context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.LocalReply,
                Stream = Id,
                Head = head,
                Body = body,
                EndStream = true,
            }
        );
        End();
    }

    public override void Abort()
    {
        aborted = closeConnection = true;
        Manager.Stats.DownstreamRqTxReset.Increment();
        Context.Effects.Add(new Effect { Kind = EffectKind.ResetDownstream, Stream = Id });
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
    public override bool TryRecreate(HeaderMap response)
    {
        if (!RequestComplete || ended)
        {
            return false;
        }

        recreated = true;
        Info.ResponseCodeDetails = "internal_redirect";
        Info.ResponseHeaders = response;
        Info.ResponseCode = response.StatusCode();
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

        Context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.LogAccess,
                Stream = Id,
                Subject = Info,
                Bytes = AccessLogFilters.Choose(Manager.Snapshot.AccessLogs, Info, Context),
                EndStream = !recreated,
            }
        );
        connection.OnStreamFinished(this);
        if (recreated)
        {
            connection.Recreate(this);
            return;
        }

        Manager.Stats.Transferred(Info.DownstreamBytes);
        if (closeConnection && connection.Info.Protocol != HttpProtocol.Http2)
        {
            // Only a close that both sides expect needs no waiting for the peer's FIN.
            connection.Close(delayed: aborted || !(RequestComplete && closeAgreed));
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
            SendInformational(interim);
        }
    }

    private void SendInformational(HeaderMap head)
    {
        Info.DownstreamBytes.ResponseSent(head, endStream: false, HttpRequestKind.Plain);
        Charge(head.StatusCode());
        Context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.ForwardInformational,
                Stream = Id,
                Head = head,
            }
        );
        Context.ReturnAfterEffects(head);
    }

    private void StartResponse(HeaderMap head, bool endStream)
    {
        timers.OnActivity();
        ResponseStarted = headersSent = true;
        Info.ResponseCode = head.StatusCode();
        Info.DownstreamFirstByteSent = Context.Now;
        if (!RequestComplete)
        {
            Manager.Stats.DownstreamRqResponseBeforeRqComplete.Increment();
            closeConnection = true;
        }

        connection.OnResponse(ref closeConnection, ref closeAgreed);
        ResponseHeaderMutation.Apply(head, this, Context.Date.At(Context.Now), closeConnection);
        Info.DownstreamBytes.ResponseSent(head, endStream, HttpRequestKinds.Of(RequestHeaders));
        if (endStream)
        {
            Info.DownstreamLastByteSent = Context.Now;
        }

        Charge(Info.ResponseCode);
    }

    /// <summary>Counts headers that go out, interim ones too.</summary>
    private void Charge(int code)
    {
        Info.ResponseCode = code;
        TraceSampler.Charge(Info, Manager);
        if (!Info.IsHealthCheck)
        {
            Manager.Stats.Responded(code);
        }
    }

    private void SentData(long bytes, bool endStream)
    {
        Info.BytesSent += bytes;
        Info.DownstreamBytes.DataSent(bytes, endStream);
        if (endStream)
        {
            Info.DownstreamLastByteSent = Context.Now;
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
            closeConnection = true;
            Manager.Stats.DownstreamRqWsOnNonWsRoute.Increment();
            SendLocalReply(LocalReply.UpgradeFailed);
            return false;
        }

        return true;
    }

    private void End()
    {
        if (!ended)
        {
            ended = true;
            Context.Finish(this);
        }
    }
}
