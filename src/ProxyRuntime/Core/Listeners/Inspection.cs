namespace MeshSim.ProxyRuntime.Core;

/// <summary>An accepted connection whose first bytes the listener's inspector waits for. It has no filter chain yet.</summary>
internal sealed class Inspection(WorkerContext context, ListenerState listener, ConnectionId id) : ITimerOwner
{
    private TimerHandle timer;

    public ListenerState Listener => listener;

    public void Begin()
    {
        listener.Stats.DownstreamPreCxActive.Increment();
        if (listener.Snapshot.ListenerFiltersTimeoutNs > 0)
        {
            timer = context.Timers.Arm(context.Now.Plus(listener.Snapshot.ListenerFiltersTimeoutNs), TimerKind.ListenerFilters, this);
        }
    }

    /// <summary>It is over, however it ended.</summary>
    public void End()
    {
        context.Timers.Cancel(ref timer);
        listener.Stats.DownstreamPreCxActive.Decrement();
    }

    public void OnTimer(TimerKind kind)
    {
        timer = default;
        listener.Stats.DownstreamPreCxTimeout.Increment();
        var goesOn = listener.Snapshot.ContinueOnListenerFiltersTimeout;
        context.Effects.Add(goesOn ? EffectKind.EndInspection : EffectKind.CloseDownstream).Connection = id;
    }
}
