using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>What a service does with its requests: its workers, its queue, its faults.</summary>
public class EndpointTests
{
    private const long Second = 1_000_000_000;

    /// <summary>2 ms of service, 1 ms of overhead and four links of 50 µs; a request alone.</summary>
    [Fact]
    public void Overhead_holds_a_worker_longer_than_drawn()
    {
        var latency = Run(service => service with { OverheadNs = 1_000_000 }).Totals.Latency;

        Assert.InRange(latency.QuantileUs(0.5), 3_180, 3_220);
    }

    /// <summary>A worker takes 2 ms a request, so in 4 seconds one worker serves 2000 of the 8000 that come, and the others wait.</summary>
    [Fact]
    public void One_worker_serves_one_request_at_a_time()
    {
        var endpoint = Run(service => service with { Workers = 1 }, rate: 2_000).Endpoints.Single();

        Assert.InRange(endpoint.Answered, 1_990, 2_000);
        Assert.InRange(endpoint.Arrivals - endpoint.Answered - endpoint.MaxQueue, 0, 1);
    }

    [Fact]
    public void Slowness_is_read_when_service_begins()
    {
        var result = Run(service => service with { Workers = 100 }, faults: [new SlowFault("svc", [], 10, 1 * Second, 2 * Second)]);

        Assert.InRange(P50Us(result, 0), 2_180, 2_230);
        Assert.InRange(P50Us(result, 1), 20_100, 20_300);
        Assert.InRange(P50Us(result, 3), 2_180, 2_230);
    }

    /// <summary>Service takes 100 ms: whoever came within 100 ms before the fault meets it.</summary>
    [Fact]
    public void Errors_are_read_when_service_ends()
    {
        var fault = new ErrorRateFault("svc", [], 1, 500, 2 * Second, 3 * Second);
        var requests = new Requests();

        _ = Run(
            service => service with { ServiceTime = new ServiceTime(ServiceTimeShape.Constant, Second / 10), Workers = 1_000 },
            faults: [fault],
            observer: requests
        );

        Assert.All(
            requests.Answers,
            answer => Assert.Equal(answer.NowNs >= (2 * Second) + 100_000 && answer.NowNs < (3 * Second) + 100_000 ? 500 : 200, answer.Status)
        );
        Assert.Contains(requests.Answers, answer => answer.Status == 500 && answer.SentNs < 2 * Second);
        Assert.Contains(requests.Answers, answer => answer.Status == 200 && answer.SentNs is > 2 * Second and < 3 * Second);
    }

    /// <summary>Open connections are reset and new ones refused; the proxy answers for itself, and all is well again afterwards.</summary>
    [Fact]
    public void A_service_that_is_down_is_reached_by_nobody()
    {
        var requests = new Requests();

        var result = Run(
            service => service with { ServiceTime = new ServiceTime(ServiceTimeShape.Constant, Second / 10), Workers = 1_000 },
            faults: [new DownFault("svc", [], 2 * Second, 3 * Second)],
            observer: requests
        );

        Assert.DoesNotContain(requests.Arrivals, arrival => arrival is > 2 * Second and < 3 * Second);
        Assert.All(requests.Answers, answer => Assert.Equal(IsLost(answer.SentNs) ? 503 : 200, answer.Status));
        var stats = result.Proxies.Single().Stats;
        Assert.InRange(stats["cluster.svc.upstream_cx_destroy_remote_with_active_rq"], 10, 40); // 200 a second, a tenth of a second
        Assert.Equal(
            stats["cluster.svc.upstream_cx_destroy_remote_with_active_rq"] + stats["cluster.svc.upstream_rq_pending_failure_eject"],
            requests.Answers.Count(answer => answer.Status == 503)
        );

        // A request arrives 100 µs after it was sent; the first that are lost are those under way, the last the last to be refused.
        static bool IsLost(long sentNs) => sentNs + 100_000 is > (2 * Second) - (Second / 10) and < 3 * Second;
    }

    [Fact]
    public void A_caller_that_gave_up_is_not_noticed()
    {
        var load = new LoadModel("gateway", 100, 0, 2 * Second, "GET", "/", "svc", Second / 10);

        var result = Run(service => service with { ServiceTime = new ServiceTime(ServiceTimeShape.Constant, Second), Workers = 1_000 }, load: load);

        Assert.Equal([0], result.Totals.ByStatus.Keys);
        Assert.Equal(result.Totals.Sent, result.Endpoints.Single().Answered);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1024, 1, 3)]
    [InlineData(7, (1L << 39) - 1, 2)]
    public void A_call_is_one_number(int worker, long connection, int kind)
    {
        var call = new ServiceCall(worker, connection, kind);

        Assert.Equal(call, ServiceCall.Of(call.Code));
    }

    private static double P50Us(RunResult result, int second) => result.Seconds[second].Latency.QuantileUs(0.5);

    private static RunResult Run(
        Func<ServiceRole, ServiceRole>? service = null,
        Fault[]? faults = null,
        LoadModel? load = null,
        double rate = 200,
        IRunObserver? observer = null
    ) => SingleProcessRunner.Run(Scenario(service, faults, load, rate), seed: 9, observer: observer);

    private static Scenario Scenario(Func<ServiceRole, ServiceRole>? service = null, Fault[]? faults = null, LoadModel? load = null, double rate = 200)
    {
        var plain = new ServiceRole("svc", 80, 1, 4, new ServiceTime(ServiceTimeShape.Constant, 2_000_000), 100);
        return new Scenario
        {
            Name = "endpoint",
            DurationNs = 4 * Second,
            Proxies = [new ProxyRole("gateway", TestScenarios.Proxy(), "", Concurrency: 1, Replicas: 1)],
            Services = [service?.Invoke(plain) ?? plain],
            Load = [load ?? new LoadModel("gateway", rate, 0, 4 * Second, "GET", "/", "svc", 20 * Second)],
            Faults = [.. faults ?? []],
        };
    }

    private sealed class Requests : IRunObserver
    {
        public List<(long SentNs, long NowNs, int Status)> Answers { get; } = [];

        public List<long> Arrivals { get; } = [];

        public void Answered(long sentNs, long nowNs, int status) => Answers.Add((sentNs, nowNs, status));

        public void Arrived(string endpoint, long nowNs) => Arrivals.Add(nowNs);
    }
}
