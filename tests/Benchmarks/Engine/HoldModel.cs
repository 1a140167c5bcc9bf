using MeshSim.Scenarios.Engine;

namespace MeshSim.Benchmarks.Engine;

/// <summary>
/// The hold model: with so many events pending, the earliest is taken and another is scheduled. Times ahead are exponential, or as
/// requests have them: nine of ten a little ahead, the tenth a timeout that is always the same and mostly cancelled.
/// </summary>
internal static class HoldModel
{
    private const int Holds = 2_000_000;
    private const int Rounds = 5;
    private const int MeanNs = 10_000_000;

    public static void Report()
    {
        Console.WriteLine("| pending | times ahead | events of the engine, ns a hold | B a hold | PriorityQueue, ns | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var pending in new[] { 10_000, 100_000 })
        {
            var ahead = Exponential();
            Line(pending, "exponential, mean 10 ms", EngineHolds(pending, ahead), PriorityQueueHolds(pending, ahead));
            Line(pending, "the same, and with each a timeout of 1 s, cancelled", EngineTimeouts(pending, ahead), PriorityQueueTimeouts(pending, ahead));
        }
    }

    private static void Line(int pending, string what, (double Ns, double Bytes) engine, double naive) =>
        EngineComparison.Print($"| {pending:N0} | {what} | {engine.Ns:0} | {engine.Bytes:0.00} | {naive:0} | {engine.Ns / naive:0.00} |");

    private static long[] Exponential()
    {
        var random = new MeshSim.ProxyRuntime.Core.RandomStream(7);
        var ahead = new long[1 << 16];
        for (var i = 0; i < ahead.Length; i++)
        {
            ahead[i] = MeshSim.Scenarios.Model.Samplers.ExponentialNs(random, MeanNs);
        }

        return ahead;
    }

    private static (double Ns, double Bytes) EngineHolds(int pending, long[] ahead)
    {
        var queue = new EventQueue();
        var sequence = 0L;
        for (; sequence < pending; sequence++)
        {
            _ = queue.Schedule(Event(ahead[sequence % ahead.Length], sequence));
        }

        return Measure(() =>
        {
            for (var i = 0; i < Holds; i++)
            {
                _ = queue.TryTake(long.MaxValue, out var e);
                _ = queue.Schedule(Event(e.TimeNs + ahead[sequence % ahead.Length], sequence++));
            }
        });
    }

    private static (double Ns, double Bytes) EngineTimeouts(int pending, long[] ahead)
    {
        var queue = new EventQueue();
        var handles = new EventHandle[pending];
        var sequence = 0L;
        for (; sequence < pending; sequence++)
        {
            _ = queue.Schedule(Event(ahead[sequence % ahead.Length], sequence));
            handles[sequence] = queue.Schedule(Event(Timeout, sequence));
        }

        return Measure(() =>
        {
            for (var i = 0; i < Holds; i++)
            {
                _ = queue.TryTake(long.MaxValue, out var e);
                var which = (int)(e.Sequence % pending);
                queue.Cancel(handles[which]);
                handles[which] = queue.Schedule(Event(e.TimeNs + Timeout, e.Sequence));
                _ = queue.Schedule(Event(e.TimeNs + ahead[sequence++ % ahead.Length], e.Sequence));
            }
        });
    }

    private static double PriorityQueueHolds(int pending, long[] ahead)
    {
        var queue = new PriorityQueue<SimEvent, (long, int, long)>();
        var sequence = 0L;
        for (; sequence < pending; sequence++)
        {
            Enqueue(queue, Event(ahead[sequence % ahead.Length], sequence));
        }

        return Measure(() =>
        {
            for (var i = 0; i < Holds; i++)
            {
                var e = queue.Dequeue();
                Enqueue(queue, Event(e.TimeNs + ahead[sequence % ahead.Length], sequence++));
            }
        }).Ns;
    }

    /// <summary>It cannot cancel: what is cancelled is passed over when it comes.</summary>
    private static double PriorityQueueTimeouts(int pending, long[] ahead)
    {
        var queue = new PriorityQueue<SimEvent, (long, int, long)>();
        var sequence = 0L;
        for (; sequence < pending; sequence++)
        {
            Enqueue(queue, Event(ahead[sequence % ahead.Length], sequence));
        }

        return Measure(() =>
        {
            for (var i = 0; i < Holds; i++)
            {
                SimEvent e;
                do
                {
                    e = queue.Dequeue();
                } while (e.A != 0);

                Enqueue(queue, Event(e.TimeNs + Timeout, sequence) with { A = 1 });
                Enqueue(queue, Event(e.TimeNs + ahead[sequence % ahead.Length], sequence++));
            }
        }).Ns;
    }

    private const long Timeout = 1_000_000_000;

    private static SimEvent Event(long timeNs, long sequence) => new(timeNs, (int)(sequence & 1023), sequence, 0, EventKind.Wake);

    private static void Enqueue(PriorityQueue<SimEvent, (long, int, long)> queue, in SimEvent e) => queue.Enqueue(e, (e.TimeNs, e.Source, e.Sequence));

    /// <summary>The median of some rounds after two that do not count; and what was allocated in all of them.</summary>
    private static (double Ns, double Bytes) Measure(Action holds)
    {
        holds();
        holds();
        var times = new double[Rounds];
        var bytes = 0L;
        for (var i = 0; i < Rounds; i++)
        {
            var round = new CpuSpan();
            holds();
            bytes += round.Bytes; // Asked first: reading the time allocates.
            times[i] = round.Nanoseconds / Holds;
        }

        Array.Sort(times);
        return (times[Rounds / 2], (double)bytes / Holds / Rounds);
    }
}
