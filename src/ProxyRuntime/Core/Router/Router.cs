namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// envoy.filters.http.router: sends a request to its cluster, tries again, times out, answers. Serves the requests of clients, as the
/// terminal filter (<see cref="RouterFilter"/>), and the proxy's own.
/// </summary>
internal sealed class Router : ITimerOwner, IResponseModifier
{
    private readonly WorkerContext context;
    private readonly RouterStats stats;
    private readonly RouterSettings settings;
    private readonly Mirrors mirrors;
    private readonly DirectReplies directReplies;
    private bool started;
    private bool ended;
    private MonotonicTime requestCompleteAt;
    private TimerHandle globalTimer;

    public Router(WorkerContext context, RouterStats stats, RouterSettings settings)
    {
        this.context = context;
        this.stats = stats;
        this.settings = settings;
        Choice = new HostChoice(context);
        Retrying = new RetryScheduler(context, this);
        Body = new RetryBuffer(this);
        Outcomes = new UpstreamOutcomes(context, this);
        mirrors = new Mirrors(context);
        directReplies = new DirectReplies(context);
    }

    public RequestStream Stream { get; private set; } = null!;

    public RouteAction Action { get; private set; } = null!;

    public RouterSettings Settings => settings;

    public RouterStats Stats => stats;

    /// <summary>The cluster the request goes to; set once it is known to exist.</summary>
    public ClusterState Cluster { get; private set; } = null!;

    public ResponseCharger Charger { get; private set; }

    public HostChoice Choice { get; }

    public UpstreamRequests Attempts { get; } = new();

    public RetryScheduler Retrying { get; }

    public RetryBuffer Body { get; }

    /// <summary>Who hears what becomes of the attempts.</summary>
    public UpstreamOutcomes Outcomes { get; }

    public bool IsGrpc { get; private set; }

    /// <summary>504, or 204 where the request asks for that with x-envoy-upstream-rq-timeout-alt-response.</summary>
    public int TimeoutStatus { get; private set; }

    /// <summary>The header that tells why the proxy answers itself, x-envoy-overloaded or another; null for none.</summary>
    public HeaderName? RefusalHeader { get; set; }

    /// <summary>Milliseconds since this filter had all of the request, so without what filters before it took; null if it has not.</summary>
    public long? ElapsedMs => requestCompleteAt == MonotonicTime.Never ? null : context.Now.Since(requestCompleteAt) / MonotonicTime.NanosecondsPerMillisecond;

    public TimeoutPolicy Timeouts { get; private set; }

    /// <summary>How long a single attempt may take altogether in nanoseconds, 0 = no limit: x-envoy-upstream-stream-duration-ms, or the cluster's max_stream_duration.</summary>
    public long MaxStreamDurationNs { get; private set; }

    /// <summary>What the request is retried on; null for nothing.</summary>
    public RetryRules? Retries => Retrying.Rules;

    /// <summary>Which hosts of the cluster are meant; null for any.</summary>
    public MetadataValue? Subset => Choice.Subset;

    /// <summary>What rewriting replaces is kept in x-envoy-original-host and -path.</summary>
    public bool KeepsOriginals => !settings.SuppressEnvoyHeaders;

    public void Begin(RequestStream stream)
    {
        Stream = stream;
        started = ended = IsGrpc = false;
        RefusalHeader = null;
        requestCompleteAt = MonotonicTime.Never;
        TimeoutStatus = 504;
        MaxStreamDurationNs = 0;
        Choice.Begin(stream);
        Retrying.Begin();
        Body.Begin();
        Outcomes.Begin();
        mirrors.Begin();
    }

    // Request.

    public void DecodeHeaders(HeaderMap head, bool endStream)
    {
        stats.RqTotal.Increment();
        IsGrpc = GrpcMessages.IsGrpc(head);
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

        Cluster = found;
        Charger = ResponseCharger.Of(this, Cluster, context, head);
        if (RefuseEarly(head))
        {
            return;
        }

        started = true;
        Stream.Info.AttemptCount++;
        RouteFinalization.Request(Stream.Selection, head, Stream.Info, context.Scratch, KeepsOriginals);
        if (Choice.First(Cluster, action) is not { } host || Cluster.Pool(host, action.Priority, head) is not { } pool)
        {
            OnNoHost();
            return;
        }

        Prepare(head);
        mirrors.Prepare(Stream, action, Timeouts.GlobalNs);
        StartAttempt(pool, endStream);
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
            Body.Forward(bytes, endStream);
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

        Attempts.SendTrailers(trailers);
        mirrors.Trailers(trailers);
        OnRequestComplete();
    }

    /// <summary>The back-off is over.</summary>
    public void StartRetry()
    {
        Stream.Info.AttemptCount++;
        if (Choice.Again(Cluster) is not { } host || Cluster.Pool(host, Action.Priority, Stream.RequestHeaders) is not { } pool)
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
                head.Set(HeaderName.XEnvoyIsTimeoutRetry, Retrying.IsTimeoutRetry ? "true"u8 : "false"u8);
            }
        }

        Timeouts.WriteHint(head, ElapsedMs ?? 0, !settings.SuppressEnvoyHeaders);
        StartAttempt(pool, Stream.RequestComplete && Stream.BodyKept == 0 && Stream.RequestTrailers is null);
    }

    /// <summary>The stream is over, whatever the reason.</summary>
    public void OnDestroy()
    {
        ended = true;
        if (started)
        {
            Cluster.Stats.Transferred(Stream.Info.UpstreamBytes);
            started = false;
        }

        Attempts.CancelAll();
        mirrors.Cancel();
        Cleanup();
    }

    /// <summary>The route timeout: whatever goes on ends, and the client is told.</summary>
    public void OnTimer(TimerKind kind)
    {
        globalTimer = default;
        for (var i = Attempts.Count - 1; i >= 0; i--)
        {
            Outcomes.OnGlobalTimeout(Attempts[i]);
        }

        Attempts.Clear();
        Outcomes.SpendTimeoutBudget();
        Give(LocalReply.Timeout(TimeoutStatus, ResponseCodeDetails.ResponseTimeout));
    }

    /// <summary>Answers with a reply of the router's own: nothing is retried after it.</summary>
    public void Give(in LocalReply reply)
    {
        Cleanup();
        ended = true;
        Stream.SendLocalReply(Body.IsBlamed ? LocalReply.RetryBufferExceeded with { Flag = reply.Flag } : reply, this);
    }

    public void ModifyLocalReply(HeaderMap response)
    {
        if (RefusalHeader is { } name && !settings.SuppressEnvoyHeaders)
        {
            response.Add(name, "true"u8);
        }

        ModifyResponse(response);
    }

    public void ModifyResponse(HeaderMap response)
    {
        if (Stream.Info.AttemptCount > 0 && Stream.Selection.VirtualHost?.IncludeAttemptCountInResponse == true)
        {
            response.Set(HeaderName.XEnvoyAttemptCount, Stream.Info.AttemptCount);
        }
    }

    public void Cleanup()
    {
        Retrying.Close();
        context.Timers.Cancel(ref globalTimer);
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
        if (Cluster.IsInMaintenance)
        {
            RefusalHeader = HeaderName.XEnvoyOverloaded;
            Charger.Charge(503, null, null);
            Stream.SendLocalReply(LocalReply.MaintenanceMode, this);
            Cluster.Stats.UpstreamRqMaintenanceMode.Increment();
            return true;
        }

        if (Cluster.DropOverload() is { } dropped)
        {
            RefusalHeader = dropped.Flag == ResponseFlag.DropOverload ? HeaderName.XEnvoyDropOverload : HeaderName.XEnvoyUnconditionalDropOverload;
            Charger.Charge(503, null, null);
            Stream.SendLocalReply(dropped, this);
            return true;
        }

        return false;
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

        Timeouts = TimeoutPolicy.Of(Action, Stream.TimeoutNs, head, IsGrpc, hedging, settings.RespectExpectedRqTimeout);
        Timeouts.WriteHint(head, elapsedMs: 0, !settings.SuppressEnvoyHeaders);
        MaxStreamDurationNs = StreamDuration.Take(head) ?? Cluster.Snapshot.MaxStreamDurationNs;
        if (head.Remove(HeaderName.XEnvoyUpstreamRqTimeoutAltResponse))
        {
            TimeoutStatus = 204;
        }

        if (Stream.Selection.VirtualHost?.IncludeRequestAttemptCount == true)
        {
            head.Set(HeaderName.XEnvoyAttemptCount, Stream.Info.AttemptCount);
        }

        if (RetryRules.Of(Action.RetryPolicy, head) is { } rules)
        {
            Retrying.Open(rules, Cluster, Action.Priority, Charger.Retries);
        }

        RetryRules.RemoveHeaders(head);
        context.Observer?.OnPlan(this);
    }

    private void OnNoHost()
    {
        Charger.Charge(503, null, null);
        Give(LocalReply.NoHealthyUpstream);
    }

    // Attempts.

    /// <param name="endStream">The request is its head alone.</param>
    private void StartAttempt(ConnectionPool pool, bool endStream)
    {
        var attempt = context.NewAttempt();
        Attempts.Add(attempt);
        attempt.Begin(this, pool.Host, endStream);
        Choice.Preconnect(Cluster);
        pool.NewStream(attempt);
    }

    private void OnRequestComplete()
    {
        requestCompleteAt = context.Now;

        // No timer when everything has failed at once.
        if (Timeouts.GlobalNs > 0 && Attempts.Count > 0)
        {
            globalTimer = context.Timers.Arm(context.Now.Plus(Timeouts.GlobalNs), TimerKind.GlobalTimeout, this);
        }

        Attempts.OnRequestComplete();
    }
}
