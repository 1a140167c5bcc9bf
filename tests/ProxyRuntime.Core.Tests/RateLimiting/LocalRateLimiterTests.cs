using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class LocalRateLimiterTests
{
    private readonly RateLimitDescriptors request = new();
    private readonly List<BucketMatch> matches = [];

    [Fact]
    public void Without_a_match_the_default_bucket_counts()
    {
        var limiter = Limiter(Bucket(1), Descriptor(5, ("a", "1")));

        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("a", "2")]));
        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("a", "2")]));
    }

    [Fact]
    public void Keys_values_and_order_must_all_be_the_same()
    {
        var limiter = Limiter(null, Descriptor(1, ("a", "1"), ("b", "2")));
        _ = Take(limiter, [("a", "1"), ("b", "2")]);

        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("a", "1"), ("b", "2")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("b", "2"), ("a", "1")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("a", "1")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("a", "1"), ("b", "2"), ("c", "3")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("a", "1b2"), ("", "")]));
    }

    [Fact]
    public void The_slowest_bucket_is_asked_first_and_what_was_taken_stays_taken()
    {
        // The fast one would hold two, the slow one holds one.
        var limiter = Limiter(null, Descriptor(2, 10, ("fast", "")), Descriptor(1, 1, ("slow", "x")));

        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("fast", "f")], [("slow", "x")]));
        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("fast", "f")], [("slow", "x")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("fast", "f")]));
        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("fast", "f")]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_default_bucket_counts_beside_a_match_if_it_is_always_consumed(bool always)
    {
        var limiter = new LocalRateLimiter(Bucket(1), [Descriptor(5, ("a", "1"))], always, 20);

        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("a", "1")]));
        Assert.Equal(always ? LocalRateLimitVerdict.Limited : LocalRateLimitVerdict.Allowed, Take(limiter, [("a", "1")]));
    }

    [Fact]
    public void A_wildcard_gives_every_value_a_bucket()
    {
        var limiter = Limiter(null, Descriptor(1, ("user", ""), ("kind", "k")));

        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("user", "ann"), ("kind", "k")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("user", "bob"), ("kind", "k")]));
        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("user", "ann"), ("kind", "k")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("user", "ann"), ("kind", "other")]));
    }

    [Fact]
    public void The_least_recently_used_bucket_of_a_wildcard_gives_way()
    {
        var limiter = new LocalRateLimiter(null, [Descriptor(1, ("user", ""))], alwaysConsumeDefault: true, maxDynamicDescriptors: 2);
        _ = Take(limiter, [("user", "ann")]);
        _ = Take(limiter, [("user", "bob")]);
        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("user", "ann")]));

        _ = Take(limiter, [("user", "cid")]);

        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("user", "ann")]));
        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("user", "bob")]));
    }

    [Fact]
    public void A_shadow_bucket_that_is_empty_stops_nobody_and_hides_no_other()
    {
        var shadow = Descriptor(1, 1, ("s", "1")) with { ShadowMode = true };
        var limiter = Limiter(null, shadow, Descriptor(2, 5, ("e", "1")));

        Assert.Equal(LocalRateLimitVerdict.Allowed, Take(limiter, [("s", "1")], [("e", "1")]));
        Assert.Equal(LocalRateLimitVerdict.Shadow, Take(limiter, [("s", "1")], [("e", "1")]));
        Assert.Equal(LocalRateLimitVerdict.Limited, Take(limiter, [("s", "1")], [("e", "1")]));
    }

    private static LocalRateLimiter Limiter(TokenBucketSnapshot? bucket, params ImmutableArray<LocalRateLimitDescriptor> descriptors) =>
        new(bucket, descriptors, alwaysConsumeDefault: true, maxDynamicDescriptors: 20);

    private static TokenBucketSnapshot Bucket(uint max, uint perMinute = 1) => new(max, perMinute, 60 * Snapshots.Second);

    private static LocalRateLimitDescriptor Descriptor(uint max, params (string Key, string Value)[] entries) => Descriptor(max, 1, entries);

    private static LocalRateLimitDescriptor Descriptor(uint max, uint perMinute, params (string Key, string Value)[] entries) =>
        new([.. entries], Bucket(max, perMinute));

    /// <summary>All at one moment: no token comes back.</summary>
    private LocalRateLimitVerdict Take(LocalRateLimiter limiter, params (string Key, string Value)[][] descriptors)
    {
        var snapshot = Snapshots.Proxy();
        var context = new WorkerContext(snapshot, new ProxyShared(snapshot), new RandomSource(1), 0);
        request.Clear();
        foreach (var entries in descriptors)
        {
            var policy = new RateLimitPolicy([.. entries.Select(static entry => new GenericKeyAction(entry.Key, entry.Value))]);
            request.Add(policy, new RateLimitRequest(new HeaderMap(), new StreamInfo(), default, context), withHits: true);
        }

        return limiter.Take(request, share: 1, new MonotonicTime(5_000_003), matches).Verdict;
    }
}
