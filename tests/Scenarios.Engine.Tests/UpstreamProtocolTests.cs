using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>HTTP/2 to services under load, and what it takes until a connection is up.</summary>
public class UpstreamProtocolTests
{
    private const long Millisecond = MonotonicTime.NanosecondsPerMillisecond;

    [Fact]
    public void One_connection_to_each_replica_carries_all_requests()
    {
        var stats = Run(Http2(Scenario())).Stats;

        Assert.Equal(3, stats["cluster.svc.upstream_cx_http2_total"]);
        Assert.DoesNotContain("cluster.svc.upstream_cx_http1_total", stats.Keys);
        Assert.True(stats["cluster.svc.upstream_rq_total"] > 3_000);
        Assert.Equal(stats["cluster.svc.upstream_rq_total"], stats["cluster.svc.upstream_rq_200"] + stats.GetValueOrDefault("cluster.svc.upstream_rq_active"));
    }

    /// <summary>A tenth of a second of service and half of it as time-out for each try: the connection lives on, and its other requests.</summary>
    [Fact]
    public void An_attempt_that_is_given_up_leaves_the_others_alone()
    {
        var retry = new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx, PerTryTimeoutNs = 50 * Millisecond };
        var scenario = Scenario(retry, new ServiceTime(ServiceTimeShape.Exponential, 40 * Millisecond));
        var stats = Run(Http2(scenario)).Stats;

        Assert.Equal(3, stats["cluster.svc.upstream_cx_total"]);
        Assert.DoesNotContain("cluster.svc.upstream_cx_destroy", stats.Keys);
        Assert.Equal(stats["cluster.svc.upstream_rq_per_try_timeout"], stats["cluster.svc.upstream_rq_tx_reset"]);
        Assert.True(stats["cluster.svc.upstream_rq_tx_reset"] > 300);
    }

    [Fact]
    public void Partitions_do_not_change_the_result()
    {
        var scenario = Http2(Scenario(new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx, PerTryTimeoutNs = 30 * Millisecond }));

        Assert.Equal(ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7)), ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7, partitions: 2)));
    }

    /// <summary>Links of a millisecond: the first request waits two of them for TCP, two more for each further round trip, and is answered after two.</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 6)]
    [InlineData(3, 8)]
    public void Each_round_trip_of_a_handshake_delays_the_first_request(int roundTrips, int milliseconds)
    {
        var scenario = TestScenarios.Gateway(replicas: 1, proxies: 1, ratePerSecond: 1, serviceTime: new ServiceTime(ServiceTimeShape.Constant, 0));
        scenario = scenario with
        {
            WarmUpNs = 0,
            DurationNs = 3_000 * Millisecond,
            Network = new NetworkModel(Millisecond, 0),
            Services = [scenario.Services[0] with { HandshakeRoundTrips = roundTrips }],
        };
        var result = SingleProcessRunner.Run(scenario, seed: 3);

        // Four links more between client and proxy: its connection, its request.
        Assert.Equal(1_000 * (milliseconds + 4), result.Totals.Latency.QuantileUs(1), 60.0);
    }

    private static ProxyRecord Run(Scenario scenario) => SingleProcessRunner.Run(scenario, seed: 3).Proxies[0];

    private static Scenario Scenario(RetryPolicySnapshot? retry = null, ServiceTime? serviceTime = null)
    {
        var scenario = TestScenarios.Gateway(retry: retry, serviceTime: serviceTime, proxies: 1, workers: 50);
        return scenario with { WarmUpNs = 0, Proxies = [scenario.Proxies[0] with { Concurrency = 1 }] };
    }

    private static Scenario Http2(Scenario scenario)
    {
        var role = scenario.Proxies[0];
        var cluster = role.Snapshot.Clusters[0] with { Http2 = new Http2UpstreamSnapshot() };
        return scenario with { Proxies = [role with { Snapshot = role.Snapshot with { Clusters = [cluster] } }] };
    }
}
