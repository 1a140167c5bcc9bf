namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What the kinds of requirement let pass. Providers p and q have places and issuers of their own.</summary>
public class JwtRequirementTests
{
    private static readonly JwtRequirement OfP = JwtAuthnSamples.OfP;
    private static readonly JwtRequirement OfQ = new JwtProviderRequirement("q", []);
    private static readonly string OfPToken = TestTokens.Sign("HS256");
    private static readonly string OfQToken = TestTokens.Sign("HS256", """{"iss":"https://q.test","aud":"shop"}""");
    private static readonly string ForeignToken = TestTokens.Sign("HS256", """{"iss":"https://nobody.test"}""");
    private static readonly string ExpiredToken = TestTokens.Sign("HS256", """{"iss":"https://issuer.test","exp":1600000000}""");

    [Theory]
    [InlineData("", "", "Jwt is missing")]
    [InlineData("p", "", "OK")]
    [InlineData("", "q", "OK")]
    [InlineData("bad", "q", "OK")]
    [InlineData("foreign", "", "Jwt issuer is not configured")]
    [InlineData("expired", "foreign", "Jwt is expired")]
    [InlineData("foreign", "expired", "Jwt issuer is not configured")] // q looks at the issuer before the time
    public void Any_needs_one_and_tells_the_error_that_means_most(string x, string y, string outcome) =>
        Assert.Equal(outcome, Outcome(new JwtAnyRequirement([OfP, OfQ]), x, y));

    [Theory]
    [InlineData("", "", "Jwt is missing")]
    [InlineData("p", "", "Jwt is missing")]
    [InlineData("expired", "", "Jwt is expired")]
    [InlineData("p", "q", "OK")]
    public void All_needs_each_and_tells_the_first_error(string x, string y, string outcome) =>
        Assert.Equal(outcome, Outcome(new JwtAllRequirement([OfP, OfQ]), x, y));

    [Theory]
    [InlineData("", "", "OK")]
    [InlineData("p", "", "OK")]
    [InlineData("expired", "", "Jwt is expired")]
    [InlineData("foreign", "", "Jwt issuer is not configured")]
    [InlineData("p", "bad", "OK")] // the last that is looked at decides, and that is the first found
    [InlineData("bad", "q", "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections")]
    public void Missing_may_be_allowed(string x, string y, string outcome) => Assert.Equal(outcome, Outcome(JwtRequirement.AllowMissing, x, y));

    [Theory]
    [InlineData("", "")]
    [InlineData("bad", "expired")]
    [InlineData("foreign", "q")]
    public void Everything_may_be_allowed(string x, string y) => Assert.Equal("OK", Outcome(JwtRequirement.AllowMissingOrFailed, x, y));

    [Theory]
    [InlineData("", "", "OK")]
    [InlineData("expired", "", "Jwt is expired")]
    [InlineData("foreign", "", "Jwt issuer is not configured")]
    public void Any_with_allow_missing_forgives_a_missing_token_only(string x, string y, string outcome) =>
        Assert.Equal(outcome, Outcome(new JwtAnyRequirement([OfP, JwtRequirement.AllowMissing]), x, y));

    [Fact]
    public void Any_with_allow_missing_or_failed_forgives_all() =>
        Assert.Equal("OK", Outcome(new JwtAnyRequirement([OfP, JwtRequirement.AllowMissingOrFailed]), "expired", ""));

    [Fact]
    public void Any_of_nothing_but_allowances_checks_tokens_of_all_providers()
    {
        var any = new JwtAnyRequirement([JwtRequirement.AllowMissing, JwtRequirement.AllowMissing]);
        Assert.Equal("OK", Outcome(any, "", ""));
        Assert.Equal("Jwt is expired", Outcome(any, "expired", ""));
    }

    [Fact]
    public void Groups_may_stand_in_groups()
    {
        var nested = new JwtAnyRequirement([new JwtAllRequirement([OfP, OfQ]), new JwtAllRequirement([OfQ, JwtRequirement.AllowAll])]);
        Assert.Equal("OK", Outcome(nested, "", "q"));
        Assert.Equal("Jwt is missing", Outcome(nested, "p", ""));
        Assert.Equal("Jwt is expired", Outcome(nested, "expired", ""));
    }

    [Fact]
    public void A_requirement_may_have_audiences_of_its_own()
    {
        Assert.Equal("OK", Outcome(new JwtProviderRequirement("q", ["https://shop/"]), "", "q"));
        Assert.Equal("Audiences in Jwt are not allowed", Outcome(new JwtProviderRequirement("q", ["x"]), "", "q"));
    }

    [Fact]
    public void Subjects_and_lifetimes_are_checked()
    {
        var subject = StringMatcher.Of(StringMatch.Prefix, "an");
        Assert.Equal("OK", Outcome(OfP, "p", "", JwtAuthnSamples.Provider with { Subjects = subject }));
        var other = StringMatcher.Of(StringMatch.Exact, "bob");
        Assert.Equal("Jwt verification fails", Outcome(OfP, "p", "", JwtAuthnSamples.Provider with { Subjects = other }));

        // The token of p ends at 2,000,000,000; the test runs 299,999,999.8755 s before.
        var lives = 299_999_999_875_543_208L;
        Assert.Equal("OK", Outcome(OfP, "p", "", JwtAuthnSamples.Provider with { MaxLifetimeNs = lives + 1 }));
        Assert.Equal("Jwt verification fails", Outcome(OfP, "p", "", JwtAuthnSamples.Provider with { MaxLifetimeNs = lives }));

        var withoutEnd = TestTokens.Sign("HS256", """{"iss":"https://issuer.test"}""");
        Assert.Equal("OK", Outcome(OfP, withoutEnd, "", JwtAuthnSamples.Provider));
        Assert.Equal("Jwt verification fails", Outcome(OfP, withoutEnd, "", JwtAuthnSamples.Provider with { RequireExpiration = true }));
        Assert.Equal("OK", Outcome(OfP, "p", "", JwtAuthnSamples.Provider with { RequireExpiration = true }));
    }

    [Fact]
    public void The_clock_skew_is_the_providers()
    {
        // Now is 1,700,000,000 s.
        var ended = TestTokens.Sign("HS256", """{"iss":"https://issuer.test","exp":1699999930}""");
        Assert.Equal("Jwt is expired", Outcome(OfP, ended, "", JwtAuthnSamples.Provider));
        Assert.Equal("OK", Outcome(OfP, ended, "", JwtAuthnSamples.Provider with { ClockSkewSeconds = 70 }));
    }

    [Fact]
    public void Without_keys_nothing_can_be_verified() =>
        Assert.Equal("Jwks doesn't have any valid public key", Outcome(OfP, "p", "", JwtAuthnSamples.Provider with { LocalJwks = null }));

    [Fact]
    public void A_token_of_any_issuer_is_checked_by_the_provider_without_one()
    {
        var settings = JwtAuthnSamples.Settings(JwtAuthnSamples.Provider with { Issuer = "" }, JwtAuthnSamples.Always(JwtRequirement.AllowMissing));
        var proxy = new FilterHarness(settings);
        proxy.Get("/", ("authorization", "Bearer " + ForeignToken));
        Assert.Single(proxy.Sent["svc"]);
    }

    [Fact]
    public void A_token_once_verified_comes_from_the_cache()
    {
        var proxy = new FilterHarness(JwtAuthnSamples.Settings(JwtAuthnSamples.Provider with { Cache = new JwtCacheSettings() }));
        for (var i = 0; i < 3; i++)
        {
            proxy.Get("/", ("authorization", "Bearer " + OfPToken));
        }

        Assert.Equal(3, proxy.Sent["svc"].Count);
        Assert.Equal(1, proxy.Stat("http.ingress.jwt_authn.jwt_cache_miss"));
        Assert.Equal(2, proxy.Stat("http.ingress.jwt_authn.jwt_cache_hit"));
        Assert.Null(proxy.Sent["svc"][2]["authorization"]);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_token_from_the_cache()
    {
        var settings = JwtAuthnSamples.Settings(JwtAuthnSamples.Provider with { Cache = new JwtCacheSettings() });
        Assert.Equal(0, new FilterSteadyRun(settings, [("authorization", "Bearer " + OfPToken)]).Measure());
    }

    /// <summary>The outcome for tokens in the headers x, where those of p stand, and y, where those of q stand.</summary>
    private static string Outcome(JwtRequirement requirement, string x, string y, JwtProvider? changed = null)
    {
        var p = (changed ?? JwtAuthnSamples.Provider) with { FromHeaders = [new(HeaderName.Of("x"))] };
        var q = JwtAuthnSamples.Provider with { Name = "q", Issuer = "https://q.test", FromHeaders = [new(HeaderName.Of("y"))] };
        var proxy = new FilterHarness(new JwtAuthnSettings { Providers = [p, q], Rules = [JwtAuthnSamples.Always(requirement)] });
        (string, string)[] headers = [.. Header("x", x), .. Header("y", y)];
        proxy.Get("/", headers);
        return proxy.Sent["svc"].Count == 1 ? "OK" : proxy.Body;
    }

    private static (string, string)[] Header(string name, string kind) =>
        kind.Length == 0 ? []
        : kind == "p" ? [(name, OfPToken)]
        : kind == "q" ? [(name, OfQToken)]
        : kind == "foreign" ? [(name, ForeignToken)]
        : kind == "expired" ? [(name, ExpiredToken)]
        : [(name, kind)];
}
