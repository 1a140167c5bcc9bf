namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What others who build Envoy anew often get wrong about filters, each point by whole requests.</summary>
public class FilterSemanticsTests
{
    [Fact]
    public void A_local_rate_limit_does_nothing_until_it_is_enabled_and_refuses_nothing_until_it_is_enforced()
    {
        var proxy = new WorkerHarness(Chains.With(Limit()));
        Assert.Equal([200, 200, 200, 200, 200], Codes(proxy, 5));
        Assert.Equal((0, 0), (proxy.Stat("rl.http_local_rate_limit.enabled"), proxy.Stat("rl.http_local_rate_limit.rate_limited")));

        var enabled = new WorkerHarness(Chains.With(Limit() with { FilterEnabled = RuntimeFraction.Always }));
        Assert.Equal([200, 200, 200, 200, 200], Codes(enabled, 5));
        Assert.Equal((5, 1), (enabled.Stat("rl.http_local_rate_limit.enabled"), enabled.Stat("rl.http_local_rate_limit.rate_limited")));
        Assert.Equal(0, enabled.Stat("rl.http_local_rate_limit.enforced"));
    }

    /// <summary>Four tokens at most, two more each second – not two at once when the second is over.</summary>
    [Fact]
    public void A_bucket_of_a_local_rate_limit_starts_full_and_fills_continuously()
    {
        var proxy = new WorkerHarness(Chains.With(Limit() with { FilterEnabled = RuntimeFraction.Always, FilterEnforced = RuntimeFraction.Always }));

        Assert.Equal([200, 200, 200, 200, 429], Codes(proxy, 5));
        _ = proxy.Wait(499);
        Assert.Equal([429], Codes(proxy, 1));
        _ = proxy.Wait(1);
        Assert.Equal([200, 429], Codes(proxy, 2));
        _ = proxy.Wait(60_000);
        Assert.Equal([200, 200, 200, 200, 429], Codes(proxy, 5));
    }

    [Fact]
    public void Delay_and_abort_of_a_fault_are_drawn_each_for_itself_from_fresh_numbers()
    {
        var settings = new FaultSettings { Delay = new FaultDelay(30, Chains.Percent(50)), Abort = new FaultAbort(418, null, Chains.Percent(50)) };
        var proxy = new WorkerHarness(Chains.With(settings));
        var draws = proxy.Random.Derive("fault", "ingress");
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        for (var i = 0; i < 200; i++)
        {
            var delayed = draws.NextUInt64() % 100 < 50;
            var aborted = draws.NextUInt64() % 100 < 50;
            var before = proxy.Now;
            var exchange = proxy.Ask();

            Assert.Equal((delayed ? 30_000_000 : 0, aborted ? 418 : 200), (proxy.Now.Since(before), exchange.Log.Code));
            seen[exchange.Log.Flags] = seen.GetValueOrDefault(exchange.Log.Flags) + 1;
        }

        Assert.Equal(["", "DI", "DI,FI", "FI"], seen.Keys);
        Assert.All(seen.Values, static count => Assert.InRange(count, 30, 70));
    }

    private static int[] Codes(WorkerHarness proxy, int requests) => [.. Enumerable.Range(0, requests).Select(_ => proxy.Ask().Log.Code)];

    private static LocalRateLimitSettings Limit() => new() { StatPrefix = "rl", TokenBucket = new TokenBucketSnapshot(4, 2, Snapshots.Second) };
}
