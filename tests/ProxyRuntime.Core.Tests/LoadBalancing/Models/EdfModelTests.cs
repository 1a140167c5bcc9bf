using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The schedule of earliest deadlines against one that looks through all entries each time.</summary>
public class EdfModelTests
{
    [Fact]
    public void A_schedule_picks_what_a_naive_one_picks_while_weights_change() =>
        FixedCases.ForEach(
            Gen.Select(Gen.Int[1, 60].Array[1, 12], Gen.Int[1, 60].Array[200]),
            500,
            static (weights, changes) =>
            {
                var now = (int[])weights.Clone();
                var schedule = EdfScheduler.Build(now.Length, i => now[i], picks: 0);
                var naive = new NaiveEdf(now);
                for (var i = 0; i < changes.Length; i++)
                {
                    Assert.Equal(naive.Next(), schedule.Next());
                    now[i % now.Length] = changes[i];
                }
            }
        );

    /// <summary>At the moment at which the last pick was due, each entry has its weight times the time, cut – or one less where it was due at that moment too.</summary>
    [Fact]
    public void Every_entry_has_its_share_at_any_time_up_to_one_pick() =>
        FixedCases.ForEach(
            Gen.Select(Gen.Int[1, 1000].Array[2, 20], Gen.Int[1, 5_000]),
            300,
            static (weights, picks) =>
            {
                var schedule = EdfScheduler.Build(weights.Length, i => weights[i], picks: 0);
                var counts = new int[weights.Length];
                for (var i = 0; i < picks; i++)
                {
                    counts[schedule.Next()]++;
                }

                var clock = counts.Zip(weights, static (count, weight) => (double)count / weight).Max();
                for (var i = 0; i < weights.Length; i++)
                {
                    Assert.InRange(counts[i], (clock * weights[i]) - 1 - 1e-6, (clock * weights[i]) + 1e-6);
                }
            }
        );

    /// <summary>A schedule wound forward goes on as one that made the picks: over as many picks as all weigh, each entry differs by one at most.</summary>
    [Fact]
    public void Winding_forward_keeps_every_share() =>
        FixedCases.ForEach(
            Gen.Select(Gen.Int[1, 100].Array[2, 10], Gen.Int[0, 2_000]),
            300,
            static (weights, picks) =>
            {
                var jumped = EdfScheduler.Build(weights.Length, i => weights[i], (ulong)picks);
                var stepped = EdfScheduler.Build(weights.Length, i => weights[i], 0);
                for (var i = 0; i < picks; i++)
                {
                    _ = stepped.Next();
                }

                var pairs = Count(jumped, weights).Zip(Count(stepped, weights));
                Assert.All(pairs, static pair => Assert.InRange(pair.First - pair.Second, -1, 1));
            }
        );

    private static int[] Count(EdfScheduler schedule, int[] weights)
    {
        var counts = new int[weights.Length];
        for (var i = weights.Sum(); i > 0; i--)
        {
            counts[schedule.Next()]++;
        }

        return counts;
    }

    private sealed class NaiveEdf
    {
        private readonly int[] weights;
        private readonly List<(double Deadline, long Order, int Index)> entries = [];
        private long order;

        public NaiveEdf(int[] weights)
        {
            this.weights = weights;
            for (var i = 0; i < weights.Length; i++)
            {
                // The schedule adds a trifle to weights before the first pick.
                entries.Add((1 / (weights[i] + 1e-13), order++, i));
            }
        }

        public int Next()
        {
            var next = entries.Min();
            _ = entries.Remove(next);
            entries.Add((next.Deadline + (1.0 / weights[next.Index]), order++, next.Index));
            return next.Index;
        }
    }
}
