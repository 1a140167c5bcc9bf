using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

public class VariantChartTests
{
    private const int Seconds = 12;
    private static readonly Scenario Scenario = LibraryRuns.Scenario("seed-httpbin", Seconds);
    private static readonly RunResult Result = LibraryRuns.Run(Scenario);

    [Fact]
    public void A_share_of_answers_is_that_of_each_second()
    {
        var success = VariantSeries.Of(Expected("success_rate >= 90%"), Result);

        Assert.Equal(Seconds, success.Length);
        Assert.All(success, static share => Assert.InRange(share, 99.9, 100));
    }

    [Fact]
    public void Counts_grow_from_the_begin_of_the_window_to_its_end()
    {
        var arrivals = VariantSeries.Of(Expected("arrivals httpbin in 4s..9s == 1500 ± 200"), Result);

        var expected = Result.Endpoints.Sum(static endpoint => endpoint.ArrivalsBySecond.Skip(4).Take(5).Sum());
        Assert.Equal(0, arrivals[3]);
        Assert.Equal(expected, arrivals[8]);
        Assert.Equal(expected, arrivals[^1]);
        Assert.Equal(Result.Endpoints[1].Arrivals, VariantSeries.Of(Expected("arrivals httpbin-1 >= 1"), Result)[^1]);
    }

    [Fact]
    public void Shares_of_the_endpoints_of_a_service_are_100_percent_together()
    {
        var lines = VariantSeries.Shares(Expected("share httpbin-1 == 33% ± 1%"), Result).ToArray();

        Assert.Equal(["httpbin-0", "httpbin-1", "httpbin-2"], lines.Select(static line => line.Name));
        Assert.All(Enumerable.Range(0, Seconds), second => Assert.Equal(100, lines.Sum(line => line.Values[second]), 6));
        Assert.Equal("httpbin", Assert.Single(VariantSeries.Shares(Expected("share httpbin == 100% ± 1%"), Result)).Name);
    }

    [Theory]
    [InlineData("success_rate >= 90%")]
    [InlineData("p99 <= 200ms")]
    [InlineData("answers 5xx == 0")]
    [InlineData("answers 5xx == 0%")]
    [InlineData("responses gateway 503 UC == 0")]
    [InlineData("stat gateway cluster.httpbin_service.upstream_rq_retry == 0")]
    [InlineData("max_queue httpbin <= 5")]
    [InlineData("errors httpbin == 0")]
    [InlineData("max_share httpbin <= 40%")]
    [InlineData("goodput >= 100")]
    [InlineData("rate >= 100")]
    [InlineData("sent >= 100")]
    public void Whatever_is_expected_can_be_drawn(string expectation)
    {
        var png = VariantChart.Png(Expected(expectation), Scenario, Result, Result);

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
    }

    /// <summary>As the scenario's file would say it.</summary>
    private static Expectation Expected(string text)
    {
        var file = ScenarioLibrary.Read(ScenarioLibrary.FileName("seed-httpbin"))!;
        var begin = file[..file.IndexOf("expectations:", StringComparison.Ordinal)];
        return ScenarioLoader.Load($"{begin}expectations: [\"{text}\"]\n", "seed-httpbin", ScenarioLibrary.Read).Scenario!.Expectations[0];
    }
}
