using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;

namespace MeshSim.Silo;

/// <summary>The figures of one run that a sweep keeps.</summary>
internal static class SweepFigures
{
    /// <summary>Their names, with units.</summary>
    public static IReadOnlyList<string> Names { get; } =
    ["sent", "success_%", .. Quantiles.All.Select(static quantile => $"{quantile.Name}_ms"), "retries", "no_answer", "5xx"];

    /// <summary>In the order of the names; null where no answer was counted that it could be of.</summary>
    public static double?[] Of(RunResult result)
    {
        var totals = result.Totals;
        return
        [
            totals.Sent,
            totals.Counted > 0 ? 100 * totals.SuccessRate : null,
            .. Quantiles.All.Select(quantile => totals.Latency.Count > 0 ? totals.Latency.QuantileUs(quantile.Quantile) / 1000.0 : (double?)null),
            result.Proxies.Sum(static proxy => proxy.Stats.Where(static stat => IsRetryCount(stat.Key)).Sum(static stat => stat.Value)),
            totals.ByStatus.GetValueOrDefault(0),
            totals.ByStatus.Where(static status => status.Key >= 500).Sum(static status => status.Value),
        ];
    }

    private static bool IsRetryCount(string stat) =>
        stat.StartsWith("cluster.", StringComparison.Ordinal) && stat.EndsWith(".upstream_rq_retry", StringComparison.Ordinal);
}
