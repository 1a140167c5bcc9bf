using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

public class ComparisonTests
{
    private const string Retries = "gateway cluster.svc.upstream_rq_retry";

    [Fact]
    public void The_same_with_another_seed_is_equivalent()
    {
        var comparison = Comparison.Of(Runs.Side(Runs.Make(1, rate: 600)), Runs.Side(Runs.Make(2, rate: 600)));

        Assert.Equal(ComparisonVerdict.Equivalent, comparison.Verdict);
        Assert.Equal(["success", "p50", "p90", "p99", "arrivals svc-0"], comparison.Figures.Select(static figure => figure.Figure.Name));
    }

    [Fact]
    public void A_result_beside_itself_has_no_difference_but_the_width_of_bins()
    {
        var side = Runs.Side(Runs.Make(1, errors: static _ => 0.1, retries: 0.3));

        Assert.All(
            Comparison.Of(side, side).Figures,
            static figure =>
            {
                Assert.Equal(0, figure.Difference);
                Assert.InRange(figure.HalfWidth, 0, 0.01 * figure.A);
            }
        );
    }

    /// <summary>Where one side got no answers its latency is not 0 ms, and not less than the other's.</summary>
    [Fact]
    public void What_one_side_has_nothing_of_is_not_compared()
    {
        var some = Runs.Make(1);
        var silent = some with { Seconds = [.. some.Seconds.Select(static second => second with { Ok = 0, Latency = new LatencyHistogram() })] };

        var comparison = Comparison.Of(Runs.Side(some), Runs.Side(silent));

        Assert.Equal(ComparisonVerdict.Different, Figure(comparison, "success").Verdict);
        var latency = ComparisonText.Cells(Figure(comparison, "p50"));
        Assert.Equal(("-", "-", "cannot tell: nothing to measure"), (latency[2], latency[3], latency[6]));
        Assert.Contains("\"b\": null", ComparisonJson.Write(comparison), StringComparison.Ordinal);
    }

    /// <summary>A fault that lasts a third of the time moves both sides alike: it must not hide that they are equivalent.</summary>
    [Fact]
    public void What_both_go_through_is_no_uncertainty()
    {
        static double Errors(int second) => second is >= 20 and < 40 ? 0.2 : 0;

        var comparison = Comparison.Of(Runs.Side(Runs.Make(1, rate: 1000, errors: Errors)), Runs.Side(Runs.Make(2, rate: 1000, errors: Errors)));
        var unpaired = Comparison.Of(Runs.Side(Runs.Make(1, rate: 1000, errors: Errors)), Runs.Side(Runs.Make(2, 61, rate: 1000, errors: Errors)));

        Assert.Equal(ComparisonVerdict.Equivalent, Figure(comparison, "success").Verdict);
        Assert.True(Figure(unpaired, "success").HalfWidth > 4 * Figure(comparison, "success").HalfWidth);
    }

    /// <summary>Only in the phase in which hosts fail do the configurations differ: that is no chance.</summary>
    [Fact]
    public void What_differs_in_one_phase_is_told()
    {
        var comparison = Comparison.Of(
            Runs.Side(Runs.Make(1, errors: static second => second is >= 20 and < 40 ? 0.2 : 0, phases: [20, 40])),
            Runs.Side(Runs.Make(2, errors: static second => second is >= 20 and < 40 ? 0.02 : 0, phases: [20, 40]))
        );
        var unknown = Comparison.Of(
            Runs.Side(Runs.Make(1, errors: static second => second is >= 20 and < 40 ? 0.2 : 0)),
            Runs.Side(Runs.Make(2, errors: static second => second is >= 20 and < 40 ? 0.02 : 0))
        );

        Assert.Equal(ComparisonVerdict.Different, Figure(comparison, "success").Verdict);
        Assert.InRange(Figure(comparison, "success").Difference, 5, 7);
        Assert.Equal(ComparisonVerdict.CannotTell, Figure(unknown, "success").Verdict);
    }

    [Fact]
    public void What_differs_is_told()
    {
        var comparison = Comparison.Of(
            Runs.Side(Runs.Make(1, retries: 0.1)),
            Runs.Side(Runs.Make(2, errors: static _ => 0.05, latencyMs: static _ => 30, retries: 0.2))
        );

        Assert.Equal(ComparisonVerdict.Different, comparison.Verdict);
        Assert.All(
            (string[])["success", "p50", "p90", "p99", "arrivals svc-0", Retries],
            name => Assert.Equal(ComparisonVerdict.Different, Figure(comparison, name).Verdict)
        );
        Assert.InRange(Figure(comparison, "success").Difference, -6, -4);
        Assert.InRange(Figure(comparison, "p50").Difference, 6, 8); // ln 2 of 20 and of 30 ms
        Assert.InRange(Figure(comparison, Retries).Difference, 90, 110);
    }

    [Fact]
    public void Too_few_requests_are_said_and_how_many_it_takes()
    {
        var comparison = Comparison.Of(Runs.Side(Runs.Make(1, 20)), Runs.Side(Runs.Make(2, 20)));
        var success = Figure(comparison, "success");

        Assert.Equal(ComparisonVerdict.CannotTell, comparison.Verdict);
        Assert.Equal(ComparisonVerdict.CannotTell, success.Verdict);
        Assert.InRange(success.MoreRequests!.Value, 900, 1_200); // Of 20 s at 200/s; 5,000 are asked for.
        Assert.Contains("with fewer than 5000 nothing is called equivalent", ComparisonText.Summary(comparison), StringComparison.Ordinal);
    }

    /// <summary>Following the advice with as many again as it says must tell.</summary>
    [Fact]
    public void What_needs_more_requests_tells_with_them()
    {
        const double rate = 200;
        var few = Comparison.Of(Runs.Side(Runs.Make(1, 60, rate, retries: 0.05)), Runs.Side(Runs.Make(2, 60, rate, retries: 0.05)));
        var needed = Figure(few, Retries);
        Assert.Equal(ComparisonVerdict.CannotTell, needed.Verdict);

        var seconds = 60 + (int)(2 * needed.MoreRequests!.Value / rate);
        var many = Comparison.Of(Runs.Side(Runs.Make(1, seconds, rate, retries: 0.05)), Runs.Side(Runs.Make(2, seconds, rate, retries: 0.05)));

        Assert.Equal(ComparisonVerdict.Equivalent, Figure(many, Retries).Verdict);
    }

    [Theory]
    [InlineData(0.2, 0.5, 1, false, 9000, ComparisonVerdict.Equivalent)]
    [InlineData(0.6, 0.5, 1, false, 9000, ComparisonVerdict.CannotTell)]
    [InlineData(1.6, 0.5, 1, false, 9000, ComparisonVerdict.Different)]
    [InlineData(-1.6, 0.5, 1, false, 9000, ComparisonVerdict.Different)]
    [InlineData(-1.6, 0.5, 1, false, 40, ComparisonVerdict.Different)]
    [InlineData(0.2, 0.5, 1, false, 4999, ComparisonVerdict.CannotTell)]
    [InlineData(0, 0, 0, true, 9000, ComparisonVerdict.Equivalent)]
    [InlineData(3, 4, 0.1, true, 9000, ComparisonVerdict.NotDistinguishable)]
    [InlineData(4, 3.95, 0.1, true, 9000, ComparisonVerdict.CannotTell)]
    [InlineData(5, 3, 0, true, 9000, ComparisonVerdict.Different)]
    public void Verdicts(double difference, double half, double margin, bool isRare, long requests, ComparisonVerdict verdict) =>
        Assert.Equal(verdict, FigureComparison.Decide(difference, half, margin, isRare, requests));

    /// <summary>Both sides have the same law, with a slow swing of failures and latency over the run: the interval is to hold 0.</summary>
    [Fact]
    public void Intervals_of_every_figure_hold_the_truth()
    {
        const int pairs = 200;
        var missed = new Dictionary<string, int>(StringComparer.Ordinal);
        for (ulong pair = 0; pair < pairs; pair++)
        {
            var comparison = Comparison.Of(Runs.Side(Make(2 * pair)), Runs.Side(Make((2 * pair) + 1)));
            foreach (var figure in comparison.Figures)
            {
                missed[figure.Figure.Name] = missed.GetValueOrDefault(figure.Figure.Name) + (Math.Abs(figure.Difference) > figure.HalfWidth ? 1 : 0);
            }
        }

        Assert.Equal(6, missed.Count);
        Assert.All(missed, static entry => Assert.InRange(entry.Value, 0, 0.03 * pairs));
        Assert.True(missed.Values.Sum() > 0, "Intervals that never miss are too wide.");

        static ResultSeries Make(ulong seed) =>
            Runs.Make(seed, 60, 100, static second => 0.1 + (0.08 * Math.Sin(second / 5.0)), static second => 20 + (8 * Math.Sin(second / 7.0)), 0.1);
    }

    [Fact]
    public void Ten_runs_a_side_are_ten_samples()
    {
        // Each run has an error rate of its own: within a run nothing of that is to be seen.
        var a = Runs.Side([.. Enumerable.Range(1, 12).Select(static seed => Runs.Make((ulong)seed, errors: _ => 0.01 * (seed % 6)))]);
        var b = Runs.Side([.. Enumerable.Range(13, 12).Select(static seed => Runs.Make((ulong)seed, errors: _ => 0.01 * (seed % 6)))]);

        var comparison = Comparison.Of(a, b);

        Assert.Contains("12 and 12 runs", comparison.Method, StringComparison.Ordinal);
        Assert.InRange(Figure(comparison, "success").HalfWidth, 1.5, 2.8); // 1.8 % from run to run: t of 22 degrees times 1.8 sqrt(2/12)
    }

    [Fact]
    public void It_is_told_to_people_and_programs_and_drawn()
    {
        var comparison = Comparison.Of(Runs.Side(Runs.Make(1, retries: 0.1)), Runs.Side(Runs.Make(2, retries: 0.3)));

        Assert.Contains("different", ComparisonText.Cells(Figure(comparison, Retries)));
        var json = JsonDocument.Parse(ComparisonJson.Write(comparison)).RootElement;
        Assert.Equal("different", json.GetProperty("verdict").GetString());
        Assert.Equal(comparison.Figures.Length, json.GetProperty("figures").GetArrayLength());
        using var chart = SkiaSharp.SKBitmap.Decode(ComparisonCharts.Png(comparison));
        Assert.Equal(ComparisonCharts.Width, chart.Width);
    }

    private static FigureComparison Figure(Comparison comparison, string name) => comparison.Figures.Single(figure => figure.Figure.Name == name);
}
