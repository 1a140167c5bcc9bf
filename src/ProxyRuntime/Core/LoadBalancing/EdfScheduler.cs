namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Earliest deadline first: the entry with the smallest deadline is next and comes again 1/weight later; ties go to the one added first.
/// Over time every entry gets its share of picks, evenly spread. The weight is asked for whenever an entry is put back.
/// </summary>
internal sealed class EdfScheduler
{
    private readonly PriorityQueue<int, (double Deadline, ulong Order)> queue = new();
    private readonly Func<int, double> weight;
    private readonly Queue<int> peeked = new();
    private double now;
    private ulong order;

    private EdfScheduler(Func<int, double> weight) => this.weight = weight;

    /// <summary>Envoy's bound on how many picks a schedule is wound forward.</summary>
    public const ulong MaxWindUp = 429_496_729;

    /// <summary>A schedule as if that many picks had been made already, computed without making most of them.</summary>
    /// <param name="weight">The weight of the entry at that place, above 0.</param>
    public static EdfScheduler Build(int count, Func<int, double> weight, ulong picks)
    {
        var scheduler = new EdfScheduler(weight);
        var made = scheduler.WindUp(count, picks);
        for (; made < picks; made++)
        {
            _ = scheduler.Next();
        }

        return scheduler;
    }

    /// <summary>The place of the next entry.</summary>
    public int Next() => peeked.TryDequeue(out var index) ? index : Take();

    /// <summary>The place of the next entry that has not been looked at; it is as good as taken: <see cref="Next"/> will give it in its turn.</summary>
    public int Peek()
    {
        var index = Take();
        peeked.Enqueue(index);
        return index;
    }

    private int Take()
    {
        _ = queue.TryDequeue(out var index, out var priority);
        now = priority.Deadline;
        queue.Enqueue(index, (now + (1 / weight(index)), order++));
        return index;
    }

    /// <summary>The share of picks that each entry gets in the long run, by the weights as they are now.</summary>
    public double[] Shares()
    {
        var shares = new double[queue.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] = weight(i);
        }

        var sum = shares.Sum();
        return Array.ConvertAll(shares, share => share / sum);
    }

    /// <summary>Places every entry after its whole share of the picks; returns how many picks that makes.</summary>
    private ulong WindUp(int count, ulong picks)
    {
        const double nudge = 1e-13;
        var weights = new double[count];
        for (var i = 0; i < count; i++)
        {
            weights[i] = weight(i) + nudge;
        }

        var picksPerWeight = picks / weights.Sum();
        var made = 0UL;
        for (var i = 0; i < count; i++)
        {
            var share = Math.Floor(weights[i] * picksPerWeight);
            if (share > 0 && share / weights[i] >= picksPerWeight)
            {
                share--;
            }

            queue.Enqueue(i, ((share + 1) / weights[i], order++));
            now = Math.Max(now, share / weights[i]);
            made += (ulong)share;
        }

        return made;
    }
}
