namespace MeshSim.ProxyRuntime.Core;

/// <summary>How long one attempt may take: in all, until it answers, and between two signs of life. Reused with its attempt.</summary>
internal sealed class AttemptTimers(WorkerContext context, UpstreamRequest attempt) : ITimerOwner
{
    private Router router = null!;
    private TimerHandle perTry;
    private TimerHandle perTryIdle;
    private TimerHandle maxDuration;
    private MonotonicTime lastProgress;

    public void Begin(Router owner) => router = owner;

    public void OnConnected() => Arm(ref maxDuration, router.MaxStreamDurationNs, TimerKind.UpstreamMaxStreamDuration);

    /// <summary>The request is complete and on a connection: from now on the attempt is awaited. Later calls do nothing.</summary>
    public void AwaitResponse()
    {
        if (!perTry.IsArmed && !perTryIdle.IsArmed)
        {
            OnProgress();
            Arm(ref perTry, router.Timeouts.PerTryNs, TimerKind.PerTryTimeout);
            Arm(ref perTryIdle, router.Timeouts.PerTryIdleNs, TimerKind.PerTryIdleTimeout);
        }
    }

    public void OnProgress() => lastProgress = context.Now;

    public void Cancel()
    {
        context.Timers.Cancel(ref perTry);
        context.Timers.Cancel(ref perTryIdle);
        context.Timers.Cancel(ref maxDuration);
    }

    public void OnTimer(TimerKind kind)
    {
        switch (kind)
        {
            case TimerKind.UpstreamMaxStreamDuration:
                maxDuration = default;
                router.Outcomes.OnMaxStreamDuration(attempt);
                break;
            case TimerKind.PerTryTimeout:
                perTry = default;
                OnPerTryTimeout();
                break;
            default:
                perTryIdle = default;
                OnIdle();
                break;
        }
    }

    /// <summary>Once a response has begun, it may take its time, but it must go on.</summary>
    private void OnPerTryTimeout()
    {
        context.Timers.Cancel(ref perTryIdle);
        if (!router.Stream.ResponseStarted)
        {
            router.Outcomes.OnPerTryTimeout(attempt, idle: false);
        }
    }

    private void OnIdle()
    {
        var idleNs = router.Timeouts.PerTryIdleNs;
        if (context.Now.Since(lastProgress) < idleNs)
        {
            perTryIdle = context.Timers.Arm(lastProgress.Plus(idleNs), TimerKind.PerTryIdleTimeout, this);
            return;
        }

        context.Timers.Cancel(ref perTry);
        router.Outcomes.OnPerTryTimeout(attempt, idle: true);
    }

    private void Arm(ref TimerHandle timer, long durationNs, TimerKind kind)
    {
        if (durationNs > 0)
        {
            timer = context.Timers.Arm(context.Now.Plus(durationNs), kind, this);
        }
    }
}
