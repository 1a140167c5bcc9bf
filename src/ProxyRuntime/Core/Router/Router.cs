namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.router, the terminal filter: sends the request to its cluster, tries again, times out, answers.</summary>
internal sealed class Router(WorkerContext context, ConnectionManager manager, RouterSettings settings) : IHttpFilter, ITimerOwner
{
    private readonly List<UpstreamRequest> attempts = [];
    private ActiveStream stream = null!;
    private ClusterState cluster = null!;
    private RouteAction action = null!;
    private TimeoutPolicy timeouts;
    private RetryState retries;
    private bool hasRetryPolicy;
    private bool started;
    private bool requestSent;
    private TimerHandle globalTimer;
    private TimerHandle backoffTimer;

    public ActiveStream Stream => stream;

    public RouteAction Action => action;

    public RouterSettings Settings => settings;

    /// <summary>The per-try timeout in nanoseconds, 0 = none.</summary>
    public long PerTryTimeoutNs => timeouts.PerTryNs;

    /// <summary>A later attempt may be needed, so the body must be kept.</summary>
    public bool RetryPossible => hasRetryPolicy && !stream.ResponseStarted;

    public void Begin(ActiveStream stream)
    {
        this.stream = stream;
        started = requestSent = hasRetryPolicy = false;
    }

    // Request.

    public FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        manager.Stats.RqTotal.Increment();
        if (stream.Route is not { } route)
        {
            manager.Stats.NoRoute.Increment();
            stream.SendLocalReply(LocalReply.RouteNotFound);
            return FilterStatus.StopIteration;
        }

        action = route.Action;
        if (!context.Clusters.TryGetValue(action.Cluster, out var found))
        {
            manager.Stats.NoCluster.Increment();
            stream.SendLocalReply(LocalReply.ClusterNotFound);
            return FilterStatus.StopIteration;
        }

        started = true;
        cluster = found;
        stream.Info.UpstreamCluster = action.Cluster;
        timeouts = TimeoutPolicy.Of(action);
        if (action.RetryPolicy is { RetryOn: not RetryOn.None } policy)
        {
            hasRetryPolicy = true;
            retries = new RetryState(policy, cluster.Resources.For(action.Priority).Retries, cluster.Stats);
        }

        if (!settings.SuppressEnvoyHeaders)
        {
            timeouts.WriteHint(head, elapsedNs: 0);
        }

        StartAttempt();
        if (endStream)
        {
            OnRequestComplete();
        }

        return FilterStatus.StopIteration;
    }

    public FilterStatus DecodeData(long bytes, bool endStream)
    {
        if (!started)
        {
            return FilterStatus.StopIteration;
        }

        if (stream.ChunkIsLive)
        {
            ForwardChunk(bytes, endStream);
        }

        if (endStream)
        {
            OnRequestComplete();
        }

        return FilterStatus.StopIteration;
    }

    public FilterStatus DecodeTrailers(HeaderMap trailers)
    {
        foreach (var attempt in attempts)
        {
            attempt.SendTrailers(trailers);
        }

        OnRequestComplete();
        return FilterStatus.StopIteration;
    }

    public void EncodeHeaders(HeaderMap head, bool endStream)
    {
        // The router made or passed on these headers itself.
    }

    public void OnDestroy()
    {
        for (var i = attempts.Count - 1; i >= 0; i--)
        {
            attempts[i].Cancel();
        }

        attempts.Clear();
        context.Timers.Cancel(ref globalTimer);
        context.Timers.Cancel(ref backoffTimer);
        if (hasRetryPolicy)
        {
            retries.Release();
        }
    }

    // Outcomes of attempts.

    public void OnUpstreamHeaders(UpstreamRequest attempt, HeaderMap head, bool endStream)
    {
        var code = head.StatusCode();
        attempt.Host!.Monitor.PutResponse(code);
        if (RetryPossible && DecideRetry(RetryConditions.OnHeaders(retries.Policy, head)))
        {
            attempt.Host!.Stats.Failed();
            cluster.Stats.RetriedCodes.Charge(code);
            context.Headers.Return(head);
            Remove(attempt);
            attempt.EndForRetry(endStream);
            return;
        }

        attempt.Host!.Stats.Judge(code);
        stream.ReleaseBody();
        stream.Info.ResponseCodeDetails = ResponseCodeDetails.ViaUpstream;
        stream.Info.ResponseStart = context.Now;
        WriteServiceTime(head);
        ChargeResponse(code);
        stream.EncodeHeaders(head, endStream);
        if (endStream)
        {
            OnUpstreamComplete(attempt);
        }
    }

    public void OnUpstreamData(UpstreamRequest attempt, long bytes, bool endStream)
    {
        stream.EncodeData(attempt.Id, bytes, endStream);
        if (endStream)
        {
            OnUpstreamComplete(attempt);
        }
    }

    public void OnUpstreamTrailers(UpstreamRequest attempt, HeaderMap trailers)
    {
        stream.EncodeTrailers(trailers);
        OnUpstreamComplete(attempt);
    }

    /// <summary>An attempt ended without a response, or in the middle of one.</summary>
    public void OnUpstreamReset(UpstreamRequest attempt, ResetReason reason, string transportFailure)
    {
        Remove(attempt);
        stream.Info.UpstreamTransportFailureReason = transportFailure;
        if (reason != ResetReason.Overflow && attempt.Host is { } host)
        {
            host.Stats.Failed();
            host.Monitor.PutLocalOriginFailure(503);
        }

        if (stream.ResponseStarted)
        {
            manager.Stats.RqResetAfterDownstreamResponseStarted.Increment();
            stream.Info.SetFlag(ResetReasons.Flag(reason));
            stream.Info.ResponseCodeDetails = ResponseCodeDetails.UpstreamReset(reason, afterResponseStarted: true, transportFailure);
            stream.Abort();
            return;
        }

        if (RetryPossible && DecideRetry(RetryConditions.OnReset(retries.Policy, reason, requestSent)))
        {
            return;
        }

        var reply = LocalReply.UpstreamReset(reason, stream.Info.AttemptCount > 1, transportFailure);
        ChargeResponse(reply.Status);
        stream.SendLocalReply(reply);
    }

    public void OnPerTryTimeout(UpstreamRequest attempt)
    {
        cluster.Stats.UpstreamRqPerTryTimeout.Increment();
        attempt.OnTimedOut();
        Remove(attempt);
        attempt.Cancel();
        if (RetryPossible && DecideRetry(RetryConditions.OnReset(retries.Policy, ResetReason.LocalReset, requestSent)))
        {
            return;
        }

        ChargeResponse(LocalReply.PerTryTimeout.Status);
        stream.SendLocalReply(LocalReply.PerTryTimeout);
    }

    public void OnRequestSent() => requestSent = true;

    public void OnTimer(TimerKind kind)
    {
        if (kind == TimerKind.RetryBackoff)
        {
            backoffTimer = default;
            StartRetry();
            return;
        }

        globalTimer = default;
        OnGlobalTimeout();
    }

    private void StartAttempt()
    {
        stream.Info.AttemptCount++;
        if (stream.VirtualHost!.IncludeRequestAttemptCount)
        {
            stream.RequestHeaders.Set(HeaderName.XEnvoyAttemptCount, stream.Info.AttemptCount);
        }

        if (cluster.ChooseHost() is not { } host)
        {
            cluster.Stats.UpstreamCxNoneHealthy.Increment();
            stream.Info.AttemptCount--;
            ChargeResponse(LocalReply.NoHealthyUpstream.Status);
            stream.SendLocalReply(LocalReply.NoHealthyUpstream);
            return;
        }

        stream.Info.UpstreamHost = host;
        var attempt = context.NewAttempt();
        attempts.Add(attempt);
        attempt.Begin(this, host);
        cluster.Pool(host, action.Priority).NewStream(attempt);
    }

    private void StartRetry()
    {
        if (!settings.SuppressEnvoyHeaders)
        {
            var elapsedNs = stream.RequestComplete ? context.Now.Since(stream.Info.RequestComplete) : 0;
            timeouts.WriteHint(stream.RequestHeaders, elapsedNs);
        }

        StartAttempt();
    }

    /// <summary>Returns whether the outcome is swallowed because a retry was scheduled.</summary>
    private bool DecideRetry(bool wouldRetry)
    {
        switch (retries.Decide(wouldRetry))
        {
            case RetryVerdict.Retry:
                var delayMs = retries.NextDelayMs(cluster.RetryRandom);
                backoffTimer = context.Timers.Arm(context.Now.Plus(delayMs * MonotonicTime.NanosecondsPerMillisecond), TimerKind.RetryBackoff, this);
                return true;
            case RetryVerdict.LimitExceeded:
                stream.Info.SetFlag(ResponseFlag.UpstreamRetryLimitExceeded);
                return false;
            case RetryVerdict.Overflow:
                stream.Info.SetFlag(ResponseFlag.UpstreamOverflow);
                return false;
            default:
                return false;
        }
    }

    private void OnGlobalTimeout()
    {
        for (var i = attempts.Count - 1; i >= 0; i--)
        {
            var attempt = attempts[i];
            cluster.Stats.UpstreamRqTimeout.Increment();
            attempt.OnTimedOut();
            if (!stream.ResponseStarted)
            {
                ChargeResponse(LocalReply.GlobalTimeout.Status);
            }

            attempt.Cancel();
        }

        attempts.Clear();
        stream.SendLocalReply(LocalReply.GlobalTimeout);
    }

    private void OnRequestComplete()
    {
        // No timer when everything has failed at once.
        if (timeouts.GlobalNs > 0 && (attempts.Count > 0 || backoffTimer.IsArmed))
        {
            globalTimer = context.Timers.Arm(context.Now.Plus(timeouts.GlobalNs), TimerKind.GlobalTimeout, this);
        }

        foreach (var attempt in attempts)
        {
            attempt.OnRequestComplete();
        }
    }

    private void OnUpstreamComplete(UpstreamRequest attempt)
    {
        context.Timers.Cancel(ref globalTimer);
        Remove(attempt);
        if (stream.RequestComplete)
        {
            cluster.Stats.UpstreamRqTime.Record(context.Now.Since(stream.Info.RequestComplete) / MonotonicTime.NanosecondsPerMillisecond);
        }

        attempt.EndComplete();
    }

    private void ForwardChunk(long bytes, bool endStream)
    {
        var unbound = attempts.Count == 0;
        foreach (var attempt in attempts)
        {
            if (attempt.IsBound)
            {
                attempt.SendData(bytes, endStream);
            }
            else
            {
                unbound = true;
            }
        }

        if (unbound || RetryPossible)
        {
            stream.KeepBody(bytes);
            EnforceBufferLimit();
        }
    }

    /// <summary>Beyond the limit there is no retry any more; what is kept goes on to the attempt under way.</summary>
    private void EnforceBufferLimit()
    {
        if (!hasRetryPolicy || stream.BodyKept <= manager.Snapshot.BufferLimitBytes)
        {
            return;
        }

        cluster.Stats.RetryOrShadowAbandoned.Increment();
        retries.Release();
        hasRetryPolicy = false;
        if (attempts.Count == 0)
        {
            context.Timers.Cancel(ref backoffTimer);
            stream.SendLocalReply(LocalReply.RetryBufferExceeded);
        }
        else if (attempts.TrueForAll(static attempt => attempt.IsBound))
        {
            stream.ReleaseBody();
        }
    }

    private void WriteServiceTime(HeaderMap head)
    {
        if (stream.RequestComplete && !settings.SuppressEnvoyHeaders)
        {
            head.Set(HeaderName.XEnvoyUpstreamServiceTime, context.Now.Since(stream.Info.RequestComplete) / MonotonicTime.NanosecondsPerMillisecond);
        }
        else
        {
            _ = head.Remove(HeaderName.XEnvoyUpstreamServiceTime);
        }
    }

    private void ChargeResponse(int code)
    {
        if (settings.DynamicStats)
        {
            cluster.Stats.Codes.Charge(code);
            cluster.Stats.ExternalCodes.Charge(code);
        }
    }

    private void Remove(UpstreamRequest attempt) => attempts.Remove(attempt);
}
