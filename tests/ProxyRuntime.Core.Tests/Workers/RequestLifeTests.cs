namespace MeshSim.ProxyRuntime.Core.Tests;

public class RequestLifeTests
{
    [Fact]
    public void A_request_opens_a_connection_waits_for_it_and_is_answered()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get("/headers"));
        Assert.Equal(["start A1 on U1 end"], proxy.Connected(1));
        Assert.Equal(["headers 200", "log"], [.. proxy.Answer(1, 200, endStream: false, ("content-length", "1")), .. Body(proxy)]);
        Assert.Equal("200  via_upstream attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_200"));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_2xx"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_active"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_active"));

        static IEnumerable<string> Body(WorkerHarness proxy) => proxy.AnswerBody(1, 1, endStream: true).Where(line => line != "ForwardData 1 end");
    }

    [Fact]
    public void The_second_request_reuses_the_connection()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 204);

        Assert.Equal(["start A2 on U1 end"], proxy.Get());
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_total"));
    }

    [Fact]
    public void Headers_are_those_Envoy_sends()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", AutoHostRewrite = true }, Named("httpbin")));
        proxy.Get(
            "/get",
            ("connection", "x-hop, close"),
            ("x-hop", "1"),
            ("te", "trailers, deflate"),
            ("x-envoy-retry-on", "5xx"),
            ("x-envoy-internal", "true")
        );
        proxy.Connected(1);

        Assert.Contains(":authority: httpbin\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-original-host: svc.local\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 15000\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-forwarded-proto: http\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Matches("x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n", proxy.RequestHead);
        Assert.Contains("te: trailers\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("connection", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-hop", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-envoy-retry-on", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-envoy-internal", proxy.RequestHead, StringComparison.Ordinal);

        var effects = proxy.Answer(1, 200, endStream: true, ("content-length", "0"));
        Assert.Contains("server: envoy\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("date: Tue, 14 Nov 2023 22:13:20 GMT\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-upstream-service-time: 0\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("connection: close\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal("close downstream after 0 ms", effects[^1]);
    }

    [Theory]
    [InlineData("/nowhere", "reply 404 ''", "404 NR route_not_found attempts=0")]
    [InlineData("relative", "reply 404 ''", "404  absolute_path_rejected attempts=0")]
    [InlineData("/a#b", "reply 400 ''", "400  path_normalization_failed attempts=0")]
    public void What_cannot_be_routed_is_answered_by_the_proxy(string path, string reply, string log)
    {
        var manager = Snapshots.Manager([Snapshots.Host("*", Snapshots.Prefix("/api", new RouteAction { Cluster = "svc" }))]);
        var proxy = new WorkerHarness(Snapshots.Proxy(change: _ => manager));

        Assert.Equal(reply, proxy.Get(path)[0]);
        Assert.Equal(log, proxy.LastLog);
    }

    [Fact]
    public void A_cluster_without_hosts_is_503_UH()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 0)));

        Assert.Equal(["reply 503 'no healthy upstream'", "log"], proxy.Get());
        Assert.Equal("503 UH no_healthy_upstream attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_none_healthy"));
    }

    [Fact]
    public void A_refused_connection_is_503_UF()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();

        Assert.Equal(
            ["reply 503 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure'", "log"],
            proxy.Refused(1)
        );
        Assert.Equal(
            "503 UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} attempts=1",
            proxy.LastLog
        );
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_connect_fail"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_active"));
    }

    [Fact]
    public void A_client_that_goes_away_ends_its_attempt()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Connected(1);

        Assert.Equal(["cancel A1", "log"], proxy.ClientLeaves());
        Assert.Equal("0 DC downstream_remote_disconnect attempts=1", proxy.LastLog);
        Assert.Equal(0, proxy.Worker.View.ActiveStreams);
        Assert.Equal(0, proxy.Worker.View.DownstreamConnections);
    }

    [Fact]
    public void A_connection_that_is_gone_is_not_closed_once_more()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get("/", ("connection", "close"));
        proxy.Connected(1);

        Assert.Equal(["cancel A1", "log"], proxy.ClientLeaves());
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_destroy_remote_active_rq"));
    }

    [Fact]
    public void Overflow_of_pending_requests_is_503_UO()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1, 1, 1024, 3) };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        proxy.Get();

        Assert.Equal("reply 503 'upstream connect error or disconnect/reset before headers. reset reason: overflow'", proxy.Get()[0]);
        Assert.Contains("x-envoy-overloaded: true\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal("503 UO upstream_reset_before_response_started{overflow} attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_pending_overflow"));
    }

    [Fact]
    public void Draining_closes_idle_connections_and_says_so_in_answers()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Connected(1);

        Assert.Empty(proxy.Run(effects => proxy.Worker.Drain(proxy.Now, effects)));
        Assert.Equal(["headers 200 end", "log", "close downstream after 1000 ms"], proxy.Answer(1, 200));
        Assert.Contains("connection: close\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_for_what_is_gone_are_ignored()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Empty(proxy.Answer(99, 200));
        Assert.Empty(proxy.Connected(99));
        Assert.Empty(proxy.Body(5, endStream: true));
    }

    private static ClusterSnapshot Named(string hostname)
    {
        var cluster = Snapshots.Cluster("svc", 1);
        return cluster with { Endpoints = [cluster.Endpoints[0] with { Hostname = hostname }] };
    }
}
