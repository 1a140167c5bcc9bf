namespace MeshSim.ProxyRuntime.Core;

/// <summary>When the names of a cluster are asked for again: after the refresh rate and some jitter, after failures as often as the back-off says.</summary>
internal sealed class DnsRefresh(ClusterSnapshot cluster, RandomStream random)
{
    private BackOff failures = FailuresOf(cluster);

    /// <summary>The wait after an answer, in nanoseconds.</summary>
    /// <param name="succeeded">It brought addresses.</param>
    public long NextNs(bool succeeded)
    {
        if (!succeeded)
        {
            return cluster.DnsFailureRefresh is null ? cluster.DnsRefreshRateNs : failures.NextMs(random) * MonotonicTime.NanosecondsPerMillisecond;
        }

        failures = FailuresOf(cluster);
        var jitterMs = cluster.DnsJitterNs / MonotonicTime.NanosecondsPerMillisecond;
        return cluster.DnsRefreshRateNs + (jitterMs > 0 ? random.NextModulo(jitterMs) * MonotonicTime.NanosecondsPerMillisecond : 0);
    }

    private static BackOff FailuresOf(ClusterSnapshot cluster) =>
        cluster.DnsFailureRefresh is { } failure ? new BackOff(failure.BaseIntervalMs, failure.MaxIntervalMs) : default;
}
