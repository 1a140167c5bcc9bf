using MeshSim.ProxyRuntime.Core;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Scenarios.Live;

/// <summary>Time since a run began, in nanoseconds. Before <see cref="Begin"/> it is far below 0, so that nothing of the run acts yet.</summary>
internal sealed class RunClock
{
    private const long NotBegunNs = 3600 * MonotonicTime.NanosecondsPerSecond;

    private long originNs;
    private long endNs;

    public RunClock() => originNs = Loop.Now.Nanoseconds + NotBegunNs;

    /// <summary>The clock that loops run by.</summary>
    public LiveClock Loop { get; } = new();

    /// <summary>Time since the run began.</summary>
    public long NowNs => ToRunNs(Loop.Now.Nanoseconds);

    /// <summary>It has begun and is not over: what happens now counts.</summary>
    public bool IsRunning => NowNs is >= 0 and var now && now < Volatile.Read(ref endNs);

    /// <summary>The run begins in so many nanoseconds. To be called once.</summary>
    /// <param name="durationNs">How long it lasts, unless it is ended earlier.</param>
    public void Begin(long inNs, long durationNs)
    {
        Volatile.Write(ref endNs, durationNs);
        Volatile.Write(ref originNs, Loop.Now.Nanoseconds + inNs);
    }

    /// <summary>The run has ended, at that time.</summary>
    public void End(long runNs) => Volatile.Write(ref endNs, runNs);

    /// <summary>When the run began, wall time in nanoseconds since the Unix epoch.</summary>
    public long BeginUnixNs => Loop.EpochUnixNs + Volatile.Read(ref originNs);

    /// <summary>A moment of the loops' clock in time of the run.</summary>
    public long ToRunNs(long loopNs) => loopNs - Volatile.Read(ref originNs);

    /// <summary>A moment of the run on the loops' clock; saturates.</summary>
    public long ToLoopNs(long runNs) => Volatile.Read(ref originNs) is var origin && runNs > long.MaxValue - origin ? long.MaxValue : origin + runNs;
}
