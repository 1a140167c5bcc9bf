namespace MeshSim.Scenarios.Engine;

/// <summary>
/// A limit of CPU time as the kernel's bandwidth control keeps it: so much in each period; who has used it up stands still until the next.
/// </summary>
/// <param name="limit">CPUs, above 0; infinite for no limit.</param>
internal sealed class CpuQuota(double limit)
{
    /// <summary>cfs_period_us as Kubernetes leaves it.</summary>
    private const long PeriodNs = 100_000_000;

    private long period;
    private long usedNs;

    /// <summary>When work that begins now is done.</summary>
    public long FinishNs(long nowNs, long workNs)
    {
        if (double.IsPositiveInfinity(limit))
        {
            return nowNs + workNs;
        }

        var (budget, time) = ((long)(limit * PeriodNs), Math.Max(nowNs, period * PeriodNs));
        while (true)
        {
            if (time / PeriodNs > period)
            {
                (period, usedNs) = (time / PeriodNs, 0);
            }

            var next = (period + 1) * PeriodNs;
            var now = Math.Min(workNs, Math.Min(budget - usedNs, next - time));
            (usedNs, time, workNs) = (usedNs + now, time + now, workNs - now);
            if (workNs == 0)
            {
                return time;
            }

            time = next;
        }
    }
}
