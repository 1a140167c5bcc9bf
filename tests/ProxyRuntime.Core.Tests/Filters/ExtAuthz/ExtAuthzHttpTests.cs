using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>ext_authz with a service that is asked by HTTP.</summary>
public class ExtAuthzHttpTests
{
    private const string Stat = "http.ingress.ext_authz.";
    private static readonly ExtAuthzHttpService Service = new("side");

    [Fact]
    public void The_service_sees_method_path_host_authorization_and_what_is_allowed()
    {
        var service = Service with
        {
            PathPrefix = "/check",
            TimeoutNs = 300 * MonotonicTime.NanosecondsPerMillisecond,
            HeadersToAdd = new HeaderMutations([], [Add("x-added", "1"), Add("x-in", "%PROTOCOL%")]),
        };
        var proxy = Proxy(Settings(service) with { AllowedHeaders = NamePatterns.OfExact("x-in", "x-two") });
        proxy.Begin(
            "POST",
            "/x?y=1",
            endStream: true,
            ("x-in", "1"),
            ("X-Two", "a"),
            ("x-two", "b"),
            ("authorization", "t"),
            ("x-out", "2"),
            ("content-length", "0")
        );
        var asked = proxy.Sent["side"][0];
        Assert.Equal("POST", asked[":method"]);
        Assert.Equal("/check/x?y=1", asked[":path"]);
        Assert.Equal("svc.local", asked[":authority"]);
        Assert.Equal("t", asked["authorization"]);
        Assert.Equal("HTTP/1.1", asked["x-in"]);
        Assert.Equal("a,b", asked["x-two"]);
        Assert.Equal("1", asked["x-added"]);
        Assert.Equal("0", asked["content-length"]);
        Assert.Equal("true", asked["x-envoy-internal"]);
        Assert.Equal("300", asked["x-envoy-expected-rq-timeout-ms"]);
        Assert.Null(asked["x-out"]);
        Assert.Null(asked["x-forwarded-for"]);
        Assert.Null(asked["x-request-id"]);
        Assert.Null(asked["x-envoy-auth-partial-body"]);
        Assert.True(asked.IsEnded);
        Assert.Empty(proxy.Sent["svc"]);
    }

    [Fact]
    public void Lines_may_stay_apart_and_names_may_be_disallowed()
    {
        var settings = Settings(Service) with
        {
            AllowedHeaders = new NamePatterns([StringMatcher.Of(StringMatch.Prefix, "x-")]),
            DisallowedHeaders = NamePatterns.OfExact("x-secret"),
            EncodeRawHeaders = true,
        };
        var proxy = Proxy(settings);
        proxy.Get("/", ("x-two", "a"), ("x-two", "b"), ("x-secret", "s"), ("x-envoy-auth-partial-body", "forged"));
        Assert.Equal("a|b", proxy.Sent["side"][0]["x-two"]);
        Assert.Null(proxy.Sent["side"][0]["x-secret"]);
        Assert.Null(proxy.Sent["side"][0]["x-envoy-auth-partial-body"]);
    }

    [Fact]
    public void Two_hundred_lets_the_request_pass_with_headers_of_the_answer()
    {
        var service = Service with
        {
            AllowedUpstreamHeaders = NamePatterns.OfExact("x-user"),
            AllowedUpstreamHeadersToAppend = NamePatterns.OfExact("x-group"),
            AllowedClientHeadersOnSuccess = NamePatterns.OfExact("x-note"),
            DynamicMetadataFromHeaders = NamePatterns.OfExact("x-user"),
        };
        var proxy = Proxy(Settings(service));
        proxy.Get("/", ("x-user", "forged"), ("x-group", "a"), ("x-drop", "1"), ("x-drop-too", "1"), ("x-stays", "1"));
        proxy.Wait(12.5);
        proxy.Answer(
            "side",
            200,
            "ignored",
            ("X-User", "alice"),
            ("x-group", "b"),
            ("x-note", "n"),
            ("x-other", "no"),
            ("x-envoy-auth-headers-to-remove", "x-drop, X-Drop-Too ,,:path")
        );
        var sent = proxy.Sent["svc"][0];
        Assert.Equal("alice", sent["x-user"]);
        Assert.Equal("a|b", sent["x-group"]);
        Assert.Null(sent["x-drop"]);
        Assert.Null(sent["x-drop-too"]);
        Assert.Null(sent["x-other"]);
        Assert.Equal("1", sent["x-stays"]);
        Assert.Equal("/", sent[":path"]);
        Assert.Null(sent["x-envoy-auth-headers-to-remove"]);

        proxy.Answer("svc", 200, "", ("x-note", "own"));
        Assert.Equal("own|n", proxy.ResponseHeader("x-note"));
        Assert.Equal("""{"ext_authz_duration":12,"x-user":"alice"}""", proxy.Metadata.Get("envoy.filters.http.ext_authz")!.ToString());
        Assert.Equal(1, proxy.Stat(Stat + "ok"));
        Assert.Equal(1, proxy.Stat("cluster.svc.ext_authz.ok"));
        Assert.Equal(1, proxy.Stat("cluster.side.upstream_rq_200"));
    }

    [Fact]
    public void A_denial_is_the_answer_with_all_its_headers()
    {
        var proxy = Proxy(Settings(Service));
        proxy.Get();
        proxy.Answer("side", 401, "who?", ("www-authenticate", "Basic"), ("set-cookie", "a"), ("set-cookie", "b"), ("x-any", "1"));
        Assert.Equal(401, proxy.Status);
        Assert.Equal("who?", proxy.Body);
        Assert.Equal("Basic", proxy.ResponseHeader("www-authenticate"));
        Assert.Equal("a|b", proxy.ResponseHeader("set-cookie"));
        Assert.Equal("1", proxy.ResponseHeader("x-any"));
        Assert.Equal("text/plain", proxy.ResponseHeader("content-type"));
        Assert.Equal("4", proxy.ResponseHeader("content-length"));
        Assert.Equal("UAEX ext_authz_denied", proxy.Log);
        Assert.Equal(1, proxy.Stat(Stat + "denied"));
        Assert.Equal(1, proxy.Stat("cluster.svc.ext_authz.denied"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_401"));
        Assert.Equal(1, proxy.Stat("cluster.svc.internal.upstream_rq_4xx"));
        Assert.Empty(proxy.Sent["svc"]);
    }

    [Fact]
    public void Which_headers_of_a_denial_the_client_gets_can_be_said()
    {
        var settings = Settings(Service with { AllowedClientHeaders = NamePatterns.OfExact("x-some") }) with
        {
            ChargeClusterResponseStats = false,
            MaxDeniedResponseBodyBytes = 5,
        };
        var proxy = Proxy(settings);
        proxy.Get();
        proxy.Answer("side", 302, "too long", ("location", "/login"), ("x-some", "1"), ("x-any", "1"));
        Assert.Equal(302, proxy.Status);
        Assert.Equal("too l", proxy.Body);
        Assert.Equal("/login", proxy.ResponseHeader("location"));
        Assert.Equal("1", proxy.ResponseHeader("x-some"));
        Assert.Null(proxy.ResponseHeader("x-any"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_302"));
    }

    [Fact]
    public void A_denied_grpc_request_gets_its_status()
    {
        var proxy = Proxy(Settings(Service));
        proxy.Get("/", ("content-type", "application/grpc"));
        proxy.Answer("side", 403, "no");
        Assert.Equal(200, proxy.Status);
        Assert.Equal("7", proxy.ResponseHeader("grpc-status"));
        Assert.Equal("no", proxy.ResponseHeader("grpc-message"));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(0)] // reset
    [InlineData(-1)] // timeout
    public void Without_an_answer_requests_are_refused(int kind)
    {
        var proxy = Proxy(Settings(Service) with { StatusOnError = 503 });
        proxy.Get();
        Break(proxy, kind);
        Assert.Equal(503, proxy.Status);
        Assert.Equal("", proxy.Body);
        Assert.Equal("UAEX ext_authz_error", proxy.Log);
        Assert.Equal(1, proxy.Stat(Stat + "error"));
        Assert.Equal(1, proxy.Stat("cluster.svc.ext_authz.error"));
        Assert.Empty(proxy.Sent["side"]);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Without_an_answer_requests_may_pass(int kind)
    {
        var proxy = Proxy(Settings(Service) with { FailureModeAllow = true, FailureModeAllowHeaderAdd = true });
        proxy.Get();
        Break(proxy, kind);
        Assert.Equal("true", proxy.Sent["svc"][0]["x-envoy-auth-failure-mode-allowed"]);
        Assert.Equal(1, proxy.Stat(Stat + "error"));
        Assert.Equal(1, proxy.Stat(Stat + "failure_mode_allowed"));
        Assert.Equal(1, proxy.Stat("cluster.svc.ext_authz.failure_mode_allowed"));
    }

    [Fact]
    public void The_service_has_200_ms_by_default()
    {
        var proxy = Proxy(Settings(Service));
        proxy.Get();
        proxy.Wait(199.999);
        Assert.Equal(0, proxy.Status);
        proxy.Wait(0.002);
        Assert.Equal(403, proxy.Status);
    }

    [Fact]
    public void Without_the_services_cluster_there_is_no_answer()
    {
        var proxy = new FilterHarness(Settings(Service), new FilterSetup { HasSide = false });
        proxy.Get();
        Assert.Equal(403, proxy.Status);
        var open = new FilterHarness(Settings(Service) with { FailureModeAllow = true }, new FilterSetup { HasSide = false });
        open.Get();
        Assert.Single(open.Sent["svc"]);
        Assert.Null(open.Sent["svc"][0]["x-envoy-auth-failure-mode-allowed"]);
    }

    [Fact]
    public void The_service_is_asked_again_as_its_retry_policy_says()
    {
        var policy = new RetryPolicySnapshot
        {
            RetryOn = RetryOn.FiveXx,
            BaseIntervalMs = 1,
            MaxIntervalMs = 1,
        };
        var proxy = Proxy(Settings(Service with { RetryPolicy = policy }) with { Body = new ExtAuthzBodySettings(100) });
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(7, endStream: true);
        proxy.Answer("side", 503);
        proxy.Wait(2);
        Assert.Equal(7, proxy.Sent["side"][0].Bytes);
        proxy.Answer("side", 200);
        Assert.Equal(7, proxy.Sent["svc"][0].Bytes);
    }

    [Fact]
    public void A_client_that_leaves_ends_the_question()
    {
        var proxy = Proxy(Settings(Service));
        proxy.Get();
        proxy.ClientLeaves();
        Assert.Empty(proxy.Sent["side"]);
        Assert.Equal(0, proxy.Stat(Stat + "error"));
        Assert.Equal(0, proxy.Worker.View.ActiveStreams);
    }

    [Fact]
    public void Statistics_can_have_a_prefix_of_their_own()
    {
        var proxy = Proxy(Settings(Service) with { StatPrefix = "waf" });
        proxy.Get();
        proxy.Answer("side", 200);
        Assert.Equal(1, proxy.Stat("http.ingress.ext_authz.waf.ok"));
        Assert.Equal(1, proxy.Stat("cluster.svc.ext_authz.waf.ok"));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_request_that_passes()
    {
        var service = Service with
        {
            AllowedUpstreamHeaders = NamePatterns.OfExact("x-user", "x-new"),
            AllowedClientHeadersOnSuccess = NamePatterns.OfExact("x-note"),
        };
        (string, string)[] answer = [(":status", "200"), ("x-user", "alice"), ("x-new", "1"), ("x-note", "n"), ("x-envoy-auth-headers-to-remove", "x-drop")];
        Assert.Equal(0, new FilterSteadyRun(Settings(service), [("x-user", "u"), ("x-drop", "1")], answer).Measure());
    }

    // The body.

    [Fact]
    public void The_service_sees_the_body_before_it_goes_on()
    {
        var proxy = Proxy(Settings(Service) with { Body = new ExtAuthzBodySettings(8) });
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(3, endStream: false);
        Assert.Empty(proxy.Sent["side"]);
        proxy.Data(5, endStream: true);
        var asked = proxy.Sent["side"][0];
        Assert.Equal("8", asked["content-length"]);
        Assert.Equal("false", asked["x-envoy-auth-partial-body"]);
        Assert.Equal(8, asked.Bytes);
        Assert.True(asked.IsEnded);
        proxy.Answer("side", 200);
        Assert.Equal(8, proxy.Sent["svc"][0].Bytes);
        Assert.True(proxy.Sent["svc"][0].IsEnded);
    }

    [Fact]
    public void Of_a_long_body_the_service_may_see_the_beginning()
    {
        var proxy = Proxy(Settings(Service) with { Body = new ExtAuthzBodySettings(8, AllowPartialMessage: true) });
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(5, endStream: false);
        proxy.Data(5, endStream: false);
        var asked = proxy.Sent["side"][0];
        Assert.Equal(8, asked.Bytes);
        Assert.Equal("true", asked["x-envoy-auth-partial-body"]);
        Assert.True(asked.IsEnded);
        proxy.Data(20, endStream: true);
        Assert.Single(proxy.Sent["side"]);
        proxy.Answer("side", 200);
        Assert.Equal(30, proxy.Sent["svc"][0].Bytes);
        Assert.True(proxy.Sent["svc"][0].IsEnded);
    }

    [Fact]
    public void A_body_that_is_full_at_its_end_is_not_partial()
    {
        var proxy = Proxy(Settings(Service) with { Body = new ExtAuthzBodySettings(8, AllowPartialMessage: true) });
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(8, endStream: false);
        Assert.Equal("false", proxy.Sent["side"][0]["x-envoy-auth-partial-body"]);
    }

    [Fact]
    public void A_body_that_is_too_long_is_refused()
    {
        var proxy = Proxy(Settings(Service) with { Body = new ExtAuthzBodySettings(8) });
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(8, endStream: false);
        Assert.Equal(0, proxy.Status);
        proxy.Data(1, endStream: false);
        Assert.Equal(413, proxy.Status);
        Assert.Equal("Payload Too Large", proxy.Body);
        Assert.Equal("request_payload_too_large", proxy.Log);
        Assert.Empty(proxy.Sent["side"]);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_too_large"));
    }

    [Fact]
    public void An_empty_body_and_one_with_trailers_are_seen_too()
    {
        var proxy = Proxy(Settings(Service) with { Body = new ExtAuthzBodySettings(8) });
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(0, endStream: true);
        Assert.Equal("0", proxy.Sent["side"][0]["content-length"]);
        Assert.Equal("false", proxy.Sent["side"][0]["x-envoy-auth-partial-body"]);
        Assert.True(proxy.Sent["side"][0].IsEnded);
        proxy.Answer("side", 200);
        Assert.True(proxy.Sent["svc"][0].IsEnded);

        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(4, endStream: false);
        proxy.Trailers(("t", "1"));
        Assert.Equal(4, proxy.Sent["side"][0].Bytes);
        proxy.Answer("side", 200);
        Assert.Equal(4, proxy.Sent["svc"][1].Bytes);
        Assert.True(proxy.Sent["svc"][1].IsEnded);
    }

    [Fact]
    public void A_websocket_is_not_waited_for()
    {
        var proxy = new FilterHarness(
            Settings(Service) with
            {
                Body = new ExtAuthzBodySettings(8),
            },
            new FilterSetup { Change = static manager => manager with { Upgrades = [("websocket", true)] } }
        );
        proxy.Begin("GET", "/", endStream: false, ("connection", "upgrade"), ("upgrade", "websocket"));
        Assert.Single(proxy.Sent["side"]);
    }

    // What routes say.

    [Fact]
    public void A_route_can_switch_it_off()
    {
        var proxy = new FilterHarness(Settings(Service), new FilterSetup { OnRoute = new ExtAuthzRouteSettings { Disabled = true } });
        proxy.Get();
        Assert.Single(proxy.Sent["svc"]);
        Assert.Equal(0, proxy.Stat(Stat + "ok"));
    }

    [Fact]
    public void A_route_can_have_its_own_body_limit_or_none()
    {
        var own = new FilterSetup { OnRoute = new ExtAuthzRouteSettings { Body = new ExtAuthzBodySettings(3, AllowPartialMessage: true) } };
        var proxy = new FilterHarness(Settings(Service), own);
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(4, endStream: false);
        Assert.Equal(3, proxy.Sent["side"][0].Bytes);

        var none = new FilterSetup { OnRoute = new ExtAuthzRouteSettings { DisableRequestBodyBuffering = true } };
        var without = new FilterHarness(Settings(Service) with { Body = new ExtAuthzBodySettings(3) }, none);
        without.Begin("POST", "/", endStream: false);
        Assert.Equal(0, without.Sent["side"][0].Bytes);
        without.Data(4, endStream: true);
        without.Answer("side", 200);
        Assert.Equal(4, without.Sent["svc"][0].Bytes);
    }

    [Fact]
    public void A_route_can_have_its_own_service()
    {
        var own = new FilterSetup { OnRoute = new ExtAuthzRouteSettings { Service = new ExtAuthzHttpService("other") { PathPrefix = "/o" } } };
        var proxy = new FilterHarness(Settings(Service), own);
        proxy.Get("/x");
        Assert.Empty(proxy.Sent["side"]);
        Assert.Equal("/o/x", proxy.Sent["other"][0][":path"]);
        proxy.Answer("other", 200);
        Assert.Single(proxy.Sent["svc"]);
    }

    [Fact]
    public void A_request_without_a_route_is_not_asked_about()
    {
        var proxy = new FilterHarness(
            Settings(Service),
            new FilterSetup { Change = static manager => manager with { RouteTable = new RouteTable("local", []) } }
        );
        proxy.Get();
        Assert.Equal(404, proxy.Status);
        Assert.Empty(proxy.Sent["side"]);
    }

    [Fact]
    public void It_may_be_enabled_for_a_part_and_deny_the_rest()
    {
        var settings = Settings(Service) with { FilterEnabled = new RuntimeFraction(FractionalPercent.Never, "authz.on") };
        var open = Proxy(settings);
        open.Get();
        Assert.Single(open.Sent["svc"]);
        Assert.Equal(1, open.Stat(Stat + "disabled"));

        var closed = Proxy(settings with { DenyAtDisable = new RuntimeFlag(true) });
        closed.Get();
        Assert.Equal(403, closed.Status);
        Assert.Equal("UAEX ext_authz_error", closed.Log);

        var on = new RuntimeSnapshot([KeyValuePair.Create("authz.on", new RuntimeValue("100", Integer: 100))]);
        var enabled = new FilterHarness(settings, new FilterSetup { Runtime = on });
        enabled.Get();
        Assert.Single(enabled.Sent["side"]);
    }

    [Fact]
    public void It_may_be_enabled_by_metadata()
    {
        var matcher = new MetadataMatcher("who", ["x"], new TextValueMatcher(StringMatcher.Of(StringMatch.Exact, "y")));
        var proxy = Proxy(Settings(Service) with { FilterEnabledMetadata = matcher });
        proxy.Get();
        Assert.Single(proxy.Sent["svc"]);
        Assert.Equal(1, proxy.Stat(Stat + "disabled"));
    }

    [Fact]
    public void The_route_can_be_chosen_anew_by_the_headers_of_the_answer()
    {
        var byUser = FilterSetup.To("/", "other") with
        {
            Match = new RouteMatch(PathSpecifier.Prefix, "/") { Headers = [HeaderMatcher.OfText("x-user", StringMatcher.Of(StringMatch.Exact, "alice"))] },
        };
        var service = Service with { AllowedUpstreamHeaders = NamePatterns.OfExact("x-user") };
        var proxy = new FilterHarness(Settings(service) with { ClearRouteCache = true }, new FilterSetup { Routes = [byUser] });
        proxy.Get();
        proxy.Answer("side", 200, "", ("x-user", "alice"));
        Assert.Single(proxy.Sent["other"]);
        proxy.Get("/", ("x-user", "alice"));
        proxy.Answer("side", 200, "", ("x-other", "1"));
        Assert.Equal(2, proxy.Sent["other"].Count);

        var kept = new FilterHarness(Settings(service), new FilterSetup { Routes = [byUser] });
        kept.Get();
        kept.Answer("side", 200, "", ("x-user", "alice"));
        Assert.Single(kept.Sent["svc"]);
    }

    // Answers that ask for too much.

    [Fact]
    public void A_request_that_grows_beyond_its_limits_is_refused()
    {
        var service = Service with { AllowedUpstreamHeaders = new NamePatterns([StringMatcher.Of(StringMatch.Prefix, "x-")]) };
        var proxy = Proxy(Settings(service));
        proxy.Get();
        proxy.Answer("side", 200, "", [.. Enumerable.Range(0, 100).Select(static i => (string.Create(CultureInfo.InvariantCulture, $"x-{i}"), "1"))]);
        Assert.Equal(500, proxy.Status);
        Assert.Equal("UAEX ext_authz_invalid", proxy.Log);
        Assert.Equal(1, proxy.Stat(Stat + "invalid"));
        Assert.Equal(1, proxy.Stat("cluster.svc.ext_authz.invalid"));
        Assert.Equal(0, proxy.Stat(Stat + "ok"));
    }

    [Theory]
    [InlineData(false, "x-bad", 200)]
    [InlineData(true, "x-bad", 500)]
    public void Headers_that_cannot_be_are_refused_where_answers_are_validated(bool validate, string name, int expected)
    {
        var service = Service with { AllowedUpstreamHeaders = NamePatterns.OfExact(name) };
        var proxy = Proxy(Settings(service) with { ValidateMutations = validate });
        proxy.Get();
        proxy.Answer("side", 200, "", (name, "a\u0001b"));
        if (expected == 200)
        {
            Assert.Single(proxy.Sent["svc"]);
        }
        else
        {
            Assert.Equal(expected, proxy.Status);
        }
    }

    [Fact]
    public void A_denial_is_validated_too()
    {
        var proxy = Proxy(Settings(Service) with { ValidateMutations = true });
        proxy.Get();
        proxy.Answer("side", 401, "", ("x-bad", "a\u0001b"));
        Assert.Equal(500, proxy.Status);
        Assert.Equal(1, proxy.Stat(Stat + "denied"));
        Assert.Equal(1, proxy.Stat(Stat + "invalid"));
    }

    [Fact]
    public void Which_headers_may_be_changed_can_be_said()
    {
        var service = Service with { AllowedUpstreamHeaders = new NamePatterns([StringMatcher.Of(StringMatch.Prefix, "")]) };
        var rules = new HeaderMutationRules { DisallowAll = true, AllowExpression = Regex("x-a.*") };
        var proxy = Proxy(Settings(service) with { MutationRules = rules });
        proxy.Get("/", ("x-gone", "1"), ("x-also", "1"));
        proxy.Answer("side", 200, "", ("x-allowed", "1"), ("y", "1"), ("x-envoy-auth-headers-to-remove", "x-gone,x-also"));
        Assert.Equal("1", proxy.Sent["svc"][0]["x-allowed"]);
        Assert.Null(proxy.Sent["svc"][0]["y"]);
        Assert.Null(proxy.Sent["svc"][0][":status"]);
        Assert.Equal("1", proxy.Sent["svc"][0]["x-gone"]);
        Assert.Null(proxy.Sent["svc"][0]["x-also"]);

        var strict = Proxy(Settings(service) with { MutationRules = rules with { DisallowIsError = true } });
        strict.Get();
        strict.Answer("side", 200, "", ("y", "1"));
        Assert.Equal(500, strict.Status);
    }

    private static void Break(FilterHarness proxy, int kind)
    {
        switch (kind)
        {
            case 0:
                proxy.Reset("side");
                break;
            case -1:
                proxy.Wait(201);
                break;
            default:
                proxy.Answer("side", kind);
                break;
        }
    }

    private static ExtAuthzSettings Settings(ExtAuthzHttpService service) => new() { Service = service };

    private static FilterHarness Proxy(ExtAuthzSettings settings) => new(settings);

    private static Re2Regex Regex(string pattern) => Re2Regex.TryParse(pattern, out _)!;

    private static HeaderAddition Add(string name, string value) =>
        new(HeaderName.Of(name), SubstitutionFormat.TryParse(value, out _)!, AppendAction.OverwriteIfExistsOrAdd);
}
