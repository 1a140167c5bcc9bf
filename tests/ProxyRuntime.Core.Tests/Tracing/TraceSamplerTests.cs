namespace MeshSim.ProxyRuntime.Core.Tests;

public class TraceSamplerTests
{
    /// <summary>Its first eight digits are 0x186a0 = 100,000, so its number modulo 10,000 is 0; the version digit is 4.</summary>
    private const string Low = "000186a0-1111-4222-8333-444455556666";

    /// <summary>0x1adaf modulo 10,000 is 9,999.</summary>
    private const string High = "0001adaf-1111-4222-8333-444455556666";

    [Theory]
    [InlineData(Low, 1u, '9', "random_sampling")]
    [InlineData(Low, 0u, '4', "not_traceable")]
    [InlineData(High, 9_999u, '4', "not_traceable")]
    [InlineData(High, 10_000u, '9', "random_sampling")]
    public void A_share_of_requests_is_sampled_by_the_number_of_their_id(string id, uint share, char version, string counter)
    {
        var proxy = Proxy(TraceSampling.All with { Random = new FractionalPercent(share, 10_000) });
        var exchange = proxy.Ask("/", ("x-request-id", id));

        Assert.Equal(With(id, version), exchange.Sent("x-request-id"));
        AssertCounted(proxy, counter);
    }

    [Theory]
    [InlineData('9', "random_sampling")]
    [InlineData('a', "service_forced")]
    [InlineData('b', "client_enabled")]
    public void What_the_id_says_already_is_followed(char version, string counter)
    {
        var proxy = Proxy(TraceSampling.All with { Random = FractionalPercent.Never, Client = FractionalPercent.Never });

        Assert.Equal(With(High, version), proxy.Ask("/", ("x-request-id", With(High, version))).Sent("x-request-id"));
        AssertCounted(proxy, counter);
    }

    [Theory]
    [InlineData(100u, 'b', "client_enabled")]
    [InlineData(0u, '4', "not_traceable")]
    public void A_client_may_force_it_where_that_is_allowed(uint share, char version, string counter)
    {
        var proxy = Proxy(TraceSampling.All with { Client = new FractionalPercent(share), Random = FractionalPercent.Never });
        var exchange = proxy.Ask("/", ("x-request-id", Low), ("x-client-trace-id", "c"));

        Assert.Equal(With(Low, version), exchange.Sent("x-request-id"));
        Assert.Equal("c", exchange.Sent("x-client-trace-id"));
        AssertCounted(proxy, counter);
    }

    [Fact]
    public void A_service_may_force_it_from_inside_only()
    {
        var never = TraceSampling.All with { Random = FractionalPercent.Never };
        var inside = Proxy(never);
        Assert.Equal(With(Low, 'a'), inside.Ask("/", Snapshots.Inside, ("x-request-id", Low), ("x-envoy-force-trace", "1")).Sent("x-request-id"));
        AssertCounted(inside, "service_forced");

        var outside = Proxy(never);
        Assert.Equal(Low, outside.Ask("/", ("x-request-id", Low), ("x-envoy-force-trace", "1")).Sent("x-request-id"));
        AssertCounted(outside, "not_traceable");
    }

    [Fact]
    public void The_overall_share_is_a_limit_on_all_of_them()
    {
        var proxy = Proxy(TraceSampling.All with { Overall = FractionalPercent.Never });

        Assert.Equal(Low, proxy.Ask("/", ("x-request-id", With(Low, 'a'))).Sent("x-request-id"));
        AssertCounted(proxy, "not_traceable");
    }

    [Fact]
    public void The_runtime_overrides_each_share()
    {
        var never = TraceSampling.All with { Random = FractionalPercent.Never, Client = FractionalPercent.Never };
        var sampled = Proxy(never, runtime: Snapshots.Runtime(("tracing.random_sampling", 100)));
        Assert.Equal(With(Low, '9'), sampled.Ask("/", ("x-request-id", Low)).Sent("x-request-id"));

        var forced = Proxy(never, runtime: Snapshots.Runtime(("tracing.client_enabled", 100)));
        Assert.Equal(With(Low, 'b'), forced.Ask("/", ("x-request-id", Low), ("x-client-trace-id", "1")).Sent("x-request-id"));

        var none = Proxy(TraceSampling.All, runtime: Snapshots.Runtime(("tracing.global_enabled", 0)));
        Assert.Equal(Low, none.Ask("/", ("x-request-id", Low)).Sent("x-request-id"));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("nothexxx-1111-4222-8333-444455556666")]
    public void An_id_without_a_number_is_not_traceable(string id)
    {
        var proxy = Proxy(TraceSampling.All);

        Assert.Equal(id, proxy.Ask("/", ("x-request-id", id)).Sent("x-request-id"));
        AssertCounted(proxy, "not_traceable");
    }

    [Fact]
    public void An_id_of_another_length_is_sampled_but_not_changed()
    {
        var proxy = Proxy(TraceSampling.All);

        Assert.Equal("000186a0-more", proxy.Ask("/", ("x-request-id", "000186a0-more")).Sent("x-request-id"));
        AssertCounted(proxy, "random_sampling");
    }

    [Fact]
    public void A_route_replaces_all_three_shares()
    {
        var route = Snapshots.Prefix("/", Snapshots.To("svc")) with { Tracing = TraceSampling.All with { Random = FractionalPercent.Never } };
        var proxy = new WorkerHarness(
            Snapshots.Proxy([Snapshots.Host("*", route)], [Snapshots.Cluster("svc", 1)], manager => manager with { Tracing = TraceSampling.All })
        );

        Assert.Equal(Low, proxy.Ask("/", ("x-request-id", Low)).Sent("x-request-id"));
    }

    [Fact]
    public void The_id_need_neither_carry_nor_decide_it()
    {
        var proxy = Proxy(TraceSampling.All, manager => manager with { PackTraceReason = false });
        Assert.Equal(Low, proxy.Ask("/", ("x-request-id", Low)).Sent("x-request-id"));
        AssertCounted(proxy, "random_sampling");

        var always = Proxy(TraceSampling.All with { Random = FractionalPercent.Never }, manager => manager with { UseRequestIdForTraceSampling = false });
        Assert.Equal(Low, always.Ask("/", ("x-request-id", Low)).Sent("x-request-id"));
        AssertCounted(always, "random_sampling");
    }

    [Fact]
    public void Without_tracing_nothing_is_decided()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal(Low, proxy.Ask("/", ("x-request-id", Low)).Sent("x-request-id"));
        AssertCounted(proxy, "none");
    }

    [Fact]
    public void A_health_check_is_never_traced_and_counted_apart()
    {
        List<string> seen = [];
        var probe = new Probe("p", seen) { OnHeaders = static (filter, _) => Mark(filter) };
        var proxy = Proxy(TraceSampling.All, manager => manager.Before(probe));
        _ = proxy.Ask("/", ("x-request-id", Low));

        Assert.Equal(1, proxy.Stat("http.ingress.tracing.health_check"));
        Assert.Equal(1, proxy.Stat("http.ingress.tracing.not_traceable"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_2xx"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_completed"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_200"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_total"));
    }

    [Fact]
    public void A_filter_that_changes_the_route_changes_the_shares()
    {
        List<string> seen = [];
        var probe = new Probe("p", seen) { OnHeaders = static (filter, head) => Reroute(filter, head) };
        var traced = Snapshots.Prefix("/traced", Snapshots.To("svc")) with { Tracing = TraceSampling.All };
        var host = Snapshots.Host("*", traced, Snapshots.Prefix("/", Snapshots.To("svc")));
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                [host],
                [Snapshots.Cluster("svc", 1)],
                manager => (manager with { Tracing = TraceSampling.All with { Random = FractionalPercent.Never } }).Before(probe)
            )
        );

        Assert.Equal(With(Low, '9'), proxy.Ask("/", ("x-request-id", Low)).Sent("x-request-id"));
    }

    /// <summary>A request that nobody answers is not counted.</summary>
    [Fact]
    public void The_decision_is_counted_with_the_answer()
    {
        var proxy = Proxy(TraceSampling.All);
        proxy.Get();
        proxy.ClientLeaves();

        AssertCounted(proxy, "none");
    }

    private static FilterStatus Mark(ProbeFilter filter)
    {
        filter.Stream.Info.IsHealthCheck = true;
        return FilterStatus.Continue;
    }

    private static FilterStatus Reroute(ProbeFilter filter, HeaderMap head)
    {
        head.Set(HeaderName.Path, "/traced"u8);
        filter.Stream.RefreshRoute();
        return FilterStatus.Continue;
    }

    private static string With(string id, char version) => $"{id[..14]}{version}{id[15..]}";

    private static void AssertCounted(WorkerHarness proxy, string counter)
    {
        foreach (var name in (string[])["random_sampling", "service_forced", "client_enabled", "not_traceable"])
        {
            Assert.Equal($"{name} {(name == counter ? 1 : 0)}", $"{name} {proxy.Stat($"http.ingress.tracing.{name}")}");
        }
    }

    private static WorkerHarness Proxy(
        TraceSampling sampling,
        Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? change = null,
        RuntimeSnapshot? runtime = null
    )
    {
        var snapshot = Snapshots.Proxy(change: manager =>
        {
            var traced = Snapshots.TrustsInside(manager) with { Tracing = sampling };
            return change is null ? traced : change(traced);
        });
        return new WorkerHarness(snapshot with { Runtime = runtime ?? RuntimeSnapshot.Empty });
    }
}
