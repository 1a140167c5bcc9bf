namespace MeshSim.ProxyRuntime.Core;

/// <summary>One downstream request from its headers to its log line. Reused.</summary>
internal sealed class ActiveStream : ITimerOwner
{
    private readonly WorkerContext context;
    private readonly FilterChain filters;
    private DownstreamConnection connection = null!;
    private TimerHandle idleTimer;
    private TimerHandle requestTimer;
    private MonotonicTime lastActivity;
    private bool ended;
    private bool closeConnection;
    private bool closeAgreed;
    private bool abort;

    public ActiveStream(WorkerContext context, ConnectionManager manager)
    {
        this.context = context;
        Manager = manager;
        filters = new FilterChain(context, manager);
    }

    public ConnectionManager Manager { get; }

    public StreamInfo Info { get; } = new();

    public StreamId Id => Info.Stream;

    public HeaderMap RequestHeaders => Info.RequestHeaders;

    public HeaderMap? RequestTrailers { get; private set; }

    public Route? Route { get; private set; }

    public VirtualHost? VirtualHost { get; private set; }

    public bool RequestComplete { get; private set; }

    public bool ResponseStarted { get; private set; }

    /// <summary>True while body bytes that have just come are handed on; false for bytes that are kept already.</summary>
    public bool ChunkIsLive { get; private set; }

    /// <summary>Request body bytes the driver keeps for attempts to come.</summary>
    public long BodyKept { get; private set; }

    public void Begin(DownstreamConnection owner, StreamId id, HeaderMap head)
    {
        connection = owner;
        RequestTrailers = null;
        Route = null;
        VirtualHost = null;
        RequestComplete = ResponseStarted = ChunkIsLive = ended = closeConnection = closeAgreed = abort = false;
        BodyKept = 0;
        lastActivity = context.Now;
        Info.Begin(id, owner.Info, Manager.Snapshot, context.Now, context.EpochUnixNs + context.Now.Nanoseconds, head);
        Manager.Stats.RequestStarted(owner.Info.Protocol);
        filters.Begin(this);
        ArmStreamTimers();
    }

    // Request.

    public void DecodeHeaders(bool endStream)
    {
        if (endStream)
        {
            CompleteRequest();
        }

        closeConnection = closeAgreed = RequestHeaderMutation.AsksToClose(RequestHeaders);
        if (RequestChecks.Find(RequestHeaders, Manager.Stats) is { } refusal)
        {
            SendLocalReply(refusal);
            return;
        }

        RequestHeaderMutation.Apply(RequestHeaders, Manager.Snapshot, Info.Connection, context.RequestIds);
        Route = Manager.Snapshot.RouteTable.Find(RequestHeaders, out var virtualHost);
        VirtualHost = virtualHost;
        Info.RouteName = Route?.Name ?? "";
        filters.DecodeHeaders(RequestHeaders, endStream);
    }

    public void DecodeData(long bytes, bool endStream)
    {
        lastActivity = context.Now;
        Info.BytesReceived += bytes;
        if (endStream)
        {
            CompleteRequest();
        }

        if (ended)
        {
            return;
        }

        if (filters.IsHolding)
        {
            KeepBody(bytes);
            filters.DecodeData(bytes, endStream);
            return;
        }

        ChunkIsLive = true;
        filters.DecodeData(bytes, endStream);
        ChunkIsLive = false;
    }

    public void DecodeTrailers(HeaderMap trailers)
    {
        lastActivity = context.Now;
        RequestTrailers = trailers;
        CompleteRequest();
        if (!ended)
        {
            filters.DecodeTrailers(trailers);
        }
    }

    /// <summary>A filter that had stopped the request lets it go on.</summary>
    public void ContinueDecoding() => filters.Continue(RequestHeaders, RequestTrailers);

    /// <summary>The driver is to keep the bytes that have just come.</summary>
    public void KeepBody(long bytes)
    {
        if (bytes > 0)
        {
            BodyKept += bytes;
            context.Effects.Add(
                new Effect
                {
                    Kind = EffectKind.BufferBody,
                    Stream = Id,
                    Bytes = bytes,
                }
            );
        }
    }

    /// <summary>No attempt will need the kept bytes again.</summary>
    public void ReleaseBody()
    {
        if (BodyKept > 0)
        {
            BodyKept = 0;
            context.Effects.Add(new Effect { Kind = EffectKind.ReleaseBody, Stream = Id });
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
        var reply = LocalReply.Refusal(error);
        SendLocalReply(reply);
    }

    // Response.

    public void EncodeHeaders(HeaderMap head, bool endStream)
    {
        filters.EncodeHeaders(head, endStream);
        StartResponse(head);
        context.Effects.Add(
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

    public void EncodeData(AttemptId attempt, long bytes, bool endStream)
    {
        lastActivity = context.Now;
        Info.BytesSent += bytes;
        context.Effects.Add(
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

    public void EncodeTrailers(HeaderMap trailers)
    {
        Info.ResponseTrailers = trailers;
        context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.ForwardTrailers,
                Stream = Id,
                Head = trailers,
                EndStream = true,
            }
        );
        End();
    }

    /// <summary>Answers with a reply of the proxy's own; if an answer has begun, the stream is broken off instead.</summary>
    public void SendLocalReply(in LocalReply reply)
    {
        if (reply.Flag != ResponseFlag.None)
        {
            Info.SetFlag(reply.Flag);
        }

        Info.ResponseCodeDetails = reply.Details;
        if (ResponseStarted)
        {
            Abort();
            return;
        }

        closeConnection |= reply.Status == 400;
        closeAgreed |= reply.Status == 400;
        var head = context.Headers.Rent();
        LocalReplyHeaders.Write(head, reply);
        filters.EncodeHeaders(head, endStream: reply.Body.IsEmpty);
        StartResponse(head);
        var body = RequestHeaders.Get(HeaderName.Method).SequenceEqual("HEAD"u8) ? default : reply.Body;
        Info.BytesSent = body.Length;
        context.Effects.Add(
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

    /// <summary>The response cannot be finished: what was sent stays sent, the stream breaks off.</summary>
    public void Abort()
    {
        abort = true;
        Manager.Stats.DownstreamRqTxReset.Increment();
        context.Effects.Add(new Effect { Kind = EffectKind.ResetDownstream, Stream = Id });
        End();
    }

    /// <summary>The client is gone, with its connection or by a reset.</summary>
    public void OnDownstreamGone(ResponseFlag flag, string details)
    {
        if (ended)
        {
            return;
        }

        abort = true;
        Manager.Stats.DownstreamRqRxReset.Increment();
        Info.SetFlag(flag);
        Info.ResponseCodeDetails = details;
        if (!ResponseStarted)
        {
            Info.ResponseCode = 0;
        }

        End();
    }

    public void OnTimer(TimerKind kind)
    {
        if (kind == TimerKind.RequestTimeout)
        {
            requestTimer = default;
            if (!ended && !RequestComplete)
            {
                Manager.Stats.DownstreamRqTimeout.Increment();
                SendLocalReply(LocalReply.RequestTimeout);
            }

            return;
        }

        idleTimer = default;
        if (ended)
        {
            return;
        }

        if (context.Now.Since(lastActivity) < Manager.Snapshot.StreamIdleTimeoutNs)
        {
            idleTimer = context.Timers.Arm(lastActivity.Plus(Manager.Snapshot.StreamIdleTimeoutNs), TimerKind.StreamIdle, this);
            return;
        }

        Manager.Stats.DownstreamRqIdleTimeout.Increment();
        SendLocalReply(LocalReply.StreamIdleTimeout(RequestComplete));
    }

    // End.

    /// <summary>Called once, when the input in which the stream ended is done: everything that still belongs to it ends, then it is logged.</summary>
    public void Conclude()
    {
        filters.Destroy();
        context.Timers.Cancel(ref idleTimer);
        context.Timers.Cancel(ref requestTimer);
        Info.End = context.Now;
        Manager.Stats.DownstreamRqActive.Decrement();
        Manager.Stats.DownstreamRqTime.Record(context.Now.Since(Info.Start) / MonotonicTime.NanosecondsPerMillisecond);
        context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.LogAccess,
                Stream = Id,
                Subject = Info,
            }
        );
        connection.OnStreamFinished(this);
        if (closeConnection && connection.Info.Protocol != HttpProtocol.Http2)
        {
            // Only a close that both sides expect needs no waiting for the peer's FIN.
            connection.Close(delayed: abort || !(RequestComplete && closeAgreed));
        }
    }

    /// <summary>Called when the effects of the end are carried out: maps and the stream itself are free.</summary>
    public void Reclaim()
    {
        context.Headers.Return(RequestHeaders);
        if (RequestTrailers is { } requestTrailers)
        {
            context.Headers.Return(requestTrailers);
        }

        if (Info.ResponseHeaders is { } head)
        {
            context.Headers.Return(head);
        }

        if (Info.ResponseTrailers is { } trailers)
        {
            context.Headers.Return(trailers);
        }

        Manager.Return(this);
    }

    private void CompleteRequest()
    {
        RequestComplete = true;
        Info.RequestComplete = context.Now;
        context.Timers.Cancel(ref requestTimer);
    }

    private void StartResponse(HeaderMap head)
    {
        lastActivity = context.Now;
        ResponseStarted = true;
        Info.ResponseHeaders = head;
        Info.ResponseCode = head.StatusCode();
        if (!RequestComplete)
        {
            Manager.Stats.DownstreamRqResponseBeforeRqComplete.Increment();
            closeConnection = true;
        }

        if (context.Draining && !closeConnection)
        {
            Manager.Stats.DownstreamCxDrainClose.Increment();
            closeConnection = true;
        }

        ResponseHeaderMutation.Apply(head, this, context.Date.At(context.Now), closeConnection);
        Manager.Stats.Responded(Info.ResponseCode);
    }

    private void End()
    {
        if (!ended)
        {
            ended = true;
            context.Finish(this);
        }
    }

    private void ArmStreamTimers()
    {
        if (Manager.Snapshot.StreamIdleTimeoutNs > 0)
        {
            idleTimer = context.Timers.Arm(context.Now.Plus(Manager.Snapshot.StreamIdleTimeoutNs), TimerKind.StreamIdle, this);
        }

        if (Manager.Snapshot.RequestTimeoutNs > 0)
        {
            requestTimer = context.Timers.Arm(context.Now.Plus(Manager.Snapshot.RequestTimeoutNs), TimerKind.RequestTimeout, this);
        }
    }
}
