namespace MeshSim.ProxyRuntime.Core;

/// <summary>What becomes of an outcome.</summary>
internal enum RetryVerdict : byte
{
    /// <summary>The outcome stands.</summary>
    No,

    /// <summary>Try again after a back-off.</summary>
    Retry,

    /// <summary>It would be retried, but the retries of the policy are used up: flag URX.</summary>
    LimitExceeded,

    /// <summary>It would be retried, but the cluster has too many retries under way: flag UO.</summary>
    Overflow,
}

/// <summary>
/// The retries of one request: how many are left, and the slot a running retry holds in the cluster's retry breaker –
/// from the decision until the outcome of that retry is decided.
/// </summary>
internal struct RetryState
{
    private readonly ResourceManager breaker;
    private readonly RetryStats stats;
    private BackOff backOff;
    private uint remaining;
    private bool holdsSlot;
    private long rateLimitedMs;

    public RetryState(in RetryRules rules, ResourceManager breaker, in RetryStats stats, RuntimeSnapshot runtime)
    {
        Rules = rules;
        this.breaker = breaker;
        this.stats = stats;
        remaining = rules.Limit;
        var (baseMs, maxMs) = rules.BackOffMs(runtime);
        backOff = new BackOff(baseMs, maxMs);
    }

    public RetryRules Rules { get; }

    /// <summary>Decides on response headers; a wait the server asks for is noted for the retry.</summary>
    public RetryVerdict DecideOnHeaders(HeaderMap request, HeaderMap response, long unixSeconds, bool enabled, out bool immediately)
    {
        var decision = RetryConditions.OnHeaders(Rules, request, response);
        rateLimitedMs = 0;
        if (decision == RetryDecision.RetryWithBackoff && ResetInterval.FindMs(Rules.Policy, response, unixSeconds) is > 1 and var asked)
        {
            rateLimitedMs = asked;
        }

        immediately = decision == RetryDecision.RetryImmediately;
        return Decide(decision, enabled);
    }

    /// <summary>Decides on an attempt that ended without a response.</summary>
    public RetryVerdict DecideOnReset(ResetReason reason, bool requestSent, bool enabled)
    {
        rateLimitedMs = 0;
        return Decide(RetryConditions.OnReset(Rules, reason, requestSent), enabled);
    }

    /// <summary>Decides on an attempt that took too long and goes on beside the next one: always, while retries are left.</summary>
    public RetryVerdict DecideOnHedge(bool enabled)
    {
        rateLimitedMs = 0;
        return Decide(RetryDecision.RetryWithBackoff, enabled);
    }

    /// <summary>Whether a response would be retried if it could be.</summary>
    public readonly bool WouldRetry(HeaderMap request, HeaderMap response) => RetryConditions.OnHeaders(Rules, request, response) != RetryDecision.NoRetry;

    /// <summary>Milliseconds to wait before the retry that was just decided.</summary>
    public long NextDelayMs(RandomStream random)
    {
        if (rateLimitedMs > 0)
        {
            stats.Cluster.UpstreamRqRetryBackoffRatelimited.Increment();
            return BackOff.RateLimitedMs(rateLimitedMs, random);
        }

        stats.Cluster.UpstreamRqRetryBackoffExponential.Increment();
        return backOff.NextMs(random);
    }

    /// <summary>Gives the breaker's slot back; safe to call again.</summary>
    public void Release()
    {
        if (holdsSlot)
        {
            holdsSlot = false;
            breaker.Retries.Decrement();
        }
    }

    /// <summary>Counts, and takes or releases the breaker's slot.</summary>
    /// <param name="decision">What the conditions said of the outcome.</param>
    /// <param name="enabled">Runtime upstream.use_retry.</param>
    private RetryVerdict Decide(RetryDecision decision, bool enabled)
    {
        if (holdsSlot && decision == RetryDecision.NoRetry)
        {
            stats.Succeeded();
        }

        Release();
        if (decision == RetryDecision.NoRetry)
        {
            return RetryVerdict.No;
        }

        if (remaining == 0)
        {
            stats.LimitExceeded();
            return RetryVerdict.LimitExceeded;
        }

        remaining--;
        if (!breaker.CanRetry)
        {
            stats.Overflowed();
            return RetryVerdict.Overflow;
        }

        if (!enabled)
        {
            return RetryVerdict.No;
        }

        breaker.Retries.Increment();
        holdsSlot = true;
        stats.Retried();
        return RetryVerdict.Retry;
    }
}

/// <summary>Where retries are counted: the cluster, and the virtual cluster and route where they have statistics.</summary>
internal readonly record struct RetryStats(ClusterStats Cluster, RequestStats? VirtualCluster, RequestStats? Route)
{
    public void Succeeded()
    {
        Cluster.UpstreamRqRetrySuccess.Increment();
        VirtualCluster?.UpstreamRqRetrySuccess.Increment();
        Route?.UpstreamRqRetrySuccess.Increment();
    }

    public void LimitExceeded()
    {
        Cluster.UpstreamRqRetryLimitExceeded.Increment();
        VirtualCluster?.UpstreamRqRetryLimitExceeded.Increment();
        Route?.UpstreamRqRetryLimitExceeded.Increment();
    }

    public void Overflowed()
    {
        Cluster.UpstreamRqRetryOverflow.Increment();
        VirtualCluster?.UpstreamRqRetryOverflow.Increment();
        Route?.UpstreamRqRetryOverflow.Increment();
    }

    public void Retried()
    {
        Cluster.UpstreamRqRetry.Increment();
        VirtualCluster?.UpstreamRqRetry.Increment();
        Route?.UpstreamRqRetry.Increment();
    }
}
