namespace MeshSim.ProxyRuntime.Core;

/// <summary>When a host is checked next.</summary>
internal static class HealthIntervals
{
    /// <param name="hasTraffic">The cluster has had a connection at some time.</param>
    /// <param name="healthy">The check passed.</param>
    /// <param name="transition">What the result changed.</param>
    public static long NextNs(
        HealthCheckSnapshot settings,
        bool hasTraffic,
        bool healthy,
        HealthTransition transition,
        RuntimeSnapshot runtime,
        RandomStream random
    ) => WithJitterNs(BaseNs(settings, hasTraffic, healthy, transition), settings.IntervalJitterNs, settings, runtime, random);

    /// <summary>How long the first check waits; 0 = it does not.</summary>
    public static long FirstNs(HealthCheckSnapshot settings, RuntimeSnapshot runtime, RandomStream random) =>
        settings.InitialJitterNs < Millisecond ? 0 : WithJitterNs(0, settings.InitialJitterNs, settings, runtime, random);

    private const long Millisecond = MonotonicTime.NanosecondsPerMillisecond;

    private static long BaseNs(HealthCheckSnapshot settings, bool hasTraffic, bool healthy, HealthTransition transition)
    {
        var isPending = transition == HealthTransition.ChangePending;
        if (!hasTraffic)
        {
            return healthy && !isPending ? settings.NoTrafficHealthyIntervalNs : settings.NoTrafficIntervalNs;
        }

        return healthy
            ? (isPending ? settings.HealthyEdgeIntervalNs : settings.IntervalNs)
            : (isPending ? settings.UnhealthyEdgeIntervalNs : settings.UnhealthyIntervalNs);
    }

    /// <summary>Jitter on top, then the limits of runtime health_check.min_interval and max_interval; one millisecond at least.</summary>
    private static long WithJitterNs(long baseNs, long jitterNs, HealthCheckSnapshot settings, RuntimeSnapshot runtime, RandomStream random)
    {
        var ms = (ulong)(baseNs / Millisecond);
        var percent = settings.IntervalJitterPercent * ms / 100;
        if (percent > 0)
        {
            ms += random.NextUInt64() % percent;
        }

        if (jitterNs >= Millisecond)
        {
            ms += random.NextUInt64() % (ulong)(jitterNs / Millisecond);
        }

        ms = Math.Min(ms, runtime.Integer("health_check.max_interval", ulong.MaxValue));
        return MonotonicTime.DurationNs(Math.Max(1, Math.Max(ms, runtime.Integer("health_check.min_interval", 0))));
    }
}

/// <summary>What a result means for the health of its host.</summary>
internal enum HealthTransition : byte
{
    Unchanged,
    Changed,

    /// <summary>It would change if there were more of its kind in a row.</summary>
    ChangePending,
}
