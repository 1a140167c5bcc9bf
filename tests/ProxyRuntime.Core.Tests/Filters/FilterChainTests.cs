namespace MeshSim.ProxyRuntime.Core.Tests;

public class FilterChainTests
{
    private readonly List<string> seen = [];

    [Fact]
    public void Requests_pass_filters_in_order_and_answers_in_reverse()
    {
        var proxy = Proxy(Of("a"), Of("b"));
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Body(3, endStream: false);
        proxy.Trailers(("x", "1"));
        proxy.Answer(1, 200, endStream: false);
        proxy.AnswerBody(1, 2, endStream: false);
        proxy.AnswerTrailers(1, ("y", "1"));

        Assert.Equal(
            [
                "a: headers",
                "b: headers",
                "a: data 3",
                "b: data 3",
                "a: trailers",
                "b: trailers",
                "b: answer 200",
                "a: answer 200",
                "b: answer data 2",
                "a: answer data 2",
                "b: answer trailers",
                "a: answer trailers",
                "a: gone",
                "b: gone",
            ],
            seen
        );
    }

    [Fact]
    public void A_local_reply_passes_every_filter_also_those_the_request_never_reached()
    {
        var proxy = Proxy(Of("a"), Of("b") with { OnHeaders = static (filter, _) => Reply(filter) }, Of("c"));

        Assert.Equal(["reply 418 'no'", "log"], proxy.Get());
        Assert.Equal(["a: headers end", "b: headers end", "c: answer 418", "b: answer 418", "a: answer 418", "a: gone", "b: gone", "c: gone"], seen);
        Assert.Equal("418  said_so attempts=0", proxy.LastLog);
        Assert.Equal(0, proxy.Stat("http.ingress.rq_total"));
        Assert.Equal("svc", proxy.Logs[0].Cluster);
    }

    [Fact]
    public void A_filter_may_wait_and_let_the_request_go_on_later_with_what_came_meanwhile()
    {
        ProbeFilter? waiting = null;
        var proxy = Proxy(Of("a") with { OnHeaders = (filter, _) => Hold(waiting = filter), OnData = static (_, _) => FilterStatus.StopIteration }, Of("b"));
        Assert.Empty(proxy.Request("POST", "/", endStream: false));
        Assert.Equal(["BufferBody 3"], proxy.Body(3, endStream: false));
        Assert.Equal(["BufferBody 4"], proxy.Body(4, endStream: true));
        Assert.Equal(["a: headers", "a: data 3", "a: data 4 end"], seen);

        Assert.Equal(["open U1 10.0.0.1:80"], Continue(proxy, waiting!));
        Assert.Equal(["start A1 on U1", "SendBuffered 7 end", "ReleaseBody"], proxy.Connected(1));
        Assert.Equal(["b: headers", "b: data 7 end"], seen[3..]);
    }

    [Fact]
    public void A_filter_may_let_everything_go_on_when_it_has_seen_the_body()
    {
        var proxy = Proxy(
            Of("a") with
            {
                OnHeaders = static (_, _) => FilterStatus.StopIteration,
                OnData = static (_, end) => end ? FilterStatus.Continue : FilterStatus.StopIteration,
            },
            Of("b")
        );
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(3, endStream: false);

        Assert.Equal(["BufferBody 4", "open U1 10.0.0.1:80"], proxy.Body(4, endStream: true));
        Assert.Equal(["a: headers", "a: data 3", "a: data 4 end", "b: headers", "b: data 7 end"], seen);
    }

    [Fact]
    public void Trailers_may_end_the_wait()
    {
        var proxy = Proxy(
            Of("a") with
            {
                OnHeaders = static (_, _) => FilterStatus.StopIteration,
                OnData = static (_, _) => FilterStatus.StopIteration,
            },
            Of("b")
        );
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(3, endStream: false);

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Trailers(("x", "1")));
        Assert.Equal(["a: headers", "a: data 3", "a: trailers", "b: headers", "b: data 3", "b: trailers"], seen);
        Assert.Equal(["start A1 on U1", "SendBuffered 3", "ReleaseBody", "SendTrailers x: 1"], proxy.Connected(1));
    }

    [Fact]
    public void Trailers_that_end_the_wait_are_sent_once_where_a_connection_is_there_already()
    {
        var proxy = Proxy(
            Of("a") with
            {
                OnHeaders = static (_, _) => FilterStatus.StopIteration,
                OnData = static (_, end) => end ? FilterStatus.Continue : FilterStatus.StopIteration,
            }
        );
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(1, endStream: true);
        proxy.Connected(1);
        proxy.Answer(1, 200);
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(3, endStream: false);

        Assert.Equal(["start A2 on U1", "SendBuffered 3", "ReleaseBody", "SendTrailers x: 1"], proxy.Trailers(("x", "1")));
    }

    [Fact]
    public void Two_filters_may_wait_one_after_the_other()
    {
        var wait = Of("a") with
        {
            OnHeaders = static (_, _) => FilterStatus.StopIteration,
            OnData = static (_, end) => end ? FilterStatus.Continue : FilterStatus.StopIteration,
        };
        var proxy = Proxy(wait, wait with { Label = "b" }, Of("c"));
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(3, endStream: false);
        proxy.Body(4, endStream: true);

        Assert.Equal(["a: headers", "a: data 3", "a: data 4 end", "b: headers", "b: data 7 end", "c: headers", "c: data 7 end"], seen);
        Assert.Equal(["start A1 on U1", "SendBuffered 7 end", "ReleaseBody"], proxy.Connected(1));
    }

    [Fact]
    public void The_global_timeout_and_the_service_time_begin_when_the_router_has_the_request()
    {
        ProbeFilter? waiting = null;
        var proxy = Proxy(Of("a") with { OnHeaders = (filter, _) => Hold(waiting = filter) });
        proxy.Get();
        proxy.Wait(14_000);
        Continue(proxy, waiting!);
        proxy.Connected(1);
        proxy.Wait(14_000);
        proxy.Answer(1, 200);

        Assert.Contains("x-envoy-upstream-service-time: 14000\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal((14_000, 1), proxy.Histogram("cluster.svc.upstream_rq_time"));
        Assert.Equal((28_000, 1), proxy.Histogram("http.ingress.downstream_rq_time"));
    }

    [Fact]
    public void A_client_that_leaves_ends_the_wait()
    {
        ProbeFilter? waiting = null;
        var proxy = Proxy(Of("a") with { OnHeaders = (filter, _) => Hold(waiting = filter) });
        proxy.Get();
        Assert.Equal(["log"], proxy.ClientLeaves());

        Assert.Empty(Continue(proxy, waiting!));
        Assert.Equal("0 DC downstream_remote_disconnect attempts=0", proxy.LastLog);
    }

    [Fact]
    public void A_filter_may_keep_the_body_of_an_answer_and_send_it_later()
    {
        ProbeFilter? waiting = null;
        var proxy = Proxy(Of("a") with { OnAnswerData = filter => Hold(waiting = filter), OnAnswerTrailers = static _ => FilterStatus.StopIteration });
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200, endStream: false);
        Assert.Equal(["KeepResponse 5"], proxy.AnswerBody(1, 5, endStream: false));
        Assert.Empty(proxy.AnswerTrailers(1, ("y", "1")));
        Assert.Equal(5, waiting!.Stream.ResponseKept);

        Assert.Equal(["ForwardKept 3"], Act(proxy, waiting, static stream => stream.ForwardKept(3, endStream: false)));
        Assert.Equal(["ForwardKept 2"], Act(proxy, waiting, static stream => stream.ForwardKept(2, endStream: false)));
        Assert.Equal(["ForwardTrailers y: 1", "log"], Act(proxy, waiting, static stream => stream.ForwardTrailers()));
        Assert.Equal(5, proxy.Logs[0].BytesSent);
    }

    [Fact]
    public void Kept_bytes_may_be_the_end_of_an_answer()
    {
        ProbeFilter? waiting = null;
        var proxy = Proxy(Of("a") with { OnAnswerData = filter => Hold(waiting = filter) });
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200, endStream: false);
        proxy.AnswerBody(1, 5, endStream: true);

        Assert.Equal(["ForwardKept 5 end", "log"], Act(proxy, waiting!, static stream => stream.ForwardKept(5, endStream: true)));
        Assert.Empty(Act(proxy, waiting!, static stream => stream.ForwardKept(5, endStream: true)));
    }

    // Switching off and on.

    [Fact]
    public void A_filter_that_is_disabled_in_the_chain_sees_nothing()
    {
        var proxy = Proxy([new HttpFilterSnapshot("probe", Of("a"), Disabled: true)], PerFilterConfig.None);
        _ = proxy.Ask();

        Assert.Equal(["a: gone"], seen);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public void A_route_switches_filters_on_and_off(bool disabledInChain, bool disabledByRoute, bool sees)
    {
        var proxy = Proxy(
            [new HttpFilterSnapshot("probe", Of("a"), disabledInChain)],
            new PerFilterConfig([new PerFilterEntry("probe", null, disabledByRoute)])
        );
        _ = proxy.Ask();

        Assert.Equal(sees, seen.Contains("a: headers end"));
    }

    [Fact]
    public void The_key_is_the_name_of_the_filter_and_nothing_else()
    {
        var proxy = Proxy([new HttpFilterSnapshot("probe", Of("a"))], new PerFilterConfig([new PerFilterEntry("envoy.probe", null, Disabled: true)]));
        _ = proxy.Ask();

        Assert.Contains("a: headers end", seen);
    }

    [Theory]
    [InlineData("weighted,route,host,table", "weighted")]
    [InlineData("route,host,table", "route")]
    [InlineData("host,table", "host")]
    [InlineData("table", "table")]
    [InlineData("", null)]
    public void The_most_specific_level_with_settings_counts(string levels, string? expected)
    {
        IRouteFilterSettings? found = null;
        var probe = Of("a") with { OnHeaders = (filter, _) => Note(out found, filter.Stream.Selection.FilterSettings("probe")) };
        PerFilterConfig At(string level) =>
            levels.Split(',').Contains(level) ? new PerFilterConfig([new PerFilterEntry("probe", new ProbeRoute(level))]) : PerFilterConfig.None;
        var weighted = new WeightedClusters
        {
            Clusters =
            [
                new WeightedCluster
                {
                    Name = "svc",
                    Weight = 1,
                    PerFilterConfig = At("weighted"),
                },
            ],
        };
        var route = Snapshots.Prefix("/", new RouteAction { WeightedClusters = weighted }) with { PerFilterConfig = At("route") };
        var host = Snapshots.Host("*", route) with { PerFilterConfig = At("host") };
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                [host],
                [Snapshots.Cluster("svc", 1)],
                manager =>
                    Chain(manager, [new HttpFilterSnapshot("probe", probe)]) with
                    {
                        RouteTable = new RouteTable("t", [host]) { PerFilterConfig = At("table") },
                    }
            )
        );
        _ = proxy.Ask();

        Assert.Equal(expected, (found as ProbeRoute)?.Text);
    }

    [Fact]
    public void A_disabling_level_need_not_be_the_one_with_settings()
    {
        var selection = new RouteSelection(
            new RouteTable("t", []) { PerFilterConfig = new PerFilterConfig([new PerFilterEntry("probe", null, Disabled: true)]) },
            Snapshots.Host("*"),
            Snapshots.Prefix("/", Snapshots.To("svc")) with
            {
                PerFilterConfig = new PerFilterConfig([new PerFilterEntry("probe", new ProbeRoute("route"))]),
            }
        );

        Assert.True(selection.FilterDisabled("probe"));
        Assert.Equal(new ProbeRoute("route"), selection.FilterSettings("probe"));
        Assert.Null(selection.FilterDisabled("other"));
        Assert.Equal(new ProbeRoute("route"), selection.FilterSettings("probe", level: 1));
        Assert.Null(selection.FilterSettings("probe", level: 0));
    }

    [Fact]
    public void A_filter_that_changes_headers_may_have_the_route_looked_up_again()
    {
        var probe = Of("a") with { OnHeaders = static (filter, head) => Reroute(filter, head) };
        var host = Snapshots.Host("*", Snapshots.Prefix("/b", Snapshots.To("other")), Snapshots.Prefix("/", Snapshots.To("svc")));
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                [host],
                [Snapshots.Cluster("svc", 1), Snapshots.Cluster("other", 1, net: 1)],
                manager => Chain(manager, [new HttpFilterSnapshot("probe", probe)])
            )
        );

        Assert.Equal("other", proxy.Ask("/a").Cluster);
    }

    private static FilterStatus Reroute(ProbeFilter filter, HeaderMap head)
    {
        head.Set(HeaderName.Path, "/b"u8);
        filter.Stream.RefreshRoute();
        return FilterStatus.Continue;
    }

    private static FilterStatus Note(out IRouteFilterSettings? found, IRouteFilterSettings? value)
    {
        found = value;
        return FilterStatus.Continue;
    }

    private static FilterStatus Hold(ProbeFilter filter)
    {
        Assert.NotNull(filter.Stream);
        return FilterStatus.StopIteration;
    }

    private static FilterStatus Reply(ProbeFilter filter)
    {
        filter.Stream.SendLocalReply(new LocalReply(418, LocalReply.Text("no"), Details: "said_so"));
        return FilterStatus.StopIteration;
    }

    private static string[] Continue(WorkerHarness proxy, ProbeFilter filter) => Act(proxy, filter, static stream => stream.ContinueDecoding());

    /// <summary>Something outside the requests, as a timer would, makes the filter act.</summary>
    private static string[] Act(WorkerHarness proxy, ProbeFilter filter, Action<ActiveStream> act)
    {
        _ = filter.Context.Timers.Arm(proxy.Now, TimerKind.FaultDelay, new Once(() => act(filter.Stream)));
        return proxy.Wait(0);
    }

    private Probe Of(string label) => new(label, seen);

    private static WorkerHarness Proxy(params Probe[] probes) =>
        Proxy([.. probes.Select(static probe => new HttpFilterSnapshot(probe.Label, probe))], PerFilterConfig.None);

    private static WorkerHarness Proxy(HttpFilterSnapshot[] filters, PerFilterConfig perRoute)
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc")) with { PerFilterConfig = perRoute });
        return new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)], manager => Chain(manager, filters)));
    }

    private static HttpConnectionManagerSnapshot Chain(HttpConnectionManagerSnapshot manager, HttpFilterSnapshot[] filters) =>
        manager with
        {
            HttpFilters = [.. filters, manager.HttpFilters[^1]],
        };

    private sealed class Once(Action act) : ITimerOwner
    {
        public void OnTimer(TimerKind kind) => act();
    }
}
