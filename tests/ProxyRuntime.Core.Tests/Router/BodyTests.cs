namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>How the body of a request flows, and what is kept of it for attempts to come.</summary>
public class BodyTests
{
    [Fact]
    public void A_body_waits_for_the_connection_and_then_flows()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Request("POST", "/post", endStream: false));
        Assert.Equal(["BufferBody 5"], proxy.Body(5, endStream: false));
        Assert.Equal(["start A1 on U1", "SendBuffered 5", "ReleaseBody"], proxy.Connected(1));
        Assert.Equal(["SendData 7 end"], proxy.Body(7, endStream: true));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(12, proxy.Logs[^1].BytesReceived);
    }

    [Fact]
    public void A_kept_body_is_sent_again()
    {
        var proxy = Posting(Snapshots.Retry(RetryOn.FiveXx));

        Assert.Equal(["SendData 9 end", "BufferBody 9"], proxy.Body(9, endStream: true));
        Assert.Empty(proxy.Answer(1, 503));
        Assert.Equal(["start A2 on U1", "SendBuffered 9 end"], proxy.Wait(25));
        Assert.Equal(["ReleaseBody", "headers 200 end", "log"], proxy.Answer(2, 200));
    }

    [Fact]
    public void Trailers_are_sent_again_too()
    {
        var proxy = Posting(Snapshots.Retry(RetryOn.FiveXx));
        proxy.Body(9, endStream: false);
        Assert.Equal(["SendTrailers x-t: 1"], proxy.Trailers(("x-t", "1")));
        proxy.Answer(1, 503);

        Assert.Equal(["start A2 on U1", "SendBuffered 9", "SendTrailers x-t: 1"], proxy.Wait(25));
    }

    [Fact]
    public void Trailers_that_come_while_the_request_waits_follow_its_body()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(2, endStream: false);
        Assert.Empty(proxy.Trailers(("x-t", "1")));

        Assert.Equal(["start A1 on U1", "SendBuffered 2", "ReleaseBody", "SendTrailers x-t: 1"], proxy.Connected(1));
    }

    [Fact]
    public void A_retry_may_begin_while_the_body_still_comes()
    {
        var proxy = Posting(Snapshots.Retry(RetryOn.FiveXx));
        proxy.Body(3, endStream: false);
        Assert.Equal(["cancel A1"], proxy.Answer(1, 503));
        Assert.Equal(["BufferBody 4"], proxy.Body(4, endStream: false));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Wait(25));

        Assert.Equal(["start A2 on U2", "SendBuffered 7"], proxy.Connected(2));
        Assert.Equal(["SendData 1 end", "BufferBody 1"], proxy.Body(1, endStream: true));
        Assert.Equal(["ReleaseBody", "headers 200 end", "log"], proxy.Answer(2, 200));
    }

    [Fact]
    public void Beyond_the_limit_nothing_is_kept_and_nothing_retried()
    {
        var proxy = Posting(Snapshots.Retry(RetryOn.FiveXx), limit: 100);

        Assert.Equal(["SendData 60", "BufferBody 60"], proxy.Body(60, endStream: false));
        Assert.Equal(["ReleaseBody", "SendData 41"], proxy.Body(41, endStream: false));
        Assert.Equal(["SendData 1 end"], proxy.Body(1, endStream: true));
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
        Assert.Equal("503  via_upstream attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.retry_or_shadow_abandoned"));
    }

    [Fact]
    public void Exactly_the_limit_is_kept()
    {
        var proxy = Posting(Snapshots.Retry(RetryOn.FiveXx), limit: 100);

        Assert.Equal(["SendData 100 end", "BufferBody 100"], proxy.Body(100, endStream: true));
        Assert.Equal(0, proxy.Stat("cluster.svc.retry_or_shadow_abandoned"));
    }

    [Fact]
    public void A_route_may_have_a_limit_of_its_own()
    {
        var route = Snapshots.Prefix("/", new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }) with { BodyBufferLimit = 5 };
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", route)], [Snapshots.Cluster("svc", 1)]));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Equal(["SendData 6 end"], proxy.Body(6, endStream: true));
    }

    [Fact]
    public void Beyond_the_limit_while_a_retry_sleeps_is_507()
    {
        var proxy = Posting(Snapshots.Retry(RetryOn.FiveXx), limit: 100);
        proxy.Body(60, endStream: false);
        proxy.Answer(1, 503);

        Assert.Equal(
            ["reply 507 'exceeded request buffer limit while retrying upstream'", "log", "close downstream after 1000 ms"],
            proxy.Body(41, endStream: false)
        );
        Assert.Equal("507  request_payload_exceeded_retry_buffer_limit attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.retry_or_shadow_abandoned"));
        Assert.Empty(proxy.Wait(1000));
    }

    /// <summary>Where only a redirect within the proxy needed the body, the reset that ends the request is answered with 507 all the same.</summary>
    [Fact]
    public void A_reset_after_a_redirects_body_outgrew_the_limit_is_507_with_its_own_flag()
    {
        var action = new RouteAction { Cluster = "svc", InternalRedirect = new InternalRedirectPolicy() };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: manager => manager with { BufferLimitBytes = 10 }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Body(11, endStream: true);

        Assert.Contains("reply 507 'exceeded request buffer limit while retrying upstream'", proxy.Reset(1));
        Assert.Equal("507 UR request_payload_exceeded_retry_buffer_limit attempts=1", proxy.LastLog);
    }

    [Fact]
    public void Both_retries_and_redirects_are_off_beyond_the_limit()
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            RetryPolicy = Snapshots.Retry(RetryOn.FiveXx),
            InternalRedirect = new InternalRedirectPolicy(),
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: manager => manager with { BufferLimitBytes = 10 }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Body(8, endStream: false);
        Assert.Equal(["ReleaseBody", "SendData 8"], proxy.Body(8, endStream: false));
        Assert.Equal(["SendData 2 end"], proxy.Body(2, endStream: true));

        Assert.Equal(["headers 302 end", "log"], proxy.Answer(1, 302, headers: ("location", "http://x/")));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_internal_redirect_failed_total"));
    }

    /// <summary>retriable_request_headers that do not fit: nothing can be retried, so nothing is kept.</summary>
    [Fact]
    public void A_request_that_is_not_retried_keeps_nothing()
    {
        var policy = Snapshots.Retry(RetryOn.FiveXx) with { RetriableRequestHeaders = [HeaderMatcher.OfPresence("x-idempotent")] };
        var proxy = Posting(policy);

        Assert.Equal(["SendData 9 end"], proxy.Body(9, endStream: true));
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
    }

    [Fact]
    public void An_answer_before_the_request_is_complete_closes_both_connections()
    {
        var proxy = Posting(null);

        Assert.Equal(["cancel A1", "headers 413 end", "log", "close downstream after 1000 ms"], proxy.Answer(1, 413));
        Assert.DoesNotContain("x-envoy-upstream-service-time", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_response_before_rq_complete"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_active"));
        Assert.Equal((0, 0), proxy.Histogram("cluster.svc.upstream_rq_time"));
    }

    [Fact]
    public void Body_bytes_after_the_end_of_the_request_are_ignored()
    {
        var proxy = Posting(null);
        proxy.Answer(1, 413);

        Assert.Empty(proxy.Body(9, endStream: false));
    }

    [Fact]
    public void Response_body_and_trailers_pass_through()
    {
        var proxy = Posting(null);
        proxy.Body(1, endStream: true);

        Assert.Equal(["headers 200"], proxy.Answer(1, 200, endStream: false));
        Assert.Equal(["ForwardData 4"], proxy.AnswerBody(1, 4, endStream: false));
        Assert.Equal(["ForwardTrailers x-end: 1", "log"], proxy.AnswerTrailers(1, ("x-end", "1")));
        Assert.Equal(4, proxy.Logs[^1].BytesSent);
        Assert.Equal(1, proxy.Histogram("cluster.svc.upstream_rq_time").Count);
    }

    private static WorkerHarness Posting(RetryPolicySnapshot? policy, long limit = 1024 * 1024)
    {
        var action = new RouteAction { Cluster = "svc", RetryPolicy = policy };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: manager => manager with { BufferLimitBytes = limit }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        return proxy;
    }
}
