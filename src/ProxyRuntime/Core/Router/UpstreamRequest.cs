namespace MeshSim.ProxyRuntime.Core;

/// <summary>One try of a request at one host: waiting for a connection, then on it. Reused.</summary>
internal sealed class UpstreamRequest(WorkerContext context) : ITimerOwner
{
    private Router router = null!;
    private TimerHandle perTryTimer;

    public AttemptId Id { get; set; }

    public HostState? Host { get; private set; }

    /// <summary>The pool it waits in or whose connection it uses; null once it is over.</summary>
    public ConnectionPool? Pool { get; set; }

    /// <summary>The connection it is on; null while it waits.</summary>
    public UpstreamConnection? Connection { get; private set; }

    public bool IsBound => Connection is not null;

    public bool AwaitingHeaders { get; private set; }

    public void Begin(Router owner, HostState host)
    {
        router = owner;
        Host = host;
        Connection = null;
        AwaitingHeaders = true;
    }

    /// <summary>A connection is there: the head goes out, with what has come of the request so far.</summary>
    public void OnPoolReady(UpstreamConnection connection)
    {
        Connection = connection;
        var stream = router.Stream;
        var head = stream.RequestHeaders;
        if (router.Action.AutoHostRewrite && !Host!.HostnameBytes.IsEmpty)
        {
            RewriteHost(head, Host.HostnameBytes);
        }

        var trailers = stream.RequestTrailers;
        var complete = stream.RequestComplete && trailers is null;
        router.OnRequestSent();
        Emit(
            new Effect
            {
                Kind = EffectKind.StartAttempt,
                Head = head,
                EndStream = complete && stream.BodyKept == 0,
            }
        );
        if (stream.BodyKept > 0)
        {
            Emit(
                new Effect
                {
                    Kind = EffectKind.SendBuffered,
                    Bytes = stream.BodyKept,
                    EndStream = complete,
                }
            );
        }

        if (!router.RetryPossible)
        {
            stream.ReleaseBody();
        }

        if (trailers is not null)
        {
            SendTrailers(trailers);
        }

        if (stream.RequestComplete)
        {
            ArmPerTryTimer();
        }
    }

    /// <summary>The pool gives up on this attempt before it had a connection.</summary>
    public void OnPoolFailure(ResetReason reason, string transportFailure)
    {
        Pool = null;
        context.Retire(this);
        router.OnUpstreamReset(this, reason, transportFailure);
    }

    public void SendData(long bytes, bool endStream) =>
        Emit(
            new Effect
            {
                Kind = EffectKind.SendData,
                Bytes = bytes,
                EndStream = endStream,
            }
        );

    public void SendTrailers(HeaderMap trailers)
    {
        if (IsBound)
        {
            Emit(
                new Effect
                {
                    Kind = EffectKind.SendTrailers,
                    Head = trailers,
                    EndStream = true,
                }
            );
        }
    }

    public void OnRequestComplete()
    {
        if (IsBound && !perTryTimer.IsArmed)
        {
            ArmPerTryTimer();
        }
    }

    public void OnResponseHeaders(HeaderMap head, bool endStream)
    {
        AwaitingHeaders = false;
        context.Timers.Cancel(ref perTryTimer);
        router.OnUpstreamHeaders(this, head, endStream);
    }

    public void OnResponseData(long bytes, bool endStream) => router.OnUpstreamData(this, bytes, endStream);

    public void OnResponseTrailers(HeaderMap trailers) => router.OnUpstreamTrailers(this, trailers);

    /// <summary>The peer or the transport ended the attempt.</summary>
    public void OnReset(ResetReason reason)
    {
        var connection = Connection!;
        Over();
        connection.OnStreamReset(byPeer: true);
        router.OnUpstreamReset(this, reason, "");
    }

    /// <summary>The connection is gone, and the attempt with it.</summary>
    public void OnConnectionGone(ResetReason reason)
    {
        // In the middle of a body the codec cannot know where the message would have ended.
        var seen = reason == ResetReason.ConnectionTermination && !AwaitingHeaders ? ResetReason.ProtocolError : reason;
        Over();
        router.OnUpstreamReset(this, seen, "");
    }

    /// <summary>The router's patience is over; charged to the host, and as a failure if no response had begun.</summary>
    public void OnTimedOut()
    {
        Host!.Stats.TimedOut();
        if (AwaitingHeaders)
        {
            Host.Stats.Failed();
            Host.Monitor.PutLocalOriginFailure(504);
        }
    }

    /// <summary>The response ended in order.</summary>
    public void EndComplete()
    {
        var connection = Connection!;
        var requestSent = router.Stream.RequestComplete;
        if (!requestSent)
        {
            Emit(new Effect { Kind = EffectKind.CancelAttempt });
        }

        Over();
        connection.OnStreamComplete(reusable: requestSent);
    }

    /// <summary>The response is not wanted because the request is tried again; its body, if it has one, is not read.</summary>
    public void EndForRetry(bool responseEnded)
    {
        if (responseEnded)
        {
            EndComplete();
        }
        else
        {
            Cancel();
        }
    }

    /// <summary>The proxy gives the attempt up.</summary>
    public void Cancel()
    {
        if (Pool is not { } pool)
        {
            return;
        }

        if (Connection is { } connection)
        {
            Emit(new Effect { Kind = EffectKind.CancelAttempt });
            Over();
            connection.OnStreamReset(byPeer: false);
        }
        else
        {
            Over();
            pool.CancelPending(this);
        }
    }

    public void OnTimer(TimerKind kind)
    {
        perTryTimer = default;
        if (Connection is not null && AwaitingHeaders)
        {
            router.OnPerTryTimeout(this);
        }
    }

    /// <summary>Called when the effects of the end are carried out.</summary>
    public void Reclaim()
    {
        Host = null;
        Connection = null;
    }

    private void Over()
    {
        context.Timers.Cancel(ref perTryTimer);
        Pool = null;
        context.Retire(this);
    }

    private void ArmPerTryTimer()
    {
        if (router.PerTryTimeoutNs > 0)
        {
            perTryTimer = context.Timers.Arm(context.Now.Plus(router.PerTryTimeoutNs), TimerKind.PerTryTimeout, this);
        }
    }

    private void RewriteHost(HeaderMap head, ReadOnlySpan<byte> hostname)
    {
        if (!router.Settings.SuppressEnvoyHeaders && !head.Contains(HeaderName.XEnvoyOriginalHost))
        {
            head.Set(HeaderName.XEnvoyOriginalHost, head.Get(HeaderName.Authority));
        }

        head.Set(HeaderName.Authority, hostname);
    }

    private void Emit(in Effect effect) => context.Effects.Add(effect with { Attempt = Id, Stream = router.Stream.Id, Upstream = Connection!.Id });
}
