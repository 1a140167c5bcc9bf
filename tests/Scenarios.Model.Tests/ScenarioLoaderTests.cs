namespace MeshSim.Scenarios.Model.Tests;

public class ScenarioLoaderTests
{
    private const string Configuration = """
        static_resources:
          listeners:
            - address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
              filter_chains: [{filters: []}]
        """;

    private const string Good = """
        name: demo
        duration: 30s
        warm_up: 2s
        proxies:
          - {name: gateway, config: envoy.yaml, concurrency: 2}
        services:
          - {name: svc, replicas: 2, workers: 4, service_time: {exponential: 20ms}}
        load:
          - {to: gateway, rate: 200/s}
        faults:
          - error_rate: {service: svc, replicas: [1], rate: 50%, from: 5s, for: 10s}
        expectations:
          - success_rate >= 99%
          - p99.9 < 250ms
        """;

    [Fact]
    public void A_scenario_is_read_with_its_units_and_defaults()
    {
        var result = Load(Good);

        Assert.Empty(result.Problems);
        var scenario = result.Scenario!;
        Assert.Equal(30_000_000_000, scenario.DurationNs);
        Assert.Equal(200, scenario.Load[0].RatePerSecond);
        Assert.Equal(20_000_000_000, scenario.Load[0].TimeoutNs);
        Assert.Equal(50_000, scenario.Network.LatencyFloorNs);
        Assert.True(scenario.Faults[0].Acts("svc", 1, 14_999_999_999));
        Assert.False(scenario.Faults[0].Acts("svc", 1, 15_000_000_000));
        Assert.False(scenario.Faults[0].Acts("svc", 0, 6_000_000_000));
        Assert.Equal([0.99, 250], scenario.Expectations.Select(e => e.Bound));
        Assert.Equal(0.999, scenario.Expectations[1].Quantile, 6);
    }

    [Theory]
    [InlineData("duration: 30s", "duraton: 30s", 2, "unknown field 'duraton'; did you mean 'duration'?")]
    [InlineData("duration: 30s", "duration: 30", 2, "'30' is not accepted; accepted is a duration with its unit")]
    [InlineData("rate: 200/s", "rate: 200", 9, "'200' is not accepted; accepted is a rate such as 200/s")]
    [InlineData("to: gateway", "to: gatewy", 9, "unknown proxy 'gatewy'; did you mean 'gateway'?")]
    [InlineData("service: svc", "service: svd", 11, "unknown service 'svd'; did you mean 'svc'?")]
    [InlineData("replicas: [1]", "replicas: [2]", 11, "service 'svc' has replicas 0 to 1")]
    [InlineData("p99.9 < 250ms", "p99.9 below 250ms", 14, "'p99.9 below 250ms' is not accepted")]
    [InlineData("config: envoy.yaml", "config: nothing.yaml", 5, "cannot read 'nothing.yaml'")]
    [InlineData("{exponential: 20ms}", "{gamma: 20ms}", 7, "give one of constant, exponential, lognormal")]
    public void A_mistake_is_told_with_its_line(string right, string wrong, int line, string message)
    {
        var result = Load(Good.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Null(result.Scenario);
        var problem = Assert.Single(result.Problems, problem => problem.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.Equal(line, problem.Line);
        Assert.Equal("demo.yaml", problem.File);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var result = Load(
            Good.Replace("30s", "30", StringComparison.Ordinal)
                .Replace("200/s", "many", StringComparison.Ordinal)
                .Replace("50%", "150%", StringComparison.Ordinal)
        );

        Assert.Equal(3, result.Problems.Length);
    }

    private static ScenarioResult Load(string text) => ScenarioLoader.Load(text, "demo.yaml", path => path == "envoy.yaml" ? Configuration : null);
}
