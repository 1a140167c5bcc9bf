namespace MeshSim.ProxyRuntime.Core.Tests;

public class CorsFilterTests
{
    private static readonly (string, string) Good = ("origin", "https://ok.example");
    private static readonly (string, string) Evil = ("origin", "https://evil.example");
    private static readonly (string, string) Preflight = ("access-control-request-method", "PUT");

    private static readonly CorsPolicy Policy = new()
    {
        AllowOrigins = [StringMatcher.Of(StringMatch.Exact, "https://ok.example"), StringMatcher.Of(StringMatch.Suffix, ".good.example")],
        AllowMethods = "GET,PUT",
        AllowHeaders = "x-a",
        MaxAge = "600",
        ExposeHeaders = "x-b",
        AllowCredentials = true,
    };

    [Fact]
    public void A_preflight_of_an_allowed_origin_is_answered()
    {
        var proxy = Proxy(Policy);

        var answer = proxy.Ask("OPTIONS", "/", [Good, Preflight], 200);

        Assert.Equal("200  cors_response attempts=0", answer.Log.ToString());
        Assert.Contains("headers 200 end", answer.Lines);
        Assert.Equal("https://ok.example", answer.Got("access-control-allow-origin"));
        Assert.Equal("true", answer.Got("access-control-allow-credentials"));
        Assert.Equal("GET,PUT", answer.Got("access-control-allow-methods"));
        Assert.Equal("x-a", answer.Got("access-control-allow-headers"));
        Assert.Equal("x-b", answer.Got("access-control-expose-headers"));
        Assert.Equal("600", answer.Got("access-control-max-age"));
        Assert.Equal(1, proxy.Stat("http.ingress.cors.origin_valid"));
    }

    [Fact]
    public void A_preflight_of_another_origin_goes_upstream_unless_it_shall_not()
    {
        Assert.Equal("200  via_upstream attempts=1", Proxy(Policy).Ask("OPTIONS", "/", [Evil, Preflight], 200).Log.ToString());

        var answer = Proxy(Policy with { ForwardNotMatchingPreflights = false }).Ask("OPTIONS", "/", [Evil, Preflight], 200);
        Assert.Equal("200  cors_response attempts=0", answer.Log.ToString());
        Assert.Null(answer.Got("access-control-allow-origin"));
        Assert.Equal("GET,PUT", answer.Got("access-control-allow-methods"));
        Assert.Null(answer.Got("access-control-expose-headers"));
    }

    [Fact]
    public void Answers_to_allowed_origins_say_so()
    {
        var proxy = Proxy(Policy);

        var good = proxy.Ask("/", ("origin", "https://x.good.example"));
        var evil = proxy.Ask("/", Evil);
        var none = proxy.Ask("/");

        Assert.Equal("https://x.good.example", good.Got("access-control-allow-origin"));
        Assert.Equal(("true", "x-b"), (good.Got("access-control-allow-credentials"), good.Got("access-control-expose-headers")));
        Assert.Null(good.Got("access-control-allow-methods"));
        Assert.Null(evil.Got("access-control-allow-origin"));
        Assert.Null(none.Got("access-control-allow-origin"));
        Assert.Equal((1, 1), (proxy.Stat("http.ingress.cors.origin_valid"), proxy.Stat("http.ingress.cors.origin_invalid")));
    }

    [Fact]
    public void A_star_echoes_what_was_asked_for()
    {
        var any = Policy with { AllowOrigins = [StringMatcher.Of(StringMatch.Exact, "*")], AllowMethods = "*", AllowHeaders = "*" };

        var answer = Proxy(any).Ask("OPTIONS", "/", [Evil, Preflight, ("access-control-request-headers", "x-q,x-r")], 200);

        Assert.Equal("https://evil.example", answer.Got("access-control-allow-origin"));
        Assert.Equal("PUT", answer.Got("access-control-allow-methods"));
        Assert.Equal("x-q,x-r", answer.Got("access-control-allow-headers"));
    }

    [Theory]
    [InlineData(true, "true", "true")]
    [InlineData(true, "false", null)]
    [InlineData(false, "true", null)]
    public void Access_to_private_networks_is_granted_if_allowed_and_asked_for(bool allowed, string asked, string? expected)
    {
        var proxy = Proxy(Policy with { AllowPrivateNetworkAccess = allowed });

        var answer = proxy.Ask("OPTIONS", "/", [Good, Preflight, ("access-control-request-private-network", asked)], 200);

        Assert.Equal(expected, answer.Got("access-control-allow-private-network"));
    }

    [Theory]
    [InlineData("GET", "PUT")]
    [InlineData("OPTIONS", "")]
    public void Only_options_with_a_method_asked_for_is_a_preflight(string method, string asked)
    {
        var answer = Proxy(Policy).Ask(method, "/", [Good, ("access-control-request-method", asked)], 200);

        Assert.Equal("200  via_upstream attempts=1", answer.Log.ToString());
    }

    [Fact]
    public void In_shadow_mode_origins_are_only_counted()
    {
        var proxy = Proxy(Policy with { FilterEnabled = RuntimeFraction.Never, ShadowEnabled = RuntimeFraction.Always });

        Assert.Null(proxy.Ask("/", Good).Got("access-control-allow-origin"));
        Assert.Equal(1, proxy.Stat("http.ingress.cors.origin_valid"));
    }

    [Fact]
    public void Disabled_it_does_nothing()
    {
        var proxy = Proxy(Policy with { FilterEnabled = RuntimeFraction.Never });

        Assert.Equal("200  via_upstream attempts=1", proxy.Ask("OPTIONS", "/", [Good, Preflight], 200).Log.ToString());
        Assert.Equal(0, proxy.Stat("http.ingress.cors.origin_valid"));
    }

    [Fact]
    public void Of_each_attribute_the_most_specific_level_that_has_one_counts()
    {
        var route = Snapshots.Prefix("/", Snapshots.To("svc")) with
        {
            PerFilterConfig = Chains.For("cors", new CorsPolicy { AllowMethods = "DELETE", AllowCredentials = false }),
        };
        var host = Snapshots.Host("*", route) with { PerFilterConfig = Chains.For("cors", Policy) };

        var answer = new WorkerHarness(Chains.With(host, new CorsSettings())).Ask("OPTIONS", "/", [Good, Preflight], 200);

        Assert.Equal("DELETE", answer.Got("access-control-allow-methods"));
        Assert.Equal("x-a", answer.Got("access-control-allow-headers"));
        Assert.Null(answer.Got("access-control-allow-credentials"));
    }

    [Fact]
    public void The_routes_own_deprecated_policy_counts_only_without_the_others()
    {
        var action = new RouteAction { Cluster = "svc", Cors = Policy };
        var old = Snapshots.Host("*", Snapshots.Prefix("/", action)) with { Cors = new CorsPolicy { MaxAge = "5" } };
        var both = old with { PerFilterConfig = Chains.For("cors", new CorsPolicy { MaxAge = "7" }) };

        var answer = new WorkerHarness(Chains.With(old, new CorsSettings())).Ask("OPTIONS", "/", [Good, Preflight], 200);
        Assert.Equal("600", answer.Got("access-control-max-age"));
        Assert.Equal(
            "200  via_upstream attempts=1",
            new WorkerHarness(Chains.With(both, new CorsSettings())).Ask("OPTIONS", "/", [Good, Preflight], 200).Log.ToString()
        );
    }

    [Fact]
    public void Routes_that_do_not_forward_are_left_alone()
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", new DirectResponseAction(204, default))) with { PerFilterConfig = Chains.For("cors", Policy) };

        Assert.Null(new WorkerHarness(Chains.With(host, new CorsSettings())).Ask("/", Good).Got("access-control-allow-origin"));
    }

    private static WorkerHarness Proxy(CorsPolicy policy)
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc"))) with { PerFilterConfig = Chains.For("cors", policy) };
        return new WorkerHarness(Chains.With(host, new CorsSettings()));
    }
}
