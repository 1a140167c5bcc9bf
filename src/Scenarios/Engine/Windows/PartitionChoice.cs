using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>Into how many partitions a run is best divided: a window must have enough events to be worth its end. Measured by simulating a little of it.</summary>
public static class PartitionChoice
{
    /// <summary>Events in a window above which several partitions in one silo are faster than one.</summary>
    public const int WorthPartitions = 300;

    /// <summary>Events in a window above which silos are.</summary>
    public const int WorthSilos = 2_000;

    private const int PilotEvents = 100_000;

    /// <summary>Mean number of events in a window, at the begin of the run.</summary>
    public static double EventsPerWindow(Scenario scenario, ulong seed)
    {
        var partition = new Partition(new World(scenario, seed), 0, 1);
        var clock = new WindowClock(scenario);
        var windows = 0;
        while (partition.Events < PilotEvents && clock.NextWindow(partition.NextTimeNs) is { } end)
        {
            windows++;
            while (partition.RunSlice(end, PilotEvents)) { }
        }

        return windows == 0 ? 0 : (double)partition.Events / windows;
    }

    /// <param name="processors">How many threads may run at once in one silo.</param>
    /// <param name="silos">How many silos there are.</param>
    public static int Of(double eventsPerWindow, int processors, int silos) =>
        eventsPerWindow < WorthPartitions ? 1
        : eventsPerWindow < WorthSilos ? processors
        : Math.Max(processors, silos);
}
