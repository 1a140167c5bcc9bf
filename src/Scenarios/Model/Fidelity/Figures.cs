using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>The figures of an experiment: success, latency, arrivals at each server, and what clusters counted of retries, overflows, timeouts and ejections.</summary>
public static class Figures
{
    private const string StatPrefix = "cluster.";

    private static readonly Tolerance OnePoint = new(1, IsShare: false);
    private static readonly Tolerance FivePercent = new(0.05, IsShare: true);
    private static readonly Tolerance TenPercent = new(0.10, IsShare: true);
    private static readonly Tolerance TwentyPercent = new(0.20, IsShare: true);

    /// <summary>The statistics that are compared, without their cluster. Others that were recorded say the same or are sums of these.</summary>
    private static readonly string[] Compared =
    [
        "upstream_rq_retry",
        "upstream_rq_retry_success",
        "upstream_rq_retry_limit_exceeded",
        "upstream_rq_retry_overflow",
        "upstream_rq_pending_overflow",
        "upstream_cx_overflow",
        "upstream_rq_timeout",
        "upstream_rq_per_try_timeout",
        "outlier_detection.ejections_enforced_total",
    ];

    /// <summary>All figures of an experiment, in the order they are told in.</summary>
    /// <param name="simulated">What was simulated: a statistic only one side counted is compared all the same.</param>
    public static ImmutableArray<Figure> Of(Experiment experiment, IReadOnlyCollection<ExperimentRun> simulated) =>
        [
            new Figure("success", "%", OnePoint, static run => 100 * run.OkFraction),
            new Figure("p50", "ms", TenPercent, static run => run.OkP50Ms),
            new Figure("p90", "ms", TenPercent, static run => run.OkP90Ms),
            new Figure("p99", "ms", TwentyPercent, static run => run.OkP99Ms),
            .. experiment.SetUp.Services.Select(static service => Arrivals(service.Name)),
            .. Statistics(experiment, simulated)
                .Select(static name => new Figure(name, "", TenPercent, run => run.Stats!.TryGetValue(name, out var count) ? count : 0)),
        ];

    private static Figure Arrivals(string server) =>
        new($"arrivals {server}", "", FivePercent, run => run.Arrivals.TryGetValue(server, out var count) ? count : 0);

    /// <summary>Where a run was recorded without statistics none are compared; one that is missing among others is 0.</summary>
    private static IEnumerable<string> Statistics(Experiment experiment, IReadOnlyCollection<ExperimentRun> simulated) =>
        experiment.Runs.Any(static run => run.Stats is null)
            ? []
            : experiment
                .Runs.Concat(simulated)
                .SelectMany(static run => run.Stats!)
                .Where(static entry => entry.Value != 0 && IsCompared(entry.Key))
                .Select(static entry => entry.Key)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal);

    private static bool IsCompared(string name) =>
        name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..].StartsWith(StatPrefix, StringComparison.Ordinal)
        && Array.Exists(Compared, compared => name.EndsWith("." + compared, StringComparison.Ordinal));
}
