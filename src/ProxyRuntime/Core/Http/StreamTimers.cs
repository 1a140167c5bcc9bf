namespace MeshSim.ProxyRuntime.Core;

/// <summary>The timers of one downstream request: until its headers and all of it have come, without activity, altogether.</summary>
internal sealed class StreamTimers(WorkerContext context, ActiveStream stream) : ITimerOwner
{
    private TimerHandle idle;
    private TimerHandle headers;
    private TimerHandle request;
    private TimerHandle duration;
    private MonotonicTime lastActivity;
    private long idleNs;

    public void Begin(HttpConnectionManagerSnapshot settings)
    {
        lastActivity = context.Now;
        idleNs = settings.StreamIdleTimeoutNs;
        Arm(ref idle, idleNs, TimerKind.StreamIdle);
        Arm(ref headers, settings.RequestHeadersTimeoutNs, TimerKind.RequestHeaders);
        Arm(ref request, settings.RequestTimeoutNs, TimerKind.RequestTimeout);
        Arm(ref duration, settings.MaxStreamDurationNs, TimerKind.MaxStreamDuration);
    }

    public void OnHeaders()
    {
        OnActivity();
        context.Timers.Cancel(ref headers);
    }

    public void OnActivity() => lastActivity = context.Now;

    public void OnRequestComplete() => context.Timers.Cancel(ref request);

    /// <summary>The route may have its own idle timeout and its own limit of duration; a grpc-timeout header may set the latter.</summary>
    public void OnRoute(RouteAction? action, HeaderMap head, bool isGrpc)
    {
        if (action is null)
        {
            return;
        }

        if (action.IdleTimeoutNs is { } routeIdle && routeIdle != idleNs)
        {
            idleNs = routeIdle;
            context.Timers.Cancel(ref idle);
            Arm(ref idle, idleNs, TimerKind.StreamIdle);
        }

        if (action.MaxStreamDuration is not null || duration.IsArmed)
        {
            RefreshDuration(action, head, isGrpc);
        }
    }

    public void End()
    {
        context.Timers.Cancel(ref idle);
        context.Timers.Cancel(ref headers);
        context.Timers.Cancel(ref request);
        context.Timers.Cancel(ref duration);
    }

    public void OnTimer(TimerKind kind)
    {
        switch (kind)
        {
            case TimerKind.RequestHeaders:
                headers = default;
                stream.Manager.Stats.DownstreamRqHeaderTimeout.Increment();
                stream.SendLocalReply(LocalReply.RequestHeaderTimeout);
                break;
            case TimerKind.RequestTimeout:
                request = default;
                stream.Manager.Stats.DownstreamRqTimeout.Increment();
                stream.SendLocalReply(LocalReply.RequestTimeout);
                break;
            case TimerKind.MaxStreamDuration:
                duration = default;
                stream.Manager.Stats.DownstreamRqMaxDurationReached.Increment();
                stream.SendLocalReply(LocalReply.MaxDuration(stream.RequestComplete));
                break;
            default:
                OnIdle();
                break;
        }
    }

    /// <summary>Armed once and, when it fires, compared with when the stream was last active: no timer work per event.</summary>
    private void OnIdle()
    {
        idle = default;
        if (context.Now.Since(lastActivity) < idleNs)
        {
            idle = context.Timers.Arm(lastActivity.Plus(idleNs), TimerKind.StreamIdle, this);
            return;
        }

        stream.Manager.Stats.DownstreamRqIdleTimeout.Increment();
        stream.SendLocalReply(LocalReply.StreamIdleTimeout(stream.RequestComplete));
    }

    private void RefreshDuration(RouteAction action, HeaderMap head, bool isGrpc)
    {
        var wasArmed = duration.IsArmed;
        context.Timers.Cancel(ref duration);
        var settings = action.MaxStreamDuration;
        var headerMs = settings?.GrpcHeaderMaxNs is null ? null : GrpcMessages.TimeoutMs(head);
        var limitNs = headerMs is { } ms ? FromHeader(settings!, ms) : settings?.DurationNs ?? stream.Manager.Snapshot.MaxStreamDurationNs;
        if (headerMs is null && limitNs == 0)
        {
            if (wasArmed && settings is not null && isGrpc)
            {
                _ = head.Remove(HeaderName.GrpcTimeout);
            }

            return;
        }

        if (settings is not null && isGrpc)
        {
            GrpcMessages.WriteTimeout(head, limitNs / MonotonicTime.NanosecondsPerMillisecond);
        }

        // What has gone by since the stream began counts.
        duration = context.Timers.Arm(stream.Info.Start.Plus(limitNs) is var end && end > context.Now ? end : context.Now, TimerKind.MaxStreamDuration, this);
    }

    private static long FromHeader(MaxStreamDuration settings, long headerMs)
    {
        var limitNs = MonotonicTime.DurationNs((ulong)headerMs);
        var maxNs = settings.GrpcHeaderMaxNs!.Value;
        limitNs = maxNs != 0 ? Math.Min(limitNs, maxNs) : limitNs;
        return limitNs == 0 ? 0 : Math.Max(0, limitNs - settings.GrpcHeaderOffsetNs);
    }

    private void Arm(ref TimerHandle timer, long durationNs, TimerKind kind)
    {
        if (durationNs > 0)
        {
            timer = context.Timers.Arm(context.Now.Plus(durationNs), kind, this);
        }
    }
}
