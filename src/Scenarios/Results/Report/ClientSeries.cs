using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>What clients saw, step by step: answers by class, quantiles, heat map.</summary>
internal static class ClientSeries
{
    /// <summary>Rows of the heat map for each doubling of the latency.</summary>
    private const int RowsPerDoubling = 2;

    private static readonly (string Name, double Quantile)[] Shown = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

    public static ReportClients Of(RunResult result, Steps steps)
    {
        var seconds = result.Seconds;
        var statuses = seconds
            .SelectMany(static second => second.ByStatus.Keys)
            .Distinct()
            .OrderBy(static status => status == 0 ? int.MaxValue : status)
            .ToArray();
        var latencies = Enumerable.Range(0, steps.Count).Select(step => Latency(seconds, steps.Range(step, seconds.Length))).ToArray();
        var bounds = Bounds(latencies);
        return new ReportClients(
            steps.Sum([.. seconds.Select(static second => second.Sent)]),
            [
                .. statuses.Select(status => new ReportSeries(
                    status == 0 ? "no answer" : status.ToString(CultureInfo.InvariantCulture),
                    steps.Sum([.. seconds.Select(second => second.ByStatus.GetValueOrDefault(status))])
                )),
            ],
            [
                .. Shown.Select(shown => new ReportLine(
                    shown.Name,
                    [.. latencies.Select(latency => latency.Count == 0 ? (double?)null : Math.Round(latency.QuantileUs(shown.Quantile) / 1000, 3))]
                )),
            ],
            [.. bounds.Select(static bound => Math.Round(bound / 1000, 4))],
            [.. latencies.Select(latency => Rows(latency, bounds))]
        );
    }

    /// <summary>Lower bounds of the rows of a heat map over these latencies, microseconds; none if there are no latencies.</summary>
    internal static double[] Bounds(IReadOnlyCollection<LatencyHistogram> latencies)
    {
        var used = latencies.SelectMany(static latency => Enumerable.Range(0, latency.Bins.Length).Where(bin => latency.Bins[bin] != 0)).Distinct().ToArray();
        if (used.Length == 0)
        {
            return [];
        }

        var (lowest, highest) = (Row(LatencyHistogram.LowerBoundUs(used.Min())), Row(LatencyHistogram.LowerBoundUs(used.Max())));
        return [.. Enumerable.Range(lowest, highest - lowest + 1).Select(static row => row == 0 ? 0 : Math.Pow(2, (row - 1.0) / RowsPerDoubling))];
    }

    /// <summary>How many latencies are in each row.</summary>
    internal static ImmutableArray<long> Rows(LatencyHistogram latency, double[] bounds)
    {
        var rows = new long[bounds.Length];
        for (var bin = 0; bin < latency.Bins.Length; bin++)
        {
            if (latency.Bins[bin] != 0)
            {
                var row = Array.FindLastIndex(bounds, bound => bound <= LatencyHistogram.LowerBoundUs(bin) + 1e-9);
                rows[Math.Max(row, 0)] += latency.Bins[bin];
            }
        }

        return [.. rows];
    }

    private static int Row(long us) => us == 0 ? 0 : 1 + (int)Math.Floor((Math.Log2(us) * RowsPerDoubling) + 1e-9);

    private static LatencyHistogram Latency(ImmutableArray<SecondRecord> seconds, (int From, int End) range)
    {
        var latency = new LatencyHistogram();
        for (var second = range.From; second < range.End; second++)
        {
            latency.Merge(seconds[second].Latency);
        }

        return latency;
    }
}
