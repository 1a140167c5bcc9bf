using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Proxies of an experiment are up before its load begins: their health checks have found the hosts, and their periodic work is at some
/// point of its period. Nobody records at which, so each simulated run draws its own lead.
/// </summary>
public static class Lead
{
    private const long LeastNs = MonotonicTime.NanosecondsPerSecond;
    private const long SpreadNs = MonotonicTime.NanosecondsPerSecond;

    /// <summary>How long before the load the proxies of that run start: 1 to 2 s.</summary>
    public static long OfSeed(ulong seed) => LeastNs + new RandomSource(seed).Derive("lead").NextModulo(SpreadNs);

    /// <summary>The same scenario with load and faults so much later.</summary>
    public static Scenario Delay(Scenario scenario, long leadNs) =>
        scenario with
        {
            DurationNs = Later(scenario.DurationNs, leadNs),
            Load = [.. scenario.Load.Select(load => load with { FromNs = Later(load.FromNs, leadNs), UntilNs = Later(load.UntilNs, leadNs) })],
            Faults = [.. scenario.Faults.Select(fault => fault with { FromNs = Later(fault.FromNs, leadNs), UntilNs = Later(fault.UntilNs, leadNs) })],
        };

    private static long Later(long timeNs, long leadNs) => timeNs > long.MaxValue - leadNs ? long.MaxValue : timeNs + leadNs;
}
