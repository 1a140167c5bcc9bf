using System.Globalization;

namespace MeshSim.Scenarios.Engine.Tests.Theory;

/// <summary>What retries, budgets and hedges make of failures and of load.</summary>
public class RetryTheoryTests
{
    private const int Units = 20_000;

    /// <summary>Attempts (1 − p³)/(1 − p), failures p³ with two retries. Half of the calls failing is one in eight seen.</summary>
    [Theory]
    [InlineData(0.3, 1.39, 0.027, 301)]
    [InlineData(0.5, 1.75, 0.125, 302)]
    public void Retries_of_independent_failures(double failing, double attempts, double failed, ulong seed)
    {
        var service = string.Create(CultureInfo.InvariantCulture, $"workers: 1000, service_time: {{constant: 10ms}}, error_rate: {failing}");

        var run = TheoryRun.Of(Station.Of(3, Units, service, route: "retry_policy: {retry_on: 5xx, num_retries: 2}"), seed);

        run.HoldsShare(503, failed, within: 0.2);
        Assert.InRange(run.Attempts, attempts * 0.98, attempts * 1.02);
    }

    /// <summary>Three layers that retry twice each, before something that always fails: 3³ calls of it for each request.</summary>
    [Fact]
    public void Layers_of_retries_multiply()
    {
        var result = SingleProcessRunner.Run(
            Station.Load(
                """
                name: layers
                duration: 60s
                mesh:
                  policies: { timeout: 0s, retries: { attempts: 2, retry_on: 5xx }, breakers: { max_retries: 100000 } }
                  gateway: { to: a }
                  services:
                    - { name: a, workers: 1000, service_time: 1ms, calls: [{ to: b }] }
                    - { name: b, workers: 1000, service_time: 1ms, calls: [{ to: c }] }
                    - { name: c, workers: 1000, service_time: 1ms, error_rate: 100% }
                load: [{ to: gateway, rate: 2/s, until: 50s }]
                """
            ),
            seed: 303
        );

        var arrivals = result.Endpoints.ToDictionary(static endpoint => endpoint.Name, static endpoint => endpoint.Arrivals);
        Assert.Equal([3 * result.Totals.Sent, 9 * result.Totals.Sent, 27 * result.Totals.Sent], [arrivals["a-0"], arrivals["b-0"], arrivals["c-0"]]);
    }

    /// <summary>With a budget of 20 % of what is active no more than 1/(1 − 0.2) attempts go out, though every one fails.</summary>
    [Fact]
    public void A_budget_bounds_the_load_that_retries_add()
    {
        const string Budget =
            "circuit_breakers: {thresholds: [{max_connections: 100000, max_pending_requests: 100000, max_requests: 100000, retry_budget: {budget_percent: {value: 20}, min_retry_concurrency: 1}}]}";
        const string Service = "workers: 100000, service_time: {exponential: 10ms}, error_rate: 100%";

        var run = TheoryRun.Of(
            Station.Of(100, 500, Service, Budget, "retry_policy: {retry_on: 5xx, num_retries: 3, retry_back_off: {base_interval: 0.001s}}"),
            seed: 304
        );

        Assert.InRange(run.Attempts, 1.15, 1.26);
    }

    /// <summary>
    /// A second attempt after three mean times: e⁻³ more load, and P(T &gt; t) = e³⁻²ᵗ from there on, so that p99 falls from 4.605 to 3.803 and
    /// p99.9 from 6.908 to 4.954. A back-off of 1 ms is none: whole milliseconds below it are drawn.
    /// </summary>
    [Fact]
    public void Hedges_cut_the_tail()
    {
        const string Hedge =
            "hedge_policy: {hedge_on_per_try_timeout: true}, retry_policy: {retry_on: 5xx, num_retries: 1, per_try_timeout: 0.03s, retry_back_off: {base_interval: 0.001s}}";

        var run = TheoryRun.Of(Station.Of(10, 20_000, "workers: 100000, service_time: {exponential: 10ms}", route: Hedge), seed: 305);

        Assert.InRange(run.Attempts, 1.048, 1.0515); // e⁻³ is 0.0498, four standard deviations 0.002.
        run.HoldsShareAbove(3.802585, 0.01, within: 0.15);
        run.HoldsShareAbove(4.953878, 0.001, within: 0.5);
    }

    /// <summary>The slowest of ten calls side by side takes H₁₀ mean service times.</summary>
    [Fact]
    public void A_fan_out_waits_for_the_slowest()
    {
        var calls = string.Join(", ", Enumerable.Repeat("{ to: leaf, via: direct }", 10));
        var run = TheoryRun.Of(
            Station.Load(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    name: fan-out
                    duration: {{200 * TheoryRun.Scale}}s
                    network: { latency_floor: 1us }
                    mesh:
                      sidecars: false
                      policies: { timeout: 0s }
                      gateway: { to: root }
                      services:
                        - { name: root, workers: 100000, service_time: 1us, calls: [{ parallel: [{{calls}}] }] }
                        - { name: leaf, workers: 100000, service_time: { exponential: 10ms } }
                    load: [{ to: gateway, rate: 100/s }]
                    """
                )
            ),
            seed: 306
        );

        run.HoldsMean(2.928968, within: 0.05);
    }
}
