using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests.Theory;

/// <summary>Queues whose behaviour is known exactly, through gateway, network and service. Times in mean service times.</summary>
public class QueueTheoryTests
{
    private const string Exponential = "service_time: {exponential: 10ms}";

    /// <summary>M/M/1 at half load: W = 1/(1 − ρ), and exponential itself.</summary>
    [Fact]
    public void One_server()
    {
        var run = TheoryRun.Of(Station.Of(0.5, 300_000, $"workers: 1, {Exponential}"), seed: 101);

        run.HoldsMean(2, within: 0.08);
        run.HoldsShareAbove(1.386294, 0.5, within: 0.05);
        run.HoldsShareAbove(5.991465, 0.05, within: 0.2);
        run.HoldsShareAbove(9.210340, 0.01, within: 0.5);
    }

    /// <summary>M/M/c, Erlang's C formula.</summary>
    [Theory]
    [InlineData(2, 0.5, 1.333333, 102)]
    [InlineData(4, 0.8, 1.745541, 103)]
    public void Many_servers_with_one_queue(int servers, double load, double response, ulong seed) =>
        TheoryRun.Of(Station.Of(servers * load, 200_000 / servers, $"workers: {servers}, {Exponential}"), seed).HoldsMean(response, within: 0.12);

    /// <summary>M/G/1, Pollaczek–Khinchine: 1 + ρ(1 + cv²)/(2(1 − ρ)).</summary>
    [Theory]
    [InlineData("constant: 10ms", 3.0, 104)]
    [InlineData("erlang: 10ms, k: 2", 4.0, 105)]
    [InlineData("lognormal: 10ms, sigma: 0.5", 3.568051, 106)]
    public void Service_times_of_any_kind(string time, double response, ulong seed) =>
        TheoryRun.Of(Station.Of(0.8, 250_000, $"workers: 1, service_time: {{{time}}}"), seed).HoldsMean(response, within: 0.15);

    /// <summary>M/G/1 with processor sharing, one CPU for all: W = 1/(1 − ρ) whatever the distribution of service times.</summary>
    [Theory]
    [InlineData("constant: 10ms", 114)]
    [InlineData("lognormal: 10ms, sigma: 1", 115)]
    public void Requests_share_a_processor(string time, ulong seed) =>
        TheoryRun
            .Of(Station.Of(0.5, 200_000, $"workers: 1000, node: n, service_time: {{{time}}}", extra: "nodes: [{name: n, cpus: 1, slice: 50us}]"), seed)
            .HoldsMean(2, within: 0.1);

    /// <summary>M/G/c/c, Erlang's B formula: max_requests with no queue turns away the same share whatever the distribution of service times.</summary>
    [Theory]
    [InlineData("exponential: 10ms", 107)]
    [InlineData("constant: 10ms", 108)]
    [InlineData("lognormal: 10ms, sigma: 1", 109)]
    public void A_breaker_blocks_by_Erlang_B(string time, ulong seed)
    {
        const string Limit = "circuit_breakers: {thresholds: [{max_requests: 5, max_connections: 100000, max_pending_requests: 100000}]}";

        var run = TheoryRun.Of(Station.Of(3, 40_000, $"workers: 1000, service_time: {{{time}}}", Limit), seed);

        run.HoldsShare(503, 0.110054, within: 0.15);
        Assert.Equal(run.Result.Proxies[0].Responses.Keys, ["200", "503 UO"]);
    }

    /// <summary>M/M/c/K: a queue with an end.</summary>
    [Theory]
    [InlineData(1, 5, 0.8, 0.088819, 2.563065, 110)]
    [InlineData(2, 10, 1.8, 0.054807, 2.516483, 111)]
    [InlineData(8, 24, 8.0, 0.049395, 1.883345, 112)]
    public void A_full_queue_turns_away(int servers, int places, double offered, double blocked, double response, ulong seed)
    {
        var run = TheoryRun.Of(Station.Of(offered, 150_000 / offered, $"workers: {servers}, queue_limit: {places - servers}, {Exponential}"), seed);

        run.HoldsShare(503, blocked, within: 0.25);
        run.HoldsMean(response, within: 0.05);
    }

    /// <summary>Little's law, end to end: the number of requests in the system, integrated over time, is the sum of the latencies in the result; no estimate.</summary>
    [Fact]
    public void The_number_in_the_system_is_rate_times_time()
    {
        var scenario = Station.Of(0.7, 50_000, $"workers: 1, {Exponential}");
        var number = new NumberInSystem();

        var result = SingleProcessRunner.Run(scenario, seed: 113, observer: number);

        var answered = result.Totals.Latency;
        Assert.Equal(number.IntegralNs / 1000.0, answered.SumUs, answered.Count); // Latencies are kept in whole microseconds.
        Assert.Equal(0.7 / 0.3, number.IntegralNs / (double)scenario.DurationNs, 0.35);
    }

    /// <summary>Requests in the system, integrated over time from the moments at which it changes.</summary>
    private sealed class NumberInSystem : IRunObserver
    {
        private readonly SortedDictionary<long, int> changes = [];

        public long IntegralNs
        {
            get
            {
                var (sum, number, last) = (0L, 0, 0L);
                foreach (var (time, change) in changes)
                {
                    sum += number * (time - last);
                    (number, last) = (number + change, time);
                }

                return sum;
            }
        }

        public void Answered(long sentNs, long nowNs, int status)
        {
            changes[sentNs] = changes.GetValueOrDefault(sentNs) + 1;
            changes[nowNs] = changes.GetValueOrDefault(nowNs) - 1;
        }

        public void Arrived(string endpoint, long nowNs) { }
    }
}
