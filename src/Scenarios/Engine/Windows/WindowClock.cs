using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Conservative windows: no message arrives sooner than the latency floor, so partitions may run that far beyond the earliest pending
/// event of all without hearing of each other. The same for every way of running them. No window goes across a whole second, so that a run
/// can be looked at there.
/// </summary>
public sealed class WindowClock(Scenario scenario)
{
    /// <summary>Virtual time at which the run is over, nanoseconds.</summary>
    public long DurationNs => scenario.DurationNs;

    /// <summary>The time before which all partitions may run, given the earliest event that is pending anywhere; null when the run is over.</summary>
    public long? NextWindow(long earliestNs)
    {
        if (earliestNs >= scenario.DurationNs)
        {
            return null;
        }

        var second = ((earliestNs / MonotonicTime.NanosecondsPerSecond) + 1) * MonotonicTime.NanosecondsPerSecond;
        return Math.Min(scenario.DurationNs, Math.Min(second, earliestNs + scenario.Network.SmallestFloorNs));
    }
}
