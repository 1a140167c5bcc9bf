namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Where tokens are looked for, and how they are taken out.</summary>
public class JwtSourcesTests
{
    private static readonly string Token = TestTokens.Sign("HS256");

    [Fact]
    public void A_token_may_stand_in_the_parameter_access_token_by_default()
    {
        var proxy = new FilterHarness(JwtAuthnSamples.Settings(JwtAuthnSamples.Provider));
        proxy.Get($"/a?z=1&access_token={Token}&b");
        Assert.Equal("/a?b=&z=1", proxy.Sent["svc"][0][":path"]);
        proxy.Get($"/a?access%5Ftoken={Token}");
        Assert.Equal("/a", proxy.Sent["svc"][1][":path"]);
    }

    [Fact]
    public void What_is_left_of_a_query_is_decoded_but_cannot_end_the_request_line()
    {
        var proxy = new FilterHarness(JwtAuthnSamples.Settings(JwtAuthnSamples.Provider));
        proxy.Get($"/a?access_token={Token}&q=a%2Fb%20c%0D%0Ad&q=%zz");
        Assert.Equal("/a?q=a/b%20c%0D%0Ad&q=%zz", proxy.Sent["svc"][0][":path"]);
    }

    [Theory]
    [InlineData("Bearer ", true)]
    [InlineData("Bearer   ", true)] // blanks cannot begin a token
    [InlineData("x Bearer ", true)] // the prefix may stand anywhere
    [InlineData("bearer ", false)]
    [InlineData("Bearer", false)]
    public void The_token_of_a_header_begins_behind_its_prefix(string prefix, bool found)
    {
        var proxy = new FilterHarness(JwtAuthnSamples.Settings(JwtAuthnSamples.Provider));
        proxy.Get("/", ("authorization", prefix + Token));
        Assert.Equal(found ? "" : "Jwt is missing", proxy.Body);
        Assert.Equal(found ? 1 : 0, proxy.Sent["svc"].Count);
    }

    [Fact]
    public void Nothing_behind_a_prefix_is_a_bad_token()
    {
        var proxy = new FilterHarness(Settings(JwtAuthnSamples.Provider with { FromHeaders = [new(HeaderName.Of("x-jwt"), "t=")] }));
        proxy.Get("/", ("x-jwt", "t=!"));
        Assert.Equal(401, proxy.Status);
        Assert.StartsWith("Jwt is not in the form", proxy.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_sources_replace_the_usual_ones()
    {
        var provider = JwtAuthnSamples.Provider with { FromHeaders = [new(HeaderName.Of("x-jwt"))], FromParams = ["jwt"], FromCookies = ["jwt"] };
        var proxy = new FilterHarness(Settings(provider));
        proxy.Get("/", ("authorization", "Bearer " + Token));
        Assert.Equal("Jwt is missing", proxy.Body);
        proxy.Get("/", ("x-jwt", Token));
        Assert.Null(proxy.Sent["svc"][0]["x-jwt"]);
        proxy.Get("/?jwt=" + Token);
        Assert.Equal("/", proxy.Sent["svc"][1][":path"]);
        proxy.Get("/", ("cookie", $"a=b; jwt={Token}"));
        Assert.Equal($"a=b; jwt={Token}", proxy.Sent["svc"][2]["cookie"]);
    }

    [Fact]
    public void A_bad_token_beside_a_good_one_is_not_let_through()
    {
        var proxy = new FilterHarness(JwtAuthnSamples.Settings(JwtAuthnSamples.Provider));
        proxy.Get("/?access_token=bad", ("authorization", "Bearer " + Token));
        Assert.Equal(401, proxy.Status);
        proxy.Get("/?access_token=" + Token, ("authorization", "Bearer bad"));
        Assert.Equal(401, proxy.Status);
    }

    [Fact]
    public void Each_issuer_has_its_own_places()
    {
        var other = JwtAuthnSamples.Provider with { Name = "q", Issuer = "https://other.test", FromHeaders = [new(HeaderName.Of("x-other"))] };
        var settings = new JwtAuthnSettings { Providers = [JwtAuthnSamples.Provider, other], Rules = [JwtAuthnSamples.Always(JwtRequirement.AllowMissing)] };
        var proxy = new FilterHarness(settings);

        // A token of p in the place of q.
        proxy.Get("/", ("x-other", Token));
        Assert.Equal("Jwt issuer is not configured", proxy.Body);
        proxy.Get("/", ("x-other", TestTokens.Sign("HS256", """{"iss":"https://other.test"}""")));
        Assert.Single(proxy.Sent["svc"]);
    }

    private static JwtAuthnSettings Settings(JwtProvider provider) => JwtAuthnSamples.Settings(provider);
}
