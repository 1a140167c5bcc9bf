namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Downstream connections: how long they live and when they close.</summary>
public class DownstreamConnectionTests
{
    private const long Ms = MonotonicTime.NanosecondsPerMillisecond;

    [Fact]
    public void A_client_that_asks_for_it_gets_its_connection_closed_at_once()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get("/", ("connection", "close"));
        proxy.Connected(1);

        Assert.Equal(["headers 200 end", "log", "close downstream after 0 ms"], proxy.Answer(1, 200));
        Assert.Contains("connection: close\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Empty(proxy.ClientLeaves());
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_destroy_local"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_cx_active"));
        Assert.Equal(0, proxy.Stat("listener.127.0.0.1_15001.downstream_cx_active"));
        Assert.Equal(1, proxy.Stat("listener.127.0.0.1_15001.downstream_cx_destroy"));
    }

    [Fact]
    public void Proxy_connection_asks_for_it_too()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal("close downstream after 0 ms", proxy.Ask("/", ("proxy-connection", "Close")).Lines[^1]);
    }

    [Fact]
    public void After_so_many_requests_it_closes()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { MaxRequestsPerConnection = 2 }));
        Assert.Null(proxy.Ask().Got("connection"));

        var second = proxy.Ask();
        Assert.Equal("close", second.Got("connection"));
        Assert.Equal("close downstream after 0 ms", second.Lines[^1]);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_max_requests_reached"));
    }

    [Fact]
    public void A_connection_without_requests_is_drained_and_then_closed()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { IdleTimeoutNs = 1000 * Ms, DrainTimeoutNs = 300 * Ms }));
        _ = proxy.Ask();
        Assert.Empty(proxy.Wait(1299));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_idle_timeout"));

        Assert.Equal(["close downstream after 1000 ms"], proxy.Wait(1));
    }

    [Fact]
    public void An_answer_while_it_is_drained_says_so_and_closes()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { IdleTimeoutNs = 1000 * Ms, DrainTimeoutNs = 300 * Ms }));
        proxy.Wait(1100);
        var exchange = proxy.Ask();

        Assert.Equal("close", exchange.Got("connection"));
        Assert.Equal("close downstream after 1000 ms", exchange.Lines[^1]);
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_cx_drain_close"));
        Assert.Empty(proxy.Wait(1000));
    }

    [Fact]
    public void A_request_keeps_it_busy()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { IdleTimeoutNs = 1000 * Ms }));
        proxy.Wait(900);
        proxy.Get();
        proxy.Connected(1);
        proxy.Wait(5000);
        proxy.Answer(1, 200);
        proxy.Wait(999);
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_cx_idle_timeout"));

        proxy.Wait(1);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_idle_timeout"));
    }

    [Fact]
    public void A_connection_may_live_only_for_so_long()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(change: static manager => manager with { MaxConnectionDurationNs = 1000 * Ms, DrainTimeoutNs = 300 * Ms })
        );
        proxy.Wait(900);
        proxy.Get();
        proxy.Connected(1);
        Assert.Empty(proxy.Wait(500));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_max_duration_reached"));

        Assert.Equal(["headers 200 end", "log", "close downstream after 1000 ms"], proxy.Answer(1, 200));
    }

    [Fact]
    public void Delayed_closing_can_be_switched_off()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { DelayedCloseTimeoutNs = 0 }));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Equal("close downstream after 0 ms", proxy.Answer(1, 413)[^1]);
    }

    [Fact]
    public void Draining_closes_idle_connections_and_says_so_in_answers()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Connect(new ConnectionId(8), Snapshots.Connection());
        proxy.Get();
        proxy.Connected(1);

        Assert.Equal(["close downstream after 1000 ms"], proxy.Run(effects => proxy.Worker.Drain(proxy.Now, effects)));
        Assert.Equal(["headers 200 end", "log", "close downstream after 1000 ms"], proxy.Answer(1, 200));
        Assert.Contains("connection: close\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(2, proxy.Stat("http.ingress.downstream_cx_drain_close"));
    }

    [Fact]
    public void A_listener_without_connection_manager_closes_every_connection()
    {
        var snapshot = Snapshots.Proxy();
        var bare = snapshot with
        {
            Listeners =
            [
                .. snapshot.Listeners,
                new ListenerSnapshot
                {
                    Name = "bare",
                    Address = Snapshots.Listener,
                    StatPrefix = "bare",
                    FilterChains = [new FilterChainSnapshot()],
                },
            ],
        };
        var proxy = new WorkerHarness(bare);

        Assert.Equal(["close downstream after 0 ms"], proxy.Connect(new ConnectionId(8), Snapshots.Connection("bare")));
        Assert.Equal(1, proxy.Stat("listener.bare.downstream_cx_destroy"));
    }

    [Fact]
    public void Listeners_have_settings_and_statistics_of_their_own()
    {
        var snapshot = Snapshots.Proxy();
        var other = Snapshots.Manager([Snapshots.Host("*", Snapshots.Prefix("/", new DirectResponseAction(204, default)))]) with { StatPrefix = "other" };
        var proxy = new WorkerHarness(snapshot with { Listeners = [.. snapshot.Listeners, Snapshots.ListenerOf("second", other)] });
        proxy.Connect(new ConnectionId(8), Snapshots.Connection("second"));

        Assert.Equal(["reply 204 ''", "log"], proxy.RequestOn(new ConnectionId(8), "GET", "/", endStream: true));
        Assert.Equal(1, proxy.Stat("http.other.downstream_rq_total"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_total"));
    }

    [Fact]
    public void On_HTTP_2_nothing_is_said_and_nothing_closed()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(), client: Snapshots.Connection(protocol: HttpProtocol.Http2));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);

        Assert.Equal(["cancel A1", "headers 413 end", "log"], proxy.Answer(1, 413));
        Assert.DoesNotContain("connection", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_http2_total"));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_http2_active"));
        proxy.ClientLeaves();
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_cx_http2_active"));
    }

    [Fact]
    public void Inputs_for_what_is_gone_are_ignored()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.ClientLeaves();

        Assert.Empty(proxy.Get());
        Assert.Empty(proxy.RequestBegin());
        Assert.Empty(proxy.RequestRefused(RequestError.Malformed));
        Assert.Empty(proxy.Body(5, endStream: true));
        Assert.Empty(proxy.Trailers());
        Assert.Empty(proxy.ClientLeaves());
        Assert.Empty(proxy.Run(effects => proxy.Worker.DownstreamReset(proxy.Now, proxy.LastStream, effects)));
        Assert.Empty(proxy.Run(effects => proxy.Worker.HostUpdate(proxy.Now, new ClusterMembership("none", []), effects)));
    }

    // The path and the host.

    [Theory]
    [InlineData("/a/../b/./c//d?x=/../", "/b/c//d?x=/../", "/b/c/d?x=/../")]
    [InlineData("/%7Euser/%2e%2E/x%41", "/xA", "/xA")]
    [InlineData("\\a\\b", null, null)]
    [InlineData("/a\\..\\b", "/b", "/b")]
    [InlineData("/a/..", "/", "/")]
    [InlineData("/..", "/", "/")]
    [InlineData("/a b\"<>`{}", "/a%20b%22%3C%3E%60%7B%7D", "/a%20b%22%3C%3E%60%7B%7D")]
    [InlineData("/a%00", null, null)]
    [InlineData("/...", "/...", "/...")]
    [InlineData("/%2", "/%2", "/%2")]
    public void A_path_can_be_made_uniform(string path, string? normal, string? merged)
    {
        Assert.Equal(normal, Path(path, new PathHandling(Normalize: true)));
        Assert.Equal(merged, Path(path, new PathHandling(Normalize: true, MergeSlashes: true)));
    }

    [Theory]
    [InlineData(EscapedSlashesAction.KeepUnchanged, "/a%2Fb", 200, "/a%2Fb")]
    [InlineData(EscapedSlashesAction.UnescapeAndForward, "/a%2Fb%5cc?%2f", 200, "/a/b\\c?%2f")]
    [InlineData(EscapedSlashesAction.RejectRequest, "/a%2fb", 400, null)]
    [InlineData(EscapedSlashesAction.RejectRequest, "/ab?%2f", 200, "/ab?%2f")]
    [InlineData(EscapedSlashesAction.UnescapeAndRedirect, "/ab", 200, "/ab")]
    public void Escaped_slashes_are_treated_as_configured(EscapedSlashesAction action, string path, int status, string? sent)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager with { PathHandling = new PathHandling(EscapedSlashes: action) }));
        var exchange = proxy.Ask(path);

        Assert.Equal((status, sent), (exchange.Log.Code, exchange.Sent(":path")));
        Assert.Equal(status == 400 ? 1 : 0, proxy.Stat("http.ingress.downstream_rq_failed_path_normalization"));
    }

    [Fact]
    public void A_redirect_to_the_uniform_path_keeps_the_connection_and_gRPC_is_refused()
    {
        var handling = new PathHandling(Normalize: true, EscapedSlashes: EscapedSlashesAction.UnescapeAndRedirect);
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager with { PathHandling = handling }));
        var exchange = proxy.Ask("/a/..%2Fb?q");

        Assert.Equal(["reply 307 ''", "log"], exchange.Lines);
        Assert.Equal("/b?q", exchange.Got("location"));
        Assert.Equal("307  path_normalization_failed attempts=0", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_redirected_with_normalized_path"));
        Assert.Equal("13", proxy.Ask("/a%2Fb", ("content-type", "application/grpc")).Got("grpc-status"));
    }

    [Theory]
    [InlineData("a.com:15001", true, false, false, "a.com")]
    [InlineData("a.com:80", true, false, false, "a.com:80")]
    [InlineData("a.com:80", false, true, false, "a.com")]
    [InlineData("[::1]:80", false, true, false, "[::1]")]
    [InlineData("a.com:x", false, true, false, "a.com:x")]
    [InlineData("a.com.", false, false, true, "a.com")]
    [InlineData("a.com.:80", false, false, true, "a.com:80")]
    [InlineData("a.com.:80", false, true, true, "a.com")]
    [InlineData("a.com.:80", false, false, false, "a.com.:80")]
    public void Port_and_trailing_dot_of_the_host_can_be_cut_off_before_routing(string host, bool matching, bool any, bool dot, string sent)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager with { HostHandling = new HostHandling(matching, any, dot) }));

        Assert.Equal(sent, proxy.Ask("/", (":authority", host)).Sent(":authority"));
    }

    private static string? Path(string path, PathHandling handling) =>
        new WorkerHarness(Snapshots.Proxy(change: manager => manager with { PathHandling = handling })).Ask(path).Sent(":path");
}
