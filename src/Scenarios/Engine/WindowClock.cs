using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Conservative windows: no message arrives sooner than the latency floor, so partitions may run that far beyond the earliest pending
/// event of all without hearing of each other. The same for every way of running them.
/// </summary>
public sealed class WindowClock(Scenario scenario)
{
    /// <summary>The time before which all partitions may run, given their earliest pending events; null when the run is over.</summary>
    public long? NextWindow(IEnumerable<long> nextTimesNs)
    {
        var earliest = nextTimesNs.Min();
        return earliest >= scenario.DurationNs ? null : Math.Min(scenario.DurationNs, earliest + scenario.Network.SmallestFloorNs);
    }
}
