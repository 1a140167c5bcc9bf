namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The timeouts of the connection manager.</summary>
public class StreamTimeoutTests
{
    private const long Ms = MonotonicTime.NanosecondsPerMillisecond;

    [Fact]
    public void A_stream_that_is_idle_while_its_request_comes_is_408()
    {
        var proxy = Proxy(static manager => manager with { StreamIdleTimeoutNs = 100 * Ms });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        Assert.Empty(proxy.Wait(99));
        proxy.Body(1, endStream: false);
        Assert.Empty(proxy.Wait(99));

        Assert.Equal(["reply 408 'stream timeout'", "cancel A1", "log", "close downstream after 1000 ms"], proxy.Wait(1));
        Assert.Equal("408 SI stream_idle_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_idle_timeout"));
        Assert.Contains("connection: close\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_that_stops_is_broken_off()
    {
        var proxy = Proxy(static manager => manager with { StreamIdleTimeoutNs = 100 * Ms });
        proxy.Get();
        proxy.Connected(1);
        proxy.Wait(90);
        proxy.Answer(1, 200, endStream: false);
        proxy.Wait(90);
        proxy.AnswerBody(1, 1, endStream: false);
        Assert.Empty(proxy.Wait(99));

        Assert.Equal(["reset downstream", "cancel A1", "log", "close downstream after 1000 ms"], proxy.Wait(1));
        Assert.Equal("200 SI stream_idle_timeout attempts=1", proxy.LastLog);
    }

    [Theory]
    [InlineData(50L, 50)]
    [InlineData(200L, 200)]
    [InlineData(0L, 0)]
    public void A_route_may_have_its_own(long routeMs, int expected)
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                new RouteAction
                {
                    Cluster = "svc",
                    TimeoutNs = 0,
                    IdleTimeoutNs = routeMs * Ms,
                },
                change: static manager => manager with { StreamIdleTimeoutNs = 100 * Ms }
            )
        );
        proxy.Get();
        proxy.Connected(1);
        if (expected == 0)
        {
            Assert.Empty(proxy.Wait(10_000));
            return;
        }

        Assert.Empty(proxy.Wait(expected - 1));
        Assert.NotEmpty(proxy.Wait(1));
    }

    [Fact]
    public void A_route_may_have_one_where_there_is_none_otherwise()
    {
        var action = new RouteAction { Cluster = "svc", IdleTimeoutNs = 100 * Ms };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: static manager => manager with { StreamIdleTimeoutNs = 0 }));
        proxy.Get();
        proxy.Connected(1);

        Assert.NotEmpty(proxy.Wait(100));
    }

    [Fact]
    public void The_whole_request_must_have_come_in_time()
    {
        var proxy = Proxy(static manager => manager with { RequestTimeoutNs = 100 * Ms });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Wait(99);
        proxy.Body(1, endStream: false);

        Assert.Equal("reply 408 'request timeout'", proxy.Wait(1)[0]);
        Assert.Equal("408  request_overall_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_timeout"));
    }

    [Fact]
    public void A_request_that_is_complete_has_no_such_timeout()
    {
        var proxy = Proxy(static manager => manager with { RequestTimeoutNs = 100 * Ms });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Body(1, endStream: true);

        Assert.Empty(proxy.Wait(1000));
    }

    [Fact]
    public void The_headers_must_have_come_in_time()
    {
        var proxy = Proxy(static manager => manager with { RequestHeadersTimeoutNs = 100 * Ms });
        Assert.Empty(proxy.RequestBegin());

        Assert.Equal(["reply 408 'request header timeout'", "log", "close downstream after 1000 ms"], proxy.Wait(100));
        Assert.Equal("408  request_header_timeout attempts=0", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_header_timeout"));
    }

    [Fact]
    public void Headers_that_come_in_time_go_on_as_the_request_that_was_begun()
    {
        var proxy = Proxy(static manager => manager with { RequestHeadersTimeoutNs = 100 * Ms });
        proxy.RequestBegin();
        proxy.Wait(99);

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        Assert.Empty(proxy.Wait(100));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_total"));
        proxy.Connected(1);
        proxy.Answer(1, 200);
        Assert.Equal((199, 1), proxy.Histogram("http.ingress.downstream_rq_time"));
    }

    // max_stream_duration.

    [Fact]
    public void A_stream_may_not_take_longer_than_the_connection_manager_allows()
    {
        var proxy = Proxy(static manager => manager with { MaxStreamDurationNs = 100 * Ms });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Equal("reply 408 'downstream duration timeout'", proxy.Wait(100)[0]);
        Assert.Equal("408  max_duration_timeout attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_max_duration_reached"));
    }

    [Theory]
    [InlineData(200L, 200)]
    [InlineData(50L, 50)]
    [InlineData(0L, 0)]
    [InlineData(null, 100)]
    public void A_route_may_allow_more_or_less_and_then_has_no_timeout_of_its_own(long? durationMs, int expected)
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            TimeoutNs = 10 * Ms,
            MaxStreamDuration = new MaxStreamDuration(durationMs * Ms, null, 0),
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: static manager => manager with { MaxStreamDurationNs = 100 * Ms }));
        proxy.Get();
        proxy.Connected(1);
        Assert.DoesNotContain("x-envoy-expected-rq-timeout-ms", proxy.RequestHead, StringComparison.Ordinal);
        if (expected == 0)
        {
            Assert.Empty(proxy.Wait(10_000));
            return;
        }

        Assert.Empty(proxy.Wait(expected - 1));
        Assert.Equal("reply 504 'downstream duration timeout'", proxy.Wait(1)[0]);
    }

    [Theory]
    [InlineData("80m", 100L, 0L, 80)]
    [InlineData("80m", 50L, 0L, 50)]
    [InlineData("80m", 0L, 0L, 80)]
    [InlineData("80m", 0L, 30L, 50)]
    [InlineData("80m", 0L, 80L, 0)]
    [InlineData("0m", 0L, 0L, 0)]
    [InlineData(null, 100L, 0L, 200)]
    [InlineData("80m", null, 0L, 200)]
    public void A_grpc_timeout_counts_up_to_a_maximum_and_the_host_hears_of_what_counts(string? header, long? maxMs, long offsetMs, int expected)
    {
        var action = new RouteAction { Cluster = "svc", MaxStreamDuration = new MaxStreamDuration(200 * Ms, maxMs * Ms, offsetMs * Ms) };
        var proxy = new WorkerHarness(Snapshots.Proxy(action));
        (string, string) type = ("content-type", "application/grpc");
        _ = header is null ? proxy.Get("/", type) : proxy.Get("/", type, ("grpc-timeout", header));
        if (expected > 0)
        {
            proxy.Connected(1);
            Assert.Contains($"grpc-timeout: {expected}m\n", proxy.RequestHead, StringComparison.Ordinal);
            Assert.Empty(proxy.Wait(expected - 1));
        }

        Assert.Contains("reply 200 ''", proxy.Wait(expected > 0 ? 1 : 0));
        Assert.Contains("grpc-status: 4\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("grpc-message: downstream duration timeout\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_that_takes_the_limit_away_takes_the_grpc_timeout_along()
    {
        var action = new RouteAction { Cluster = "svc", MaxStreamDuration = new MaxStreamDuration(0, null, 0) };
        var with = new WorkerHarness(Snapshots.Proxy(action, change: static manager => manager with { MaxStreamDurationNs = 100 * Ms }));
        var without = new WorkerHarness(Snapshots.Proxy(action));

        Assert.Null(with.Ask("/", ("content-type", "application/grpc"), ("grpc-timeout", "1S")).Sent("grpc-timeout"));
        Assert.Equal("1S", without.Ask("/", ("content-type", "application/grpc"), ("grpc-timeout", "1S")).Sent("grpc-timeout"));
    }

    private static WorkerHarness Proxy(Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot> change) => new(Snapshots.Proxy(change: change));
}
