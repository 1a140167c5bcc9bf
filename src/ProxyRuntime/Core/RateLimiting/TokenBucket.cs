namespace MeshSim.ProxyRuntime.Core;

/// <summary>type.v3.TokenBucket.</summary>
/// <param name="MaxTokens">max_tokens, above 0: what the bucket holds, and begins with.</param>
/// <param name="TokensPerFill">tokens_per_fill, above 0. Default 1.</param>
/// <param name="FillIntervalNs">fill_interval in nanoseconds, whole milliseconds, 50 ms or more for rate limits.</param>
public sealed record TokenBucketSnapshot(uint MaxTokens, uint TokensPerFill, long FillIntervalNs);

/// <summary>A bucket that fills continuously, shared by all workers: one atomic number, the moment at which it would have been empty.</summary>
/// <remarks>
/// Envoy's arithmetic, in doubles and seconds. A request takes whole tokens, so it has to wait until a whole one is there, although
/// fractions accrue. Only additions, subtractions, products and quotients: the same on every platform.
/// </remarks>
internal sealed class TokenBucket
{
    /// <summary>A token a year, the least there is.</summary>
    private const double MinFillRate = 1.0 / (365 * 24 * 60 * 60);

    private readonly double maxTokens;
    private double emptyAt;

    public TokenBucket(TokenBucketSnapshot snapshot)
    {
        maxTokens = snapshot.MaxTokens;
        FillRate = Math.Max(snapshot.TokensPerFill / Seconds(snapshot.FillIntervalNs), MinFillRate);

        // Full from the start of the run on, whenever it is made.
        emptyAt = -maxTokens / FillRate;
    }

    /// <summary>Tokens per second.</summary>
    public double FillRate { get; }

    public ulong MaxTokens => (ulong)maxTokens;

    /// <summary>Takes tokens if there are enough of them. Nothing can be taken as 0 tokens: that is refused.</summary>
    /// <param name="share">Which part of the limit is this proxy's, above 0 to 1: a part of 1/n makes a token cost n.</param>
    public bool TryTake(ulong tokens, double share, MonotonicTime now)
    {
        var cost = tokens / share;
        var time = Seconds(now.Nanoseconds);
        var seen = Volatile.Read(ref emptyAt);
        while (true)
        {
            var total = Math.Min(maxTokens, (time - seen) * FillRate);
            if (total < cost || cost == 0)
            {
                return false;
            }

            var found = Interlocked.CompareExchange(ref emptyAt, time - ((total - cost) / FillRate), seen);
            if (found.Equals(seen))
            {
                return true;
            }

            seen = found;
        }
    }

    /// <summary>Whole tokens that are there.</summary>
    public ulong Remaining(MonotonicTime now) => (ulong)Math.Max(0, Available(now));

    /// <summary>Seconds until a whole token is there, rounded up; 0 if one is.</summary>
    public long ResetSeconds(MonotonicTime now)
    {
        var available = Available(now);
        if (available >= 1)
        {
            return 0;
        }

        var milliseconds = (long)((1 - available) / FillRate * 1000);
        return (milliseconds + 999) / 1000;
    }

    private double Available(MonotonicTime now) => Math.Min(maxTokens, (Seconds(now.Nanoseconds) - Volatile.Read(ref emptyAt)) * FillRate);

    private static double Seconds(long nanoseconds) => nanoseconds / (double)MonotonicTime.NanosecondsPerSecond;
}
