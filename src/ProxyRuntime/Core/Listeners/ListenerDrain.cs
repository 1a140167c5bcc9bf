namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The end of what a listener was, in one worker: of a whole listener that was replaced or removed, or of those of its filter chains that
/// are gone. Responses tell clients to leave; who stays until the time is over is closed.
/// </summary>
/// <param name="whole">The listener, if all of it is gone; null if some of its chains are.</param>
internal sealed class ListenerDrain(WorkerContext context, DownstreamConnections connections, ListenerState? whole) : ITimerOwner
{
    private MonotonicTime end;

    /// <summary>Null if only chains are gone.</summary>
    public ListenerState? Whole => whole;

    public void Begin()
    {
        end = context.Now.Plus(context.Drain.TimeNs);
        _ = context.Timers.Arm(end, TimerKind.ListenerDrain, this);
    }

    /// <summary>Whether a response that begins now tells its client to leave: always, or ever more likely until the time is over.</summary>
    public bool ClosesNow()
    {
        if (context.Drain.IsImmediate || context.Now >= end)
        {
            return true;
        }

        var totalS = context.Drain.TimeNs / MonotonicTime.NanosecondsPerSecond;
        var elapsedS = totalS - (end.Since(context.Now) / MonotonicTime.NanosecondsPerSecond);
        return totalS == 0 || elapsedS > context.DrainRandom.NextModulo(totalS);
    }

    public void OnTimer(TimerKind kind) => connections.CloseDrained(this);
}
