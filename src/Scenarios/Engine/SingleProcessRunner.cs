using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>Runs a scenario in this thread, without Orleans: one partition in slices, or several in windows.</summary>
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
        Partition[] parts = [.. Enumerable.Range(0, partitions).Select(index => new Partition(world, index, partitions))];
        var clock = new WindowClock(scenario);
        var bounds = limits ?? RunLimits.Default;
        while (true)
        {
            // One partition waits for nobody.
            var until =
                partitions == 1
                    ? (parts[0].NextTimeNs < scenario.DurationNs ? scenario.DurationNs : (long?)null)
                    : clock.NextWindow(parts.Select(static part => part.NextTimeNs));
            if (until is not { } windowEnd)
            {
                break;
            }

            foreach (var part in parts)
            {
                RunWindow(part, windowEnd, progress, () => Check(world, parts, bounds));
            }

            Exchange(parts);
        }

        return PartitionResult.Merge(world, [.. parts.Select(static part => part.Collect())]);
    }

    private static void RunWindow(Partition part, long windowEnd, Action<long>? progress, Action check)
    {
        while (part.RunSlice(windowEnd, SliceEvents))
        {
            progress?.Invoke(part.NextTimeNs);
            check();
        }

        check();
    }

    private static void Exchange(Partition[] parts)
    {
        foreach (var from in parts)
        {
            foreach (var to in parts)
            {
                if (from.TakeOutbox(to.Index) is { Length: > 0 } batch)
                {
                    to.Deliver(batch);
                }
            }
        }
    }

    private static void Check(World world, Partition[] parts, RunLimits limits)
    {
        var events = parts.Sum(static part => part.Events);
        if (events > limits.MaxEvents)
        {
            throw new RunLimitException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ended after {events} events (limit {limits.MaxEvents}) at virtual time {parts.Min(static part => part.NextTimeNs) / 1e9:0.000000} s, seed {world.Seed}"
                )
            );
        }
    }
}
