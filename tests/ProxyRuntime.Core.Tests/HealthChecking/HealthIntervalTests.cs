namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>When a host is checked next, with every interval different.</summary>
public class HealthIntervalTests
{
    private const long Ms = Snapshots.Millisecond;

    private static readonly HealthCheckSnapshot Every = HealthChecks.Http() with
    {
        IntervalNs = 1_000 * Ms,
        NoTrafficIntervalNs = 5_000 * Ms,
        NoTrafficHealthyIntervalNs = 6_000 * Ms,
        UnhealthyIntervalNs = 2_000 * Ms,
        UnhealthyEdgeIntervalNs = 3_000 * Ms,
        HealthyEdgeIntervalNs = 4_000 * Ms,
    };

    [Theory]
    [InlineData(true, true, (byte)HealthTransition.Unchanged, 1_000)]
    [InlineData(true, true, (byte)HealthTransition.Changed, 1_000)]
    [InlineData(true, true, (byte)HealthTransition.ChangePending, 4_000)]
    [InlineData(true, false, (byte)HealthTransition.Unchanged, 2_000)]
    [InlineData(true, false, (byte)HealthTransition.Changed, 2_000)]
    [InlineData(true, false, (byte)HealthTransition.ChangePending, 3_000)]
    [InlineData(false, true, (byte)HealthTransition.Unchanged, 6_000)]
    [InlineData(false, true, (byte)HealthTransition.Changed, 6_000)]
    [InlineData(false, true, (byte)HealthTransition.ChangePending, 5_000)]
    [InlineData(false, false, (byte)HealthTransition.Changed, 5_000)]
    [InlineData(false, false, (byte)HealthTransition.ChangePending, 5_000)]
    public void The_interval_goes_by_traffic_result_and_transition(bool traffic, bool healthy, byte transition, long expectedMs) =>
        Assert.Equal(expectedMs, NextMs(Every, traffic, healthy, (HealthTransition)transition, RuntimeSnapshot.Empty));

    /// <summary>Two failures make a host unhealthy, two passes healthy: the first of each is on the edge.</summary>
    [Fact]
    public void A_host_on_the_edge_is_checked_after_intervals_of_its_own()
    {
        var cluster = new CheckedCluster(Every with { UnhealthyThreshold = 2, HealthyThreshold = 2 });
        cluster.Start();
        cluster.Traffic();
        cluster.AnswerNext(200);
        Assert.Equal(1_000, cluster.NextMs);

        List<double> intervals = [];
        foreach (var passes in (bool[])[false, false, true, true])
        {
            cluster.WaitForNext();
            if (passes)
            {
                cluster.AnswerNext(200);
            }
            else
            {
                cluster.Close(cluster.Connection);
            }

            intervals.Add(cluster.NextMs);
        }

        Assert.Equal([3_000, 2_000, 4_000, 1_000], intervals);
    }

    [Fact]
    public void What_is_not_given_follows_from_the_others()
    {
        var plain = HealthChecks.Http() with { IntervalNs = 7 * Ms, NoTrafficIntervalNs = 9 * Ms };
        Assert.Equal(
            (9 * Ms, 7 * Ms, 7 * Ms, 7 * Ms),
            (plain.NoTrafficHealthyIntervalNs, plain.UnhealthyIntervalNs, plain.UnhealthyEdgeIntervalNs, plain.HealthyEdgeIntervalNs)
        );
        Assert.Equal(8 * Ms, (plain with { UnhealthyIntervalNs = 8 * Ms }).UnhealthyEdgeIntervalNs);
    }

    [Theory]
    [InlineData(0, 0, 1_000, 1_000)]
    [InlineData(300, 0, 1_000, 1_299)]
    [InlineData(0, 40, 1_000, 1_399)]
    [InlineData(300, 40, 1_000, 1_698)]
    public void Jitter_is_added_on_top(long jitterMs, uint percent, long least, long most)
    {
        var settings = Every with { IntervalJitterNs = jitterMs * Ms, IntervalJitterPercent = percent };
        var random = new RandomStream(11);
        var seen = Enumerable
            .Range(0, 20_000)
            .Select(_ => HealthIntervals.NextNs(settings, true, true, HealthTransition.Unchanged, RuntimeSnapshot.Empty, random) / Ms)
            .ToArray();

        Assert.All(seen, ms => Assert.InRange(ms, least, most));
        Assert.InRange(seen.Max() - seen.Min(), (most - least) * 0.97, most - least);
    }

    [Theory]
    [InlineData("health_check.max_interval", 400, 400)]
    [InlineData("health_check.max_interval", 0, 1)]
    [InlineData("health_check.min_interval", 45_000, 45_000)]
    public void The_runtime_limits_intervals(string key, ulong value, long expectedMs) =>
        Assert.Equal(expectedMs, NextMs(Every, true, true, HealthTransition.Unchanged, Snapshots.Runtime((key, value))));

    [Fact]
    public void The_first_check_waits_for_initial_jitter_alone()
    {
        var random = new RandomStream(12);
        Assert.Equal(0, HealthIntervals.FirstNs(Every, RuntimeSnapshot.Empty, random));
        Assert.Equal(Ms, HealthIntervals.FirstNs(Every with { InitialJitterNs = Ms }, RuntimeSnapshot.Empty, random));
        var settings = Every with { InitialJitterNs = 50 * Ms, IntervalJitterNs = 9_000 * Ms };

        Assert.All(
            Enumerable.Range(0, 500).Select(_ => HealthIntervals.FirstNs(settings, RuntimeSnapshot.Empty, random) / Ms),
            static ms => Assert.InRange(ms, 1, 49)
        );
    }

    private static long NextMs(HealthCheckSnapshot settings, bool traffic, bool healthy, HealthTransition transition, RuntimeSnapshot runtime) =>
        HealthIntervals.NextNs(settings, traffic, healthy, transition, runtime, new RandomStream(1)) / Ms;
}
