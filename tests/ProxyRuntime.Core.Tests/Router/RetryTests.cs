namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Retries from the decision to what the client gets.</summary>
public class RetryTests
{
    [Fact]
    public void A_5xx_is_tried_again_after_a_back_off_and_only_the_final_code_is_charged()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx));

        Assert.Empty(proxy.Answer(1, 503));
        Assert.InRange(proxy.NextMs()!.Value, 0, 24);
        Assert.Equal(["start A2 on U1 end"], proxy.Wait(25));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal("200  via_upstream attempts=2", proxy.LastLog);
        AssertStats(
            proxy,
            "cluster.svc.",
            ("upstream_rq_retry", 1),
            ("upstream_rq_retry_success", 1),
            ("upstream_rq_retry_limit_exceeded", 0),
            ("retry.upstream_rq_503", 1),
            ("retry.upstream_rq_5xx", 1),
            ("retry.upstream_rq_completed", 1),
            ("upstream_rq_503", 0),
            ("upstream_rq_5xx", 0),
            ("upstream_rq_200", 1),
            ("upstream_rq_completed", 1),
            ("external.upstream_rq_completed", 1),
            ("upstream_rq_total", 2)
        );
        Assert.Equal((1, 1), (proxy.Host("svc").Stats.RqError, proxy.Host("svc").Stats.RqSuccess));
    }

    [Fact]
    public void Used_up_retries_set_URX_and_pass_the_last_answer_on()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx));
        proxy.Answer(1, 503);
        proxy.Wait(25);

        Assert.Equal(["headers 500 end", "log"], proxy.Answer(2, 500));
        Assert.Equal("500 URX via_upstream attempts=2", proxy.LastLog);
        AssertStats(
            proxy,
            "cluster.svc.",
            ("upstream_rq_retry", 1),
            ("upstream_rq_retry_success", 0),
            ("upstream_rq_retry_limit_exceeded", 1),
            ("upstream_rq_500", 1)
        );
    }

    [Fact]
    public void A_retried_request_that_ends_in_an_answer_not_to_be_retried_counts_as_success_even_if_it_is_404()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx));
        proxy.Answer(1, 503);
        proxy.Wait(25);
        proxy.Answer(2, 404);

        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry_success"));
    }

    [Fact]
    public void No_retries_at_all_is_a_limit_too()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx, retries: 0));

        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
        Assert.Equal("503 URX via_upstream attempts=1", proxy.LastLog);
    }

    [Fact]
    public void A_response_whose_body_is_still_to_come_is_broken_off_for_the_retry()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx));

        Assert.Equal(["cancel A1"], proxy.Answer(1, 503, endStream: false));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Wait(25));
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
        Assert.Equal(
            "503 URX,UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} attempts=2",
            proxy.LastLog
        );
        AssertStats(
            proxy,
            "cluster.svc.",
            ("upstream_rq_total", 0),
            ("upstream_rq_503", 1),
            ("retry.upstream_rq_completed", 0),
            ("upstream_cx_connect_fail", 2)
        );
        Assert.Equal(2, proxy.Host("svc").Stats.RqError);
    }

    /// <summary>A failed connection is forgotten with the attempt that had it.</summary>
    [Fact]
    public void What_the_log_says_of_the_upstream_is_of_the_attempt_that_answered()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.ConnectFailure) }, Snapshots.Cluster("svc", 2))
        );
        var first = proxy.Get()[0];
        proxy.Refused(1);
        var second = proxy.Wait(25)[0];
        proxy.Connected(2);
        proxy.Answer(2, 200);

        Assert.NotEqual(first[8..], second[8..]);
        Assert.Equal(second[8..], proxy.Logs[^1].Host);
        Assert.Equal("", proxy.Logs[^1].TransportFailure);
    }

    [Fact]
    public void Runtime_can_switch_retries_off()
    {
        var snapshot = Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) });
        var proxy = new WorkerHarness(snapshot with { Runtime = Snapshots.Runtime(("upstream.use_retry", 0)) });
        proxy.Get();
        proxy.Connected(1);

        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
        Assert.Equal("503  via_upstream attempts=1", proxy.LastLog);
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_retry"));
    }

    [Fact]
    public void An_immediate_retry_has_no_back_off()
    {
        var proxy = Sent(new RetryPolicySnapshot { RetryOn = RetryOn.RetriableStatusCodes, RetriableStatusCodes = [425] });
        Assert.Empty(proxy.Answer(1, 425));

        Assert.Equal(0, proxy.NextMs());
        Assert.Equal(["start A2 on U1 end"], proxy.Wait(0));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_retry_backoff_exponential"));
    }

    [Fact]
    public void A_response_that_has_begun_is_not_retried_when_it_breaks_off()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx | RetryOn.Reset));
        proxy.Answer(1, 200, endStream: false);

        Assert.Equal(["reset downstream", "log", "close downstream after 1000 ms"], proxy.UpstreamClosed(1));
        Assert.Equal("200 UPE upstream_reset_after_response_started{protocol_error} attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_tx_reset"));
    }

    // The breaker.

    [Fact]
    public void A_retry_overflow_passes_the_answer_on_with_UO_and_uses_up_a_retry()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 1024, 1024, MaxRetries: 0) };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }, cluster));
        proxy.Get();
        proxy.Connected(1);

        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
        Assert.Equal("503 UO via_upstream attempts=1", proxy.LastLog);
        Assert.DoesNotContain("x-envoy-overloaded", proxy.ResponseHead, StringComparison.Ordinal);
        AssertStats(proxy, "cluster.svc.", ("upstream_rq_retry_overflow", 1), ("upstream_rq_retry", 0), ("upstream_rq_503", 1));
    }

    /// <summary>The slot is held from the decision until the outcome of that retry is decided, so that sleeping and running retries count.</summary>
    [Fact]
    public void Three_retries_at_once_is_the_limit_of_a_cluster_by_default()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }));
        for (var i = 1; i <= 4; i++)
        {
            proxy.Get();
            proxy.Connected(i);
        }

        Assert.Empty(proxy.Answer(1, 503));
        Assert.Empty(proxy.Answer(2, 503));
        Assert.Empty(proxy.Answer(3, 503));
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(4, 503));
        Assert.Equal("503 UO via_upstream attempts=1", proxy.LastLog);

        proxy.Wait(25);
        proxy.Get();
        proxy.Answer(8, 503);
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_retry_overflow"));

        proxy.Answer(5, 200);
        proxy.Get();
        Assert.Empty(proxy.Answer(9, 503));
        Assert.Equal(4, proxy.Stat("cluster.svc.upstream_rq_retry"));
    }

    /// <summary>A retry that waits is no request: of ten, half of which may be retries, 10, 9, 8 and 7 are under way when the first four fail.</summary>
    [Fact]
    public void A_retry_budget_is_a_share_of_the_requests_under_way()
    {
        var proxy = WithBudget(new RetryBudgetSnapshot(50, 0), requests: 10);

        Assert.Empty(proxy.Answer(1, 503));
        Assert.Empty(proxy.Answer(2, 503));
        Assert.Empty(proxy.Answer(3, 503));
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(4, 503));
        Assert.Equal("503 UO via_upstream attempts=1", proxy.LastLog);
        AssertStats(proxy, "cluster.svc.", ("upstream_rq_retry", 3), ("upstream_rq_retry_overflow", 1));
    }

    [Theory]
    [InlineData(20, 3, 10, 3)]
    [InlineData(20, 0, 10, 1)]
    [InlineData(20, 0, 4, 0)]
    [InlineData(0, 2, 10, 2)]
    [InlineData(100, 0, 10, 5)]
    public void A_retry_budget_never_falls_below_min_retry_concurrency(double percent, uint min, int requests, int retries)
    {
        var proxy = WithBudget(new RetryBudgetSnapshot(percent, min), requests);
        for (var i = 1; i <= requests; i++)
        {
            proxy.Answer(i, 503);
        }

        AssertStats(proxy, "cluster.svc.", ("upstream_rq_retry", retries), ("upstream_rq_retry_overflow", requests - retries));
    }

    [Fact]
    public void Priorities_have_limits_of_their_own()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { HighThresholds = new ThresholdsSnapshot(1024, 1024, 1024, MaxRetries: 0) };
        var action = new RouteAction
        {
            Cluster = "svc",
            RetryPolicy = Snapshots.Retry(RetryOn.FiveXx),
            Priority = RoutingPriority.High,
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, cluster));
        proxy.Get();
        proxy.Connected(1);

        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
    }

    [Fact]
    public void A_slot_is_given_back_when_the_client_goes_away()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 1024, 1024, MaxRetries: 1) };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }, cluster));
        proxy.Connect(new ConnectionId(9), Snapshots.Connection());
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 503);
        Assert.Equal(["log"], proxy.ClientLeaves());
        Assert.Empty(proxy.Wait(30));

        proxy.RequestOn(new ConnectionId(9), "GET", "/", endStream: true);
        Assert.Empty(proxy.Answer(2, 503));
    }

    // What the next attempt carries.

    [Fact]
    public void Each_attempt_says_which_it_is_whether_a_timeout_caused_it_and_what_is_left_of_the_time()
    {
        var policy = Snapshots.Retry(RetryOn.FiveXx, retries: 2) with { PerTryTimeoutNs = 600 * Snapshots.Millisecond };
        var host = Snapshots.Host(
            "*",
            Snapshots.Prefix(
                "/",
                new RouteAction
                {
                    Cluster = "svc",
                    TimeoutNs = Snapshots.Second,
                    RetryPolicy = policy,
                }
            )
        ) with
        {
            IncludeRequestAttemptCount = true,
            IncludeAttemptCountInResponse = true,
            IncludeIsTimeoutRetryHeader = true,
        };
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)]), seed: 9);
        proxy.Get("/", ("x-envoy-attempt-count", "77"));
        proxy.Connected(1);
        Assert.Contains("x-envoy-attempt-count: 1\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 600\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-envoy-is-timeout-retry", proxy.RequestHead, StringComparison.Ordinal);

        proxy.Wait(100);
        proxy.Answer(1, 503);
        var first = (long)proxy.NextMs()!.Value;
        proxy.Wait(first);
        Assert.Contains("x-envoy-attempt-count: 2\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains($"x-envoy-expected-rq-timeout-ms: {Math.Min(600, 900 - first)}\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-is-timeout-retry: false\n", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Equal(["cancel A2"], proxy.Wait(600));
        var second = (long)proxy.NextMs()!.Value;
        proxy.Wait(second);
        proxy.Connected(2);
        Assert.Contains("x-envoy-attempt-count: 3\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains($"x-envoy-expected-rq-timeout-ms: {300 - first - second}\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-is-timeout-retry: true\n", proxy.RequestHead, StringComparison.Ordinal);
        proxy.Answer(3, 200);
        Assert.Contains("x-envoy-attempt-count: 3\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_count_that_the_client_sends_passes_where_the_proxy_writes_none() =>
        Assert.Equal("77", new WorkerHarness(Snapshots.Proxy()).Ask("/", ("x-envoy-attempt-count", "77")).Sent("x-envoy-attempt-count"));

    [Fact]
    public void A_retry_that_finds_no_host_ends_the_request()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx));
        proxy.Answer(1, 503);
        proxy.Run(effects => proxy.Worker.HostUpdate(proxy.Now, new ClusterMembership("svc", []), effects));

        Assert.Equal(["reply 503 'no healthy upstream'", "log"], proxy.Wait(25));
        Assert.Equal("503 UH no_healthy_upstream attempts=2", proxy.LastLog);
        Assert.Equal(0, proxy.Ledger.OpenStreams);
    }

    // Statistics.

    [Fact]
    public void Virtual_cluster_and_route_count_retries_too()
    {
        var route = Snapshots.Prefix("/", new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }) with { StatPrefix = "r" };
        var host = Snapshots.Host("*", route) with { Name = "vh", VirtualClusters = [new VirtualCluster("vc", [HeaderMatcher.OfPresence("x-a")])] };
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)]));
        proxy.Get("/", ("x-a", "1"));
        proxy.Connected(1);
        proxy.Answer(1, 503);
        proxy.Wait(25);
        proxy.Answer(2, 200);
        proxy.Get();
        proxy.Answer(3, 503);
        proxy.Wait(25);
        proxy.Answer(4, 503);

        foreach (var prefix in (string[])["vhost.vh.vcluster.vc.", "vhost.vh.route.r."])
        {
            var both = prefix.Contains("route", StringComparison.Ordinal) ? 1 : 0;
            AssertStats(
                proxy,
                prefix,
                ("upstream_rq_retry", 1 + both),
                ("upstream_rq_retry_success", 1),
                ("upstream_rq_retry_limit_exceeded", both),
                ("upstream_rq_retry_overflow", 0),
                ("upstream_rq_total", 2 + (2 * both)),
                ("upstream_rq_200", 1),
                ("upstream_rq_503", both),
                ("upstream_rq_completed", 1 + both)
            );
        }

        AssertStats(proxy, "vhost.vh.vcluster.other.", ("upstream_rq_retry", 1), ("upstream_rq_retry_limit_exceeded", 1), ("upstream_rq_total", 2));
        Assert.Equal("other", proxy.Logs[^1].VirtualCluster);
        Assert.Equal("vc", proxy.Logs[0].VirtualCluster);
    }

    /// <summary>Requests that wait for their answers, each on a connection of its own.</summary>
    private static WorkerHarness WithBudget(RetryBudgetSnapshot budget, int requests)
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = ThresholdsSnapshot.Default with { RetryBudget = budget } };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }, cluster));
        for (var i = 1; i <= requests; i++)
        {
            proxy.Get();
            proxy.Connected(i);
        }

        return proxy;
    }

    private static void AssertStats(WorkerHarness proxy, string prefix, params (string Name, long Value)[] expected)
    {
        foreach (var (name, value) in expected)
        {
            Assert.Equal($"{name} {value}", $"{name} {proxy.Stat(prefix + name)}");
        }
    }

    /// <summary>A proxy with one request on its way to one host.</summary>
    private static WorkerHarness Sent(RetryPolicySnapshot policy)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }));
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }
}
