namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// envoy.filters.http.router: sends a request to its cluster, tries again, times out, answers. Serves the requests of clients, as the
/// terminal filter (<see cref="RouterFilter"/>), and the proxy's own.
/// </summary>
internal sealed class Router : ITimerOwner, IResponseModifier, IHashSource
{
    private readonly WorkerContext context;
    private readonly RouterStats stats;
    private readonly RouterSettings settings;
    private readonly List<UpstreamRequest> attempts = [];
    private readonly List<string> newCookies = [];
    private readonly LoadBalancerContext choice = new();
    private readonly Mirrors mirrors;
    private readonly DirectReplies directReplies;
    private ClusterState cluster = null!;
    private ResponseCharger charger;
    private RetryState retries;
    private bool hasRetries;
    private bool started;
    private bool ended;
    private bool requestSent;
    private bool isGrpc;
    private bool bodyAbandoned;
    private bool bufferOverflowed;
    private bool overloaded;
    private bool timeoutRetry;
    private int pendingRetries;
    private int timeoutStatus;
    private MonotonicTime requestCompleteAt;
    private TimerHandle globalTimer;
    private TimerHandle backoffTimer;

    public Router(WorkerContext context, RouterStats stats, RouterSettings settings)
    {
        this.context = context;
        this.stats = stats;
        this.settings = settings;
        mirrors = new Mirrors(context);
        directReplies = new DirectReplies(context);
    }

    public RequestStream Stream { get; private set; } = null!;

    public RouteAction Action { get; private set; } = null!;

    public RouterSettings Settings => settings;

    public RouterStats Stats => stats;

    public TimeoutPolicy Timeouts { get; private set; }

    /// <summary>How long a single attempt may take altogether in nanoseconds, 0 = no limit: x-envoy-upstream-stream-duration-ms, or the cluster's max_stream_duration.</summary>
    public long MaxStreamDurationNs { get; private set; }

    /// <summary>What the request is retried on; null for nothing.</summary>
    public RetryRules? Retries => hasRetries ? retries.Rules : null;

    /// <summary>Which hosts of the cluster are meant; null for any.</summary>
    public MetadataValue? Subset => choice.MetadataMatch;

    /// <summary>What rewriting replaces is kept in x-envoy-original-host and -path.</summary>
    public bool KeepsOriginals => !settings.SuppressEnvoyHeaders;

    /// <summary>A retry or a redirect within the proxy may need the body again.</summary>
    public bool BodyMayBeNeededAgain =>
        ((hasRetries && retries.Rules.On != RetryOn.None) || Action.InternalRedirect is not null) && !Stream.ResponseStarted && !bodyAbandoned;

    public void Begin(RequestStream stream)
    {
        Stream = stream;
        started = ended = requestSent = hasRetries = isGrpc = bodyAbandoned = bufferOverflowed = overloaded = timeoutRetry = false;
        pendingRetries = 0;
        requestCompleteAt = MonotonicTime.Never;
        timeoutStatus = 504;
        MaxStreamDurationNs = 0;
        newCookies.Clear();
        mirrors.Begin();
    }

    // Request.

    public void DecodeHeaders(HeaderMap head, bool endStream)
    {
        stats.RqTotal.Increment();
        isGrpc = GrpcMessages.IsGrpc(head);
        if (Stream.Selection.Route is not { } route)
        {
            stats.NoRoute.Increment();
            Stream.SendLocalReply(LocalReply.RouteNotFound);
            return;
        }

        if (route.Action is not RouteAction action)
        {
            AnswerDirectly(route, head);
            return;
        }

        Action = action;
        if (!context.Clusters.TryGetValue(Stream.Selection.Cluster, out var found))
        {
            stats.NoCluster.Increment();
            Stream.SendLocalReply(LocalReply.ClusterNotFound(action.ClusterNotFoundStatus), this);
            return;
        }

        cluster = found;
        charger = ResponseCharger.Of(this, cluster, context, head);
        if (RefuseEarly(head))
        {
            return;
        }

        started = true;
        Stream.Info.AttemptCount++;
        RouteFinalization.Request(Stream.Selection, head, Stream.Info, context.Scratch, KeepsOriginals);
        if (ChooseHost() is not { } host)
        {
            OnNoHost();
            return;
        }

        Prepare(head);
        mirrors.Prepare(Stream, action, Timeouts.GlobalNs);
        StartAttempt(host, endStream);
        mirrors.Start(Stream, endStream);
        if (endStream && !ended)
        {
            OnRequestComplete();
        }
    }

    public void DecodeData(long bytes, bool endStream)
    {
        if (!started || ended)
        {
            return;
        }

        // What was kept before the first attempt has gone out with it.
        if (Stream.ChunkIsLive)
        {
            mirrors.Data(bytes, endStream);
            ForwardChunk(bytes, endStream);
        }

        if (endStream && !ended)
        {
            OnRequestComplete();
        }
    }

    public void DecodeTrailers(HeaderMap trailers)
    {
        if (!started || ended)
        {
            return;
        }

        foreach (var attempt in attempts)
        {
            attempt.SendTrailers(trailers);
        }

        mirrors.Trailers(trailers);
        OnRequestComplete();
    }

    /// <summary>The stream is over, whatever the reason.</summary>
    public void OnDestroy()
    {
        ended = true;
        for (var i = attempts.Count - 1; i >= 0; i--)
        {
            attempts[i].Cancel();
        }

        attempts.Clear();
        mirrors.Cancel();
        Cleanup();
    }

    // Outcomes of attempts.

    /// <summary>The pool has given the attempt a connection, or refused it.</summary>
    public void OnHostSelected(HostState host, bool connected)
    {
        if (hasRetries)
        {
            choice.OnHostAttempted(host);
        }

        if (connected)
        {
            charger.Selected();
        }
    }

    /// <summary>An interim answer goes to the client; after it nothing is retried.</summary>
    public void OnUpstreamInformational(UpstreamRequest attempt, HeaderMap head)
    {
        charger.Charge(head.StatusCode(), head, attempt);
        CancelOthers(attempt);
        DropRetries();
        Stream.EncodeInformational(head);
    }

    public void OnUpstreamHeaders(UpstreamRequest attempt, HeaderMap head, bool endStream)
    {
        var code = head.StatusCode();
        var grpcStatus = isGrpc ? GrpcMessages.Status(head) : null;
        var host = attempt.Host!;
        host.Monitor.PutResponse(grpcStatus is { } status ? GrpcMessages.ToHttp(status) : code);
        if (TryAgain(attempt, head, endStream, out var couldNotRetry))
        {
            return;
        }

        if (Action.InternalRedirect is { } policy && policy.Codes.Contains(code) && Redirect(attempt, policy, head, endStream))
        {
            return;
        }

        if (couldNotRetry && IsOtherPending(attempt))
        {
            // Another try may still do better: this answer is let go.
            host.Stats.Failed();
            context.Headers.Return(head);
            Remove(attempt);
            attempt.EndForRetry(endStream);
            return;
        }

        DropRetries();
        WriteServiceTime(head);
        attempt.IsCanary = host.Snapshot.IsCanary || head.Get(HeaderName.XEnvoyUpstreamCanary).SequenceEqual("true"u8);
        charger.Charge(code, head, attempt);
        if (code < 500)
        {
            JudgeSuccess(attempt, grpcStatus, endStream);
        }

        Stream.ReleaseBody();
        Stream.Info.ResponseCodeDetails = ResponseCodeDetails.ViaUpstream;
        attempt.Win();
        CancelOthers(attempt);
        Stream.Info.ResponseHeaders = head;
        Stream.Info.ResponseCode = code;
        AddCookies(head);
        RouteFinalization.Response(Stream.Selection, head, Stream.Info, context.Scratch);
        ModifyResponse(head);
        if (endStream)
        {
            OnUpstreamComplete(attempt);
        }

        Stream.EncodeHeaders(head, endStream);
    }

    public void OnUpstreamData(UpstreamRequest attempt, long bytes, bool endStream)
    {
        if (endStream)
        {
            if (attempt.GrpcSuccessDeferred)
            {
                // A gRPC response without trailers is an error.
                attempt.Host!.Stats.Failed();
            }

            OnUpstreamComplete(attempt);
        }

        Stream.EncodeData(attempt.Id, bytes, endStream);
    }

    public void OnUpstreamTrailers(UpstreamRequest attempt, HeaderMap trailers)
    {
        if (attempt.GrpcSuccessDeferred)
        {
            var succeeded = GrpcMessages.Status(trailers) is { } status && GrpcMessages.ToHttp(status) < 500;
            attempt.Host!.Stats.Judge(succeeded ? 200 : 500);
        }

        OnUpstreamComplete(attempt);
        Stream.EncodeTrailers(trailers);
    }

    /// <summary>An attempt ended without a response, or in the middle of one.</summary>
    public void OnUpstreamReset(UpstreamRequest attempt, ResetReason reason, string transportFailure)
    {
        Remove(attempt);
        if (reason != ResetReason.Overflow)
        {
            attempt.Host?.Monitor.PutLocalOriginFailure(503);
        }

        if (TryAgainAfterReset(attempt, reason, isTimeout: false))
        {
            return;
        }

        ChargeAbort(attempt, ResetReasons.Status(reason));
        if (attempts.Exists(static other => other.AwaitingHeaders) || pendingRetries > 0)
        {
            return;
        }

        overloaded = reason == ResetReason.Overflow;
        Give(context.ResetReplies.Get(reason, Stream.Info.AttemptCount > 1, Stream.ResponseStarted, transportFailure));
    }

    /// <summary>An attempt took too long, or was silent too long.</summary>
    public void OnPerTryTimeout(UpstreamRequest attempt, bool idle)
    {
        if (Timeouts.Hedging)
        {
            Hedge(attempt);
            return;
        }

        (idle ? cluster.Stats.UpstreamRqPerTryIdleTimeout : cluster.Stats.UpstreamRqPerTryTimeout).Increment();
        attempt.Host?.Stats.TimedOut();
        attempt.Host?.Monitor.PutLocalOriginFailure(timeoutStatus);
        Remove(attempt);
        attempt.Cancel();
        if (TryAgainAfterReset(attempt, ResetReason.LocalReset, isTimeout: true))
        {
            return;
        }

        ChargeAbort(attempt, timeoutStatus);
        Give(LocalReply.Timeout(timeoutStatus, idle ? "upstream_per_try_idle_timeout" : ResponseCodeDetails.UpstreamPerTryTimeout));
    }

    public void OnMaxStreamDuration(UpstreamRequest attempt)
    {
        cluster.Stats.UpstreamRqMaxDurationReached.Increment();
        Remove(attempt);
        attempt.Cancel();
        if (TryAgainAfterReset(attempt, ResetReason.LocalReset, isTimeout: false))
        {
            return;
        }

        Give(LocalReply.UpstreamMaxDuration(Stream.RequestComplete));
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

    public void ModifyLocalReply(HeaderMap response)
    {
        if (overloaded && !settings.SuppressEnvoyHeaders)
        {
            response.Add(HeaderName.XEnvoyOverloaded, "true"u8);
        }

        ModifyResponse(response);
    }

    // Before the first attempt.

    private void AnswerDirectly(Route route, HeaderMap head)
    {
        if (route.Action is NonForwardingAction)
        {
            stats.NoCluster.Increment();
            Stream.SendLocalReply(LocalReply.ClusterNotFound(503));
            return;
        }

        stats.RqDirectResponse.Increment();
        directReplies.Send(route, head, Stream, KeepsOriginals);
    }

    /// <summary>What is answered before a host is even looked for: bad control headers, maintenance, dropped load.</summary>
    private bool RefuseEarly(HeaderMap head)
    {
        if (StrictHeaders.Find(settings.StrictCheckHeaders, head) is { } refusal)
        {
            Stream.SendLocalReply(refusal, this);
            return true;
        }

        _ = head.Remove(HeaderName.XEnvoyUpstreamAltStatName);
        if (cluster.IsInMaintenance)
        {
            overloaded = true;
            charger.Charge(503, null, null);
            Stream.SendLocalReply(LocalReply.MaintenanceMode, this);
            cluster.Stats.UpstreamRqMaintenanceMode.Increment();
            return true;
        }

        return false;
    }

    private HostState? ChooseHost()
    {
        choice.Begin(Action.RetryPolicy, this);
        choice.MetadataMatch = MetadataMatch();
        return cluster.ChooseHost(choice);
    }

    ulong? IHashSource.ComputeHash() =>
        Action.HashPolicies.IsEmpty
            ? null
            : HashPolicies.Hash(Action.HashPolicies, Stream.RequestHeaders, Stream.Info, context.Scratch, Stream is ActiveStream ? newCookies : null);

    /// <summary>Which subset of the hosts: what filters noted under <c>envoy.lb</c> over what the weighted cluster says over what the route says.</summary>
    private MetadataValue? MetadataMatch()
    {
        var match = Action.MetadataMatch;
        if (Stream.Selection.Weighted?.MetadataMatch is { } weighted)
        {
            match = match is null ? weighted : match.Merge(weighted);
        }

        return Stream.Info.DynamicMetadata.Get("envoy.lb") is { } noted ? (match is null ? noted : match.Merge(noted)) : match;
    }

    /// <summary>Timeouts, retries and hints for the first attempt.</summary>
    private void Prepare(HeaderMap head)
    {
        var hedging = Action.HedgeOnPerTryTimeout;
        if (head.TryGet(HeaderName.XEnvoyHedgeOnPerTryTimeout, out var asked))
        {
            hedging = asked.SequenceEqual("true"u8) || (hedging && !asked.SequenceEqual("false"u8));
            _ = head.Remove(HeaderName.XEnvoyHedgeOnPerTryTimeout);
        }

        Timeouts = TimeoutPolicy.Of(Action, Stream.TimeoutNs, head, isGrpc, hedging, settings.RespectExpectedRqTimeout);
        Timeouts.WriteHint(head, elapsedMs: 0, !settings.SuppressEnvoyHeaders);
        MaxStreamDurationNs = StreamDuration.Take(head) ?? cluster.Snapshot.MaxStreamDurationNs;
        if (head.Remove(HeaderName.XEnvoyUpstreamRqTimeoutAltResponse))
        {
            timeoutStatus = 204;
        }

        if (Stream.Selection.VirtualHost?.IncludeRequestAttemptCount == true)
        {
            head.Set(HeaderName.XEnvoyAttemptCount, Stream.Info.AttemptCount);
        }

        if (RetryRules.Of(Action.RetryPolicy, head) is { } rules)
        {
            hasRetries = true;
            retries = new RetryState(rules, cluster.Resources.For(Action.Priority).Retries, charger.Retries, context.Runtime);
        }

        RetryRules.RemoveHeaders(head);
        context.Observer?.OnPlan(this);
    }

    private void OnNoHost()
    {
        cluster.Stats.UpstreamCxNoneHealthy.Increment();
        charger.Charge(503, null, null);
        Give(LocalReply.NoHealthyUpstream);
    }

    // Attempts.

    /// <param name="endStream">The request is its head alone.</param>
    private void StartAttempt(HostState host, bool endStream)
    {
        var attempt = context.NewAttempt();
        attempts.Add(attempt);
        attempt.Begin(this, host, endStream);
        cluster.Pool(host, Action.Priority).NewStream(attempt);
    }

    private void StartRetry()
    {
        pendingRetries--;
        Stream.Info.AttemptCount++;
        choice.IsRetry = true;
        if (cluster.ChooseHost(choice) is not { } host)
        {
            OnNoHost();
            return;
        }

        var head = Stream.RequestHeaders;
        if (Stream.Selection.VirtualHost is { } virtualHost)
        {
            if (virtualHost.IncludeRequestAttemptCount)
            {
                head.Set(HeaderName.XEnvoyAttemptCount, Stream.Info.AttemptCount);
            }

            if (virtualHost.IncludeIsTimeoutRetryHeader)
            {
                head.Set(HeaderName.XEnvoyIsTimeoutRetry, timeoutRetry ? "true"u8 : "false"u8);
            }
        }

        Timeouts.WriteHint(head, ElapsedMs ?? 0, !settings.SuppressEnvoyHeaders);
        StartAttempt(host, Stream.RequestComplete && Stream.BodyKept == 0 && Stream.RequestTrailers is null);
    }

    private bool TryAgain(UpstreamRequest attempt, HeaderMap head, bool endStream, out bool couldNotRetry)
    {
        couldNotRetry = false;
        if (!hasRetries)
        {
            return false;
        }

        if (attempt.Retried)
        {
            couldNotRetry = retries.WouldRetry(Stream.RequestHeaders, head);
            return false;
        }

        var unixSeconds = (context.EpochUnixNs + context.Now.Nanoseconds) / MonotonicTime.NanosecondsPerSecond;
        var verdict = retries.DecideOnHeaders(Stream.RequestHeaders, head, unixSeconds, RetriesEnabled, out var immediately);
        if (!Schedule(verdict, isTimeout: false, immediately))
        {
            couldNotRetry = verdict != RetryVerdict.No;
            return false;
        }

        attempt.Host!.Stats.Failed();
        cluster.Stats.RetriedCodes.Charge(head.StatusCode(), charger.CompletedOnly);
        context.Headers.Return(head);
        Remove(attempt);
        attempt.EndForRetry(endStream);
        return true;
    }

    private bool TryAgainAfterReset(UpstreamRequest attempt, ResetReason reason, bool isTimeout)
    {
        if (Stream.ResponseStarted || !hasRetries || attempt.Retried)
        {
            return false;
        }

        if (!Schedule(retries.DecideOnReset(reason, requestSent, RetriesEnabled), isTimeout, immediately: false))
        {
            return false;
        }

        attempt.Host?.Stats.Failed();
        return true;
    }

    /// <summary>hedge_on_per_try_timeout: the slow attempt goes on; another is started beside it.</summary>
    private void Hedge(UpstreamRequest attempt)
    {
        attempt.Host?.Monitor.PutLocalOriginFailure(timeoutStatus);
        attempt.OutlierTimeoutRecorded = true;
        if (!Stream.ResponseStarted && hasRetries && Schedule(retries.DecideOnHedge(RetriesEnabled), isTimeout: true, immediately: false))
        {
            attempt.Retried = true;
        }
    }

    private bool RetriesEnabled => context.Runtime.FeatureEnabled("upstream.use_retry", FractionalPercent.Always, context.RuntimeRandom.NextUInt64());

    /// <summary>Returns whether a retry was scheduled; else the flag that tells why not is set.</summary>
    private bool Schedule(RetryVerdict verdict, bool isTimeout, bool immediately)
    {
        switch (verdict)
        {
            case RetryVerdict.Retry:
                var delayMs = immediately ? 0 : retries.NextDelayMs(cluster.RetryRandom);
                timeoutRetry = isTimeout;
                pendingRetries++;
                backoffTimer = context.Timers.Arm(context.Now.Plus(delayMs * MonotonicTime.NanosecondsPerMillisecond), TimerKind.RetryBackoff, this);
                return true;
            case RetryVerdict.LimitExceeded:
                Stream.Info.SetFlag(ResponseFlag.UpstreamRetryLimitExceeded);
                return false;
            case RetryVerdict.Overflow:
                Stream.Info.SetFlag(ResponseFlag.UpstreamOverflow);
                return false;
            default:
                return false;
        }
    }

    private bool Redirect(UpstreamRequest attempt, InternalRedirectPolicy policy, HeaderMap head, bool endStream)
    {
        if (!bodyAbandoned && InternalRedirects.TryConvert(this, policy, head, context) && Stream.TryRecreate(head))
        {
            cluster.Stats.UpstreamInternalRedirectSucceededTotal.Increment();
            Remove(attempt);
            attempt.EndForRetry(endStream);
            return true;
        }

        cluster.Stats.UpstreamInternalRedirectFailedTotal.Increment();
        return false;
    }

    private void OnGlobalTimeout()
    {
        for (var i = attempts.Count - 1; i >= 0; i--)
        {
            var attempt = attempts[i];
            cluster.Stats.UpstreamRqTimeout.Increment();
            charger.TimedOut();
            attempt.Host?.Stats.TimedOut();
            if (attempt.AwaitingHeaders)
            {
                if (!attempt.OutlierTimeoutRecorded)
                {
                    attempt.Host?.Monitor.PutLocalOriginFailure(timeoutStatus);
                }

                ChargeAbort(attempt, timeoutStatus);
            }

            attempt.Cancel();
        }

        attempts.Clear();
        Give(LocalReply.Timeout(timeoutStatus, ResponseCodeDetails.ResponseTimeout));
    }

    /// <summary>Milliseconds since this filter had all of the request, so without what filters before it took; null if it has not.</summary>
    private long? ElapsedMs => requestCompleteAt == MonotonicTime.Never ? null : context.Now.Since(requestCompleteAt) / MonotonicTime.NanosecondsPerMillisecond;

    private void OnRequestComplete()
    {
        requestCompleteAt = context.Now;

        // No timer when everything has failed at once.
        if (Timeouts.GlobalNs > 0 && attempts.Count > 0)
        {
            globalTimer = context.Timers.Arm(context.Now.Plus(Timeouts.GlobalNs), TimerKind.GlobalTimeout, this);
        }

        foreach (var attempt in attempts)
        {
            attempt.OnRequestComplete();
        }
    }

    private void OnUpstreamComplete(UpstreamRequest attempt)
    {
        Remove(attempt);
        if (ElapsedMs is { } elapsedMs)
        {
            charger.RecordTime(attempt, elapsedMs);
        }

        attempt.EndComplete();
        Cleanup();
    }

    // Body.

    private void ForwardChunk(long bytes, bool endStream)
    {
        var keep = BodyMayBeNeededAgain;
        if (keep && Stream.BodyKept + bytes > Stream.BufferLimit)
        {
            keep = false;
            if (Abandon())
            {
                return;
            }
        }

        if (attempts.Count == 0 && !keep && !hasRetries)
        {
            Give(LocalReply.ClosedPrematurely);
            return;
        }

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

        if (unbound || keep)
        {
            Stream.KeepBody(bytes, awaitsConnection: unbound);
        }
    }

    /// <summary>The body outgrows its limit: no retries any more. Returns whether that ends the request, as it waits for one.</summary>
    private bool Abandon()
    {
        bodyAbandoned = true;
        if (hasRetries)
        {
            cluster.Stats.RetryOrShadowAbandoned.Increment();
            DropRetries();
            if (attempts.Count == 0)
            {
                Give(LocalReply.RetryBufferExceeded);
                return true;
            }
        }
        else
        {
            // Only a redirect within the proxy is off; a reset is blamed on the buffer all the same.
            bufferOverflowed = true;
        }

        if (attempts.TrueForAll(static attempt => attempt.IsBound))
        {
            Stream.ReleaseBody();
        }

        return false;
    }

    // Response.

    /// <summary>Answers with a reply of the router's own: nothing is retried after it.</summary>
    private void Give(in LocalReply reply)
    {
        Cleanup();
        ended = true;
        Stream.SendLocalReply(bufferOverflowed ? LocalReply.RetryBufferExceeded with { Flag = reply.Flag } : reply, this);
    }

    private void JudgeSuccess(UpstreamRequest attempt, int? grpcStatus, bool endStream)
    {
        if (!isGrpc)
        {
            attempt.Host!.Stats.Judge(200);
        }
        else if (endStream)
        {
            attempt.Host!.Stats.Judge(grpcStatus is { } status && GrpcMessages.ToHttp(status) < 500 ? 200 : 500);
        }
        else
        {
            attempt.GrpcSuccessDeferred = true;
        }
    }

    private void ChargeAbort(UpstreamRequest attempt, int status)
    {
        if (Stream.ResponseStarted)
        {
            if (attempt.GrpcSuccessDeferred)
            {
                attempt.Host?.Stats.Failed();
                stats.RqResetAfterDownstreamResponseStarted.Increment();
            }

            return;
        }

        charger.Charge(status, null, attempt);
        if (status < 500)
        {
            attempt.Host?.Stats.Failed();
        }
    }

    private void WriteServiceTime(HeaderMap head)
    {
        if (ElapsedMs is { } elapsedMs && !settings.SuppressEnvoyHeaders)
        {
            head.Set(HeaderName.XEnvoyUpstreamServiceTime, elapsedMs);
        }
    }

    private void AddCookies(HeaderMap head)
    {
        foreach (var cookie in newCookies)
        {
            head.Add(HeaderName.SetCookie, LocalReply.Text(cookie));
        }
    }

    private void ModifyResponse(HeaderMap response)
    {
        if (Stream.Info.AttemptCount > 0 && Stream.Selection.VirtualHost?.IncludeAttemptCountInResponse == true)
        {
            response.Set(HeaderName.XEnvoyAttemptCount, Stream.Info.AttemptCount);
        }
    }

    private bool IsOtherPending(UpstreamRequest attempt) =>
        pendingRetries > 0 || attempts.Exists(other => !ReferenceEquals(other, attempt) && other.AwaitingHeaders);

    private void CancelOthers(UpstreamRequest attempt)
    {
        for (var i = attempts.Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(attempts[i], attempt))
            {
                var other = attempts[i];
                attempts.RemoveAt(i);
                other.Cancel();
            }
        }
    }

    private void DropRetries()
    {
        if (hasRetries)
        {
            hasRetries = false;
            retries.Release();
        }

        pendingRetries = 0;
        context.Timers.Cancel(ref backoffTimer);
    }

    private void Cleanup()
    {
        DropRetries();
        context.Timers.Cancel(ref globalTimer);
    }

    private void Remove(UpstreamRequest attempt) => attempts.Remove(attempt);
}
