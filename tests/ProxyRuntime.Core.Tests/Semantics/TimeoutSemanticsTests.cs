namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What others who build Envoy anew often get wrong about timeouts and times, each point by a whole request.</summary>
public class TimeoutSemanticsTests
{
    private const long Ms = MonotonicTime.NanosecondsPerMillisecond;

    [Fact]
    public void The_timeout_of_a_try_starts_when_the_connection_is_there_and_not_when_the_attempt_is_made()
    {
        var proxy = Waiting(routeMs: 15_000);
        Assert.Empty(proxy.Wait(4000));
        Assert.Equal(["start A1 on U1 end"], proxy.Connected(1));
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 100\n", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Empty(proxy.Wait(99));
        Assert.Equal(["cancel A1"], proxy.Wait(1));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Wait(25));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_per_try_timeout"));
        Assert.Equal(1, proxy.Host("svc").Stats.RqTimeout);
        Assert.Equal(0, proxy.Stat("cluster.svc.retry.upstream_rq_completed"));
    }

    [Fact]
    public void The_wait_for_a_connection_is_bound_by_connect_timeout_and_the_timeout_of_the_route_alone()
    {
        var patient = Waiting(routeMs: 15_000);
        Assert.Empty(patient.Wait(4999));
        Assert.Equal(["close U1"], patient.Wait(1));
        Assert.Equal(1, patient.Stat("cluster.svc.upstream_cx_connect_timeout"));
        Assert.Equal(0, patient.Stat("cluster.svc.upstream_rq_per_try_timeout"));

        var hasty = Waiting(routeMs: 1000);
        Assert.Empty(hasty.Wait(999));
        Assert.Equal(["reply 504 'upstream request timeout'", "log"], hasty.Wait(1));
        Assert.Equal("504 UT response_timeout attempts=1", hasty.LastLog);
        Assert.Equal(0, hasty.Stat("cluster.svc.upstream_rq_per_try_timeout"));
        Assert.Equal(1, hasty.Stat("cluster.svc.upstream_rq_timeout"));
        Assert.Equal(1, hasty.Stat("cluster.svc.upstream_rq_cancelled"));
        Assert.Equal(0, hasty.Stat("cluster.svc.upstream_rq_pending_active"));

        // The host is known although nothing was sent to it.
        Assert.Equal(("10.0.0.1:80", 0), (hasty.Logs[^1].Host, hasty.Host("svc").Stats.RqTimeout));
    }

    [Fact]
    public void The_timeout_of_the_route_starts_at_the_end_of_the_request_and_in_a_back_off_it_is_no_timeout_of_the_upstream()
    {
        var retry = Snapshots.Retry(RetryOn.FiveXx) with { BaseIntervalMs = 1_000_000, MaxIntervalMs = 2_000_000 };
        var proxy = new WorkerHarness(Snapshots.Proxy(Action(200, retry)));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        Assert.Empty(proxy.Wait(5000));
        proxy.Body(3, endStream: true);
        Assert.Empty(proxy.Wait(100));
        Assert.Empty(proxy.Answer(1, 503));

        Assert.Empty(proxy.Wait(99));
        Assert.Equal(["reply 504 'upstream request timeout'", "log"], proxy.Wait(1));
        Assert.Equal("504 UT response_timeout attempts=1", proxy.LastLog);
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_timeout"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_504"));
        Assert.Equal(1, proxy.Stat("cluster.svc.retry.upstream_rq_503"));
        Assert.Empty(proxy.Wait(3_000_000));
    }

    /// <summary>The connection is there already, so that the timer of the try would be the first to be armed.</summary>
    [Theory]
    [InlineData(500, 499, 499, "upstream_per_try_timeout")]
    [InlineData(500, 500, 500, "response_timeout")]
    [InlineData(500, 501, 500, "response_timeout")]
    [InlineData(0, 500, 500, "upstream_per_try_timeout")]
    public void A_timeout_of_a_try_that_is_not_shorter_than_that_of_the_route_is_off(long routeMs, long perTryMs, int firesAtMs, string details)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(Action(routeMs, new RetryPolicySnapshot { PerTryTimeoutNs = perTryMs * Ms })));
        _ = proxy.Ask();
        Assert.Equal(["start A2 on U1 end"], proxy.Get());
        Assert.Contains($"x-envoy-expected-rq-timeout-ms: {firesAtMs}\n", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Empty(proxy.Wait(firesAtMs - 1));
        Assert.Equal(["cancel A2", "reply 504 'upstream request timeout'", "log"], proxy.Wait(1));
        Assert.Equal($"504 UT {details} attempts=1", proxy.LastLog);
    }

    [Fact]
    public void Service_time_and_upstream_rq_time_run_from_the_end_of_the_request_and_include_retries()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(Action(15_000, Snapshots.Retry(RetryOn.FiveXx))));
        proxy.Request("POST", "/", endStream: false);
        proxy.Wait(70);
        proxy.Connected(1);
        proxy.Wait(700);
        proxy.Body(1, endStream: true);
        proxy.Wait(40);
        Assert.Empty(proxy.Answer(1, 503));
        var backOff = (long)proxy.NextMs()!.Value;
        proxy.Wait(backOff);
        proxy.Wait(30);
        proxy.Answer(2, 200);

        Assert.Contains($"x-envoy-upstream-service-time: {70 + backOff}\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal((70 + backOff, 1), proxy.Histogram("cluster.svc.upstream_rq_time"));
        Assert.Equal((840 + backOff, 1), proxy.Histogram("http.ingress.downstream_rq_time"));
    }

    /// <summary>The request was complete long before the delay was over.</summary>
    [Fact]
    public void Service_time_and_upstream_rq_time_leave_out_the_delay_of_a_fault()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Delay = new FaultDelay(400, FractionalPercent.Always) }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(1, endStream: true);
        proxy.Wait(400);
        proxy.Connected(1);
        proxy.Wait(30);
        proxy.Answer(1, 200);

        Assert.Contains("x-envoy-upstream-service-time: 30\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal((30, 1), proxy.Histogram("cluster.svc.upstream_rq_time"));
        Assert.Equal((430, 1), proxy.Histogram("http.ingress.downstream_rq_time"));
    }

    private static RouteAction Action(long routeMs, RetryPolicySnapshot policy) =>
        new()
        {
            Cluster = "svc",
            TimeoutNs = routeMs * Ms,
            RetryPolicy = policy,
        };

    /// <summary>A request that waits for a connection; each try may take 100 ms.</summary>
    private static WorkerHarness Waiting(long routeMs)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(Action(routeMs, Snapshots.Retry(RetryOn.Reset) with { PerTryTimeoutNs = 100 * Ms })));
        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        return proxy;
    }
}
