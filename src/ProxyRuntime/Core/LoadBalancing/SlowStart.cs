namespace MeshSim.ProxyRuntime.Core;

/// <summary>slow_start_config at work in one balancer: which share of its weight a host has that became healthy not long ago.</summary>
internal sealed class SlowStart(SlowStartSnapshot settings, WorkerContext context)
{
    private MonotonicTime latest = context.Now;

    /// <summary>A host may still be in its window.</summary>
    public bool IsUnderWay => MillisecondsSince(latest) <= WindowMs;

    /// <summary>Notes since when healthy hosts are healthy: since the first balancer saw them so, unless a health check says otherwise.</summary>
    public void Admit(HostState[] hosts)
    {
        foreach (var host in hosts)
        {
            if (!HostHealth.IsHealthy(host.Health))
            {
                continue;
            }

            var since = host.HealthySince(context.Now);
            if (since > latest && MillisecondsSince(since) <= WindowMs)
            {
                latest = since;
            }
        }
    }

    /// <summary>From min_weight_percent to 1.</summary>
    public double Factor(HostState host)
    {
        if (!HostHealth.IsHealthy(host.Health))
        {
            return 1;
        }

        var healthyMs = MillisecondsSince(host.HealthySince(context.Now));
        if (healthyMs >= WindowMs)
        {
            return 1;
        }

        var time = (double)Math.Max(1, healthyMs) / WindowMs;
        var aggression = settings.Aggression > 0 ? settings.Aggression : 1;
        return Math.Max(aggression == 1 ? time : Math.Pow(time, 1 / aggression), settings.MinWeight);
    }

    private long WindowMs => settings.WindowNs / MonotonicTime.NanosecondsPerMillisecond;

    private long MillisecondsSince(MonotonicTime time) => context.Now.Since(time) / MonotonicTime.NanosecondsPerMillisecond;
}
