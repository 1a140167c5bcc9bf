namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Statistics under Envoy's names.</summary>
public class StatisticsTests
{
    private static readonly string[] HttpCounters =
    [
        .. "delayed_close_timeout destroy destroy_active_rq destroy_local destroy_local_active_rq destroy_remote destroy_remote_active_rq drain_close http1_total http2_total http3_total idle_timeout max_duration_reached max_requests_reached overload_disable_keepalive protocol_error rx_bytes_total ssl_total total tx_bytes_total upgrades_total"
            .Split(' ')
            .Select(static name => "downstream_cx_" + name),
        .. "1xx 2xx 3xx 4xx 5xx completed failed_path_normalization http1_total http2_total http3_total idle_timeout non_relative_path overload_close redirected_with_normalized_path rejected_via_ip_detection response_before_rq_complete rx_reset too_many_premature_resets timeout header_timeout too_large total tx_reset max_duration_reached ws_on_non_ws_route"
            .Split(' ')
            .Select(static name => "downstream_rq_" + name),
        "downstream_flow_control_paused_reading_total",
        "downstream_flow_control_resumed_reading_total",
        "rs_too_large",
        "no_cluster",
        "no_route",
        "rq_direct_response",
        "rq_overload_local_reply",
        "rq_redirect",
        "rq_reset_after_downstream_response_started",
        "rq_total",
        "passthrough_internal_redirect_bad_location",
        "passthrough_internal_redirect_no_route",
        "passthrough_internal_redirect_predicate",
        "passthrough_internal_redirect_too_many_redirects",
        "passthrough_internal_redirect_unsafe_scheme",
        "tracing.random_sampling",
        "tracing.service_forced",
        "tracing.client_enabled",
        "tracing.not_traceable",
        "tracing.health_check",
    ];

    private static readonly string[] HttpGauges =
    [
        "downstream_cx_active",
        "downstream_cx_http1_active",
        "downstream_cx_http1_soft_drain",
        "downstream_cx_http2_active",
        "downstream_cx_http3_active",
        "downstream_cx_rx_bytes_buffered",
        "downstream_cx_ssl_active",
        "downstream_cx_tx_bytes_buffered",
        "downstream_cx_upgrades_active",
        "downstream_rq_active",
    ];

    [Fact]
    public void A_connection_manager_has_all_its_statistics_from_the_start()
    {
        var stats = new WorkerHarness(Snapshots.Proxy()).Worker.View.Stats;
        var counters = stats.Counters.Select(static counter => counter.Name).ToHashSet(StringComparer.Ordinal);
        var gauges = stats.Gauges.Select(static gauge => gauge.Name).ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], HttpCounters.Select(static name => $"http.ingress.{name}").Except(counters));
        Assert.Equal([], HttpGauges.Select(static name => $"http.ingress.{name}").Except(gauges));
        Assert.DoesNotContain("http.ingress.rq_retry_skipped_request_not_complete", counters);
        foreach (var name in (string[])["1xx", "2xx", "3xx", "4xx", "5xx", "completed"])
        {
            Assert.Contains($"listener.127.0.0.1_15001.http.ingress.downstream_rq_{name}", counters);
        }
    }

    [Fact]
    public void A_cluster_has_its_retry_and_timeout_counters_from_the_start()
    {
        var stats = new WorkerHarness(Snapshots.Proxy()).Worker.View.Stats;
        var counters = stats.Counters.Select(static counter => counter.Name).ToHashSet(StringComparer.Ordinal);
        string[] names =
        [
            "upstream_rq_retry",
            "upstream_rq_retry_success",
            "upstream_rq_retry_overflow",
            "upstream_rq_retry_limit_exceeded",
            "upstream_rq_retry_backoff_exponential",
            "upstream_rq_retry_backoff_ratelimited",
            "retry_or_shadow_abandoned",
            "upstream_rq_timeout",
            "upstream_rq_per_try_timeout",
            "upstream_rq_per_try_idle_timeout",
            "upstream_rq_max_duration_reached",
            "upstream_rq_maintenance_mode",
            "upstream_internal_redirect_succeeded_total",
            "upstream_internal_redirect_failed_total",
        ];

        Assert.Equal([], names.Select(static name => $"cluster.svc.{name}").Except(counters));
        Assert.DoesNotContain("cluster.svc.upstream_rq_200", counters);
    }

    [Fact]
    public void A_response_is_charged_by_code_class_and_where_it_came_from()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: Snapshots.TrustsInside));
        proxy.Ask("GET", "/", [], 200);
        proxy.Ask("GET", "/", [Snapshots.Inside], 404);

        AssertAll(proxy, 1, "upstream_rq_200", "upstream_rq_2xx", "upstream_rq_404", "upstream_rq_4xx");
        AssertAll(proxy, 1, "external.upstream_rq_200", "external.upstream_rq_2xx", "external.upstream_rq_completed");
        AssertAll(proxy, 1, "internal.upstream_rq_404", "internal.upstream_rq_4xx", "internal.upstream_rq_completed");
        AssertAll(proxy, 2, "upstream_rq_completed");
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_2xx"));
        Assert.Equal(1, proxy.Stat("listener.127.0.0.1_15001.http.ingress.downstream_rq_4xx"));
        Assert.Equal(2, proxy.Histogram("cluster.svc.upstream_rq_time").Count);
        Assert.Equal(1, proxy.Histogram("cluster.svc.internal.upstream_rq_time").Count);
        Assert.Equal(2, proxy.Histogram("http.ingress.downstream_rq_time").Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(600)]
    public void A_code_that_is_none_is_unknown(int status)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Ask("GET", "/", [], status);

        AssertAll(proxy, 1, "upstream_rq_unknown", "upstream_rq_completed");
    }

    [Theory]
    [InlineData(true, "false", 1)]
    [InlineData(false, "true", 1)]
    [InlineData(false, "TRUE", 0)]
    public void Canaries_are_counted_once_more(bool host, string header, int expected)
    {
        var cluster = Snapshots.Cluster("svc", 1);
        var metadata = new MetadataMap([KeyValuePair.Create("envoy.lb", MetadataValue.Of([KeyValuePair.Create("canary", MetadataValue.Of(true))]))]);
        var marked = cluster with { Endpoints = [cluster.Endpoints[0] with { Metadata = host ? metadata : MetadataMap.Empty }] };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: marked));
        proxy.Ask("GET", "/", [], 200, ("x-envoy-upstream-canary", header));

        AssertAll(proxy, expected, "canary.upstream_rq_200", "canary.upstream_rq_2xx", "canary.upstream_rq_completed");
        Assert.Equal(expected, proxy.Histogram("cluster.svc.canary.upstream_rq_time").Count);
    }

    [Fact]
    public void So_are_responses_from_zone_to_zone()
    {
        var cluster = Snapshots.Cluster("svc", 1);
        var away = cluster with { Endpoints = [cluster.Endpoints[0] with { Locality = new LocalitySnapshot("r", "there", "") }] };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: away) with { Node = new NodeSnapshot("", "", "here") });
        proxy.Ask();

        AssertAll(proxy, 1, "zone.here.there.upstream_rq_200", "zone.here.there.upstream_rq_completed");
        Assert.Equal(1, proxy.Histogram("cluster.svc.zone.here.there.upstream_rq_time").Count);
    }

    [Fact]
    public void A_request_from_inside_may_have_its_responses_counted_under_another_name_too()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: Snapshots.TrustsInside));
        proxy.Ask("/", Snapshots.Inside, ("x-envoy-upstream-alt-stat-name", "mine"));

        AssertAll(proxy, 1, "mine.upstream_rq_200", "mine.internal.upstream_rq_200", "upstream_rq_200");
        Assert.Equal(1, proxy.Histogram("cluster.svc.mine.upstream_rq_time").Count);
    }

    [Fact]
    public void Dynamic_statistics_can_be_switched_off()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager.With(new RouterSettings { DynamicStats = false })));
        proxy.Ask();

        AssertAll(proxy, 0, "upstream_rq_200", "upstream_rq_completed", "external.upstream_rq_200");
        Assert.Equal((0, 0), proxy.Histogram("cluster.svc.upstream_rq_time"));
        AssertAll(proxy, 1, "upstream_rq_total");
    }

    [Fact]
    public void For_gRPC_the_codes_can_be_left_out()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager.With(new RouterSettings { SuppressGrpcFailureCodeStats = true })));
        proxy.Ask("/", ("content-type", "application/grpc"));
        AssertAll(proxy, 1, "upstream_rq_completed");
        AssertAll(proxy, 0, "upstream_rq_200", "upstream_rq_2xx");

        proxy.Ask();
        AssertAll(proxy, 1, "upstream_rq_200");
    }

    // What a host is charged with.

    [Theory]
    [InlineData(200, 1, 0)]
    [InlineData(404, 1, 0)]
    [InlineData(500, 0, 1)]
    public void A_host_succeeds_below_500(int status, int success, int error)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Ask("GET", "/", [], status);

        Assert.Equal((success, error), (proxy.Host("svc").Stats.RqSuccess, proxy.Host("svc").Stats.RqError));
        Assert.Equal(1, proxy.Host("svc").Stats.RqTotal);
        Assert.Equal(0, proxy.Host("svc").Stats.RqActive);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("5", true)]
    [InlineData("13", false)]
    [InlineData("14", false)]
    [InlineData(null, false)]
    public void Of_gRPC_the_status_counts_in_headers_or_trailers(string? status, bool success)
    {
        (int, int) expected = success ? (1, 0) : (0, 1);
        var headers = new WorkerHarness(Snapshots.Proxy());
        headers.Ask("POST", "/", [("content-type", "application/grpc")], 200, status is null ? [] : [("grpc-status", status)]);
        Assert.Equal(expected, (headers.Host("svc").Stats.RqSuccess, headers.Host("svc").Stats.RqError));

        var trailers = Streaming();
        trailers.AnswerTrailers(1, status is null ? [] : [("grpc-status", status)]);
        Assert.Equal(expected, (trailers.Host("svc").Stats.RqSuccess, trailers.Host("svc").Stats.RqError));
    }

    [Fact]
    public void A_gRPC_response_without_trailers_has_failed()
    {
        var proxy = Streaming();
        proxy.AnswerBody(1, 3, endStream: true);

        Assert.Equal((0, 1), (proxy.Host("svc").Stats.RqSuccess, proxy.Host("svc").Stats.RqError));
    }

    [Fact]
    public void A_gRPC_response_that_breaks_off_has_failed_and_is_counted_as_that()
    {
        var proxy = Streaming();
        proxy.UpstreamClosed(1);

        Assert.Equal((0, 1), (proxy.Host("svc").Stats.RqSuccess, proxy.Host("svc").Stats.RqError));
        Assert.Equal(1, proxy.Stat("http.ingress.rq_reset_after_downstream_response_started"));
    }

    [Theory]
    [InlineData(500, null, 1, 0)]
    [InlineData(502, null, 1, 1)]
    [InlineData(200, null, 0, 0)]
    [InlineData(200, "14", 1, 1)]
    [InlineData(200, "2", 1, 0)]
    [InlineData(503, "0", 0, 0)]
    public void Outlier_detection_hears_of_the_status_that_a_gRPC_status_stands_for(int status, string? grpc, int consecutive, int gateway)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Ask("POST", "/", [("content-type", "application/grpc")], status, grpc is null ? [] : [("grpc-status", grpc)]);

        Assert.Equal((consecutive, gateway), (proxy.Host("svc").Monitor.Consecutive5xx, proxy.Host("svc").Monitor.ConsecutiveGatewayFailures));
    }

    [Fact]
    public void A_status_without_gRPC_says_nothing()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Ask("GET", "/", [], 200, ("grpc-status", "14"));

        Assert.Equal(0, proxy.Host("svc").Monitor.Consecutive5xx);
    }

    // Virtual clusters and routes.

    [Fact]
    public void The_first_virtual_cluster_whose_headers_all_fit_counts_else_other()
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc"))) with
        {
            Name = "a:b",
            VirtualClusters =
            [
                new VirtualCluster("both", [HeaderMatcher.OfPresence("x-a"), HeaderMatcher.OfPresence("x-b")]),
                new VirtualCluster("one", [HeaderMatcher.OfText(":path", StringMatcher.Of(StringMatch.Prefix, "/one"))]),
            ],
        };
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)]));

        Assert.Equal("both", proxy.Ask("/one", ("x-a", "1"), ("x-b", "1")).Log.VirtualCluster);
        Assert.Equal("one", proxy.Ask("/one", ("x-a", "1")).Log.VirtualCluster);
        Assert.Equal("other", proxy.Ask("/two").Log.VirtualCluster);
        foreach (var name in (string[])["both", "one", "other"])
        {
            Assert.Equal(1, proxy.Stat($"vhost.a_b.vcluster.{name}.upstream_rq_200"));
            Assert.Equal(1, proxy.Stat($"vhost.a_b.vcluster.{name}.upstream_rq_total"));
            Assert.Equal(1, proxy.Histogram($"vhost.a_b.vcluster.{name}.upstream_rq_time").Count);
        }
    }

    [Fact]
    public void Without_virtual_clusters_there_is_no_other()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal("", proxy.Ask().Log.VirtualCluster);
        Assert.DoesNotContain(proxy.Worker.View.Stats.Counters, static counter => counter.Name.StartsWith("vhost.", StringComparison.Ordinal));
    }

    // Connections.

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Connections_with_TLS_are_counted_and_known_while_they_last(bool tls)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(), client: Snapshots.Connection() with { IsTls = tls });
        Assert.Equal(tls ? (1, 1) : (0, 0), (proxy.Stat("http.ingress.downstream_cx_ssl_total"), proxy.Stat("http.ingress.downstream_cx_ssl_active")));

        _ = proxy.ClientLeaves();
        Assert.Equal(tls ? (1, 0) : (0, 0), (proxy.Stat("http.ingress.downstream_cx_ssl_total"), proxy.Stat("http.ingress.downstream_cx_ssl_active")));
    }

    [Theory]
    [InlineData("websocket", 1, 0)]
    [InlineData("other", 0, 1)]
    public void An_upgrade_that_is_allowed_is_counted_and_known_while_it_lasts(string type, int accepted, int refused)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { Upgrades = [("websocket", true)] }));
        _ = proxy.Request("GET", "/", endStream: false, ("connection", "upgrade"), ("upgrade", type));
        Assert.Equal(accepted, proxy.Stat("http.ingress.downstream_cx_upgrades_active"));
        Assert.Equal(refused, proxy.Stat("http.ingress.downstream_rq_ws_on_non_ws_route"));

        _ = proxy.ClientLeaves();
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_cx_upgrades_active"));
        Assert.Equal(accepted, proxy.Stat("http.ingress.downstream_cx_upgrades_total"));
    }

    [Fact]
    public void Requests_and_responses_are_counted_in_bytes()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Ask();
        var (received, sent) = (proxy.Stat("http.ingress.downstream_cx_rx_bytes_total"), proxy.Stat("http.ingress.downstream_cx_tx_bytes_total"));
        Assert.InRange(received, "GET / HTTP/1.1\r\n\r\n".Length + 1, 200);
        Assert.InRange(sent, "HTTP/1.1 200 OK\r\n\r\n".Length + 1, 300);

        proxy.Request("POST", "/", endStream: false, ("content-length", "5"));
        proxy.Body(5, endStream: true);
        proxy.Answer(2, 200);
        Assert.Equal(
            received + "POST".Length - "GET".Length + "content-length: 5\r\n".Length + 5,
            proxy.Stat("http.ingress.downstream_cx_rx_bytes_total") - received
        );
    }

    [Fact]
    public void So_they_are_on_the_way_to_hosts_and_attempts_that_are_tried_again_too()
    {
        var retry = new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = retry }));
        proxy.Ask();
        var (sent, received) = (proxy.Stat("cluster.svc.upstream_cx_tx_bytes_total"), proxy.Stat("cluster.svc.upstream_cx_rx_bytes_total"));
        Assert.InRange(sent, "GET / HTTP/1.1\r\nhost: svc.local\r\n\r\n".Length + 1, 400);
        Assert.Equal("HTTP/1.1 200 OK\r\n\r\n".Length, received);

        proxy.Get();
        proxy.Answer(2, 503, headers: ("x-long", "0123456789"));
        proxy.Wait(100);
        proxy.Answer(3, 200);
        Assert.Equal(2 * sent, proxy.Stat("cluster.svc.upstream_cx_tx_bytes_total") - sent);
        Assert.Equal(
            "HTTP/1.1 503 Service Unavailable\r\nx-long: 0123456789\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".Length,
            proxy.Stat("cluster.svc.upstream_cx_rx_bytes_total") - received
        );
    }

    private static void AssertAll(WorkerHarness proxy, long value, params string[] names)
    {
        foreach (var name in names)
        {
            Assert.Equal($"{name} {value}", $"{name} {proxy.Stat($"cluster.svc.{name}")}");
        }
    }

    /// <summary>A gRPC request whose response has begun.</summary>
    private static WorkerHarness Streaming()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Request("POST", "/", endStream: true, ("content-type", "application/grpc"));
        proxy.Connected(1);
        proxy.Answer(1, 200, endStream: false);
        return proxy;
    }
}
