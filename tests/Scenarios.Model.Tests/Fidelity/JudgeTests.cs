using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model.Tests;

public class JudgeTests
{
    private static readonly Tolerance TenPercent = new(0.10, IsShare: true);

    [Theory]
    [InlineData(100, 110, 105, 115, Verdict.InsideTolerance)] // 10 % off, exactly
    [InlineData(100, 111, 105, 115, Verdict.Outside)]
    [InlineData(100, 111, 100, 122, Verdict.InsideInterval)] // the end of the interval belongs to it
    [InlineData(100, 89, 85, 93, Verdict.Outside)]
    [InlineData(100, 100, 60, 140, Verdict.InsideTolerance)] // ±40 %, exactly
    [InlineData(100, 100, 59, 140, Verdict.TooNoisy)] // noise comes before everything else
    [InlineData(0, 0, 0, 0, Verdict.InsideTolerance)]
    [InlineData(0, 1, 1, 1, Verdict.Outside)]
    [InlineData(4, 0, 0, 0, Verdict.Outside)]
    public void A_share_is_judged(double measured, double simulated, double low, double high, Verdict expected) =>
        Assert.Equal(expected, Judge.Decide(TenPercent, measured, simulated, low, high));

    [Theory]
    [InlineData(99, 98, Verdict.InsideTolerance)]
    [InlineData(99, 97.9, Verdict.Outside)]
    [InlineData(1, 1.9, Verdict.InsideTolerance)]
    public void Success_is_judged_by_points(double measured, double simulated, Verdict expected) =>
        Assert.Equal(expected, Judge.Decide(new Tolerance(1, IsShare: false), measured, simulated, simulated, simulated));

    /// <summary>Of 1, 2, 3, 4 there are four groups of three: means 2, 7/3, 8/3 and 3, each more than half a percent of all.</summary>
    [Fact]
    public void The_interval_is_that_of_means_of_different_runs()
    {
        var (low, high) = Judge.MeanInterval([1, 2, 3, 4], 3);

        Assert.Equal((2, 3), (low, high));
        Assert.Equal((1, 4), Judge.MeanInterval([1, 2, 3, 4], 1));
        Assert.Equal((2.5, 2.5), Judge.MeanInterval([1, 2, 3, 4], 4));
    }

    /// <summary>Means of three of 0 … 999: normal with deviation 288.7/√3, so 99 % are within 429 of the middle.</summary>
    [Fact]
    public void The_interval_cuts_half_a_percent_at_each_end()
    {
        var (low, high) = Judge.MeanInterval([.. Enumerable.Range(0, 1000).Select(i => (double)i)], 3);

        // Three uniforms are not quite normal: their sum has lighter ends. P(sum of 3 < x) = x³/6 gives x = 0.3107, a mean of 103.5.
        Assert.InRange(low, 98, 109);
        Assert.InRange(high, 999 - 109, 999 - 98);
        Assert.Equal((low, high), Judge.MeanInterval([.. Enumerable.Range(0, 1000).Select(i => (double)i)], 3));
    }

    [Fact]
    public void All_figures_that_were_named_are_compared_and_no_others()
    {
        var experiment = ExperimentFile.Load().Experiment!;
        var measured = Run(("cluster.svc.upstream_rq_retry", 4), ("cluster.svc.upstream_rq_total", 20), ("cluster.svc.outlier_detection.ejections_active", 1));
        var simulated = Run(
            ("cluster.svc.upstream_rq_retry", 5),
            ("sidecar:cluster.svc.upstream_rq_pending_overflow", 2),
            ("http.ingress.downstream_rq_timeout", 3)
        );

        var verdicts = Judge.Of(experiment with { Runs = [measured] }, [simulated, simulated]);

        Assert.Equal(
            [
                ("success", 90, 90, Verdict.InsideTolerance),
                ("p50", 10, 10, Verdict.InsideTolerance),
                ("p90", 20, 20, Verdict.InsideTolerance),
                ("p99", 30, 30, Verdict.InsideTolerance),
                ("arrivals a", 100, 100, Verdict.InsideTolerance),
                ("arrivals b", 0, 0, Verdict.InsideTolerance),
                ("cluster.svc.upstream_rq_retry", 4, 5, Verdict.Outside),
                ("sidecar:cluster.svc.upstream_rq_pending_overflow", 0, 2, Verdict.Outside),
            ],
            verdicts.Select(v => (v.Figure.Name, v.Measured, v.Simulated, v.Verdict))
        );
    }

    [Fact]
    public void Where_no_statistics_were_recorded_none_are_compared()
    {
        var experiment = ExperimentFile.Load().Experiment!;
        var simulated = Run(("cluster.svc.upstream_rq_retry", 5));

        var verdicts = Judge.Of(experiment with { Runs = [simulated with { Stats = null }] }, [simulated]);

        Assert.Equal(["success", "p50", "p90", "p99", "arrivals a", "arrivals b"], verdicts.Select(v => v.Figure.Name));
    }

    private static ExperimentRun Run(params (string Name, long Value)[] stats) =>
        new(
            200,
            0.9,
            10,
            20,
            30,
            ImmutableSortedDictionary<string, long>.Empty.Add("a", 100),
            stats.ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal),
            []
        );
}
