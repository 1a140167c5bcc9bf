using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>A set-up that was played through a real proxy, and what was measured.</summary>
/// <param name="SetUp">The set-up as a scenario: all that a simulation is told.</param>
/// <param name="Runs">What was measured, a run each; at least one.</param>
public sealed record Experiment(string Name, string Description, Scenario SetUp, ImmutableArray<ExperimentRun> Runs)
{
    /// <summary>The proxy that <c>config</c> describes, where the load goes.</summary>
    public const string OuterProxy = "proxy";

    /// <summary>Seconds in which load comes.</summary>
    public int LoadSeconds => (int)((SetUp.Load.Select(static load => load.UntilNs).DefaultIfEmpty().Max() + 999_999_999) / 1_000_000_000);
}

/// <summary>One run of an experiment, measured or simulated.</summary>
/// <param name="Sent">Requests sent.</param>
/// <param name="OkFraction">Requests answered with 200 among those sent, 0 to 1.</param>
/// <param name="OkP50Ms">Quantiles of the latency of answers with 200, milliseconds.</param>
/// <param name="Arrivals">Requests that reached each server, retries included.</param>
/// <param name="Stats">Statistics under Envoy's names, those of inner proxies as <c>NAME:cluster.…</c>; null where none were recorded.</param>
/// <param name="Seconds">Second by second.</param>
public sealed record ExperimentRun(
    long Sent,
    double OkFraction,
    double OkP50Ms,
    double OkP90Ms,
    double OkP99Ms,
    ImmutableSortedDictionary<string, long> Arrivals,
    ImmutableSortedDictionary<string, long>? Stats,
    ImmutableArray<ExperimentSecond> Seconds
);

/// <summary>What became of the requests that were sent in one second.</summary>
/// <param name="Statuses">Answers by status, 0 for no answer.</param>
/// <param name="P50Ms">Median latency of all answers, milliseconds; null when there were none.</param>
/// <param name="P99Ms">99th percentile of the same.</param>
/// <param name="Arrivals">Requests that reached each server within this second.</param>
public sealed record ExperimentSecond(
    int Second,
    long Sent,
    ImmutableSortedDictionary<int, long> Statuses,
    double? P50Ms,
    double? P99Ms,
    ImmutableSortedDictionary<string, long> Arrivals
);
