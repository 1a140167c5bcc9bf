namespace MeshSim.ProxyRuntime.Core;

/// <summary>How traffic is shared among priorities, and which of them panic: Envoy's integer arithmetic over host counts.</summary>
internal sealed class PriorityLoads
{
    private readonly int[] healthyLoad;
    private readonly int[] degradedLoad;
    private readonly bool[] panic;
    private readonly int[] healthy;
    private readonly int[] degraded;
    private readonly Dictionary<UInt128, PriorityLoads?> reduced = [];

    /// <param name="counts">Per priority: all hosts, healthy, degraded, and those left out of the arithmetic.</param>
    /// <param name="weights">The same in the measure of health: hosts again, or their weights.</param>
    /// <param name="overprovisioningFactor">In percent.</param>
    /// <param name="panicThreshold">In percent.</param>
    public PriorityLoads(ReadOnlySpan<PriorityCounts> counts, ReadOnlySpan<PriorityCounts> weights, uint overprovisioningFactor, double panicThreshold)
    {
        healthyLoad = new int[counts.Length];
        degradedLoad = new int[counts.Length];
        panic = new bool[counts.Length];
        healthy = new int[counts.Length];
        degraded = new int[counts.Length];
        var sum = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var eligible = weights[i].All - weights[i].Excluded;
            healthy[i] = eligible == 0 ? 0 : (int)Math.Min(100, overprovisioningFactor * weights[i].Healthy / eligible);
            degraded[i] = eligible == 0 ? 0 : (int)Math.Min(100, overprovisioningFactor * weights[i].Degraded / eligible);
            sum += healthy[i] + degraded[i];
        }

        var total = Math.Min(100, sum);
        if (total > 0)
        {
            Distribute(total);
        }

        FindPanic(counts, total, panicThreshold);
    }

    public static PriorityLoads Of(HostSet[] sets, LoadBalancingSnapshot settings, RuntimeSnapshot runtime)
    {
        var counts = Array.ConvertAll(sets, static set => new PriorityCounts(set.All.Length, set.Healthy.Length, set.Degraded.Length, set.Excluded.Length));
        var policy = sets.Length == 0 ? EndpointPolicy.Default : sets[0].Policy;
        var weights = policy.WeightedPriorityHealth
            ? Array.ConvertAll(sets, static set => new PriorityCounts(Weight(set.All), Weight(set.Healthy), Weight(set.Degraded), Weight(set.Excluded)))
            : counts;
        return new PriorityLoads(counts, weights, policy.OverprovisioningFactor, PanicThreshold(settings, runtime));
    }

    /// <summary>In whole percent, at most 100.</summary>
    public static ulong PanicThreshold(LoadBalancingSnapshot settings, RuntimeSnapshot runtime) =>
        Math.Min(100, runtime.Integer("upstream.healthy_panic_threshold", settings.HealthyPanicThreshold));

    /// <summary>The loads that remain when some priorities are left out.</summary>
    private PriorityLoads(PriorityLoads original, UInt128 excluded, int total)
    {
        healthy = original.healthy;
        degraded = original.degraded;
        panic = original.panic;
        healthyLoad = new int[healthy.Length];
        degradedLoad = new int[degraded.Length];
        for (var remaining = 100; remaining > 0; )
        {
            AddShares(healthy, healthyLoad, excluded, total, ref remaining);
            AddShares(degraded, degradedLoad, excluded, total, ref remaining);
        }
    }

    /// <summary>The health of all priorities together, at most 100: below that, traffic is shared in proportion.</summary>
    public int TotalHealth => Math.Min(100, healthy.Sum() + degraded.Sum());

    public bool InPanic(int priority) => panic[priority];

    /// <summary>Health in percent, by healthy and by degraded hosts, and the share of the traffic in percent that each kind gets.</summary>
    public (int Health, int DegradedHealth, int Load, int DegradedLoad) Explain(int priority) =>
        (healthy[priority], degraded[priority], healthyLoad[priority], degradedLoad[priority]);

    /// <summary>The loads without some priorities (bit n: priority n); null if nothing healthy or degraded would be left.</summary>
    public PriorityLoads? Without(UInt128 excluded)
    {
        if (!reduced.TryGetValue(excluded, out var loads))
        {
            var available = 0;
            for (var i = 0; i < healthy.Length; i++)
            {
                available += IsIn(excluded, i) ? 0 : healthy[i] + degraded[i];
            }

            reduced[excluded] = loads = available == 0 ? null : new PriorityLoads(this, excluded, Math.Min(100, available));
        }

        return loads;
    }

    /// <summary>The priority for one request, and whether its degraded hosts are meant. The draw is 1 to 100.</summary>
    public (int Priority, bool Degraded) Choose(int draw)
    {
        var sum = 0;
        for (var i = 0; i < healthyLoad.Length; i++)
        {
            sum += healthyLoad[i];
            if (draw <= sum)
            {
                return (i, false);
            }
        }

        for (var i = 0; i < degradedLoad.Length; i++)
        {
            sum += degradedLoad[i];
            if (draw <= sum)
            {
                return (i, true);
            }
        }

        return (0, false);
    }

    private static bool IsIn(UInt128 set, int priority) => (set & (UInt128.One << priority)) != UInt128.Zero;

    /// <summary>As much load as the health of each priority warrants; what rounding leaves goes round again.</summary>
    private static void AddShares(int[] health, int[] load, UInt128 excluded, int total, ref int remaining)
    {
        for (var i = 0; i < health.Length; i++)
        {
            var share = IsIn(excluded, i) ? 0 : Math.Min(remaining, health[i] * 100 / total);
            load[i] += share;
            remaining -= share;
        }
    }

    private static long Weight(HostState[] hosts) => hosts.Sum(static host => (long)host.Snapshot.Weight);

    private void Distribute(int total)
    {
        var remaining = 100;
        Share(healthy, healthyLoad, total, ref remaining);
        Share(degraded, degradedLoad, total, ref remaining);
        if (remaining == 0)
        {
            return;
        }

        // What rounding left over goes to the first priority that has anything.
        var first = Array.FindIndex(healthy, static value => value > 0);
        if (first >= 0)
        {
            healthyLoad[first] += remaining;
        }
        else
        {
            degradedLoad[Array.FindIndex(degraded, static value => value > 0)] += remaining;
        }
    }

    private static void Share(int[] health, int[] load, int total, ref int remaining)
    {
        for (var i = 0; i < health.Length; i++)
        {
            load[i] = Math.Min(remaining, health[i] * 100 / total);
            remaining -= load[i];
        }
    }

    private void FindPanic(ReadOnlySpan<PriorityCounts> counts, int total, double threshold)
    {
        var hosts = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            var eligible = counts[i].All - counts[i].Excluded;
            var percent = eligible == 0 ? 0 : 100.0 * (counts[i].Healthy + counts[i].Degraded) / eligible;
            panic[i] = total < 100 && percent < threshold;
            hosts += counts[i].All;
        }

        if (Array.TrueForAll(panic, static inPanic => inPanic))
        {
            ShareByHosts(counts, hosts);
        }
    }

    /// <summary>All priorities panic: each gets its share of all hosts.</summary>
    private void ShareByHosts(ReadOnlySpan<PriorityCounts> counts, long hosts)
    {
        Array.Clear(degradedLoad);
        Array.Clear(healthyLoad);
        var remaining = 100;
        var first = 0;
        for (var i = counts.Length - 1; i >= 0; i--)
        {
            healthyLoad[i] = hosts == 0 ? 0 : (int)(100 * counts[i].All / hosts);
            remaining -= healthyLoad[i];
            first = counts[i].All > 0 ? i : first;
        }

        healthyLoad[first] += remaining;
    }
}

/// <summary>Hosts of one priority, or what they weigh.</summary>
internal readonly record struct PriorityCounts(long All, long Healthy, long Degraded, long Excluded);
