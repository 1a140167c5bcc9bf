using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

/// <summary>What notebooks draw second by second adds up to the totals.</summary>
public class SeriesTests
{
    private static readonly RunResult Result = SingleProcessRunner.Run(
        ScenarioLoader
            .Load(ScenarioLibrary.Read("seed-httpbin-retry.scenario.yaml")!, "", ScenarioLibrary.Read, [new ScenarioSetting("warm_up", "0s")])
            .Scenario!,
        seed: 3
    );

    [Fact]
    public void Seconds_add_up()
    {
        Assert.Equal(60, BySecond.Sent(Result).Count());
        Assert.Equal(Result.Totals.Sent, BySecond.Sent(Result).Sum());
        Assert.Equal(Result.Totals.Ok, BySecond.Goodput(Result).Sum());
        Assert.Equal(Result.Endpoints.Sum(static endpoint => endpoint.Arrivals), BySecond.Arrivals(Result, "httpbin").Sum());
        Assert.Equal(0, BySecond.Arrivals(Result, "http").Sum());
        Assert.Equal(100, BySecond.Success(Result).First());
        Assert.InRange(BySecond.Success(Result).Skip(22).Take(15).Max(), 60, 99.9);
        const string retries = "cluster.httpbin_service.upstream_rq_retry";
        Assert.Equal(Result.Proxies[0].Stats[retries], BySecond.Stat(Result, "gateway", retries).Sum());
        Assert.All(BySecond.LatencyMs(Result, 0.5), static ms => Assert.InRange(ms, 1, 50));
    }

    [Fact]
    public void Charts_are_drawn_with_their_names()
    {
        var lines = SeriesCharts.OverTime("Requests", "requests per second", ("sent", BySecond.Sent(Result)), ("nobody", [0, 0]));
        var bars = SeriesCharts.Bars("Shares", "%", ("a", 10), ("b", 20));

        Assert.Equal(["sent", "nobody"], lines.Legend.GetItems().Select(static item => item.LabelText));
        Assert.True(lines.Axes.GetLimits().Bottom < 0);
        Assert.Equal(0x89, bars.GetImageBytes(400, 300, ScottPlot.ImageFormat.Png)[0]);
    }
}
