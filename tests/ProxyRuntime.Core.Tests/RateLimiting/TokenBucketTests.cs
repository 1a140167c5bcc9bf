using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class TokenBucketTests
{
    [Fact]
    public void A_bucket_begins_full_and_is_empty_when_all_is_taken()
    {
        var bucket = Bucket(3, 3, seconds: 60);

        Assert.Equal(3UL, bucket.Remaining(At(7)));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(bucket.TryTake(1, 1, At(7)));
        }

        Assert.False(bucket.TryTake(1, 1, At(7)));
        Assert.Equal(0UL, bucket.Remaining(At(7)));
    }

    [Fact]
    public void Tokens_accrue_continuously_and_are_taken_whole()
    {
        var bucket = Bucket(2, 2, seconds: 1);
        _ = bucket.TryTake(2, 1, At(10));

        Assert.False(bucket.TryTake(1, 1, At(10.499)));
        Assert.True(bucket.TryTake(1, 1, At(10.5)));
        Assert.False(bucket.TryTake(1, 1, At(10.999)));
        Assert.True(bucket.TryTake(1, 1, At(11)));
    }

    [Fact]
    public void A_bucket_holds_no_more_than_its_maximum()
    {
        var bucket = Bucket(5, 100, seconds: 1);
        _ = bucket.TryTake(5, 1, At(0));

        Assert.Equal(5UL, bucket.Remaining(At(3_600)));
        Assert.False(bucket.TryTake(6, 1, At(3_600)));
        Assert.True(bucket.TryTake(5, 1, At(3_600)));
    }

    [Fact]
    public void A_share_of_a_third_makes_a_token_cost_three()
    {
        var bucket = Bucket(6, 1, seconds: 1);

        Assert.True(bucket.TryTake(1, 1.0 / 3, At(0)));
        Assert.Equal(3UL, bucket.Remaining(At(0)));
        Assert.True(bucket.TryTake(1, 1.0 / 3, At(0)));
        Assert.False(bucket.TryTake(1, 1.0 / 3, At(2)));
    }

    [Fact]
    public void Nothing_can_be_taken_as_no_token() => Assert.False(Bucket(6, 1, seconds: 1).TryTake(0, 1, At(0)));

    [Theory]
    [InlineData(0, 60)]
    [InlineData(0.002, 60)]
    [InlineData(1, 59)]
    [InlineData(59.0005, 1)]
    [InlineData(60, 0)]
    public void The_reset_is_told_in_seconds_rounded_up(double later, long expected)
    {
        var bucket = Bucket(1, 1, seconds: 60);
        _ = bucket.TryTake(1, 1, At(3));

        Assert.Equal(expected, bucket.ResetSeconds(At(3 + later)));
    }

    [Fact]
    public void Over_any_time_no_more_is_given_than_the_maximum_and_what_accrued() =>
        Gen.Select(Gen.UInt[1, 50], Gen.UInt[1, 50], Gen.Int[50, 2_000], Gen.Int[0, 300].Array[1, 200])
            .Sample(
                (max, perFill, intervalMs, gapsMs) =>
                {
                    var bucket = new TokenBucket(new TokenBucketSnapshot(max, perFill, intervalMs * MonotonicTime.NanosecondsPerMillisecond));
                    var now = MonotonicTime.FromMilliseconds(17);
                    var start = now;
                    var given = 0;
                    foreach (var gap in gapsMs)
                    {
                        now = now.Plus(gap * MonotonicTime.NanosecondsPerMillisecond);
                        given += bucket.TryTake(1, 1, now) ? 1 : 0;
                    }

                    var accrued = now.Since(start) / 1e6 * perFill / intervalMs;
                    Assert.True(given <= max + accrued + 1e-6, $"{given} of {max} and {accrued}");
                }
            );

    private static TokenBucket Bucket(uint max, uint perFill, long seconds) => new(new TokenBucketSnapshot(max, perFill, seconds * Snapshots.Second));

    private static MonotonicTime At(double seconds) => new((long)Math.Round(seconds * 1e9));
}
