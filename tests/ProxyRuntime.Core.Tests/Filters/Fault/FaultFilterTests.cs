namespace MeshSim.ProxyRuntime.Core.Tests;

public class FaultFilterTests
{
    private static readonly FaultAbort Always503 = new(503, null, FractionalPercent.Always);
    private static readonly FaultAbort AbortByHeader = new(null, null, FractionalPercent.Always);
    private static readonly FaultDelay DelayByHeader = new(null, FractionalPercent.Always);

    [Fact]
    public void An_abort_answers_with_its_status_flag_and_details_and_goes_nowhere()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = new FaultAbort(418, null, FractionalPercent.Always) }));

        Assert.Equal(["reply 418 'fault filter abort'", "log"], proxy.Get());

        Assert.Equal("418 FI fault_filter_abort attempts=0", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.fault.aborts_injected"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_total"));
        Assert.Equal(0, proxy.Stat("http.ingress.fault.active_faults"));
    }

    [Fact]
    public void A_share_of_no_percent_is_never_drawn()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = Always503 with { Percentage = FractionalPercent.Never } }));

        Assert.Equal(200, proxy.Ask().Log.Code);
    }

    [Fact]
    public void Half_of_the_requests_are_aborted_by_draws_of_the_filters_own()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = Always503 with { Percentage = Chains.Percent(50) } }));
        var draws = proxy.Random.Derive("fault", "ingress");

        for (var i = 0; i < 300; i++)
        {
            var expected = draws.NextUInt64() % 100 < 50 ? 503 : 200;
            Assert.Equal(expected, proxy.Ask().Log.Code);
        }
    }

    [Fact]
    public void An_abort_with_a_grpc_status_is_http_200_with_that_status()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = new FaultAbort(null, 5, FractionalPercent.Always) }));

        var answer = proxy.Ask("/", ("content-type", "application/grpc"));

        Assert.Equal("5", answer.Got("grpc-status"));
        Assert.Equal("fault filter abort", answer.Got("grpc-message"));
        Assert.Equal("200 FI fault_filter_abort attempts=0", answer.Log.ToString());
    }

    [Fact]
    public void A_delay_holds_the_request_back_and_then_lets_it_go_on()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Delay = new FaultDelay(400, FractionalPercent.Always) }));

        Assert.Empty(proxy.Get());
        Assert.Equal(1, proxy.Stat("http.ingress.fault.active_faults"));
        Assert.Empty(proxy.Wait(399.999));
        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Wait(0.001));

        Assert.Equal(0, proxy.Stat("http.ingress.fault.active_faults"));
        Assert.Equal(1, proxy.Stat("http.ingress.fault.delays_injected"));
        _ = proxy.Connected(1);
        _ = proxy.Answer(1, 200);
        Assert.Equal("200 DI via_upstream attempts=1", proxy.LastLog);
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 15000", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_that_comes_during_a_delay_is_kept_and_sent_with_the_request()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Delay = new FaultDelay(30, FractionalPercent.Always) }));

        Assert.Empty(proxy.Request("POST", "/", endStream: false));
        Assert.Equal(["BufferBody 11"], proxy.Body(11, endStream: false));
        Assert.Equal(["BufferBody 4"], proxy.Body(4, endStream: true));
        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Wait(30));
        Assert.Equal(["start A1 on U1", "SendBuffered 15 end", "ReleaseBody"], proxy.Connected(1));
    }

    [Fact]
    public void A_client_that_leaves_during_a_delay_ends_the_fault()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Delay = new FaultDelay(30, FractionalPercent.Always) }));

        _ = proxy.Get();
        _ = proxy.ClientLeaves();

        Assert.Equal("0 DI,DC downstream_remote_disconnect attempts=0", proxy.LastLog);
        Assert.Equal(0, proxy.Stat("http.ingress.fault.active_faults"));
        Assert.Empty(proxy.Wait(60));
    }

    [Fact]
    public void A_delay_is_followed_by_the_abort()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Delay = DelayByHeader, Abort = AbortByHeader }));

        Assert.Empty(proxy.Get("/", ("x-envoy-fault-delay-request", "200"), ("x-envoy-fault-abort-request", "500")));
        Assert.Equal(["reply 500 'fault filter abort'", "log"], proxy.Wait(200));

        Assert.Equal("500 DI,FI fault_filter_abort attempts=0", proxy.LastLog);
        Assert.Equal(0, proxy.Stat("http.ingress.fault.active_faults"));
    }

    [Theory]
    [InlineData("x-envoy-fault-abort-request", "429", 429)]
    [InlineData("x-envoy-fault-abort-request", "999", 200)]
    [InlineData("x-envoy-fault-abort-request", "199", 200)]
    [InlineData("x-envoy-fault-abort-request", "many", 200)]
    [InlineData("x-other", "429", 200)]
    public void A_header_asks_for_an_abort(string name, string value, int expected)
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = AbortByHeader }));

        Assert.Equal(expected, proxy.Ask("/", (name, value)).Log.Code);
    }

    [Fact]
    public void A_header_asks_for_a_grpc_status_unless_another_asks_for_an_http_status()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = AbortByHeader }));
        var grpc = ("content-type", "application/grpc");

        Assert.Equal("7", proxy.Ask("/", grpc, ("x-envoy-fault-abort-grpc-request", "7")).Got("grpc-status"));
        Assert.Equal("14", proxy.Ask("/", grpc, ("x-envoy-fault-abort-grpc-request", "7"), ("x-envoy-fault-abort-request", "503")).Got("grpc-status"));
    }

    [Fact]
    public void A_header_lowers_the_share_and_never_raises_it()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = AbortByHeader with { Percentage = Chains.Percent(0) } }));
        var open = new WorkerHarness(Chains.With(new FaultSettings { Abort = AbortByHeader }));
        var abort = ("x-envoy-fault-abort-request", "500");

        Assert.Equal(200, proxy.Ask("/", abort, ("x-envoy-fault-abort-request-percentage", "100")).Log.Code);
        Assert.Equal(200, open.Ask("/", abort, ("x-envoy-fault-abort-request-percentage", "0")).Log.Code);
        Assert.Equal(500, open.Ask("/", abort, ("x-envoy-fault-abort-request-percentage", "none")).Log.Code);
    }

    [Fact]
    public void Only_requests_to_the_cluster_with_the_headers_and_from_the_nodes_are_concerned()
    {
        var settings = new FaultSettings
        {
            Abort = Always503,
            UpstreamCluster = "svc",
            Headers = Chains.Header("x-fault", "yes"),
            DownstreamNodes = ["n1", "n2"],
        };
        var host = Snapshots.Host("*", Snapshots.Prefix("/other", Snapshots.To("other")), Snapshots.Prefix("/", Snapshots.To("svc")));
        var proxy = new WorkerHarness(Chains.With(host, settings));
        var fault = ("x-fault", "yes");
        var node = ("x-envoy-downstream-service-node", "n2");

        Assert.Equal(503, proxy.Ask("/", fault, node).Log.Code);
        Assert.Equal(200, proxy.Ask("/other", fault, node).Log.Code);
        Assert.Equal(200, proxy.Ask("/", node).Log.Code);
        Assert.Equal(200, proxy.Ask("/", fault).Log.Code);
        Assert.Equal(200, proxy.Ask("/", fault, ("x-envoy-downstream-service-node", "n3")).Log.Code);
    }

    [Fact]
    public void Settings_of_the_route_replace_those_of_the_filter()
    {
        var route = Snapshots.Prefix("/r", Snapshots.To("svc")) with
        {
            PerFilterConfig = Chains.For("fault", new FaultSettings { Abort = new FaultAbort(501, null, FractionalPercent.Always) }),
        };
        var off = Snapshots.Prefix("/off", Snapshots.To("svc")) with { PerFilterConfig = Chains.For("fault", new FaultSettings()) };
        var host = Snapshots.Host("*", route, off, Snapshots.Prefix("/", Snapshots.To("svc"))) with
        {
            PerFilterConfig = Chains.For("fault", new FaultSettings { Abort = new FaultAbort(502, null, FractionalPercent.Always) }),
        };
        var proxy = new WorkerHarness(Chains.With(host, new FaultSettings { Abort = Always503 }));

        Assert.Equal(501, proxy.Ask("/r").Log.Code);
        Assert.Equal(200, proxy.Ask("/off").Log.Code);
        Assert.Equal(502, proxy.Ask("/x").Log.Code);
    }

    [Fact]
    public void The_runtime_overrides_shares_durations_and_statuses()
    {
        var settings = new FaultSettings { Delay = new FaultDelay(5, Chains.Percent(0)), Abort = Always503 with { Percentage = Chains.Percent(0) } };
        var proxy = new WorkerHarness(
            Chains.With(settings) with
            {
                Runtime = Snapshots.Runtime(
                    ("fault.http.delay.fixed_delay_percent", 100),
                    ("fault.http.delay.fixed_duration_ms", 70),
                    ("fault.http.abort.abort_percent", 100),
                    ("fault.http.abort.http_status", 555)
                ),
            }
        );

        _ = proxy.Get();
        Assert.Empty(proxy.Wait(69.9));
        Assert.Equal(["reply 555 'fault filter abort'", "log"], proxy.Wait(0.1));
    }

    [Fact]
    public void A_downstream_cluster_has_runtime_keys_and_statistics_of_its_own()
    {
        var settings = new FaultSettings { Delay = new FaultDelay(5, FractionalPercent.Always), Abort = Always503 };
        var proxy = new WorkerHarness(
            Chains.With(settings) with
            {
                Runtime = Snapshots.Runtime(
                    ("fault.http.abort.abort_percent", 0),
                    ("fault.http.abort.http_status", 555),
                    ("fault.http.front.delay.fixed_duration_ms", 20)
                ),
            }
        );

        _ = proxy.Get("/", ("x-envoy-downstream-service-cluster", "front"));
        Assert.Empty(proxy.Wait(19.9));
        Assert.Equal(["reply 503 'fault filter abort'", "log"], proxy.Wait(0.1));

        Assert.Equal(1, proxy.Stat("http.ingress.fault.front.delays_injected"));
        Assert.Equal(1, proxy.Stat("http.ingress.fault.front.aborts_injected"));
        Assert.Equal(1, proxy.Stat("http.ingress.fault.aborts_injected"));
    }

    [Fact]
    public void Statistics_of_downstream_clusters_can_be_switched_off()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Abort = Always503, DisableDownstreamClusterStats = true }));

        _ = proxy.Ask("/", ("x-envoy-downstream-service-cluster", "front"));

        Assert.DoesNotContain(proxy.Worker.View.Stats.Counters, static counter => counter.Name.Contains("front", StringComparison.Ordinal));
    }

    [Fact]
    public void No_more_faults_than_allowed_are_under_way_in_all_workers_together()
    {
        var settings = new FaultSettings { Delay = new FaultDelay(100, FractionalPercent.Always), MaxActiveFaults = 1 };
        var snapshot = Chains.With(settings);
        var shared = new ProxyShared(snapshot);
        var first = new WorkerHarness(snapshot, shared: shared);
        var second = new WorkerHarness(snapshot, shared: shared);

        Assert.Empty(first.Get());
        Assert.Equal(["open U1 10.0.0.1:80"], second.Get());
        Assert.Equal(1, second.Stat("http.ingress.fault.faults_overflow"));

        _ = first.Wait(100);
        Assert.Empty(second.Get());
    }

    [Fact]
    public void Metadata_of_the_fault_is_noted_under_the_filters_name()
    {
        var noted = MetadataValue.Of([KeyValuePair.Create("why", MetadataValue.Of("test"))]);
        var settings = new FaultSettings { Abort = Always503, FilterMetadata = noted };
        var proxy = new WorkerHarness(Chains.With(settings));
        MetadataValue? seen = null;

        var head = proxy.Worker.RentHeaders();
        head.Add(":method", "GET");
        head.Add(":path", "/");
        head.Add(":authority", "svc");
        var effects = new EffectBuffer();
        proxy.Worker.RequestHeaders(proxy.Now, new StreamId(proxy.Connection, 0), head, endStream: true, effects);
        foreach (var effect in effects.Span)
        {
            seen ??= effect.Log?.DynamicMetadata.Get("fault");
        }

        Assert.Equal(noted, seen);
    }
}
