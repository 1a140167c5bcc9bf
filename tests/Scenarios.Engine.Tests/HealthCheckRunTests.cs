using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>Health checks under load: a check is a request to the service, which may be slow, busy or faulty.</summary>
public class HealthCheckRunTests
{
    private const long Second = MonotonicTime.NanosecondsPerSecond;

    private static readonly HealthCheckSnapshot Check = new()
    {
        Probe = new HttpProbeSnapshot("/healthz") { Receive = [new byte[] { 1, 2 }], ServiceNameMatcher = StringMatcher.Of(StringMatch.Exact, "svc") },
        TimeoutNs = Second / 2,
        IntervalNs = Second / 2,
        NoTrafficIntervalNs = Second / 2,
        UnhealthyThreshold = 2,
        HealthyThreshold = 2,
        EventLogPaths = ["/events"],
    };

    [Fact]
    public void A_replica_that_fails_is_found_within_an_interval_and_taken_back()
    {
        var scenario = Scenario(Check, fault: new ErrorRateFault("svc", [0], 1, 503, 5 * Second, 12 * Second));
        var result = SingleProcessRunner.Run(scenario, seed: 3);

        // A wrong status counts at once; the change is told at once or within the merge window of a second. Before the first results there are no hosts.
        Assert.All(
            result.Seconds.Where(static second => second.Second > 0 && second.ByStatus.ContainsKey(503)),
            static second => Assert.InRange(second.Second, 5, 6)
        );
        Assert.Equal(3, result.Proxies[0].Stats["cluster.svc.membership_healthy"]);
        Assert.Equal(3, result.Proxies[0].Stats["cluster.svc.health_check.healthy"]);
        Assert.Equal(
            [
                "\"add_healthy_event\":{\"first_check\":true}",
                "\"eject_unhealthy_event\":{\"failure_type\":\"ACTIVE\"}",
                "\"add_healthy_event\":{\"first_check\":false}",
            ],
            result
                .Proxies[0]
                .Events.Where(static e => e.Json.Contains("10.1.0.1", StringComparison.Ordinal))
                .Select(static e =>
                    e.Json[e.Json.IndexOf("\"svc\",", StringComparison.Ordinal)..e.Json.IndexOf(",\"timestamp\"", StringComparison.Ordinal)].Split(',', 2)[1]
                )
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Each_replica_is_checked_once_an_interval_however_many_workers_there_are(int concurrency)
    {
        var scenario = Scenario(Check with { Probe = new TcpProbeSnapshot() });
        scenario = scenario with { Proxies = [scenario.Proxies[0] with { Concurrency = concurrency }] };
        var attempts = SingleProcessRunner.Run(scenario, seed: 3).Proxies[0].Stats["cluster.svc.health_check.attempt"];

        // Three replicas, twenty seconds, two a second.
        Assert.InRange(attempts, 3 * 38, 3 * 41);
    }

    [Fact]
    public void A_replica_that_takes_too_long_fails_its_checks()
    {
        var slow = new ServiceTime(ServiceTimeShape.Constant, 2 * Second);
        var scenario = TestScenarios.Gateway(ratePerSecond: 0, serviceTime: slow, proxies: 1);
        var stats = SingleProcessRunner.Run(With(scenario, Check), seed: 3).Proxies[0].Stats;

        Assert.DoesNotContain("cluster.svc.membership_healthy", stats.Keys);
        Assert.Equal(stats["cluster.svc.health_check.failure"], stats["cluster.svc.health_check.network_failure"]);
        Assert.InRange(stats["cluster.svc.health_check.failure"], 3 * 18, 3 * 21);
    }

    /// <summary>Two workers that are given more than they can do: checks wait in the same queue as requests.</summary>
    [Fact]
    public void A_service_that_is_overloaded_fails_its_checks()
    {
        var scenario = TestScenarios.Gateway(
            ratePerSecond: 40,
            replicas: 1,
            workers: 2,
            serviceTime: new ServiceTime(ServiceTimeShape.Constant, Second / 10),
            proxies: 1
        );
        var stats = SingleProcessRunner.Run(With(scenario, Check), seed: 3).Proxies[0].Stats;

        Assert.True(stats["cluster.svc.health_check.network_failure"] > 10);
    }

    [Fact]
    public void Checks_by_gRPC_and_by_bytes_pass_where_the_service_is_well()
    {
        foreach (
            var probe in (ProbeSnapshot[])
                [
                    new GrpcProbeSnapshot { ServiceName = "a" },
                    new TcpProbeSnapshot { Send = new byte[] { 1 }, Receive = [new byte[] { 2 }, new byte[] { 3, 4 }] },
                    new HttpProbeSnapshot("/") { ExpectedStatuses = [new StatusRange(204, 205)], IsHttp2 = true },
                ]
        )
        {
            var stats = SingleProcessRunner.Run(Scenario(Check with { Probe = probe }), seed: 3).Proxies[0].Stats;

            Assert.Equal(3, stats["cluster.svc.membership_healthy"]);
            Assert.Equal(stats["cluster.svc.health_check.attempt"], stats["cluster.svc.health_check.success"]);
        }
    }

    [Fact]
    public void Partitions_do_not_change_the_result()
    {
        var scenario = Scenario(Check with { IntervalJitterPercent = 20 }, new ErrorRateFault("svc", [0], 0.5, 503, 2 * Second, 12 * Second));
        var one = SingleProcessRunner.Run(scenario, seed: 7);
        var two = SingleProcessRunner.Run(scenario, seed: 7, partitions: 2);

        Assert.Equal(ResultHash.Of(one), ResultHash.Of(two));
        Assert.Equal(string.Join('\n', one.Proxies[0].Events), string.Join('\n', two.Proxies[0].Events));
    }

    private static Scenario Scenario(HealthCheckSnapshot check, ErrorRateFault? fault = null)
    {
        var scenario = With(TestScenarios.Gateway(proxies: 1), check);
        return fault is null ? scenario : scenario with { Faults = [fault] };
    }

    private static Scenario With(Scenario scenario, HealthCheckSnapshot check)
    {
        var role = scenario.Proxies[0];
        var cluster = role.Snapshot.Clusters[0] with { HealthChecks = [check] };
        return scenario with { Proxies = [role with { Snapshot = role.Snapshot with { Clusters = [cluster] } }] };
    }
}
