namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.fault: delays requests, answers them with an error, slows responses down – before the request is routed.</summary>
internal sealed class FaultFilter : HttpFilter, ITimerOwner
{
    private static readonly byte[] AbortBody = LocalReply.Text("fault filter abort");

    private readonly WorkerContext context;
    private readonly FaultScope scope;
    private readonly ResponseRateLimiter limiter;
    private ActiveStream stream = null!;
    private FaultSettings settings;
    private FaultDownstreamCluster? downstreamCluster;
    private TimerHandle delay;
    private bool isActive;

    public FaultFilter(WorkerContext context, FaultScope scope)
    {
        this.context = context;
        this.scope = scope;
        settings = scope.Settings;
        limiter = new ResponseRateLimiter(context);
    }

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        isActive = false;
        limiter.Clear();
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        settings = stream.Selection.FilterSettings(Name) as FaultSettings ?? scope.Settings;
        if (!Concerns(head))
        {
            return FilterStatus.Continue;
        }

        downstreamCluster = scope.DownstreamCluster(head);
        LimitResponse(head);
        return Delay(head) || Abort(head) ? FilterStatus.StopIteration : FilterStatus.Continue;
    }

    public override FilterStatus DecodeData(long bytes, bool endStream) => delay.IsArmed ? FilterStatus.StopIteration : FilterStatus.Continue;

    public override FilterStatus DecodeTrailers(HeaderMap trailers) => delay.IsArmed ? FilterStatus.StopIteration : FilterStatus.Continue;

    public override FilterStatus EncodeData(long bytes, bool endStream)
    {
        if (!limiter.IsOn)
        {
            return FilterStatus.Continue;
        }

        limiter.Add(bytes, endStream);
        return FilterStatus.StopIteration;
    }

    public override FilterStatus EncodeTrailers(HeaderMap trailers) =>
        limiter.IsOn && limiter.HoldsBackTrailers() ? FilterStatus.StopIteration : FilterStatus.Continue;

    public override void OnDestroy()
    {
        context.Timers.Cancel(ref delay);
        limiter.Clear();
        if (isActive)
        {
            isActive = false;
            scope.End();
        }
    }

    /// <summary>The delay is over: an abort may follow; else the request goes on.</summary>
    public void OnTimer(TimerKind kind)
    {
        delay = default;
        if (AbortStatus(stream.RequestHeaders) is { } status)
        {
            SendAbort(status);
            return;
        }

        if (settings.ResponseRateLimit is null)
        {
            isActive = false;
            scope.End();
        }

        stream.ContinueDecoding();
    }

    private bool Concerns(HeaderMap head)
    {
        var selection = stream.Selection;
        var isOther = selection.Action is null || !string.Equals(selection.Cluster, settings.UpstreamCluster, StringComparison.Ordinal);
        if ((settings.UpstreamCluster.Length > 0 && isOther) || !IsOfNode(head))
        {
            return false;
        }

        foreach (var header in settings.Headers)
        {
            if (!header.Matches(head))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsOfNode(HeaderMap head)
    {
        if (settings.DownstreamNodes.IsEmpty)
        {
            return true;
        }

        if (!head.TryGet(HeaderName.XEnvoyDownstreamServiceNode, out var value))
        {
            return false;
        }

        var sender = context.Names.Get(value);
        foreach (var node in settings.DownstreamNodes)
        {
            if (string.Equals(sender, node, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private void LimitResponse(HeaderMap head)
    {
        if (settings.ResponseRateLimit is not { } limit)
        {
            return;
        }

        var byHeader = limit.FixedKbps is null;
        var share = FaultScope.Share(limit.Percentage, byHeader, HeaderName.XEnvoyFaultThroughputResponsePercentage, head);
        if (!scope.Draw(settings.ResponseRateLimitPercentKey, share))
        {
            return;
        }

        var kbps = limit.FixedKbps ?? FaultScope.Number(head, HeaderName.XEnvoyFaultThroughputResponse) ?? 0;
        if (kbps > 0 && TryBegin())
        {
            scope.Stats.ResponseRlInjected.Increment();
            limiter.Begin(stream, kbps);
        }
    }

    private bool Delay(HeaderMap head)
    {
        var ms = DelayMs(head);
        if (ms == 0 || !TryBegin())
        {
            return false;
        }

        delay = context.Timers.Arm(context.Now.Plus(Nanoseconds(ms)), TimerKind.FaultDelay, this);
        scope.Stats.DelaysInjected.Increment();
        if (!settings.DisableDownstreamClusterStats)
        {
            downstreamCluster?.DelayInjected();
        }

        stream.Info.SetFlag(ResponseFlag.DelayInjected);
        stream.Info.DynamicMetadata.Set(Name, settings.FilterMetadata);
        return true;
    }

    /// <summary>How long the request waits; 0 for not at all.</summary>
    private ulong DelayMs(HeaderMap head)
    {
        if (settings.Delay is not { } configured)
        {
            return 0;
        }

        var share = FaultScope.Share(configured.Percentage, configured.FixedMs is null, HeaderName.XEnvoyFaultDelayRequestPercentage, head);
        if (!scope.Draw(downstreamCluster?.DelayPercentKey ?? settings.DelayPercentKey, share))
        {
            return 0;
        }

        var ms = configured.FixedMs is { } fixedMs ? (ulong)fixedMs : FaultScope.Number(head, HeaderName.XEnvoyFaultDelayRequest);
        if (ms is not { } wanted)
        {
            return 0;
        }

        wanted = scope.Integer(settings.DelayDurationKey, wanted);
        return downstreamCluster is null ? wanted : scope.Integer(downstreamCluster.DelayDurationKey, wanted);
    }

    private bool Abort(HeaderMap head)
    {
        if (AbortStatus(head) is not { } status || !TryBegin())
        {
            return false;
        }

        SendAbort(status);
        return true;
    }

    /// <summary>What the request is answered with; null if it is not. A gRPC status comes with HTTP 200.</summary>
    private (int Http, int? Grpc)? AbortStatus(HeaderMap head)
    {
        if (settings.Abort is not { } configured)
        {
            return null;
        }

        var byHeader = configured is { HttpStatus: null, GrpcStatus: null };
        var share = FaultScope.Share(configured.Percentage, byHeader, HeaderName.XEnvoyFaultAbortRequestPercentage, head);
        if (!scope.Draw(downstreamCluster?.AbortPercentKey ?? settings.AbortPercentKey, share))
        {
            return null;
        }

        var http = byHeader ? FaultScope.Number(head, HeaderName.XEnvoyFaultAbortRequest) : (ulong?)configured.HttpStatus;
        if (http is >= 200 and < 600)
        {
            return ((int)Status(downstreamCluster?.AbortHttpStatusKey, settings.AbortHttpStatusKey, http.Value), null);
        }

        var grpc = byHeader ? FaultScope.Number(head, HeaderName.XEnvoyFaultAbortGrpcRequest) : (ulong?)configured.GrpcStatus;
        return grpc is { } status ? (200, (int)Status(downstreamCluster?.AbortGrpcStatusKey, settings.AbortGrpcStatusKey, status)) : null;
    }

    /// <summary>For a downstream cluster only its own key counts.</summary>
    private ulong Status(string? clusterKey, string key, ulong configured) => scope.Integer(clusterKey ?? key, configured);

    private void SendAbort((int Http, int? Grpc) status)
    {
        scope.Stats.AbortsInjected.Increment();
        if (!settings.DisableDownstreamClusterStats)
        {
            downstreamCluster?.AbortInjected();
        }

        stream.Info.DynamicMetadata.Set(Name, settings.FilterMetadata);
        stream.SendLocalReply(new LocalReply(status.Http, AbortBody, ResponseFlag.FaultInjected, "fault_filter_abort", status.Grpc));
    }

    /// <summary>A request counts once, however many faults it gets.</summary>
    private bool TryBegin() => isActive || (isActive = scope.TryBegin(settings));

    private static long Nanoseconds(ulong ms) =>
        ms > long.MaxValue / MonotonicTime.NanosecondsPerMillisecond ? long.MaxValue : (long)ms * MonotonicTime.NanosecondsPerMillisecond;
}
