namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwtAuthnFilterTests
{
    private static readonly string Token = TestTokens.Sign("HS256");
    private static readonly string Bearer = "Bearer " + Token;

    [Fact]
    public void A_request_that_no_rule_matches_needs_no_token()
    {
        var proxy = new FilterHarness(Settings(new JwtRule(Prefix("/api"), OfP)));
        proxy.Get("/open", ("authorization", "Bearer bad"));
        Assert.Equal("Bearer bad", proxy.Sent["svc"][0]["authorization"]);
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.allowed"));
    }

    [Fact]
    public void The_first_rule_that_matches_counts_also_if_it_requires_nothing()
    {
        var proxy = new FilterHarness(Settings(new JwtRule(Prefix("/open"), null), new JwtRule(Prefix("/"), OfP)));
        proxy.Get("/open");
        Assert.Single(proxy.Sent["svc"]);
        proxy.Get("/closed");
        Assert.Equal(401, proxy.Status);
    }

    [Fact]
    public void A_good_token_passes_and_is_taken_out()
    {
        var proxy = new FilterHarness(Settings());
        proxy.Get("/a?b=1", ("authorization", Bearer));
        Assert.Null(proxy.Sent["svc"][0]["authorization"]);
        Assert.Equal("/a?b=1", proxy.Sent["svc"][0][":path"]);
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.allowed"));
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.jwt_cache_miss"));
    }

    [Fact]
    public void A_missing_token_is_told_in_body_header_and_details()
    {
        var proxy = new FilterHarness(Settings());
        proxy.Get("/a?b=1");
        Assert.Equal(401, proxy.Status);
        Assert.Equal("Jwt is missing", proxy.Body);
        Assert.Equal("Bearer realm=\"http://svc.local/a?b=1\"", proxy.ResponseHeader("www-authenticate"));
        Assert.Equal("text/plain", proxy.ResponseHeader("content-type"));
        Assert.Equal("jwt_authn_access_denied{Jwt_is_missing}", proxy.Log);
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.denied"));
    }

    [Theory]
    [InlineData("""{"iss":"https://other.test"}""", 401, "Jwt issuer is not configured")]
    [InlineData("""{"iss":"https://issuer.test","aud":"other"}""", 403, "Audiences in Jwt are not allowed")]
    [InlineData("""{"iss":"https://issuer.test","aud":"shop","exp":1600000000}""", 401, "Jwt is expired")]
    [InlineData("""{"iss":"https://issuer.test","aud":"shop","nbf":1900000000}""", 401, "Jwt not yet valid")]
    public void A_bad_token_is_told_with_its_reason(string claims, int code, string text)
    {
        var proxy = new FilterHarness(Settings(Provider with { Audiences = ["shop"] }));
        proxy.Get("/", ("authorization", "Bearer " + TestTokens.Sign("HS256", claims)));
        Assert.Equal(code, proxy.Status);
        Assert.Equal(text, proxy.Body);
        Assert.Equal("Bearer realm=\"http://svc.local/\", error=\"invalid_token\"", proxy.ResponseHeader("www-authenticate"));
        Assert.Equal($"jwt_authn_access_denied{{{text.Replace(' ', '_')}}}", proxy.Log);
    }

    [Fact]
    public void The_realm_shows_256_bytes_of_the_path()
    {
        var proxy = new FilterHarness(Settings());
        proxy.Get("/" + new string('a', 300));
        Assert.Equal($"Bearer realm=\"http://svc.local/{new string('a', 255)}\"", proxy.ResponseHeader("www-authenticate"));
    }

    [Fact]
    public void A_stripped_failure_says_nothing_to_the_client()
    {
        var proxy = new FilterHarness(Settings() with { StripFailureResponse = true });
        proxy.Get();
        Assert.Equal(401, proxy.Status);
        Assert.Equal("", proxy.Body);
        Assert.Null(proxy.ResponseHeader("www-authenticate"));
        Assert.Equal("jwt_authn_access_denied{Jwt_is_missing}", proxy.Log);
    }

    [Fact]
    public void A_grpc_request_gets_its_status()
    {
        var proxy = new FilterHarness(Settings());
        proxy.Get("/", ("content-type", "application/grpc"));
        Assert.Equal(200, proxy.Status);
        Assert.Equal("16", proxy.ResponseHeader("grpc-status"));
        Assert.Equal("Jwt is missing", proxy.ResponseHeader("grpc-message"));
    }

    [Fact]
    public void Cors_preflight_passes_where_it_is_let()
    {
        var proxy = new FilterHarness(Settings() with { BypassCorsPreflight = true });
        proxy.Begin("OPTIONS", "/", endStream: true, ("origin", "https://a.test"), ("access-control-request-method", "GET"));
        Assert.Single(proxy.Sent["svc"]);
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.cors_preflight_bypassed"));
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.allowed"));
        proxy.Begin("OPTIONS", "/", endStream: true, ("origin", "https://a.test"));
        Assert.Equal(401, proxy.Status);
        proxy.Begin("OPTIONS", "/", endStream: true, ("access-control-request-method", "GET"));
        Assert.Equal(401, proxy.Status);
        proxy.Begin("GET", "/", endStream: true, ("origin", "https://a.test"), ("access-control-request-method", "GET"));
        Assert.Equal(401, proxy.Status);
    }

    [Fact]
    public void Statistics_can_have_a_prefix_of_their_own()
    {
        var proxy = new FilterHarness(Settings() with { StatPrefix = "mine" });
        proxy.Get();
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.mine.denied"));
    }

    [Fact]
    public void A_body_waits_for_the_headers_and_goes_on_with_them()
    {
        var proxy = new FilterHarness(Settings(Provider with { LocalJwks = null, RemoteJwks = Remote }));
        proxy.Begin("POST", "/", endStream: false, ("authorization", Bearer));
        proxy.Data(5, endStream: false);
        proxy.Data(6, endStream: true);
        Assert.Empty(proxy.Sent["svc"]);
        proxy.Answer("side", 200, JwtAuthnSamples.KeySet);
        Assert.Equal(11, proxy.Sent["svc"][0].Bytes);
        Assert.True(proxy.Sent["svc"][0].IsEnded);
    }

    // What a route says.

    [Fact]
    public void A_route_can_switch_it_off()
    {
        var proxy = new FilterHarness(Settings(), new FilterSetup { OnRoute = new JwtRouteSettings(RequirementName: null) });
        proxy.Get();
        Assert.Single(proxy.Sent["svc"]);
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.allowed"));
    }

    [Fact]
    public void A_route_can_ask_for_a_requirement_by_name()
    {
        var settings = Settings(new JwtRule(Prefix("/"), null)) with { RequirementMap = [new("strict", OfP)] };
        var proxy = new FilterHarness(settings, new FilterSetup { OnRoute = new JwtRouteSettings("strict") });
        proxy.Get();
        Assert.Equal(401, proxy.Status);
        proxy.Get("/", ("authorization", Bearer));
        Assert.Single(proxy.Sent["svc"]);
    }

    [Fact]
    public void A_route_that_asks_for_what_is_not_there_denies_everything()
    {
        var settings = Settings() with { RequirementMap = [new("a", OfP), new("b", OfP)] };
        var proxy = new FilterHarness(settings, new FilterSetup { OnRoute = new JwtRouteSettings("strict") });
        proxy.Get("/", ("authorization", Bearer));
        Assert.Equal(403, proxy.Status);
        Assert.Equal("Failed JWT authentication: Wrong requirement_name: strict. It should be one of [a,b]", proxy.Body);
        Assert.Equal("jwt_authn_access_denied{Wrong_requirement_name:_strict._It_should_be_one_of_[a,b]}", proxy.Log);
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.denied"));
    }

    [Fact]
    public void Filter_state_chooses_where_no_rule_matches()
    {
        var settings = Settings(new JwtRule(Prefix("/open"), null)) with { FilterStateRules = new("chooser", [new("yes", OfP)]) };
        var proxy = new FilterHarness(settings, new FilterSetup { Before = [new("before", new SetsFilterState("chooser", "yes"))] });
        proxy.Get("/open");
        Assert.Single(proxy.Sent["svc"]);
        proxy.Get("/else");
        Assert.Equal(401, proxy.Status);

        var other = new FilterHarness(settings, new FilterSetup { Before = [new("before", new SetsFilterState("chooser", "no"))] });
        other.Get("/else");
        Assert.Single(other.Sent["svc"]);
    }

    // What a token leaves behind.

    [Fact]
    public void Claims_and_payload_go_into_headers_that_a_client_cannot_forge()
    {
        var claims = """{"iss":"https://issuer.test","sub":"ann","n":7,"deep":{"l":["a"]}}""";
        var provider = Provider with
        {
            Forward = true,
            ForwardPayloadHeader = HeaderName.Of("x-payload"),
            ClaimToHeaders =
            [
                new(HeaderName.Of("x-sub"), ["sub"]),
                new(HeaderName.Of("x-n"), ["n"]),
                new(HeaderName.Of("x-deep"), ["deep", "l"]),
                new(HeaderName.Of("x-none"), ["none"]),
            ],
        };
        var token = "Bearer " + TestTokens.Sign("HS256", claims);
        var proxy = new FilterHarness(Settings(provider));
        proxy.Get("/", ("authorization", token), ("x-sub", "forged"), ("x-none", "forged"), ("x-payload", "forged"));
        var sent = proxy.Sent["svc"][0];
        Assert.Equal(token, sent["authorization"]);
        Assert.Equal("ann", sent["x-sub"]);
        Assert.Equal("7", sent["x-n"]);
        Assert.Equal("WyJhIl0=", sent["x-deep"]);
        Assert.Null(sent["x-none"]);
        Assert.Equal(TestTokens.Encode(claims), sent["x-payload"]);
    }

    [Fact]
    public void The_payload_header_can_be_padded()
    {
        var provider = Provider with { ForwardPayloadHeader = HeaderName.Of("x-payload"), PadForwardPayloadHeader = true };
        var claims = """{"iss":"https://issuer.test","s":"a"}""";
        var proxy = new FilterHarness(Settings(provider));
        proxy.Get("/", ("authorization", "Bearer " + TestTokens.Sign("HS256", claims)));
        var payload = proxy.Sent["svc"][0]["x-payload"]!;
        Assert.Equal(0, payload.Length % 4);
        Assert.Equal(TestTokens.Encode(claims), payload.TrimEnd('='));
        Assert.NotEqual(0, TestTokens.Encode(claims).Length % 4);
    }

    [Fact]
    public void A_claim_with_a_line_end_is_no_header()
    {
        var provider = Provider with { ClaimToHeaders = [new(HeaderName.Of("x-sub"), ["sub"])] };
        var proxy = new FilterHarness(Settings(provider));
        proxy.Get("/", ("authorization", "Bearer " + TestTokens.Sign("HS256", """{"iss":"https://issuer.test","sub":"a\r\nx-admin: 1"}""")));
        Assert.Null(proxy.Sent["svc"][0]["x-sub"]);
        Assert.Null(proxy.Sent["svc"][0]["x-admin"]);
    }

    [Fact]
    public void Header_and_payload_go_into_metadata()
    {
        var provider = Provider with { PayloadInMetadata = "payload", HeaderInMetadata = "header", SpaceDelimitedClaims = ["scope", "none", "n"] };
        var proxy = new FilterHarness(Settings(provider));
        proxy.Get("/", ("authorization", "Bearer " + TestTokens.Sign("HS256", """{"iss":"https://issuer.test","scope":"a  b","n":1}""")));
        proxy.Answer("svc", 200);
        Assert.Equal(
            """{"header":{"alg":"HS256"},"payload":{"iss":"https://issuer.test","n":1,"scope":["a","b"]}}""",
            proxy.Metadata.Get("envoy.filters.http.jwt_authn")!.ToString()
        );
    }

    [Fact]
    public void A_failure_goes_into_metadata_also_where_it_is_allowed()
    {
        var settings = Settings(Provider with { FailedStatusInMetadata = "failed" }) with
        {
            Rules = [new JwtRule(Prefix("/"), JwtRequirement.AllowMissingOrFailed)],
        };
        var proxy = new FilterHarness(settings);
        proxy.Get("/", ("authorization", "Bearer bad"));
        proxy.Answer("svc", 200);
        Assert.Equal(
            """{"failed":{"code":4,"message":"Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"}}""",
            proxy.Metadata.Get("envoy.filters.http.jwt_authn")!.ToString()
        );
    }

    [Fact]
    public void The_route_can_be_chosen_anew_by_what_the_token_says()
    {
        var byMetadata = FilterSetup.To("/", "other") with
        {
            Match = new RouteMatch(PathSpecifier.Prefix, "/")
            {
                DynamicMetadata =
                [
                    new MetadataMatcher("envoy.filters.http.jwt_authn", ["payload", "sub"], new TextValueMatcher(StringMatcher.Of(StringMatch.Exact, "ann"))),
                ],
            },
        };
        var provider = Provider with { PayloadInMetadata = "payload", ClearRouteCache = true };
        var proxy = new FilterHarness(Settings(provider), new FilterSetup { Routes = [byMetadata] });
        proxy.Get("/", ("authorization", Bearer));
        Assert.Single(proxy.Sent["other"]);

        var without = new FilterHarness(Settings(provider with { ClearRouteCache = false }), new FilterSetup { Routes = [byMetadata] });
        without.Get("/", ("authorization", Bearer));
        Assert.Single(without.Sent["svc"]);
    }

    [Fact]
    public void Nothing_is_allocated_for_requests_without_a_token()
    {
        var settings = Settings() with { Rules = [new JwtRule(Prefix("/"), JwtRequirement.AllowMissing)] };
        Assert.Equal(0, new FilterSteadyRun(new PassThroughSettings()).Measure());
        Assert.Equal(0, new FilterSteadyRun(settings).Measure());
        Assert.Equal(0, new FilterSteadyRun(Settings()).Measure());
    }

    internal static JwtProvider Provider => JwtAuthnSamples.Provider;

    private static RemoteJwks Remote => JwtAuthnSamples.Remote;

    private static JwtRequirement OfP => JwtAuthnSamples.OfP;

    private static RouteMatch Prefix(string prefix) => new(PathSpecifier.Prefix, prefix);

    private static JwtAuthnSettings Settings(params JwtRule[] rules) => JwtAuthnSamples.Settings(Provider, rules);

    private static JwtAuthnSettings Settings(JwtProvider provider) => JwtAuthnSamples.Settings(provider);
}
