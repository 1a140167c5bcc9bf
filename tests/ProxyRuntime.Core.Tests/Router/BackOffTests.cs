namespace MeshSim.ProxyRuntime.Core.Tests;

public class BackOffTests
{
    /// <summary>Windows are [0, base), doubling, capped: 25, 50, 100, 200, 250, 250.</summary>
    [Theory]
    [InlineData(25, 250, new long[] { 24, 49, 99, 199, 249, 249 })]
    [InlineData(10, 20, new long[] { 9, 19, 19 })]
    [InlineData(10, 15, new long[] { 9, 14, 14 })]
    [InlineData(7, 30, new long[] { 6, 13, 27, 29 })]
    [InlineData(1, 1, new long[] { 0, 0, 0 })]
    public void Windows_double_up_to_the_maximum(long baseMs, long maxMs, long[] highest)
    {
        var max = new long[highest.Length];
        var random = new RandomStream(5);
        for (var i = 0; i < 20_000; i++)
        {
            var backOff = new BackOff(baseMs, maxMs);
            for (var k = 0; k < max.Length; k++)
            {
                max[k] = Math.Max(max[k], backOff.NextMs(random));
            }
        }

        Assert.Equal(highest, max);
    }

    /// <summary>The window is doubled while it is below half the maximum, rounded down; at half the maximum it jumps to it.</summary>
    [Fact]
    public void At_half_the_maximum_the_window_is_the_maximum()
    {
        var at = new BackOff(50, 101);
        var random = new RandomStream(1);
        _ = at.NextMs(random);

        Assert.Equal((long)(Second() % 101), at.NextMs(random));
    }

    [Theory]
    [InlineData(1000, 1000, 1499)]
    [InlineData(3, 3, 3)]
    [InlineData(2, 2, 2)]
    public void Where_the_server_says_how_long_to_wait_it_is_that_long_to_half_as_long_again(long interval, long least, long most)
    {
        var random = new RandomStream(5);
        var delays = Enumerable.Range(0, 20_000).Select(_ => BackOff.RateLimitedMs(interval, random)).ToArray();

        Assert.Equal((least, most), (delays.Min(), delays.Max()));
    }

    [Fact]
    public void The_base_may_come_from_the_runtime_and_the_maximum_is_ten_times_the_base()
    {
        var snapshot = Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx, retries: 8) });
        var proxy = new WorkerHarness(snapshot with { Runtime = Snapshots.Runtime(("upstream.base_retry_backoff_ms", 1000)) });
        var random = proxy.Random.Derive("retry", "svc");
        proxy.Get();
        proxy.Connected(1);
        foreach (var window in (ulong[])[1000, 2000, 4000])
        {
            proxy.Answer((long)proxy.Stat("cluster.svc.upstream_rq_total"), 500);
            var delay = (double)(random.NextUInt64() % window);
            Assert.Equal(delay, proxy.NextMs());
            proxy.Wait(delay);
        }
    }

    /// <summary>What the response asks for is drawn from its own interval; the exponential window stays where it was.</summary>
    [Fact]
    public void A_wait_that_the_response_asks_for_does_not_widen_the_window()
    {
        var proxy = Proxy(Snapshots.Retry(RetryOn.FiveXx, retries: 5) with { ResetHeaders = [new ResetHeader(HeaderName.Of("retry-after"), false)] });
        var random = proxy.Random.Derive("retry", "svc");
        proxy.Get();
        proxy.Connected(1);

        proxy.Answer(1, 503, headers: ("retry-after", "2"));
        var asked = 2000 + (double)(random.NextUInt64() % 1000);
        Assert.Equal(asked, proxy.NextMs());
        proxy.Wait(asked);
        proxy.Answer(2, 503);
        Assert.Equal((double)(random.NextUInt64() % 25), proxy.NextMs());
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry_backoff_exponential"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry_backoff_ratelimited"));
    }

    /// <summary>Seconds are cut off: three seconds and a bit after the epoch it is second three.</summary>
    [Fact]
    public void A_moment_that_the_response_asks_for_is_seconds_of_the_wall_clock()
    {
        var proxy = Proxy(Snapshots.Retry(RetryOn.FiveXx) with { ResetHeaders = [new ResetHeader(HeaderName.Of("x-reset"), true)] });
        var random = proxy.Random.Derive("retry", "svc");
        proxy.Get();
        proxy.Connected(1);
        proxy.Wait(3_000);
        proxy.Answer(1, 503, headers: ("x-reset", "1700000010"));

        Assert.Equal(7_000 + (double)(random.NextUInt64() % 3_500), proxy.NextMs());
    }

    [Theory]
    [InlineData("retry-after", "10", 10_000L)]
    [InlineData("x-reset", "1700000060", 60_000L)]
    [InlineData("x-reset", "1700000000", 0L)]
    [InlineData("x-reset", "1699999999", null)]
    [InlineData("retry-after", "301", null)]
    [InlineData("retry-after", "300", 300_000L)]
    [InlineData("retry-after", "1.5", null)]
    [InlineData("retry-after", "", null)]
    [InlineData("retry-after", "9999999999999999999", null)]
    [InlineData("other", "10", null)]
    public void Headers_give_seconds_or_a_moment_and_long_waits_are_not_believed(string name, string value, long? expected)
    {
        var response = new HeaderMap();
        response.Add(name, value);

        Assert.Equal(expected, ResetInterval.FindMs(Resets, response, unixSeconds: 1_700_000_000));
    }

    [Fact]
    public void The_first_header_that_can_be_believed_counts()
    {
        var response = new HeaderMap();
        response.Add("retry-after", "400");
        response.Add("x-reset", "1700000007");

        Assert.Equal(7_000, ResetInterval.FindMs(Resets, response, unixSeconds: 1_700_000_000));
    }

    [Fact]
    public void A_wait_of_no_seconds_falls_back_to_the_window()
    {
        var proxy = Proxy(Snapshots.Retry(RetryOn.FiveXx) with { ResetHeaders = [new ResetHeader(HeaderName.Of("retry-after"), false)] });
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 503, headers: ("retry-after", "0"));

        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry_backoff_exponential"));
    }

    private static RetryPolicySnapshot Resets =>
        new() { ResetHeaders = [new ResetHeader(HeaderName.Of("retry-after"), false), new ResetHeader(HeaderName.Of("x-reset"), true)] };

    private static WorkerHarness Proxy(RetryPolicySnapshot policy) => new(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }));

    private static ulong Second()
    {
        // What the same stream gives after one draw.
        var twin = new RandomStream(1);
        _ = twin.NextUInt64();
        return twin.NextUInt64();
    }
}
