namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Earliest deadline first: the host with the smallest deadline is next and comes again 1/weight later; ties go to the one added first.
/// Over time every host gets its share of picks, evenly spread.
/// </summary>
internal sealed class EdfScheduler
{
    private readonly PriorityQueue<int, (double Deadline, ulong Order)> queue = new();
    private readonly double[] weights;
    private double now;
    private ulong order;

    private EdfScheduler(double[] weights) => this.weights = weights;

    /// <summary>A schedule as if that many picks had been made already, computed without making them.</summary>
    public static EdfScheduler Build(HostState[] hosts, ulong picks)
    {
        var scheduler = new EdfScheduler([.. hosts.Select(static host => (double)host.Snapshot.Weight)]);
        var made = scheduler.WindUp(picks);
        for (; made < picks; made++)
        {
            _ = scheduler.Next();
        }

        return scheduler;
    }

    /// <summary>The index of the next host.</summary>
    public int Next()
    {
        _ = queue.TryDequeue(out var index, out var priority);
        now = priority.Deadline;
        queue.Enqueue(index, (now + (1 / weights[index]), order++));
        return index;
    }

    /// <summary>Places every host after its whole share of the picks; returns how many picks that makes.</summary>
    private ulong WindUp(ulong picks)
    {
        const double nudge = 1e-13;
        var sum = weights.Sum(static weight => weight + nudge);
        var picksPerWeight = picks / sum;
        var made = 0UL;
        for (var i = 0; i < weights.Length; i++)
        {
            var weight = weights[i] + nudge;
            var share = Math.Floor(weight * picksPerWeight);
            if (share > 0 && share / weight >= picksPerWeight)
            {
                share--;
            }

            queue.Enqueue(i, ((share + 1) / weight, order++));
            now = Math.Max(now, share / weight);
            made += (ulong)share;
        }

        return made;
    }
}
