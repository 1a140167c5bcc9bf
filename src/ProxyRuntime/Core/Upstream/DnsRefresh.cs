namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// When the names of a cluster are asked for again: after the refresh rate – with respect_dns_ttl as soon as an address holds no longer – and
/// some jitter, after failures as often as the back-off says.
/// </summary>
internal sealed class DnsRefresh(ClusterSnapshot cluster, RandomStream random)
{
    private BackOff failures = FailuresOf(cluster);

    /// <summary>The wait after an answer, in nanoseconds.</summary>
    /// <param name="succeeded">It counts as one.</param>
    /// <param name="answer">What it said.</param>
    public long NextNs(bool succeeded, DnsAnswer answer)
    {
        if (!succeeded)
        {
            return cluster.DnsFailureRefresh is null ? cluster.DnsRefreshRateNs : failures.NextMs(random) * MonotonicTime.NanosecondsPerMillisecond;
        }

        failures = FailuresOf(cluster);
        var jitterMs = cluster.DnsJitterNs / MonotonicTime.NanosecondsPerMillisecond;
        return BaseNs(answer.TtlsS.AsSpan()) + (jitterMs > 0 ? random.NextModulo(jitterMs) * MonotonicTime.NanosecondsPerMillisecond : 0);
    }

    /// <summary>A logical host goes by its address, which is the first. An answer that holds for 0 seconds is asked for again at the refresh rate, as by Envoy.</summary>
    private long BaseNs(ReadOnlySpan<uint> ttlsS)
    {
        if (!cluster.RespectDnsTtl || ttlsS.IsEmpty)
        {
            return cluster.DnsRefreshRateNs;
        }

        var leastS = ttlsS[0];
        foreach (var ttlS in cluster.Type == DiscoveryType.LogicalDns ? [] : ttlsS)
        {
            leastS = Math.Min(leastS, ttlS);
        }

        return leastS == 0 ? cluster.DnsRefreshRateNs : leastS * MonotonicTime.NanosecondsPerSecond;
    }

    private static BackOff FailuresOf(ClusterSnapshot cluster) =>
        cluster.DnsFailureRefresh is { } failure ? new BackOff(failure.BaseIntervalMs, failure.MaxIntervalMs) : default;
}
