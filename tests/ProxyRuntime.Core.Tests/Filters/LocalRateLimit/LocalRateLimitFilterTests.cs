namespace MeshSim.ProxyRuntime.Core.Tests;

public class LocalRateLimitFilterTests
{
    private const string Filter = "localratelimit";

    [Fact]
    public void Over_the_limit_requests_are_refused()
    {
        var proxy = new WorkerHarness(Chains.With(Limit(3)));

        Assert.Equal([200, 200, 200, 429], Enumerable.Range(0, 4).Select(_ => proxy.Ask().Log.Code));

        Assert.Equal("429 RL local_rate_limited attempts=0", proxy.LastLog);
        Assert.Equal(18, proxy.Logs[^1].BytesSent);
        Assert.Equal((4, 3, 1, 1), (Stat(proxy, "enabled"), Stat(proxy, "ok"), Stat(proxy, "rate_limited"), Stat(proxy, "enforced")));
    }

    [Fact]
    public void Without_being_asked_to_answers_tell_nothing_of_the_bucket() =>
        Assert.Null(new WorkerHarness(Chains.With(Limit(2))).Ask().Got("x-ratelimit-limit"));

    [Fact]
    public void Without_enforcement_requests_pass_with_a_header()
    {
        var mark = new HeaderMutations([], [new HeaderAddition(HeaderName.Of("x-over"), Snapshots.Format("yes"))]);
        var proxy = new WorkerHarness(Chains.With(Limit(1) with { FilterEnforced = RuntimeFraction.Never, RequestHeadersWhenNotEnforced = mark }));

        Assert.Null(proxy.Ask().Sent("x-over"));
        Assert.Equal("yes", proxy.Ask().Sent("x-over"));
        Assert.Equal((1, 0), (Stat(proxy, "rate_limited"), Stat(proxy, "enforced")));
    }

    [Fact]
    public void The_runtime_decides_for_whom_the_filter_acts()
    {
        var settings = Limit(1) with
        {
            FilterEnabled = new RuntimeFraction(FractionalPercent.Never, "x"),
            FilterEnforced = new RuntimeFraction(FractionalPercent.Never, "y"),
        };
        var proxy = new WorkerHarness(Chains.With(settings) with { Runtime = Snapshots.Runtime(("x", 100), ("y", 100)) });

        Assert.Equal([200, 429], Enumerable.Range(0, 2).Select(_ => proxy.Ask().Log.Code));
    }

    [Fact]
    public void A_refusal_has_its_status_headers_and_grpc_status()
    {
        var added = new HeaderMutations([], [new HeaderAddition(HeaderName.Of("x-limited"), Snapshots.Format("yes"))]);
        var settings = Limit(0) with { Status = 503, ResponseHeaders = added, RateLimitedAsResourceExhausted = true };
        var proxy = new WorkerHarness(Chains.With(settings));

        var plain = proxy.Ask();
        Assert.Equal((503, "yes"), (plain.Log.Code, plain.Got("x-limited")));
        Assert.Equal("8", proxy.Ask("/", ("content-type", "application/grpc")).Got("grpc-status"));
    }

    [Fact]
    public void Every_answer_tells_how_the_bucket_stands()
    {
        var proxy = new WorkerHarness(Chains.With(Limit(1) with { EnableXRateLimitHeaders = true }));

        var first = proxy.Ask();
        _ = proxy.Wait(2);
        var second = proxy.Ask();

        Assert.Equal(("1", "0", "60"), (first.Got("x-ratelimit-limit"), first.Got("x-ratelimit-remaining"), first.Got("x-ratelimit-reset")));
        Assert.Equal(("1", "0", "60"), (second.Got("x-ratelimit-limit"), second.Got("x-ratelimit-remaining"), second.Got("x-ratelimit-reset")));
        Assert.Equal((200, 429), (first.Log.Code, second.Log.Code));
    }

    [Fact]
    public void Settings_of_the_route_have_buckets_and_statistics_of_their_own()
    {
        var route = Snapshots.Prefix("/r", Snapshots.To("svc")) with { PerFilterConfig = Chains.For(Filter, Limit(1) with { StatPrefix = "route" }) };
        var proxy = new WorkerHarness(Chains.With(Snapshots.Host("*", route, Snapshots.Prefix("/", Snapshots.To("svc"))), Limit(2)));

        Assert.Equal([200, 429], Enumerable.Range(0, 2).Select(_ => proxy.Ask("/r").Log.Code));
        Assert.Equal([200, 200, 429], Enumerable.Range(0, 3).Select(_ => proxy.Ask().Log.Code));
        Assert.Equal((1, 1), (proxy.Stat("route.http_local_rate_limit.ok"), proxy.Stat("route.http_local_rate_limit.enforced")));
    }

    [Fact]
    public void All_workers_share_the_buckets()
    {
        var snapshot = Chains.With(Limit(2));
        var shared = new ProxyShared(snapshot);
        var first = new WorkerHarness(snapshot, shared: shared);
        var second = new WorkerHarness(snapshot, shared: shared);

        Assert.Equal([200, 200, 429, 429], new[] { first.Ask(), second.Ask(), first.Ask(), second.Ask() }.Select(static answer => answer.Log.Code));
    }

    [Fact]
    public void Each_connection_may_have_buckets_of_its_own()
    {
        var proxy = new WorkerHarness(Chains.With(Limit(1) with { PerConnection = true }));
        proxy.Connect(new ConnectionId(4), Snapshots.Connection());

        Assert.Equal([200, 429], Enumerable.Range(0, 2).Select(_ => proxy.Ask().Log.Code));
        Assert.StartsWith("start A2", proxy.RequestOn(new ConnectionId(4), "GET", "/", endStream: true)[0], StringComparison.Ordinal);
        _ = proxy.Answer(2, 200);
        Assert.Equal("reply 429 'local_rate_limited'", proxy.RequestOn(new ConnectionId(4), "GET", "/", endStream: true)[0]);
    }

    [Fact]
    public void The_proxies_of_the_own_cluster_share_the_limit()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                [Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc")))],
                [Snapshots.Cluster("svc", 1), Snapshots.Cluster("mesh", 2, net: 1)],
                manager => manager.Before(Limit(6) with { LocalCluster = "mesh" })
            )
        );

        Assert.Equal([200, 200, 200, 429], Enumerable.Range(0, 4).Select(_ => proxy.Ask().Log.Code));
    }

    [Fact]
    public void Descriptors_come_from_route_and_virtual_host_by_stage_and_option()
    {
        var ofRoute = new RateLimitPolicy([new GenericKeyAction("k", "route")]) { Stage = 1 };
        var ofHost = new RateLimitPolicy([new GenericKeyAction("k", "host")]) { Stage = 1 };
        var settings = Limit(100) with { Stage = 1, Descriptors = [Bucket("route", 100), Bucket("host", 1)] };

        Assert.Equal(200, SecondOf(settings, [ofRoute], [ofHost]));
        Assert.Equal(429, SecondOf(settings, [], [ofHost]));
        Assert.Equal(429, SecondOf(settings with { VhRateLimits = VhRateLimits.Include }, [ofRoute], [ofHost]));
        Assert.Equal(200, SecondOf(settings with { VhRateLimits = VhRateLimits.Ignore }, [], [ofHost]));
        Assert.Equal(200, SecondOf(settings with { Stage = 0 }, [], [ofHost]));
        Assert.Equal(200, SecondOf(settings, [], [ofHost with { DisableKey = "off" }]));
        Assert.Equal(429, SecondOf(settings with { VhRateLimits = VhRateLimits.Ignore }, [ofRoute], [ofHost], include: true));
        Assert.Equal(429, SecondOf(settings with { RateLimits = [ofHost] }, [ofRoute], []));
    }

    [Fact]
    public void A_descriptor_may_switch_the_headers_off_or_on()
    {
        var policy = new RateLimitPolicy([new GenericKeyAction("k", "v")]);
        var settings = Limit(9) with { Descriptors = [Bucket("v", 7)], RateLimits = [policy with { XRateLimit = XRateLimitOption.DraftVersion03 }] };

        Assert.Equal("7", new WorkerHarness(Chains.With(settings)).Ask().Got("x-ratelimit-limit"));

        var off = settings with { EnableXRateLimitHeaders = true, RateLimits = [policy with { XRateLimit = XRateLimitOption.Off }] };
        Assert.Null(new WorkerHarness(Chains.With(off)).Ask().Got("x-ratelimit-limit"));
    }

    [Fact]
    public void A_descriptor_in_shadow_mode_is_counted_and_passes()
    {
        var policy = new RateLimitPolicy([new GenericKeyAction("k", "v")]);
        var settings = Limit(9) with { Descriptors = [Bucket("v", 1) with { ShadowMode = true }], RateLimits = [policy] };
        var proxy = new WorkerHarness(Chains.With(settings));

        Assert.Equal([200, 200], Enumerable.Range(0, 2).Select(_ => proxy.Ask().Log.Code));
        Assert.Equal((1, 1, 1, 0), (Stat(proxy, "ok"), Stat(proxy, "rate_limited"), Stat(proxy, "shadow_mode"), Stat(proxy, "enforced")));
    }

    private static LocalRateLimitDescriptor Bucket(string value, uint max) => new([("k", value)], new TokenBucketSnapshot(max, 1, 60 * Snapshots.Second));

    private static LocalRateLimitSettings Limit(uint max, uint perMinute = 1) =>
        new()
        {
            StatPrefix = "rl",
            TokenBucket = new TokenBucketSnapshot(max, perMinute, 60 * Snapshots.Second),
            FilterEnabled = RuntimeFraction.Always,
            FilterEnforced = RuntimeFraction.Always,
        };

    private static long Stat(WorkerHarness proxy, string name) => proxy.Stat($"rl.http_local_rate_limit.{name}");

    /// <summary>The status of the second request under these rate limits of route and virtual host.</summary>
    private static int SecondOf(LocalRateLimitSettings settings, RateLimitPolicy[] ofRoute, RateLimitPolicy[] ofHost, bool include = false)
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            RateLimits = [.. ofRoute],
            IncludeVirtualHostRateLimits = include,
        };
        var host = Snapshots.Host("*", Snapshots.Prefix("/", action)) with { RateLimits = [.. ofHost] };
        var proxy = new WorkerHarness(Chains.With(host, settings));
        _ = proxy.Ask();
        return proxy.Ask().Log.Code;
    }
}
