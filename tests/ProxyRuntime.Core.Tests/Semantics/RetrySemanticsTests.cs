namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What others who build Envoy anew often get wrong about retries, each point by a whole request.</summary>
public class RetrySemanticsTests
{
    private const long Ms = MonotonicTime.NanosecondsPerMillisecond;

    /// <summary>Full jitter: nothing is added to the base, and the windows are 25, 50, 100, 200, 250, 250 – not 25, 75, 175.</summary>
    [Fact]
    public void A_back_off_is_whole_milliseconds_below_a_window_that_doubles_from_the_base_up_to_the_maximum()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx, retries: 6));
        var random = proxy.Random.Derive("retry", "svc");

        for (var attempt = 1; attempt <= 6; attempt++)
        {
            var window = Math.Min(25 << (attempt - 1), 250);
            Assert.Empty(proxy.Answer(attempt, 500));
            var delay = (double)(random.NextUInt64() % (ulong)window);
            Assert.Equal(delay, proxy.NextMs());
            proxy.Wait(delay);
        }

        Assert.Equal(6, proxy.Stat("cluster.svc.upstream_rq_retry_backoff_exponential"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_retry_backoff_ratelimited"));
    }

    /// <summary>What is retried of: a refused connection, a connection that ends before the response, the timeout of a try.</summary>
    [Theory]
    [InlineData(RetryOn.ConnectFailure, true, false, false)]
    [InlineData(RetryOn.ResetBeforeRequest, true, false, false)]
    [InlineData(RetryOn.RefusedStream, false, false, false)]
    [InlineData(RetryOn.RetriableStatusCodes, false, false, false)]
    [InlineData(RetryOn.Reset, true, true, true)]
    [InlineData(RetryOn.FiveXx, true, true, true)]
    [InlineData(RetryOn.GatewayError, true, true, true)]
    public void Connect_failure_covers_no_timeout_of_a_try_and_no_reset_on_the_way_but_5xx_and_gateway_error_do(
        RetryOn on,
        bool refused,
        bool reset,
        bool timedOut
    )
    {
        var policy = Snapshots.Retry(on) with { RetriableStatusCodes = [503, 504], PerTryTimeoutNs = 100 * Ms };

        var connecting = Proxy(policy);
        connecting.Get();
        Assert.Equal(refused, connecting.Refused(1).Length == 0);

        var broken = Sent(policy);
        Assert.Equal(reset, broken.UpstreamClosed(1).Length == 0);

        var slow = Sent(policy);
        string[] end = ["reply 504 'upstream request timeout'", "log"];
        Assert.Equal(["cancel A1", .. timedOut ? [] : end], slow.Wait(100));
        if (!timedOut)
        {
            Assert.Equal("504 UT upstream_per_try_timeout attempts=1", slow.LastLog);
            Assert.Equal(1, slow.Stat("cluster.svc.upstream_rq_504"));
            Assert.Equal(0, slow.Stat("cluster.svc.upstream_rq_timeout"));
        }
    }

    [Theory]
    [InlineData(1u, 1u, 1024u, "upstream_rq_pending_overflow")]
    [InlineData(1024u, 0u, 1024u, "upstream_rq_pending_overflow")]
    [InlineData(1024u, 1024u, 0u, "upstream_rq_active_overflow")]
    public void An_overflow_of_a_breaker_is_503_UO_and_never_retried(uint connections, uint pending, uint requests, string counter)
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(connections, pending, requests, 3) };
        var policy = Snapshots.Retry(RetryOn.FiveXx | RetryOn.GatewayError | RetryOn.Reset | RetryOn.ConnectFailure | RetryOn.ResetBeforeRequest);
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }, cluster));
        string[] lines = [.. proxy.Get(), .. requests == 0 ? proxy.Connected(1) : [], .. connections == 1 ? proxy.Get() : []];

        Assert.Contains("reply 503 'upstream connect error or disconnect/reset before headers. reset reason: overflow'", lines);
        Assert.Equal("503 UO upstream_reset_before_response_started{overflow} attempts=1", proxy.LastLog);
        Assert.Contains("x-envoy-overloaded: true\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat($"cluster.svc.{counter}"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_retry"));
        Assert.Equal(0, proxy.Host("svc").Monitor.Consecutive5xx);
        Assert.Equal(1, proxy.Host("svc").Stats.RqError);
    }

    /// <summary>Sleeping and running retries count alike, each priority for itself.</summary>
    [Fact]
    public void A_retry_holds_one_of_three_slots_until_its_outcome_and_beyond_them_the_answer_goes_to_the_client()
    {
        var action = new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) };
        var host = Snapshots.Host("*", Snapshots.Prefix("/high", action with { Priority = RoutingPriority.High }), Snapshots.Prefix("/", action));
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)]));
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

        // They run, and the slots are still taken.
        proxy.Wait(25);
        proxy.Get();
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(8, 503));
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_retry_overflow"));

        proxy.Answer(5, 200);
        proxy.Get();
        Assert.Empty(proxy.Answer(9, 503));
        Assert.Equal(4, proxy.Stat("cluster.svc.upstream_rq_retry"));

        proxy.Get("/high");
        proxy.Connected(5);
        Assert.Empty(proxy.Answer(10, 503));
    }

    /// <summary>The upstream answers nothing but 503.</summary>
    [Theory]
    [InlineData(RetryOn.FiveXx, null, null, null, 2)]
    [InlineData(RetryOn.None, null, "5xx", null, 2)]
    [InlineData(RetryOn.None, null, null, "4", 1)]
    [InlineData(RetryOn.None, 3u, "5xx", null, 4)]
    [InlineData(RetryOn.ConnectFailure, 3u, "5xx", null, 4)]
    [InlineData(RetryOn.FiveXx, 3u, "connect-failure", null, 4)]
    [InlineData(RetryOn.FiveXx, 3u, null, "1", 2)]
    [InlineData(RetryOn.FiveXx, 3u, null, "5", 6)]
    [InlineData(RetryOn.FiveXx, 3u, null, "0", 1)]
    public void One_retry_is_the_default_conditions_of_headers_add_up_and_x_envoy_max_retries_replaces_num_retries(
        RetryOn on,
        uint? retries,
        string? retryOn,
        string? maxRetries,
        int attempts
    )
    {
        var policy = new RetryPolicySnapshot { RetryOn = on };
        policy = retries is { } number ? policy with { NumRetries = number } : policy;
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }, change: Snapshots.TrustsInside));
        List<(string, string)> headers = [Snapshots.Inside];
        headers.AddRange(retryOn is null ? [] : [("x-envoy-retry-on", retryOn)]);
        headers.AddRange(maxRetries is null ? [] : [("x-envoy-max-retries", maxRetries)]);
        var exchange = proxy.Ask([503], "/", [.. headers]);

        Assert.Equal((503, attempts), (exchange.Log.Code, exchange.Log.Attempts));
        Assert.Equal(attempts, proxy.Stat("cluster.svc.upstream_rq_total"));
        Assert.Equal(on == RetryOn.None && retryOn is null ? "" : "URX", exchange.Log.Flags);
    }

    [Fact]
    public void Retriable_4xx_is_409_and_nothing_else()
    {
        for (var status = 400; status <= 499; status++)
        {
            var exchange = Proxy(Snapshots.Retry(RetryOn.Retriable4xx)).Ask([status, 200]);

            Assert.Equal(status == 409 ? (200, 2) : (status, 1), (exchange.Log.Code, exchange.Log.Attempts));
        }
    }

    [Fact]
    public void A_gRPC_status_is_retried_if_it_stands_in_the_headers_and_never_for_the_trailers()
    {
        var policy = Snapshots.Retry(RetryOn.GrpcUnavailable);
        var headers = Sent(policy);
        Assert.Empty(headers.Answer(1, 200, endStream: true, ("grpc-status", "14")));
        Assert.Equal(["start A2 on U1 end"], headers.Wait(25));

        var trailers = Sent(policy);
        Assert.Equal(["headers 200"], trailers.Answer(1, 200, endStream: false));
        Assert.Equal(["ForwardTrailers grpc-status: 14", "log"], trailers.AnswerTrailers(1, ("grpc-status", "14")));
        Assert.Equal("200  via_upstream attempts=1", trailers.LastLog);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(200)]
    public void X_envoy_ratelimited_in_an_answer_forbids_every_retry_but_that_of_envoy_ratelimited(int status)
    {
        var everything = Enum.GetValues<RetryOn>().Aggregate(static (all, one) => all | one);
        var policy = new RetryPolicySnapshot { RetryOn = everything & ~RetryOn.EnvoyRateLimited, RetriableStatusCodes = [429, 200] };
        (string, string)[] answer = [("x-envoy-ratelimited", "true"), ("grpc-status", "14")];

        Assert.Empty(Sent(policy).Answer(1, status));
        Assert.Equal(["headers " + status + " end", "log"], Sent(policy).Answer(1, status, endStream: true, answer));
        Assert.Empty(Sent(Snapshots.Retry(RetryOn.EnvoyRateLimited)).Answer(1, status, endStream: true, answer));
    }

    /// <summary>The only host is a canary, so that every draw is refused; where the next request goes tells how many were taken.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public void Host_predicates_are_asked_on_retries_only_and_after_one_draw_more_than_allowed_the_last_host_is_taken(int maxAttempts, int draws)
    {
        var policy = Snapshots.Retry(RetryOn.FiveXx) with { HostPredicates = [new OmitCanaryHostsPredicate()], HostSelectionMaxAttempts = maxAttempts };
        var cluster = Snapshots.Cluster("svc", 1, new RandomPolicy());
        var canary = cluster with { Endpoints = [cluster.Endpoints[0] with { Metadata = Canary }] };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }, canary));
        var numbers = proxy.Random.Derive("lb", "svc");
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 503);
        Assert.Equal(["start A2 on U1 end"], proxy.Wait(25));

        // Each draw takes one number for the priority and the host.
        var more = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1000, new RandomPolicy()))).Memberships["svc"];
        proxy.Run(effects => proxy.Worker.HostUpdate(proxy.Now, more, effects));
        for (var i = 0; i < 1 + draws; i++)
        {
            _ = numbers.NextUInt64();
        }

        Assert.Equal($"open U2 {more.Hosts[(int)(numbers.NextUInt64() % 1000)].Address}", proxy.Get()[0]);
    }

    [Fact]
    public void A_retried_answer_is_charged_under_retry_and_only_the_final_one_under_the_main_names()
    {
        var proxy = Sent(Snapshots.Retry(RetryOn.FiveXx));

        Assert.Empty(proxy.Answer(1, 503));
        Assert.InRange(proxy.NextMs()!.Value, 0, 24);
        Assert.Equal(["start A2 on U1 end"], proxy.Wait(25));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal("200  via_upstream attempts=2", proxy.LastLog);
        (string Name, long Value)[] expected =
        [
            ("upstream_rq_retry", 1),
            ("upstream_rq_retry_success", 1),
            ("upstream_rq_retry_limit_exceeded", 0),
            ("retry.upstream_rq_503", 1),
            ("retry.upstream_rq_5xx", 1),
            ("retry.upstream_rq_completed", 1),
            ("upstream_rq_503", 0),
            ("upstream_rq_5xx", 0),
            ("upstream_rq_200", 1),
            ("upstream_rq_2xx", 1),
            ("upstream_rq_completed", 1),
            ("external.upstream_rq_completed", 1),
            ("upstream_rq_total", 2),
        ];
        Assert.Equal(expected, expected.Select(stat => (stat.Name, proxy.Stat("cluster.svc." + stat.Name))));
        Assert.Equal((1, 1), (proxy.Host("svc").Stats.RqError, proxy.Host("svc").Stats.RqSuccess));
    }

    private static MetadataMap Canary => new([KeyValuePair.Create("envoy.lb", MetadataValue.Of([KeyValuePair.Create("canary", MetadataValue.Of(true))]))]);

    private static WorkerHarness Proxy(RetryPolicySnapshot policy) => new(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }));

    /// <summary>A proxy with one request on its way to one host.</summary>
    private static WorkerHarness Sent(RetryPolicySnapshot policy)
    {
        var proxy = Proxy(policy);
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }
}
