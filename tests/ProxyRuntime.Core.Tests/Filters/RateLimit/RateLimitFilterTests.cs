using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class RateLimitFilterTests
{
    private static readonly RateLimitPolicy ByKey = new([new GenericKeyAction("k", "v")]);
    private static readonly RateLimitSettings Settings = new() { Domain = "d", Service = new GrpcServiceSnapshot("other") };

    [Fact]
    public void A_request_waits_for_the_answer_of_the_service_and_goes_on()
    {
        var proxy = Proxy(Settings);

        Assert.Equal(["open U1 10.0.1.1:80"], proxy.Get());
        var lines = proxy.Connected(1);
        Assert.Equal("start A1 on U1 for C-1/0", lines[0]);
        Assert.Equal("d [k=v]", RateLimitService.Question(lines[1]));
        Assert.EndsWith("' end for C-1/0", lines[1], StringComparison.Ordinal);
        Assert.Contains(":path: /envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains("grpc-timeout: 20m", proxy.OwnRequestHead, StringComparison.Ordinal);

        Assert.Equal(["open U2 10.0.0.1:80"], Reply(proxy, 1, RateLimitService.Answer(RateLimitService.Ok)));
        _ = proxy.Connected(2);
        _ = proxy.Answer(2, 200);
        Assert.Equal("200  via_upstream attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.ratelimit.ok"));
    }

    [Fact]
    public void Over_the_limit_a_request_is_refused()
    {
        var proxy = Proxy(Settings);
        Ask(proxy);

        Assert.Equal(["reply 429 ''", "log"], Reply(proxy, 1, RateLimitService.Answer(RateLimitService.OverLimit)));

        Assert.Equal("429 RL request_rate_limited attempts=0", proxy.LastLog);
        Assert.Contains("x-envoy-ratelimited: true", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("cluster.svc.ratelimit.over_limit"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_429"));
        Assert.Equal(1, proxy.Stat("cluster.svc.internal.upstream_rq_4xx"));
    }

    [Fact]
    public void A_refusal_takes_status_body_and_headers_of_service_and_settings()
    {
        var settings = Settings with
        {
            RateLimitedStatus = 503,
            DisableXEnvoyRateLimitedHeader = true,
            ResponseHeaders = new HeaderMutations([], [new HeaderAddition(HeaderName.Of("x-own"), Snapshots.Format("%RESPONSE_CODE%"))]),
        };
        var proxy = Proxy(settings);
        Ask(proxy);
        var answer = RateLimitService.Answer(
            RateLimitService.OverLimit,
            message =>
            {
                message.Header(3, "Content-Type", "text/x");
                message.Header(3, "x-told", "1");
                message.WriteText(5, "slow down");
            }
        );

        Assert.Equal(["reply 503 'slow down'", "log"], Reply(proxy, 1, answer));

        Assert.Contains("content-type: text/x\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("x-told: 1\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("x-own: 503\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-envoy-ratelimited", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_grpc_request_may_be_refused_as_resource_exhausted()
    {
        var proxy = Proxy(Settings with { RateLimitedAsResourceExhausted = true });
        _ = proxy.Get("/", ("content-type", "application/grpc"));
        _ = proxy.Connected(1);
        _ = Reply(proxy, 1, RateLimitService.Answer(RateLimitService.OverLimit));

        Assert.Contains("grpc-status: 8", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_of_the_service_go_up_with_the_request_and_down_with_the_response()
    {
        var proxy = Proxy(Settings);
        Ask(proxy);
        _ = Reply(
            proxy,
            1,
            RateLimitService.Answer(
                RateLimitService.Ok,
                message =>
                {
                    message.Header(4, "X-Up", "1");
                    message.Header(3, "x-down", "2");
                }
            )
        );
        _ = proxy.Connected(2);
        _ = proxy.Answer(2, 200);

        Assert.Contains("x-up: 1\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains("x-down: 2\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void The_client_is_told_of_the_nearest_limit_and_of_all_windows()
    {
        var proxy = Proxy(Settings with { EnableXRateLimitHeaders = true }, ByKey, ByKey, ByKey);
        Ask(proxy);
        _ = Reply(
            proxy,
            1,
            RateLimitService.Answer(
                RateLimitService.Ok,
                static message =>
                {
                    message.Status(4, unit: 3, requests: 1_000, resetSeconds: 1_800);
                    message.Status(1);
                    message.Status(3, unit: 2, requests: 10, name: "per-ip", resetSeconds: 17);
                }
            )
        );
        _ = proxy.Connected(2);
        _ = proxy.Answer(2, 200);

        Assert.Contains("x-ratelimit-limit: 10, 1000;w=3600, 10;w=60;name=\"per-ip\"\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("x-ratelimit-remaining: 3\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("x-ratelimit-reset: 17\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_descriptor_may_be_shown_or_hidden()
    {
        var proxy = Proxy(Settings, ByKey, ByKey with { XRateLimit = XRateLimitOption.DraftVersion03 });
        Ask(proxy);
        _ = Reply(
            proxy,
            1,
            RateLimitService.Answer(
                RateLimitService.Ok,
                static message =>
                {
                    message.Status(1, unit: 1, requests: 5);
                    message.Status(7, unit: 4, requests: 9);
                }
            )
        );
        _ = proxy.Connected(2);
        _ = proxy.Answer(2, 200);

        Assert.Contains("x-ratelimit-limit: 9, 9;w=86400\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_of_the_service_is_noted()
    {
        var mark = new RateLimitPolicy([new MetadataAction("m", OfRoute: false, "envoy.filters.http.ratelimit", ["tier"], "", SkipIfAbsent: false)])
        {
            ApplyOnStreamDone = true,
        };
        var proxy = Proxy(Settings, ByKey, mark);
        Ask(proxy);
        _ = Reply(
            proxy,
            1,
            RateLimitService.Answer(
                RateLimitService.Ok,
                static message =>
                {
                    var fields = message.Begin(6);
                    ProtoStruct.Write(message, MetadataValue.Of([KeyValuePair.Create("tier", MetadataValue.Of("gold"))]));
                    message.End(fields);
                }
            )
        );
        _ = proxy.Connected(2);

        Assert.Equal(
            "d [m=gold]",
            RateLimitService.Question(proxy.Answer(2, 200).Single(static line => line.StartsWith("SendBody", StringComparison.Ordinal)))
        );
    }

    [Fact]
    public void What_is_counted_at_the_end_of_the_stream_waits_for_nobody()
    {
        var done = new RateLimitPolicy([new GenericKeyAction("done", "1")]) { ApplyOnStreamDone = true };
        var proxy = Proxy(Settings, done);

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        _ = proxy.Connected(1);
        Assert.Equal(["headers 200 end", "open U2 10.0.1.1:80", "log"], proxy.Answer(1, 200));
        Assert.Equal("d [done=1]", RateLimitService.Question(proxy.Connected(2)[1]));
        Assert.Empty(Reply(proxy, 2, RateLimitService.Answer(RateLimitService.OverLimit)));
        Assert.Equal(0, proxy.Stat("cluster.svc.ratelimit.over_limit"));
    }

    [Theory]
    [InlineData(false, 200)]
    [InlineData(true, 500)]
    public void Without_an_answer_in_time_requests_pass_or_are_refused(bool deny, int expected)
    {
        var proxy = Proxy(Settings with { FailureModeDeny = deny });
        Ask(proxy);

        var lines = proxy.Wait(20);

        Assert.Equal(deny ? "reply 500 ''" : "open U2 10.0.0.1:80", lines[^(deny ? 2 : 1)]);
        Assert.Equal(1, proxy.Stat("cluster.svc.ratelimit.error"));
        Assert.Equal(deny ? 0 : 1, proxy.Stat("cluster.svc.ratelimit.failure_mode_allowed"));
        if (deny)
        {
            Assert.Equal($"{expected} RLSE rate_limiter_error attempts=0", proxy.LastLog);
        }
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("other", true)]
    public void A_service_that_cannot_be_reached_is_an_error_at_once(string cluster, bool isKnown)
    {
        var settings = Settings with { Service = new GrpcServiceSnapshot(cluster), FailureModeDenyPercent = RuntimeFraction.Always, StatusOnError = 503 };
        var empty = Snapshots.Cluster("other", 0);
        var proxy = new WorkerHarness(
            Snapshots.Proxy([Host(ByKey)], isKnown ? [Snapshots.Cluster("svc", 1), empty] : [Snapshots.Cluster("svc", 1)], manager => manager.Before(settings))
        );

        Assert.Equal(["reply 503 ''", "log"], proxy.Get());
        Assert.Equal("503 RLSE rate_limiter_error attempts=0", proxy.LastLog);
    }

    [Fact]
    public void An_answer_that_cannot_be_read_is_an_error()
    {
        var proxy = Proxy(Settings with { FailureModeDeny = true });
        Ask(proxy);

        Assert.Equal(["reply 500 ''", "log"], Reply(proxy, 1, "\0\0\0\0\u0002\u001a\u0009"));
    }

    [Fact]
    public void A_call_is_given_up_when_the_client_leaves()
    {
        var proxy = Proxy(Settings);
        Ask(proxy);

        Assert.Contains("cancel A1", proxy.ClientLeaves());
        Assert.Equal(0, proxy.Stat("cluster.svc.ratelimit.error"));
        Assert.Equal(0, proxy.Stat("cluster.other.upstream_rq_active"));
    }

    [Fact]
    public void A_body_that_comes_while_the_service_thinks_is_kept()
    {
        var proxy = Proxy(Settings);
        _ = proxy.Request("POST", "/", endStream: false);
        Assert.Equal(["BufferBody 9"], proxy.Body(9, endStream: true));
        _ = proxy.Connected(1);
        _ = Reply(proxy, 1, RateLimitService.Answer(RateLimitService.Ok));

        Assert.Equal(["start A2 on U2", "SendBuffered 9 end", "ReleaseBody"], proxy.Connected(2));
    }

    [Theory]
    [InlineData(RateLimitRequestType.Internal, true)]
    [InlineData(RateLimitRequestType.External, false)]
    internal void Requests_of_the_other_kind_are_not_asked_about(RateLimitRequestType type, bool expected)
    {
        var inside = new ClientAddressSnapshot { UseRemoteAddress = true, InternalRanges = [new CidrRange(System.Net.IPAddress.Parse("192.0.2.0"), 24)] };
        var snapshot = Chains.With(Host(ByKey), Settings with { RequestType = type });
        var proxy = new WorkerHarness(snapshot.With(manager => manager with { ClientAddress = inside }));

        Assert.Equal(expected, proxy.Get()[0] == "open U1 10.0.1.1:80");
    }

    [Fact]
    public void Without_descriptors_nobody_is_asked()
    {
        Assert.Equal(["open U1 10.0.0.1:80"], Proxy(Settings).AskNobody(Settings, ByKey with { Stage = 2 }));
        Assert.Equal(["open U1 10.0.0.1:80"], Proxy(Settings).AskNobody(Settings with { FilterEnabled = RuntimeFraction.Never }, ByKey));
        Assert.Equal(["open U1 10.0.0.1:80"], Proxy(Settings).AskNobody(Settings, ByKey with { DisableKey = "k" }, ("ratelimit.k.http_filter_enabled", 0)));
        Assert.Equal(["open U1 10.0.0.1:80"], Proxy(Settings).AskNobody(Settings, ByKey, ("ratelimit.http_filter_enabled", 0)));
    }

    [Fact]
    public void Over_the_limit_without_enforcement_a_request_passes()
    {
        var proxy = Proxy(Settings with { FilterEnforced = RuntimeFraction.Never });
        Ask(proxy);

        Assert.Equal(["open U2 10.0.0.1:80"], Reply(proxy, 1, RateLimitService.Answer(RateLimitService.OverLimit)));
        _ = proxy.Connected(2);
        _ = proxy.Answer(2, 200);
        Assert.Contains("x-envoy-ratelimited: true", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_the_route_replace_domain_and_rate_limits()
    {
        var ofRoute = new RateLimitRouteSettings
        {
            Domain = "own",
            RateLimits = [ByKey with { HitsAddend = 3 }, new RateLimitPolicy([new GenericKeyAction("r", "1")])],
        };
        var route = Snapshots.Prefix("/", new RouteAction { Cluster = "svc", RateLimits = [ByKey] }) with
        {
            PerFilterConfig = Chains.For("ratelimit", ofRoute),
        };
        var proxy = new WorkerHarness(Chains.With(route, Settings));
        _ = proxy.Get();

        Assert.Equal("own [k=v hits=3] [r=1]", RateLimitService.Question(proxy.Connected(1)[1]));
    }

    [Fact]
    public void A_limit_of_the_requests_metadata_goes_with_the_descriptor()
    {
        var noted = MetadataValue.Of([
            KeyValuePair.Create(
                "limit",
                MetadataValue.Of([KeyValuePair.Create("requests_per_unit", MetadataValue.Of(42)), KeyValuePair.Create("unit", MetadataValue.Of("HOUR"))])
            ),
        ]);
        var policy = ByKey with { Limit = new RateLimitOverride("fault", ["limit"]) };
        var fault = new FaultSettings { Delay = new FaultDelay(1, FractionalPercent.Always), FilterMetadata = noted };
        var proxy = new WorkerHarness(Chains.With(Host(policy), fault, Settings));
        _ = proxy.Get();
        _ = proxy.Wait(1);

        Assert.Equal("d [k=v limit=42/3]", RateLimitService.Question(proxy.Connected(1)[1]));
    }

    private static VirtualHost Host(params ImmutableArray<RateLimitPolicy> policies) =>
        Snapshots.Host("*", Snapshots.Prefix("/", new RouteAction { Cluster = "svc", RateLimits = policies }));

    private static WorkerHarness Proxy(RateLimitSettings settings, params ImmutableArray<RateLimitPolicy> policies) =>
        new(Chains.With(Host(policies.IsEmpty ? [ByKey] : policies), settings));

    private static void Ask(WorkerHarness proxy)
    {
        _ = proxy.Get();
        _ = proxy.Connected(1);
    }

    private static string[] Reply(WorkerHarness proxy, long attempt, string content) =>
        [
            .. proxy.Answer(attempt, 200, endStream: false, ("content-type", "application/grpc")),
            .. proxy.AnswerContent(attempt, content, endStream: false),
            .. proxy.AnswerTrailers(attempt, ("grpc-status", "0")),
        ];
}

file static class Questions
{
    /// <summary>The first effects of a request under other settings.</summary>
    public static string[] AskNobody(this WorkerHarness _, RateLimitSettings settings, RateLimitPolicy policy, params (string Key, ulong Value)[] runtime) =>
        new WorkerHarness(
            Chains.With(Snapshots.Prefix("/", new RouteAction { Cluster = "svc", RateLimits = [policy] }), settings) with
            {
                Runtime = Snapshots.Runtime(runtime),
            }
        ).Get();
}
