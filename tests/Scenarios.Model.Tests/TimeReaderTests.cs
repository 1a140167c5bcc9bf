namespace MeshSim.Scenarios.Model.Tests;

/// <summary>Service times as scenario files write them.</summary>
public class TimeReaderTests
{
    [Theory]
    [InlineData("20ms", 20)]
    [InlineData("{constant: 20ms}", 20)]
    [InlineData("{pareto: 20ms, alpha: 3}", 20)]
    [InlineData("{weibull: 20ms, shape: 0.7}", 20)]
    [InlineData("{gamma: 20ms}", 20)]
    [InlineData("{erlang: 20ms, k: 4}", 20)]
    [InlineData("{uniform: {from: 5ms, to: 15ms}}", 10)]
    [InlineData("{bimodal: {fast: 10ms, slow: {exponential: 100ms}, slow_share: 10%}}", 19)]
    [InlineData("{empirical: [1ms, {value: 4ms, weight: 2}]}", 3)]
    [InlineData("{empirical: times.csv}", 7)]
    [InlineData("{quantiles: {p50: 20ms}}", 28.854)]
    [InlineData("{histogram: {0.01: 50, 0.02: 80, +Inf: 100}}", 14.04)]
    [InlineData("{histogram: lines.txt}", 14.04)]
    public void A_time_has_the_mean_it_says(string time, double meanMs)
    {
        var result = Load(time);

        Assert.Empty(result.Problems);
        Assert.InRange(result.Scenario!.Services[0].ServiceTime.AverageNs / 1e6, meanMs * 0.98, meanMs * 1.02);
    }

    [Theory]
    [InlineData("{pareto: 20ms, alpha: 1}", "'1' is not accepted; accepted is a number above 1 and up to 100")]
    [InlineData("{gamma: 20ms, weibull: 20ms}", "give one of constant")]
    [InlineData("{quantiles: {p50: 20ms, p99: 10ms}}", "a higher share needs a longer time")]
    [InlineData("{quantiles: {p50: 20}}", "accepted are p50, p99.9 and so on")]
    [InlineData("{empirical: nothing.csv}", "cannot read 'nothing.csv'")]
    [InlineData("{empirical: broken.csv}", "'20' is not accepted; accepted is a duration")]
    [InlineData("{uniform: {from: 5ms, to: 1ms}}", "must not be below 'from'")]
    [InlineData("{histogram: {a: 1}}", "'a: 1' is no bucket")]
    public void A_time_that_is_none_is_told(string time, string message) =>
        Assert.Contains(Load(time).Problems, problem => problem.Message.StartsWith(message, StringComparison.Ordinal));

    private static ScenarioResult Load(string time) =>
        ScenarioLoader.Load(
            $$"""
            name: demo
            duration: 30s
            proxies: [{name: gateway, config: envoy.yaml}]
            services: [{name: svc, service_time: {{time}}}]
            load: [{to: gateway, rate: 1/s}]
            """,
            "demo.yaml",
            static file =>
                file switch
                {
                    "envoy.yaml" => ScenarioLoaderTests.Configuration,
                    "times.csv" => "value,weight\n4ms,1\n\n8ms,3\n",
                    "broken.csv" => "4ms\n20\n",
                    "lines.txt" => "x_bucket{a=\"b\",le=\"0.01\"} 50\nx_bucket{le=\"0.02\"} 80\nx_bucket{le=\"+Inf\"} 100\nx_sum 3\n",
                    _ => null,
                }
        );
}
