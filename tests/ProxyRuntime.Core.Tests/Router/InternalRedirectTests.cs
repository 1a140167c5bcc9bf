namespace MeshSim.ProxyRuntime.Core.Tests;

public class InternalRedirectTests
{
    [Fact]
    public void A_redirect_of_the_upstream_is_followed_within_the_proxy_and_both_parts_are_logged()
    {
        var proxy = Proxy(new InternalRedirectPolicy());
        proxy.Get("/from?q=1", ("x-keep", "1"));
        proxy.Connected(1);
        proxy.Wait(5);

        Assert.Equal(["log, goes on", "open U2 10.0.1.1:80"], proxy.Answer(1, 302, headers: ("location", "http://other.local/to?r=2#fragment")));
        Assert.Equal("302  internal_redirect attempts=1", proxy.LastLog);
        // The route was looked up again before the redirect was known to be one, as in Envoy.
        Assert.Equal(("to", "b", "10.0.0.1:80"), (proxy.Logs[0].Route, proxy.Logs[0].Cluster, proxy.Logs[0].Host));
        Assert.Equal(["start A2 on U2 end"], proxy.Connected(2));
        Assert.Contains(":authority: other.local\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains(":path: /to?r=2\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-original-url: http://svc.local/from?q=1\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-keep: 1\n", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal("200  via_upstream attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.a.upstream_internal_redirect_succeeded_total"));
        Assert.Equal(0, proxy.Stat("cluster.a.upstream_rq_302"));
        Assert.Equal(2, proxy.Stat("http.ingress.downstream_rq_total"));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_completed"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_3xx"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_active"));
        Assert.Equal(2, proxy.Stat("http.ingress.rq_total"));
    }

    [Fact]
    public void A_response_that_still_has_a_body_is_broken_off()
    {
        var proxy = Proxy(new InternalRedirectPolicy());
        proxy.Get("/from");
        proxy.Connected(1);

        Assert.Equal(["cancel A1", "log, goes on", "open U2 10.0.1.1:80"], proxy.Answer(1, 302, endStream: false, ("location", "http://x/to")));
    }

    [Fact]
    public void The_body_goes_along()
    {
        var proxy = Proxy(new InternalRedirectPolicy { Codes = [307] });
        proxy.Request("POST", "/from", endStream: false, ("content-length", "7"));
        proxy.Connected(1);
        Assert.Equal(["SendData 7 end", "BufferBody 7"], proxy.Body(7, endStream: true));

        Assert.Equal(["log, goes on", "open U2 10.0.1.1:80"], proxy.Answer(1, 307, headers: ("location", "http://x/to")));
        Assert.Equal(["start A2 on U2", "SendBuffered 7 end", "ReleaseBody"], proxy.Connected(2));
        Assert.Contains(":method: POST\n", proxy.RequestHead, StringComparison.Ordinal);
        proxy.Wait(4);
        proxy.Answer(2, 200);
        Assert.Contains("x-envoy-upstream-service-time: 4\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(0, proxy.Ledger.BytesKept);
        Assert.Equal([7, 14], proxy.Logs.Select(log => log.BytesReceived));
    }

    [Fact]
    public void The_second_part_times_out_like_any_request()
    {
        var proxy = Proxy(new InternalRedirectPolicy { Codes = [307] });
        proxy.Request("POST", "/from", endStream: false);
        proxy.Connected(1);
        proxy.Body(7, endStream: true);
        proxy.Answer(1, 307, headers: ("location", "http://x/to"));
        proxy.Connected(2);

        Assert.Equal(["cancel A2", "reply 504 'upstream request timeout'", "log"], proxy.Wait(15_001));
    }

    [Fact]
    public void After_303_a_request_becomes_a_GET_without_body()
    {
        var proxy = Proxy(new InternalRedirectPolicy { Codes = [303] });
        proxy.Request("POST", "/from", endStream: false, ("content-length", "7"));
        proxy.Connected(1);
        proxy.Body(7, endStream: true);

        Assert.Equal(["ReleaseBody", "log, goes on", "open U2 10.0.1.1:80"], proxy.Answer(1, 303, headers: ("location", "http://x/to")));
        Assert.Equal(["start A2 on U2 end"], proxy.Connected(2));
        Assert.Contains(":method: GET\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("content-length", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_HEAD_stays_a_HEAD_after_303()
    {
        var proxy = Proxy(new InternalRedirectPolicy { Codes = [303] });
        proxy.Request("HEAD", "/from", endStream: true);
        proxy.Connected(1);
        proxy.Answer(1, 303, headers: ("location", "http://x/to"));
        proxy.Connected(2);

        Assert.Contains(":method: HEAD\n", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_of_the_response_can_be_copied_and_absent_ones_taken_away()
    {
        var proxy = Proxy(new InternalRedirectPolicy { HeadersToCopy = [HeaderName.Of("x-copy"), HeaderName.Of("x-none")] });
        proxy.Get("/from", ("x-copy", "old"), ("x-none", "old"));
        proxy.Connected(1);
        proxy.Answer(1, 302, headers: [("location", "http://x/to"), ("x-copy", "1"), ("x-copy", "2")]);
        proxy.Connected(2);

        Assert.Contains("x-copy: 1\nx-copy: 2\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-none", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-copy: old", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/relative", "bad_location")]
    [InlineData("", "bad_location")]
    [InlineData("ftp://x/to", "bad_location")]
    [InlineData("https://x/to", "unsafe_scheme")]
    [InlineData("http://x/nowhere", "no_route")]
    [InlineData(null, null)]
    public void What_cannot_be_followed_goes_to_the_client(string? location, string? counter)
    {
        var proxy = Proxy(new InternalRedirectPolicy());
        proxy.Get("/from", ("x-request-id", "1"));
        proxy.Connected(1);
        var head = proxy.RequestHead;

        Assert.Equal(["headers 302 end", "log"], location is null ? proxy.Answer(1, 302) : proxy.Answer(1, 302, headers: ("location", location)));
        Assert.Equal("302  via_upstream attempts=1", proxy.LastLog);
        Assert.Equal("a", proxy.Logs[0].Cluster);
        Assert.Equal(1, proxy.Stat("cluster.a.upstream_internal_redirect_failed_total"));
        Assert.Equal(counter is null ? 0 : 1, proxy.Stat($"http.ingress.passthrough_internal_redirect_{counter}"));
        Assert.Contains(":path: /from\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cross_scheme_redirect_can_be_allowed_and_other_codes_are_left_alone()
    {
        var proxy = Proxy(new InternalRedirectPolicy { AllowCrossScheme = true });
        proxy.Get("/from");
        proxy.Connected(1);
        Assert.Equal(["headers 301 end", "log"], proxy.Answer(1, 301, headers: ("location", "https://x/to")));
        Assert.Equal(0, proxy.Stat("cluster.a.upstream_internal_redirect_failed_total"));

        proxy.Get("/from");
        Assert.Contains("log, goes on", proxy.Answer(2, 302, headers: ("location", "https://x/to")));
    }

    /// <summary>Over a plain connection the request is one of http, whatever its scheme says.</summary>
    [Fact]
    public void The_scheme_of_the_request_is_http_if_its_connection_is_plain()
    {
        var proxy = Proxy(new InternalRedirectPolicy());
        proxy.Get("/from", ("x-forwarded-proto", "https"));
        proxy.Connected(1);

        Assert.Equal("headers 302 end", proxy.Answer(1, 302, headers: ("location", "https://x/to"))[0]);
        Assert.Equal(1, proxy.Stat("http.ingress.passthrough_internal_redirect_unsafe_scheme"));
    }

    [Fact]
    public void There_is_a_limit()
    {
        var proxy = Proxy(new InternalRedirectPolicy { MaxRedirects = 2 });
        proxy.Get("/from");
        proxy.Connected(1);
        proxy.Answer(1, 302, headers: ("location", "http://x/from/1"));
        proxy.Answer(2, 302, headers: ("location", "http://x/from/2"));

        Assert.Equal(["headers 302 end", "log"], proxy.Answer(3, 302, headers: ("location", "http://x/from/3")));
        Assert.Equal(1, proxy.Stat("http.ingress.passthrough_internal_redirect_too_many_redirects"));
        Assert.Equal(2, proxy.Stat("cluster.a.upstream_internal_redirect_succeeded_total"));
        Assert.Equal(3, proxy.Stat("http.ingress.downstream_rq_total"));
    }

    [Fact]
    public void A_request_that_is_not_complete_is_not_redirected()
    {
        var proxy = Proxy(new InternalRedirectPolicy());
        proxy.Request("POST", "/from", endStream: false);
        proxy.Connected(1);

        Assert.Contains("headers 302 end", proxy.Answer(1, 302, headers: ("location", "http://x/to")));
        Assert.Equal(1, proxy.Stat("cluster.a.upstream_internal_redirect_failed_total"));
    }

    [Fact]
    public void A_body_that_outgrew_the_buffer_is_not_redirected()
    {
        var proxy = Proxy(new InternalRedirectPolicy(), manager => manager with { BufferLimitBytes = 10 });
        proxy.Request("POST", "/from", endStream: false);
        proxy.Connected(1);
        Assert.Equal(["SendData 8", "BufferBody 8"], proxy.Body(8, endStream: false));
        Assert.Equal(["ReleaseBody", "SendData 3 end"], proxy.Body(3, endStream: true));

        Assert.Equal(["headers 302 end", "log"], proxy.Answer(1, 302, headers: ("location", "http://x/to")));
        Assert.Equal(0, proxy.Stat("cluster.a.retry_or_shadow_abandoned"));
    }

    // Predicates.

    /// <summary>What counts is the way from one route to another: the same way is not gone twice.</summary>
    [Fact]
    public void Previous_routes_refuses_to_go_the_same_way_again()
    {
        var proxy = Proxy(new InternalRedirectPolicy { MaxRedirects = 10, Predicates = [new PreviousRoutesPredicate()] });
        proxy.Get("/from");
        proxy.Connected(1);
        Assert.Contains("log, goes on", proxy.Answer(1, 302, headers: ("location", "http://x/from/again")));

        Assert.Equal(["headers 302 end", "log"], proxy.Answer(2, 302, headers: ("location", "http://x/from/again")));
        Assert.Equal(1, proxy.Stat("http.ingress.passthrough_internal_redirect_predicate"));
    }

    [Fact]
    public void Back_and_forth_is_gone_once()
    {
        var policy = new InternalRedirectPolicy { MaxRedirects = 10, Predicates = [new PreviousRoutesPredicate()] };
        var hosts = Snapshots.Host(
            "*",
            Snapshots.Prefix("/a", Snapshots.To("svc") with { InternalRedirect = policy }, "a"),
            Snapshots.Prefix("/b", Snapshots.To("svc") with { InternalRedirect = policy }, "b")
        );
        var proxy = new WorkerHarness(Snapshots.Proxy([hosts], [Snapshots.Cluster("svc", 1)]));
        proxy.Get("/a");
        proxy.Connected(1);

        Assert.Contains("log, goes on", proxy.Answer(1, 302, headers: ("location", "http://x/b")));
        Assert.Contains("log, goes on", proxy.Answer(2, 302, headers: ("location", "http://x/a")));
        Assert.Equal(["headers 302 end", "log"], proxy.Answer(3, 302, headers: ("location", "http://x/b")));
    }

    [Fact]
    public void Back_and_on_to_another_route_is_new()
    {
        var policy = new InternalRedirectPolicy { MaxRedirects = 10, Predicates = [new PreviousRoutesPredicate()] };
        Route[] routes =
        [
            .. ((string[])["a", "b", "c"]).Select(name => Snapshots.Prefix("/" + name, Snapshots.To("svc") with { InternalRedirect = policy }, name)),
        ];
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", routes)], [Snapshots.Cluster("svc", 1)]));
        proxy.Get("/a");
        proxy.Connected(1);

        Assert.Contains("log, goes on", proxy.Answer(1, 302, headers: ("location", "http://x/b")));
        Assert.Contains("log, goes on", proxy.Answer(2, 302, headers: ("location", "http://x/a")));
        Assert.Contains("log, goes on", proxy.Answer(3, 302, headers: ("location", "http://x/c")));
    }

    [Theory]
    [InlineData("http", "https")]
    [InlineData("https", "http")]
    public void The_scheme_of_the_redirect_goes_upstream(string from, string to)
    {
        var client = Snapshots.Connection() with { IsTls = from == "https" };
        var proxy = new WorkerHarness(Snapshot(new InternalRedirectPolicy { AllowCrossScheme = true }, static manager => manager), client: client);
        proxy.Get("/from");
        proxy.Connected(1);
        proxy.Answer(1, 302, headers: ("location", $"{to}://other/to"));
        proxy.Connected(2);

        Assert.Contains($":scheme: {to}\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains($"x-envoy-original-url: {from}://svc.local/from\n", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", "headers 302 end")]
    [InlineData("to", "log, goes on")]
    public void Only_routes_of_a_list_can_be_allowed(string allowed, string outcome)
    {
        var proxy = Proxy(new InternalRedirectPolicy { Predicates = [new AllowListedRoutesPredicate([allowed])] });
        proxy.Get("/from");
        proxy.Connected(1);

        Assert.Equal(outcome, proxy.Answer(1, 302, headers: ("location", "http://x/to"))[0]);
    }

    [Theory]
    [InlineData(false, "https", "headers 302 end")]
    [InlineData(false, "http", "log, goes on")]
    [InlineData(true, "http", "log, goes on")]
    [InlineData(true, "https", "log, goes on")]
    public void Safe_cross_scheme_never_goes_from_http_to_https(bool tls, string scheme, string outcome)
    {
        var snapshot = Snapshot(
            new InternalRedirectPolicy { AllowCrossScheme = true, Predicates = [new SafeCrossSchemePredicate()] },
            static manager => manager
        );
        var proxy = new WorkerHarness(snapshot, client: Snapshots.Connection() with { IsTls = tls });
        proxy.Get("/from");
        proxy.Connected(1);

        Assert.Equal(outcome, proxy.Answer(1, 302, headers: ("location", $"{scheme}://x/to"))[0]);
    }

    private static WorkerHarness Proxy(InternalRedirectPolicy policy, Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? change = null) =>
        new(Snapshot(policy, change ?? (static manager => manager)));

    /// <summary><c>/from</c> goes to a and may be redirected; <c>/to</c> goes to b.</summary>
    private static ProxySnapshot Snapshot(InternalRedirectPolicy policy, Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot> change) =>
        Snapshots.Proxy(
            [
                Snapshots.Host(
                    "*",
                    Snapshots.Prefix("/from", Snapshots.To("a") with { InternalRedirect = policy }, "from"),
                    Snapshots.Prefix("/to", Snapshots.To("b"), "to")
                ),
            ],
            [Snapshots.Cluster("a", 1), Snapshots.Cluster("b", 1, net: 1)],
            change
        );
}
