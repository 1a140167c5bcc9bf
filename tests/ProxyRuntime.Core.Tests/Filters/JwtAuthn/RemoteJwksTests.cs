namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Keys that are fetched: when a token needs them, and beforehand.</summary>
public class RemoteJwksTests
{
    private const string Stat = "http.ingress.jwt_authn.";
    private static readonly (string, string) Token = ("authorization", "Bearer " + TestTokens.Sign("HS256"));
    private static readonly RemoteJwks Remote = JwtAuthnSamples.Remote;

    [Fact]
    public void Keys_are_fetched_from_their_uri_when_a_token_needs_them()
    {
        var proxy = Proxy(Remote);
        Assert.Empty(proxy.Sent["side"]);
        proxy.Get("/", Token);
        var fetch = proxy.Sent["side"][0];
        Assert.Equal("GET", fetch[":method"]);
        Assert.Equal("/jwks?v=1", fetch[":path"]);
        Assert.Equal("keys.test:8443", fetch[":authority"]);
        Assert.Equal("Go-browser", fetch["user-agent"]);
        Assert.Equal("true", fetch["x-envoy-internal"]);
        Assert.Equal("700", fetch["x-envoy-expected-rq-timeout-ms"]);
        Assert.True(fetch.IsEnded);
        Assert.Empty(proxy.Sent["svc"]);

        proxy.Answer("side", 200, JwtAuthnSamples.KeySet);
        Assert.Single(proxy.Sent["svc"]);
        Assert.Equal(1, proxy.Stat(Stat + "jwks_fetch_success"));
        Assert.Equal(1, proxy.Stat("cluster.side.upstream_rq_200"));
    }

    [Fact]
    public void Fetched_keys_serve_until_cache_duration_is_over()
    {
        var proxy = Proxy(Remote with { CacheDurationNs = 3 * MonotonicTime.NanosecondsPerSecond });
        proxy.Get("/", Token);
        proxy.Answer("side", 200, JwtAuthnSamples.KeySet);
        proxy.Wait(2_999.999);
        proxy.Get("/", Token);
        Assert.Equal(2, proxy.Sent["svc"].Count);
        proxy.Wait(0.002);
        proxy.Get("/", Token);
        Assert.Single(proxy.Sent["side"]);
        Assert.Equal(2, proxy.Sent["svc"].Count);
    }

    [Theory]
    [InlineData(404, "no")]
    [InlineData(200, "")]
    [InlineData(200, "no json")]
    [InlineData(200, """{"keys":[]}""")]
    [InlineData(500, "x")]
    public void What_are_no_keys_fails_the_request(int status, string body)
    {
        var proxy = Proxy(Remote);
        proxy.Get("/", Token);
        proxy.Answer("side", status, body);
        Assert.Equal(401, proxy.Status);
        Assert.Equal("Jwks remote fetch is failed", proxy.Body);
        Assert.Equal(1, proxy.Stat(Stat + "jwks_fetch_failed"));

        // The next request tries again.
        proxy.Get("/", Token);
        Assert.Single(proxy.Sent["side"]);
    }

    [Fact]
    public void A_fetch_has_its_timeout()
    {
        var proxy = Proxy(Remote);
        proxy.Get("/", Token);
        proxy.Wait(699);
        Assert.Equal(0, proxy.Status);
        proxy.Wait(1.001);
        Assert.Equal(401, proxy.Status);
        Assert.Equal("jwt_authn_access_denied{Jwks_remote_fetch_is_failed}", proxy.Log);
        Assert.Empty(proxy.Sent["side"]);
    }

    [Fact]
    public void A_fetch_that_breaks_off_fails()
    {
        var proxy = Proxy(Remote);
        proxy.Get("/", Token);
        proxy.Reset("side");
        Assert.Equal("Jwks remote fetch is failed", proxy.Body);
    }

    [Fact]
    public void A_fetch_is_tried_again_as_its_retry_policy_says()
    {
        var policy = new RetryPolicySnapshot
        {
            RetryOn = RetryOn.FiveXx,
            BaseIntervalMs = 1,
            MaxIntervalMs = 1,
        };
        var proxy = Proxy(Remote with { RetryPolicy = policy });
        proxy.Get("/", Token);
        proxy.Answer("side", 503);
        proxy.Wait(2);
        Assert.Equal(0, proxy.Status);
        proxy.Answer("side", 200, JwtAuthnSamples.KeySet);
        Assert.Single(proxy.Sent["svc"]);
        Assert.Equal(1, proxy.Stat("cluster.side.upstream_rq_retry"));
    }

    [Fact]
    public void Without_the_cluster_a_fetch_fails_at_once()
    {
        var proxy = Proxy(Remote, new FilterSetup { HasSide = false });
        proxy.Get("/", Token);
        Assert.Equal("Jwks remote fetch is failed", proxy.Body);
    }

    [Fact]
    public void Keys_that_do_not_fit_fail_the_signature()
    {
        var proxy = Proxy(Remote);
        proxy.Get("/", Token);
        proxy.Answer("side", 200, $$"""{"keys":[{{TestTokens.Key("HS256", "\"alg\":\"HS512\"")}}]}""");
        Assert.Equal("Jwks doesn't have key to match kid or alg from Jwt", proxy.Body);
        Assert.Equal(1, proxy.Stat(Stat + "jwks_fetch_success"));
    }

    [Fact]
    public void A_client_that_leaves_ends_the_fetch()
    {
        var proxy = Proxy(Remote);
        proxy.Get("/", Token);
        proxy.ClientLeaves();
        Assert.Empty(proxy.Sent["side"]);
        Assert.Equal(0, proxy.Stat(Stat + "jwks_fetch_failed"));
        Assert.Equal(0, proxy.Worker.View.ActiveStreams);
    }

    [Fact]
    public void Each_request_that_finds_no_keys_fetches_for_itself()
    {
        var proxy = Proxy(Remote);
        proxy.Get("/", Token);
        proxy.Get("/", Token);
        Assert.Equal(2, proxy.Sent["side"].Count);
        proxy.Answer("side", 200, JwtAuthnSamples.KeySet);
        proxy.Answer("side", 404);
        Assert.Single(proxy.Sent["svc"]);
    }

    [Fact]
    public void Any_of_two_providers_takes_the_one_that_answers_first()
    {
        var q = JwtAuthnSamples.Provider with { Name = "q", LocalJwks = null, RemoteJwks = Remote with { Path = "/q" } };
        var p = JwtAuthnSamples.Provider with { LocalJwks = null, RemoteJwks = Remote };
        var any = new JwtAnyRequirement([JwtAuthnSamples.OfP, new JwtProviderRequirement("q", [])]);
        var proxy = new FilterHarness(new JwtAuthnSettings { Providers = [p, q], Rules = [JwtAuthnSamples.Always(any)] });
        proxy.Get("/", Token);
        Assert.Equal(["/jwks?v=1", "/q"], proxy.Sent["side"].Select(static fetch => fetch[":path"]));
        proxy.Answer("side", 404);
        Assert.Equal(0, proxy.Status);
        proxy.Answer("side", 200, JwtAuthnSamples.KeySet);
        Assert.Single(proxy.Sent["svc"]);

        // The keys of q are there now: nobody waits for those of p.
        proxy.Get("/", Token);
        Assert.Empty(proxy.Sent["side"]);
        Assert.Equal(2, proxy.Sent["svc"].Count);
    }

    // async_fetch.

    [Fact]
    public void Keys_can_be_fetched_before_they_are_needed_and_again_before_they_are_too_old()
    {
        var proxy = Proxy(Remote with { AsyncFetch = new JwksAsyncFetch(), CacheDurationNs = 8 * MonotonicTime.NanosecondsPerSecond });
        Assert.Single(proxy.Sent["side"]);
        proxy.Answer("side", 200, JwtAuthnSamples.KeySet);
        proxy.Get("/", Token);
        Assert.Single(proxy.Sent["svc"]);

        // Five seconds before they are too old.
        proxy.Wait(2_999.999);
        Assert.Empty(proxy.Sent["side"]);
        proxy.Wait(0.002);
        Assert.Single(proxy.Sent["side"]);

        // Until the next ones come the old ones stay good, and failure is tried again after a second.
        proxy.Answer("side", 500);
        Assert.Equal(1, proxy.Stat(Stat + "jwks_fetch_failed"));
        proxy.Wait(999.998);
        Assert.Empty(proxy.Sent["side"]);
        proxy.Wait(0.002);
        Assert.Single(proxy.Sent["side"]);
        proxy.Get("/", Token);
        Assert.Equal(2, proxy.Sent["svc"].Count);
    }

    [Fact]
    public void A_request_that_comes_before_the_keys_fetches_for_itself()
    {
        var proxy = Proxy(Remote with { AsyncFetch = new JwksAsyncFetch(FailedRefetchNs: 50 * MonotonicTime.NanosecondsPerMillisecond) });
        proxy.Answer("side", 500);
        proxy.Get("/", Token);
        Assert.Single(proxy.Sent["side"]);
        proxy.Wait(50.001);
        Assert.Equal(2, proxy.Sent["side"].Count);
    }

    [Fact]
    public void Fetching_for_nothing_goes_on_in_time()
    {
        var remote = Remote with { AsyncFetch = new JwksAsyncFetch(FailedRefetchNs: 0) };
        var proxy = Proxy(remote, new FilterSetup { HasSide = false });
        proxy.Wait(5.5);
        Assert.InRange(proxy.Stat(Stat + "jwks_fetch_failed"), 4, 6);
    }

    private static FilterHarness Proxy(RemoteJwks remote, FilterSetup? setup = null) =>
        new(JwtAuthnSamples.Settings(JwtAuthnSamples.Provider with { LocalJwks = null, RemoteJwks = remote }), setup);
}
