namespace MeshSim.ProxyRuntime.Core;

/// <summary>The checks of one host. It fails if one of them does; before each has had a result nothing is said of it.</summary>
internal sealed class HostChecks
{
    private bool isCountedHealthy;
    private bool isCountedDegraded;

    public HostChecks(IReadOnlyList<HealthChecker> checkers, HostState host)
    {
        Host = host;
        Sessions = [.. checkers.Select(checker => checker.NewSession(this))];
    }

    /// <summary>A logical host is another object when its address changes.</summary>
    public HostState Host { get; set; }

    public HealthCheckSession[] Sessions { get; }

    public bool IsSingle => Sessions.Length == 1;

    /// <summary>Every check has had a result.</summary>
    public bool IsComplete => Array.TrueForAll(Sessions, static session => session.HasResult);

    /// <summary>What its checks say together.</summary>
    public HealthFlags Flags => Sessions.Aggregate(HealthFlags.None, static (flags, session) => flags | session.Flags);

    /// <summary>Keeps the gauges of the cluster in step.</summary>
    public void Count(HealthCheckerStats stats, bool healthy, bool degraded)
    {
        Adjust(stats.Healthy, ref isCountedHealthy, healthy);
        Adjust(stats.Degraded, ref isCountedDegraded, degraded);
    }

    private static void Adjust(Gauge gauge, ref bool counted, bool counts)
    {
        if (counted != counts)
        {
            gauge.Set(gauge.Value + (counts ? 1 : -1));
            counted = counts;
        }
    }
}
