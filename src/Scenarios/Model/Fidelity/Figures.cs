using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>The figures of an experiment: success, latency, arrivals at each server, and what clusters counted of retries, overflows, timeouts and ejections.</summary>
public static class Figures
{
    private static readonly Tolerance OnePoint = new(1, IsShare: false);
    private static readonly Tolerance FivePercent = new(0.05, IsShare: true);
    private static readonly Tolerance TenPercent = new(0.10, IsShare: true);
    private static readonly Tolerance TwentyPercent = new(0.20, IsShare: true);

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

    /// <summary>Statistics of inner proxies have the proxy's name and a colon before theirs.</summary>
    private static bool IsCompared(string name) => ComparedStatistics.Has(name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]);
}
