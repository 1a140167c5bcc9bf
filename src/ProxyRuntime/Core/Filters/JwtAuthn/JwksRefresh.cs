namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// async_fetch: fetches a provider's keys as soon as its cluster has hosts, then again shortly before they would be too old, or soon
/// after a failure. Meanwhile the keys there are stay good.
/// </summary>
internal sealed class JwksRefresh : ITimerOwner, IJwksReceiver
{
    /// <summary>So long before the end of cache_duration keys are fetched again, if that is longer.</summary>
    private const long LeadNs = 5 * MonotonicTime.NanosecondsPerSecond;

    private readonly WorkerContext context;
    private readonly JwtProviderState provider;
    private readonly JwtAuthnStats stats;
    private readonly JwksFetch fetch;
    private readonly long goodRefetchNs;
    private readonly long failedRefetchNs;

    public JwksRefresh(WorkerContext context, JwtProviderState provider, RemoteJwks remote, JwksAsyncFetch settings, JwtAuthnStats stats)
    {
        this.context = context;
        this.provider = provider;
        this.stats = stats;
        fetch = new JwksFetch(context, remote, this);
        goodRefetchNs = remote.CacheDurationNs > LeadNs ? remote.CacheDurationNs - LeadNs : remote.CacheDurationNs;
        failedRefetchNs = settings.FailedRefetchNs;
        if (context.Clusters.TryGetValue(remote.Cluster, out var cluster))
        {
            cluster.WhenKnown(this, TimerKind.JwksRefresh);
        }
        else
        {
            Arm(0);
        }
    }

    public void OnTimer(TimerKind kind) => fetch.Start();

    public void OnJwks(Jwks? keys)
    {
        if (keys is null)
        {
            stats.JwksFetchFailed.Increment();
            Arm(failedRefetchNs);
            return;
        }

        provider.SetKeysForEver(keys);
        stats.JwksFetchSuccess.Increment();
        Arm(goodRefetchNs);
    }

    /// <summary>A delay of nothing is one of a millisecond: a fetch may fail at once, and time has to go on.</summary>
    private void Arm(long delayNs) =>
        _ = context.Timers.Arm(context.Now.Plus(Math.Max(delayNs, MonotonicTime.NanosecondsPerMillisecond)), TimerKind.JwksRefresh, this);
}
