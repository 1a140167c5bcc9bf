using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>Runs a scenario in this thread, without Orleans: its partitions take turns.</summary>
public static class SingleProcessRunner
{
    /// <summary>Events between two reports of progress.</summary>
    private const int SliceEvents = 50_000;

    /// <param name="progress">Told the virtual time reached, in nanoseconds, now and then.</param>
    /// <param name="observer">Told of single requests; null for nobody.</param>
    /// <param name="details">What a report shows is written down, too.</param>
    /// <exception cref="RunLimitException">A limit ended the run.</exception>
    public static RunResult Run(
        Scenario scenario,
        ulong seed,
        int partitions = 1,
        Action<long>? progress = null,
        RunLimits? limits = null,
        IRunObserver? observer = null,
        bool details = false
    )
    {
        var world = new World(scenario, seed) { Observer = observer, RecordsDetails = details };
        var clock = new WindowClock(scenario);
        WindowRunner[] runners =
        [
            .. Enumerable.Range(0, partitions).Select(index => new WindowRunner(new Partition(world, index, partitions), partitions, clock)),
        ];
        var bounds = limits ?? RunLimits.Default;
        var over = false;
        while (!over)
        {
            over = true;
            foreach (var runner in runners)
            {
                over &= RunWindow(runner, runners, () => Check(world, runners, bounds), progress);
            }
        }

        Array.ForEach(runners, static runner => runner.Partition.Check());
        return PartitionResult.Merge(world, [.. runners.Select(runner => runner.Partition.Collect(scenario.DurationNs))]);
    }

    /// <summary>Runs until it waits for others. Returns whether it is over.</summary>
    private static bool RunWindow(WindowRunner runner, WindowRunner[] all, Action check, Action<long>? progress)
    {
        while (true)
        {
            switch (runner.Step(long.MaxValue, SliceEvents))
            {
                case WindowStep.More:
                    progress?.Invoke(runner.Partition.NextTimeNs);
                    check();
                    break;
                case WindowStep.Finished:
                    Tell(runner, all);
                    check();
                    break;
                case WindowStep.Over:
                    return true;
                default:
                    return false;
            }
        }
    }

    private static void Tell(WindowRunner runner, WindowRunner[] all)
    {
        foreach (var peer in all)
        {
            if (peer != runner)
            {
                peer.Receive(runner.Partition.Index, runner.TakeMessage(peer.Partition.Index));
            }
        }
    }

    private static void Check(World world, WindowRunner[] runners, RunLimits limits)
    {
        var events = runners.Sum(static runner => runner.Partition.Events);
        if (events > limits.MaxEvents)
        {
            throw new RunLimitException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ended after {events} events (limit {limits.MaxEvents}) at virtual time {runners.Min(static runner => runner.Partition.NextTimeNs) / 1e9:0.000000} s, seed {world.Seed}"
                )
            );
        }
    }
}
