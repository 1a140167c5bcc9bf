using System.Collections.Immutable;
using System.Text.Json;
using MeshSim.Scenarios.Model;
using SkiaSharp;

namespace MeshSim.Scenarios.Results.Tests;

public class FidelityTests
{
    [Fact]
    public void Cells_have_units_and_say_how_far_off()
    {
        var outcome = Outcome();

        Assert.Equal(["success", "90.00 %", "92.50 %", "+2.50 points", "92.50 % to 92.50 %", "outside"], FidelityText.Cells(outcome.Figures[0]));
        Assert.Equal(["p50", "10.0 ms", "11.0 ms", "+10.0 %", "11.0 ms to 11.0 ms", "inside tolerance"], FidelityText.Cells(outcome.Figures[1]));
        Assert.Equal(["arrivals b", "0.0", "2.0", "", "2.0 to 2.0", "outside"], FidelityText.Cells(outcome.Figures[5]));
        Assert.Equal("4 inside tolerance, 2 outside", FidelityText.Summary(outcome));
    }

    [Fact]
    public void Json_says_the_same_every_time()
    {
        var json = FidelityJson.Write([Outcome()]);

        Assert.Equal(json, FidelityJson.Write([Outcome()]));
        var root = JsonDocument.Parse(json).RootElement;
        Assert.False(root.GetProperty("inside").GetBoolean());
        var figure = root.GetProperty("experiments")[0].GetProperty("figures")[1];
        Assert.Equal(
            ("p50", 10, 11, "inside tolerance"),
            (Text(figure, "name"), Number(figure, "measured"), Number(figure, "simulated"), Text(figure, "verdict"))
        );
    }

    [Fact]
    public void A_chart_shows_what_was_measured_and_what_was_simulated()
    {
        using var chart = SKBitmap.Decode(FidelityCharts.Png(Outcome()));
        using var other = SKBitmap.Decode(FidelityCharts.Png(Outcome(measured: 100)));

        Assert.Equal((FidelityCharts.Width, FidelityCharts.Height), (chart.Width, chart.Height));
        Assert.NotEqual(chart.Bytes, other.Bytes);
    }

    [Fact]
    public void Servers_that_are_alike_are_one_group()
    {
        var groups = ServerGroups.Of(Outcome().Experiment).ToArray();

        Assert.Equal(["a, c (mean)", "b"], groups.Select(group => group.Name));
    }

    [Fact]
    public void A_series_has_the_seconds_that_both_sides_have()
    {
        var series = SecondSeries.Of(Outcome(), "p50", second => second.P50Ms);

        Assert.Equal(new SecondPoint(0, 10, 11, 11, 11), Assert.Single(series.Points));
    }

    private static string? Text(JsonElement figure, string name) => figure.GetProperty(name).GetString();

    private static double Number(JsonElement figure, string name) => figure.GetProperty(name).GetDouble();

    private static FidelityOutcome Outcome(long measured = 180)
    {
        ExperimentRun[] runs = [Run(measured, 0.9, 10, b: 0)];
        ExperimentRun[] simulated = [Run(185, 0.925, 11, b: 2), Run(185, 0.925, 11, b: 2)];
        var time = new ServiceTime(ServiceTimeShape.Constant, 1_000_000);
        var setUp = new Scenario
        {
            Name = "demo",
            DurationNs = 22_000_000_000,
            Proxies = [],
            Services = [new("a", 1, 1, 1, time, 0), new("b", 2, 1, 1, time, 0), new("c", 3, 1, 1, time, 0)],
            Load = [new LoadModel("proxy", 200, 0, 2_000_000_000, "GET", "/", "svc", 20_000_000_000)],
            Faults = [new DownFault("b", [], 1, 2)],
        };
        var experiment = new Experiment("demo", "", setUp with { Services = setUp.Services[..2] }, [.. runs]);
        var figures = Judge.Of(experiment, simulated);
        return new FidelityOutcome("demo.json", experiment with { SetUp = setUp }, [.. simulated], figures);
    }

    /// <summary>A second with answers, and one without.</summary>
    private static ExperimentRun Run(long ok, double fraction, double p50, long b)
    {
        var arrivals = ImmutableSortedDictionary<string, long>.Empty.Add("a", 100).Add("b", b);
        var statuses = ImmutableSortedDictionary<int, long>.Empty.Add(200, ok);
        return new ExperimentRun(
            200,
            fraction,
            p50,
            20,
            30,
            arrivals,
            null,
            [
                new ExperimentSecond(0, 200, statuses, p50, 30, arrivals),
                new ExperimentSecond(1, 0, ImmutableSortedDictionary<int, long>.Empty, null, null, ImmutableSortedDictionary<string, long>.Empty),
            ]
        );
    }
}
