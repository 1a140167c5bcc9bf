namespace MeshSim.ProxyRuntime.Core;

/// <summary>Whether and when a request is tried again: asks <see cref="RetryState"/>, says why not, waits the back-off. Reused with its router.</summary>
internal sealed class RetryScheduler(WorkerContext context, Router router) : ITimerOwner
{
    private RetryState state;
    private ClusterState cluster = null!;
    private TimerHandle backOffTimer;

    /// <summary>The request may still be tried again.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A retry waits for its back-off.</summary>
    public bool IsPending { get; private set; }

    /// <summary>The last retry was decided on because an attempt took too long: x-envoy-is-timeout-retry.</summary>
    public bool IsTimeoutRetry { get; private set; }

    /// <summary>How long the back-off before the last retry was, nanoseconds; 0 before the first.</summary>
    public long BackOffNs { get; private set; }

    /// <summary>What the request is retried on; null for nothing.</summary>
    public RetryRules? Rules => IsOpen ? state.Rules : null;

    public void Begin()
    {
        IsOpen = IsPending = IsTimeoutRetry = false;
        BackOffNs = 0;
    }

    public void Open(in RetryRules rules, ClusterState target, RoutingPriority priority, in RetryStats stats)
    {
        IsOpen = true;
        cluster = target;
        state = new RetryState(rules, target.Resources.For(priority), stats, context.Runtime);
    }

    /// <summary>Nothing is tried again any more; the breaker's slot is given back.</summary>
    public void Close()
    {
        if (IsOpen)
        {
            IsOpen = false;
            state.Release();
        }

        IsPending = false;
        context.Timers.Cancel(ref backOffTimer);
    }

    /// <summary>Decides on the headers of an answer; true: it is let go, and the request will be tried again.</summary>
    /// <param name="couldNotRetry">The answer asks for a retry that cannot be.</param>
    public bool OnHeaders(UpstreamRequest attempt, HeaderMap head, out bool couldNotRetry)
    {
        couldNotRetry = false;
        if (!IsOpen)
        {
            return false;
        }

        var request = router.Stream.RequestHeaders;
        if (attempt.Retried)
        {
            couldNotRetry = state.WouldRetry(request, head);
            return false;
        }

        var unixSeconds = (context.EpochUnixNs + context.Now.Nanoseconds) / MonotonicTime.NanosecondsPerSecond;
        var verdict = state.DecideOnHeaders(request, head, unixSeconds, IsEnabled, out var immediately);
        if (Schedule(verdict, isTimeout: false, immediately))
        {
            return true;
        }

        couldNotRetry = verdict != RetryVerdict.No;
        return false;
    }

    /// <summary>Decides on an attempt that ended without an answer.</summary>
    public bool OnReset(UpstreamRequest attempt, ResetReason reason, bool requestSent, bool isTimeout) =>
        !router.Stream.ResponseStarted
        && IsOpen
        && !attempt.Retried
        && Schedule(state.DecideOnReset(reason, requestSent, IsEnabled), isTimeout, immediately: false);

    /// <summary>Decides on an attempt that is slow and goes on beside the next.</summary>
    public bool OnHedge() => !router.Stream.ResponseStarted && IsOpen && Schedule(state.DecideOnHedge(IsEnabled), isTimeout: true, immediately: false);

    public void OnTimer(TimerKind kind)
    {
        backOffTimer = default;
        IsPending = false;
        router.StartRetry();
    }

    private bool IsEnabled => context.Runtime.FeatureEnabled("upstream.use_retry", FractionalPercent.Always, context.RuntimeRandom.NextUInt64());

    /// <summary>Returns whether a retry was scheduled; else the flag that tells why not is set.</summary>
    private bool Schedule(RetryVerdict verdict, bool isTimeout, bool immediately)
    {
        switch (verdict)
        {
            case RetryVerdict.Retry:
                var delayMs = immediately ? 0 : state.NextDelayMs(cluster.RetryRandom);
                IsTimeoutRetry = isTimeout;
                IsPending = true;
                BackOffNs = delayMs * MonotonicTime.NanosecondsPerMillisecond;
                backOffTimer = context.Timers.Arm(context.Now.Plus(BackOffNs), TimerKind.RetryBackoff, this);
                return true;
            case RetryVerdict.LimitExceeded:
                router.Stream.Info.SetFlag(ResponseFlag.UpstreamRetryLimitExceeded);
                return false;
            case RetryVerdict.Overflow:
                router.Stream.Info.SetFlag(ResponseFlag.UpstreamOverflow);
                return false;
            default:
                return false;
        }
    }
}
