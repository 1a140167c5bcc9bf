namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The timeouts of the router: of the route, of each try, of an attempt as a whole.</summary>
public class TimeoutTests
{
    private const long Ms = MonotonicTime.NanosecondsPerMillisecond;

    /// <summary>What is left never reads as no timeout at all: out of time is 1 ms.</summary>
    [Theory]
    [InlineData(100, 0, 0, "100")]
    [InlineData(100, 0, 30, "70")]
    [InlineData(100, 0, 99, "1")]
    [InlineData(100, 0, 100, "1")]
    [InlineData(100, 0, 101, "1")]
    [InlineData(100, 60, 30, "60")]
    [InlineData(100, 60, 50, "50")]
    [InlineData(0, 60, 500, "60")]
    [InlineData(0, 0, 30, "")]
    public void The_hint_is_the_least_of_what_a_try_may_take_and_what_is_left(long globalMs, long perTryMs, long elapsedMs, string hint)
    {
        var policy = new TimeoutPolicy(globalMs * Snapshots.Millisecond, perTryMs * Snapshots.Millisecond, 0, Hedging: false, WritesGrpcTimeout: true);
        var head = new HeaderMap();
        policy.WriteHint(head, elapsedMs, expectedHeader: true);

        Assert.Equal(hint, System.Text.Encoding.ASCII.GetString(head.Get(HeaderName.XEnvoyExpectedRqTimeoutMs)));
        Assert.Equal(hint.Length == 0 ? "" : hint + "m", System.Text.Encoding.ASCII.GetString(head.Get(HeaderName.GrpcTimeout)));
    }

    [Fact]
    public void The_route_timeout_answers_504_UT_and_cancels_the_attempt()
    {
        var proxy = Sent(new RouteAction { Cluster = "svc", TimeoutNs = 1000 * Ms });
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 1000\n", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Empty(proxy.Wait(999));
        Assert.Equal(["cancel A1", "reply 504 'upstream request timeout'", "log"], proxy.Wait(1));
        Assert.Equal("504 UT response_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_timeout"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_504"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_completed"));
        Assert.Equal(1, proxy.Host("svc").Stats.RqTimeout);
        Assert.Equal(1, proxy.Host("svc").Stats.RqError);
        Assert.Equal(1, proxy.Host("svc").Monitor.ConsecutiveGatewayFailures);
        Assert.Equal((0, 0), proxy.Histogram("cluster.svc.upstream_rq_time"));
        Assert.DoesNotContain("connection: close", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-envoy-upstream-service-time", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_timeout_the_request_waits_for_ever_and_no_hint_is_given()
    {
        var proxy = Sent(
            new RouteAction
            {
                Cluster = "svc",
                TimeoutNs = 0,
                IdleTimeoutNs = 0,
            }
        );

        Assert.DoesNotContain("x-envoy-expected-rq-timeout-ms", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Empty(proxy.Wait(3_000_000));
    }

    [Fact]
    public void Without_a_timeout_the_hint_is_that_of_a_single_try() =>
        Assert.Contains(
            "x-envoy-expected-rq-timeout-ms: 250\n",
            Sent(
                new RouteAction
                {
                    Cluster = "svc",
                    TimeoutNs = 0,
                    RetryPolicy = new RetryPolicySnapshot { PerTryTimeoutNs = 250 * Ms },
                }
            ).RequestHead,
            StringComparison.Ordinal
        );

    [Fact]
    public void Trailers_complete_the_request_too()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", TimeoutNs = 1000 * Ms }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        Assert.Equal(["SendData 3"], proxy.Body(3, endStream: false));
        proxy.Wait(5000);

        Assert.Equal(["SendTrailers x-t: 1"], proxy.Trailers(("x-t", "1")));
        Assert.Empty(proxy.Wait(999));
        Assert.NotEmpty(proxy.Wait(1));
    }

    [Fact]
    public void The_route_timeout_ends_a_response_that_has_begun_and_charges_no_code()
    {
        var proxy = Sent(new RouteAction { Cluster = "svc", TimeoutNs = 1000 * Ms });
        proxy.Answer(1, 200, endStream: false);

        Assert.Equal(["cancel A1", "reset downstream", "log", "close downstream after 1000 ms"], proxy.Wait(1000));
        Assert.Equal("200 UT response_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_timeout"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_504"));
    }

    [Fact]
    public void When_everything_failed_at_once_none_is_armed()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 0, 1024, 3) };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", IdleTimeoutNs = 0 }, cluster));
        proxy.Get();

        Assert.Empty(proxy.Wait(20_000));
    }

    [Fact]
    public void Virtual_cluster_and_route_count_timeouts_too()
    {
        var route = Snapshots.Prefix("/", new RouteAction { Cluster = "svc", TimeoutNs = 100 * Ms }) with { StatPrefix = "r" };
        var host = Snapshots.Host("*", route) with { Name = "vh", VirtualClusters = [new VirtualCluster("vc", [])] };
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)]));
        proxy.Get();
        proxy.Connected(1);
        proxy.Wait(100);

        Assert.Equal(1, proxy.Stat("vhost.vh.vcluster.vc.upstream_rq_timeout"));
        Assert.Equal(1, proxy.Stat("vhost.vh.route.r.upstream_rq_timeout"));
    }

    [Theory]
    [InlineData("1", 204, "")]
    [InlineData("", 204, "")]
    [InlineData(null, 504, "upstream request timeout")]
    public void A_request_may_ask_for_204_instead(string? header, int status, string body)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", TimeoutNs = 100 * Ms }, change: Snapshots.TrustsInside));
        _ = header is null ? proxy.Get("/", Snapshots.Inside) : proxy.Get("/", Snapshots.Inside, ("x-envoy-upstream-rq-timeout-alt-response", header));
        proxy.Connected(1);

        Assert.Equal(["cancel A1", $"reply {status} '{body}'", "log"], proxy.Wait(100));
        Assert.Equal($"{status} UT response_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat($"cluster.svc.upstream_rq_{status}"));
        Assert.Equal(1, proxy.Host("svc").Stats.RqError);
    }

    // What requests may ask for.

    [Theory]
    [InlineData("300", 300)]
    [InlineData("0", 0)]
    [InlineData("soon", 15_000)]
    public void A_request_may_bring_its_own_timeout(string header, int milliseconds)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: Snapshots.TrustsInside));
        var exchange = proxy.Ask("/", Snapshots.Inside, ("x-envoy-upstream-rq-timeout-ms", header));

        Assert.Equal(milliseconds == 0 ? null : $"{milliseconds}", exchange.Sent("x-envoy-expected-rq-timeout-ms"));
    }

    [Fact]
    public void A_request_may_bring_a_timeout_for_each_try()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: Snapshots.TrustsInside));

        Assert.Equal("70", proxy.Ask("/", Snapshots.Inside, ("x-envoy-upstream-rq-per-try-timeout-ms", "70")).Sent("x-envoy-expected-rq-timeout-ms"));
        Assert.Equal("15000", proxy.Ask("/", Snapshots.Inside, ("x-envoy-upstream-rq-per-try-timeout-ms", "15000")).Sent("x-envoy-expected-rq-timeout-ms"));
    }

    [Fact]
    public void The_expected_timeout_of_the_caller_can_be_respected()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(change: manager => Snapshots.TrustsInside(manager).With(new RouterSettings { RespectExpectedRqTimeout = true }))
        );
        var both = proxy.Ask("/", Snapshots.Inside, ("x-envoy-expected-rq-timeout-ms", "77"), ("x-envoy-upstream-rq-timeout-ms", "300"));
        Assert.Equal("77", both.Sent("x-envoy-expected-rq-timeout-ms"));
        Assert.Equal("300", both.Sent("x-envoy-upstream-rq-timeout-ms"));

        var one = proxy.Ask("/", Snapshots.Inside, ("x-envoy-upstream-rq-timeout-ms", "300"));
        Assert.Equal("300", one.Sent("x-envoy-expected-rq-timeout-ms"));
        Assert.Null(one.Sent("x-envoy-upstream-rq-timeout-ms"));
        Assert.Equal(
            "15000",
            new WorkerHarness(Snapshots.Proxy(change: Snapshots.TrustsInside))
                .Ask("/", Snapshots.Inside, ("x-envoy-expected-rq-timeout-ms", "77"))
                .Sent("x-envoy-expected-rq-timeout-ms")
        );
    }

    [Fact]
    public void Envoys_headers_can_be_suppressed()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager.With(new RouterSettings { SuppressEnvoyHeaders = true })));
        var exchange = proxy.Ask();

        Assert.Null(exchange.Sent("x-envoy-expected-rq-timeout-ms"));
        Assert.Null(exchange.Got("x-envoy-upstream-service-time"));
    }

    // gRPC.

    [Theory]
    [InlineData("200m", 0L, 0L, "200", "200m")]
    [InlineData("200m", 100L, 0L, "100", "100m")]
    [InlineData("200m", 0L, 50L, "150", "150m")]
    [InlineData("200m", 0L, 200L, "200", "200m")]
    [InlineData(null, 0L, 0L, null, null)]
    [InlineData(null, 100L, 0L, "100", "100m")]
    [InlineData("3S", 0L, 0L, "3000", "3000m")]
    [InlineData("1500u", 0L, 0L, "2", "2m")]
    [InlineData("1n", 0L, 0L, "1", "1m")]
    [InlineData("1H", 0L, 0L, "3600000", "3600000m")]
    [InlineData("1M", 0L, 0L, "60000", "60000m")]
    [InlineData("99999999H", 0L, 0L, "9223372036854", "2562047H")]
    [InlineData("1x", 100L, 0L, "100", "100m")]
    [InlineData("123456789m", 100L, 0L, "100", "100m")]
    public void The_timeout_of_a_gRPC_request_counts_up_to_a_maximum(string? header, long maxMs, long offsetMs, string? expected, string? sent)
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            MaxGrpcTimeoutNs = maxMs * Ms,
            GrpcTimeoutOffsetNs = offsetMs * Ms,
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(action));
        var exchange = header is null
            ? proxy.Ask("/", ("content-type", "application/grpc"))
            : proxy.Ask("/", ("content-type", "application/grpc"), ("grpc-timeout", header));

        Assert.Equal(expected, exchange.Sent("x-envoy-expected-rq-timeout-ms"));
        Assert.Equal(sent, exchange.Sent("grpc-timeout"));
        Assert.Equal("15000", proxy.Ask("/", ("grpc-timeout", "1m")).Sent("x-envoy-expected-rq-timeout-ms"));
    }

    // Each try.

    [Fact]
    public void When_retries_are_used_up_the_flags_of_the_timeout_of_a_try_say_so()
    {
        var proxy = Sent(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx, retries: 0) with { PerTryTimeoutNs = 100 * Ms } });
        proxy.Wait(100);

        Assert.Equal("504 URX,UT upstream_per_try_timeout attempts=1", proxy.LastLog);
    }

    [Fact]
    public void The_timeout_of_a_try_waits_for_the_request_to_be_complete_and_is_ignored_once_a_response_began()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                new RouteAction
                {
                    Cluster = "svc",
                    RetryPolicy = new RetryPolicySnapshot { PerTryTimeoutNs = 100 * Ms },
                }
            )
        );
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        Assert.Empty(proxy.Wait(500));
        proxy.Body(1, endStream: true);
        proxy.Wait(50);
        proxy.Answer(1, 200, endStream: false);

        Assert.Empty(proxy.Wait(500));
        Assert.Equal(["ForwardData 2 end", "log"], proxy.AnswerBody(1, 2, endStream: true));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_per_try_timeout"));
    }

    // Each try, idle.

    [Fact]
    public void A_try_that_is_silent_is_retried_and_counted_apart()
    {
        var retry = Snapshots.Retry(RetryOn.FiveXx) with { PerTryIdleTimeoutNs = 100 * Ms, PerTryTimeoutNs = 300 * Ms };
        var proxy = Sent(new RouteAction { Cluster = "svc", RetryPolicy = retry });

        Assert.Equal(["cancel A1"], proxy.Wait(100));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_per_try_idle_timeout"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_per_try_timeout"));
        proxy.Wait(25);
        proxy.Connected(2);
        Assert.Equal(["cancel A2", "reply 504 'upstream request timeout'", "log"], proxy.Wait(100));
        Assert.Equal("504 URX,UT upstream_per_try_idle_timeout attempts=2", proxy.LastLog);
    }

    [Fact]
    public void Each_part_of_a_response_lets_it_begin_anew_also_while_the_response_comes()
    {
        var proxy = Sent(
            new RouteAction
            {
                Cluster = "svc",
                RetryPolicy = new RetryPolicySnapshot { PerTryIdleTimeoutNs = 100 * Ms },
            }
        );
        proxy.Wait(90);
        proxy.Answer(1, 200, endStream: false);
        Assert.Empty(proxy.Wait(90));
        Assert.Equal(["ForwardData 1"], proxy.AnswerBody(1, 1, endStream: false));
        Assert.Empty(proxy.Wait(99));

        Assert.Equal(["cancel A1", "reset downstream", "log", "close downstream after 1000 ms"], proxy.Wait(1));
        Assert.Equal("200 UT upstream_per_try_idle_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_per_try_idle_timeout"));
    }

    [Fact]
    public void When_the_timeout_of_the_try_comes_first_the_idle_one_is_off()
    {
        var retry = new RetryPolicySnapshot { PerTryIdleTimeoutNs = 150 * Ms, PerTryTimeoutNs = 100 * Ms };
        var proxy = Sent(new RouteAction { Cluster = "svc", RetryPolicy = retry });
        proxy.Answer(1, 200, endStream: false);

        Assert.Empty(proxy.Wait(1000));
    }

    // An attempt as a whole.

    [Fact]
    public void An_attempt_may_not_take_longer_than_its_cluster_allows()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxStreamDurationNs = 100 * Ms }));
        proxy.Get();
        proxy.Wait(500);
        proxy.Connected(1);

        Assert.Equal(["cancel A1", "reply 504 'upstream max stream duration reached'", "log"], proxy.Wait(100));
        Assert.Equal("504 UMSDR upstream_max_stream_duration_reached attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_max_duration_reached"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_504"));
    }

    [Fact]
    public void While_the_request_still_comes_that_is_408()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxStreamDurationNs = 100 * Ms }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Equal("reply 408 'upstream max stream duration reached'", proxy.Wait(100)[1]);
        Assert.Contains("connection: close\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_retried_as_a_reset_but_no_timeout()
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.Reset) })) with
        {
            IncludeIsTimeoutRetryHeader = true,
        };
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1) with { MaxStreamDurationNs = 100 * Ms }]));
        proxy.Get();
        proxy.Connected(1);
        Assert.Equal(["cancel A1"], proxy.Wait(100));
        proxy.Wait(25);
        proxy.Connected(2);

        Assert.Contains("x-envoy-is-timeout-retry: false\n", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_a_response_that_has_begun()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxStreamDurationNs = 100 * Ms }));
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200, endStream: false);

        Assert.Equal(["cancel A1", "reset downstream", "log", "close downstream after 1000 ms"], proxy.Wait(100));
        Assert.Equal("200 UMSDR upstream_max_stream_duration_reached attempts=1", proxy.LastLog);
    }

    [Theory]
    [InlineData("70", 70)]
    [InlineData("0", 0)]
    [InlineData("soon", 100)]
    public void A_request_may_say_how_long_its_attempts_may_take(string header, int milliseconds)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxStreamDurationNs = 100 * Ms }));
        proxy.Get("/", ("x-envoy-upstream-stream-duration-ms", header));
        proxy.Connected(1);

        Assert.DoesNotContain("x-envoy-upstream-stream-duration-ms", proxy.RequestHead, StringComparison.Ordinal);
        if (milliseconds > 0)
        {
            Assert.Empty(proxy.Wait(milliseconds - 1));
        }

        Assert.Equal(milliseconds > 0, proxy.Wait(1).Length > 0);
    }

    // The connection.

    [Fact]
    public void The_connect_timeout_fails_what_waits()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { ConnectTimeoutNs = 250 * Ms }));
        proxy.Get();

        Assert.Equal(
            ["close U1", "reply 503 'upstream connect error or disconnect/reset before headers. reset reason: connection timeout'", "log"],
            proxy.Wait(250)
        );
        Assert.Equal("503 UF upstream_reset_before_response_started{connection_timeout} attempts=1", proxy.LastLog);
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

    private static WorkerHarness Sent(RouteAction action)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(action));
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }
}
