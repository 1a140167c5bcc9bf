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
internal struct RetryState(RetryPolicySnapshot policy, Resource breaker, ClusterStats stats)
{
    private BackOff backOff = new(policy.BaseIntervalMs, policy.MaxIntervalMs);
    private uint remaining = policy.NumRetries;
    private bool holdsSlot;

    public readonly RetryPolicySnapshot Policy => policy;

    /// <summary>Decides, counts, and takes or releases the breaker's slot.</summary>
    /// <param name="wouldRetry">What <see cref="RetryConditions"/> said of the outcome.</param>
    public RetryVerdict Decide(bool wouldRetry)
    {
        if (holdsSlot && !wouldRetry)
        {
            stats.UpstreamRqRetrySuccess.Increment();
        }

        Release();
        if (!wouldRetry)
        {
            return RetryVerdict.No;
        }

        if (remaining == 0)
        {
            stats.UpstreamRqRetryLimitExceeded.Increment();
            return RetryVerdict.LimitExceeded;
        }

        remaining--;
        if (!breaker.CanCreate)
        {
            stats.UpstreamRqRetryOverflow.Increment();
            return RetryVerdict.Overflow;
        }

        breaker.Increment();
        holdsSlot = true;
        stats.UpstreamRqRetry.Increment();
        return RetryVerdict.Retry;
    }

    /// <summary>Milliseconds to wait before the retry that was just decided.</summary>
    public long NextDelayMs(RandomStream random)
    {
        stats.UpstreamRqRetryBackoffExponential.Increment();
        return backOff.NextMs(random);
    }

    /// <summary>Gives the breaker's slot back; safe to call again.</summary>
    public void Release()
    {
        if (holdsSlot)
        {
            holdsSlot = false;
            breaker.Decrement();
        }
    }
}
