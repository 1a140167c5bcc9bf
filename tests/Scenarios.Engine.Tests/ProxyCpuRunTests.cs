using System.Globalization;
using MeshSim.Scenarios.Engine.Tests.Theory;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>What a proxy's own CPU time does.</summary>
public class ProxyCpuRunTests
{
    /// <summary>With one request at a time it is no more than an addition: 5 ms beside the links and the service.</summary>
    [Fact]
    public void A_request_takes_its_CPU_time()
    {
        var (without, with) = (Run("", rate: 10), Run("cpu_per_request: 5ms,", rate: 10));

        Assert.Equal(5.0, (with.Totals.Latency.QuantileUs(0.5) - without.Totals.Latency.QuantileUs(0.5)) / 1000.0, 0.2);
        Assert.Equal(1, with.Totals.SuccessRate);
    }

    /// <summary>
    /// Forty users who ask again at once: a worker does one request in 5 ms, so 200 in a second, and two do 400; half a CPU is 100, whoever works.
    /// </summary>
    [Theory]
    [InlineData("cpu_per_request: 5ms,", 200)]
    [InlineData("cpu_per_request: 5ms, concurrency: 2,", 400)]
    [InlineData("cpu_per_request: 5ms, cpu_limit: 0.5,", 100)]
    [InlineData("cpu_per_request: 5ms, concurrency: 2, cpu_limit: 0.5,", 100)]
    public void More_than_its_CPUs_can_do_is_not_done(string fields, double most)
    {
        var passedOn = SingleProcessRunner.Run(Scenario(fields, "users: 40"), seed: 5).Endpoints[0].ArrivalsBySecond.Skip(5).Take(10).Average();

        Assert.InRange(passedOn, 0.98 * most, 1.02 * most);
    }

    /// <summary>With a limit of a tenth, 10 ms go at once and then nothing until the next 100 ms begin.</summary>
    [Fact]
    public void A_limit_stalls_until_the_period_is_over()
    {
        var result = Run("cpu_per_request: 9ms, cpu_limit: 0.1,", rate: 5);

        Assert.InRange(result.Totals.Latency.QuantileUs(0.99) / 1000.0, 80, 400);
        Assert.InRange(result.Totals.Latency.QuantileUs(0.1) / 1000.0, 9, 20);
    }

    [Fact]
    public void Partitions_do_not_change_the_result()
    {
        var scenario = Scenario("cpu_per_request: 2ms, concurrency: 2, cpu_limit: 1.5,", "rate: 600/s");

        Assert.Equal(ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7)), ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7, partitions: 3)));
    }

    private static RunResult Run(string fields, int rate) =>
        SingleProcessRunner.Run(Scenario(fields, string.Create(CultureInfo.InvariantCulture, $"rate: {rate}/s")), seed: 5);

    private static Scenario Scenario(string fields, string load) =>
        Station.Load(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                name: cpu
                duration: 20s
                proxies: [{name: gateway, {{fields}} config: envoy.yaml}]
                services: [{name: svc, port: 80, workers: 1000, service_time: 1ms}]
                load: [{to: gateway, {{load}}, timeout: 100s}]
                """
            ),
            Station.Configuration("lb_policy: ROUND_ROBIN", "")
        );
}
