namespace MeshSim.ProxyRuntime.Core.Tests;

public class TimeoutAndRetryTests
{
    [Fact]
    public void The_route_timeout_answers_504_UT_and_cancels_the_attempt()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", TimeoutNs = MonotonicTime.NanosecondsPerSecond }));
        proxy.Get();
        proxy.Connected(1);
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 1000\n", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Empty(proxy.Wait(999));
        Assert.Equal(["cancel A1", "reply 504 'upstream request timeout'", "log"], proxy.Wait(2));
        Assert.Equal("504 UT response_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_timeout"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_504"));
        Assert.DoesNotContain("connection: close", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void The_timeout_starts_when_the_request_is_complete()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", TimeoutNs = MonotonicTime.NanosecondsPerSecond }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Empty(proxy.Wait(5000));
        proxy.Body(3, endStream: true);
        Assert.Empty(proxy.Wait(999));
        Assert.NotEmpty(proxy.Wait(2));
    }

    [Fact]
    public void A_5xx_is_tried_again_after_a_back_off_and_only_the_final_code_is_charged()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }));
        proxy.Get();
        proxy.Connected(1);

        Assert.Empty(proxy.Answer(1, 503));
        Assert.InRange(proxy.NextMs()!.Value, 0, 24);
        Assert.Equal(["start A2 on U1 end"], proxy.Wait(25));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal("200  via_upstream attempts=2", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry_success"));
        Assert.Equal(1, proxy.Stat("cluster.svc.retry.upstream_rq_503"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_503"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_completed"));
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_total"));
    }

    [Fact]
    public void Used_up_retries_set_URX_and_pass_the_last_answer_on()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }));
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 503);
        proxy.Wait(25);

        Assert.Equal(["headers 500 end", "log"], proxy.Answer(2, 500));
        Assert.Equal("500 URX via_upstream attempts=2", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry_limit_exceeded"));
    }

    [Fact]
    public void A_reset_after_a_retry_says_so_in_the_body()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.ConnectFailure) }));
        proxy.Get();
        Assert.Empty(proxy.Refused(1));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Wait(25));

        Assert.Equal(
            "reply 503 'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure'",
            proxy.Refused(2)[0]
        );
        Assert.StartsWith("503 URX,UF ", proxy.LastLog, StringComparison.Ordinal);
    }

    [Fact]
    public void A_retry_overflow_passes_the_answer_on_with_UO()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 1024, 1024, MaxRetries: 0) };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }, cluster));
        proxy.Get();
        proxy.Connected(1);

        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
        Assert.Equal("503 UO via_upstream attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry_overflow"));
    }

    [Fact]
    public void A_global_timeout_during_back_off_does_not_count_as_an_upstream_timeout()
    {
        var retry = Snapshots.Retry(RetryOn.FiveXx) with { BaseIntervalMs = 1_000_000, MaxIntervalMs = 2_000_000 };
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                new RouteAction
                {
                    Cluster = "svc",
                    TimeoutNs = 200_000_000,
                    RetryPolicy = retry,
                }
            )
        );
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 503);

        Assert.Equal(["reply 504 'upstream request timeout'", "log"], proxy.Wait(201));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_timeout"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_504"));
    }

    [Fact]
    public void The_per_try_timeout_starts_at_the_connection_and_is_retried_as_a_reset()
    {
        var retry = Snapshots.Retry(RetryOn.Reset) with { PerTryTimeoutNs = 100_000_000 };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = retry }));
        proxy.Get();
        Assert.Empty(proxy.Wait(500));
        proxy.Connected(1);
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 100\n", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Equal(["cancel A1", "open U2 10.0.0.1:80"], proxy.Wait(126));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_per_try_timeout"));
    }

    [Fact]
    public void A_kept_body_is_sent_again()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Equal(["SendData 9 end", "BufferBody 9"], proxy.Body(9, endStream: true));
        Assert.Empty(proxy.Answer(1, 503));
        Assert.Equal(["start A2 on U1", "SendBuffered 9 end"], proxy.Wait(25));
        Assert.Equal(["ReleaseBody", "headers 200 end", "log"], proxy.Answer(2, 200));
    }

    [Fact]
    public void Beyond_the_buffer_limit_there_is_no_retry()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) },
                change: manager => manager with { BufferLimitBytes = 100 }
            )
        );
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Equal(["SendData 101"], proxy.Body(101, endStream: false));
        Assert.Equal(["SendData 1 end"], proxy.Body(1, endStream: true));
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
        Assert.Equal(1, proxy.Stat("cluster.svc.retry_or_shadow_abandoned"));
    }

    [Fact]
    public void The_connect_timeout_fails_what_waits()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { ConnectTimeoutNs = 250_000_000 }));
        proxy.Get();

        Assert.Equal(
            ["close U1", "reply 503 'upstream connect error or disconnect/reset before headers. reset reason: connection timeout'", "log"],
            proxy.Wait(251)
        );
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_connect_timeout"));
    }

    [Fact]
    public void An_early_or_repeated_advance_changes_nothing()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        var deadline = proxy.Worker.NextDeadline;

        Assert.Empty(proxy.Run(effects => proxy.Worker.Advance(proxy.Now, effects)));
        Assert.Equal(deadline, proxy.Worker.NextDeadline);
    }
}
