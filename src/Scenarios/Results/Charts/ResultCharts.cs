using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>The charts of a result: who was answered what, and how fast, over virtual time.</summary>
public static class ResultCharts
{
    public const int Width = 1200;
    public const int Height = 600;

    /// <summary>Every chart of a result folder, with the name of its file.</summary>
    public static IEnumerable<(string Name, Plot Plot)> All(Scenario scenario, RunResult result)
    {
        yield return ("requests", Requests(result, scenario.Faults));
        yield return ("latency", Latency(result, scenario.Faults));
        if (result.Totals.Latency.Count > 0)
        {
            yield return ("heatmap", HeatmapChart.Draw(result));
        }

        if (result.Endpoints.Any(static endpoint => endpoint.Arrivals > 0))
        {
            yield return ("shares", ShareChart.Draw(result));
        }

        if (EventChart.Draw(scenario, result) is { } events)
        {
            yield return ("events", events);
        }
    }

    /// <summary>A chart as a picture.</summary>
    public static byte[] Png(Plot plot) => plot.GetImageBytes(Width, Height, ImageFormat.Png);

    /// <summary>Requests per second by outcome, one on top of the other.</summary>
    public static Plot Requests(RunResult result, ImmutableArray<Fault> faults = default)
    {
        var plot = NewPlot(result, "Requests by outcome", "requests per second", faults);
        var seconds = Whole(result);
        var below = new double[2 * seconds.Length];
        double[] edges = [.. seconds.SelectMany(static second => new double[] { second.Second, second.Second + 1 })];
        foreach (
            var status in seconds
                .SelectMany(static second => second.ByStatus.Keys)
                .Distinct()
                .OrderBy(static status => status is >= 200 and < 300 ? 0 : 1)
                .ThenBy(static status => status)
        )
        {
            double[] above = [.. below.Select((value, i) => value + seconds[i / 2].ByStatus.GetValueOrDefault(status))];
            var area = plot.Add.FillY(edges, below, above);
            area.FillColor = ChartStyle.ColorOf(status);
            area.LineWidth = 0;
            area.MarkerSize = 0;
            area.LegendText = status == 0 ? "no answer" : status.ToString(CultureInfo.InvariantCulture);
            below = above;
        }

        ChartStyle.Finish(plot, below.DefaultIfEmpty(1).Max());
        return plot;
    }

    /// <summary>Latency quantiles of all answers, second by second.</summary>
    public static Plot Latency(RunResult result, ImmutableArray<Fault> faults = default)
    {
        var plot = NewPlot(result, "Latency of answers", "milliseconds", faults);
        var seconds = Whole(result);
        AddLine(plot, seconds, "p99", ChartStyle.Vermillion, static second => second.Latency.QuantileUs(0.99) / 1000);
        AddLine(plot, seconds, "p90", ChartStyle.Orange, static second => second.Latency.QuantileUs(0.9) / 1000);
        AddLine(plot, seconds, "p50", ChartStyle.Blue, static second => second.Latency.QuantileUs(0.5) / 1000);
        ChartStyle.Finish(plot, seconds.Length == 0 ? 1 : seconds.Max(static second => second.Latency.QuantileUs(0.99) / 1000));
        return plot;
    }

    /// <summary>Success rate, second by second, of two results.</summary>
    public static Plot CompareSuccess(RunResult a, RunResult b)
    {
        var plot = NewPlot(a, $"Success rate: {a.Scenario} and {b.Scenario}", "% of answers", default);
        AddLine(plot, Whole(a), a.Scenario, ChartStyle.Vermillion, Success);
        AddLine(plot, Whole(b), b.Scenario, ChartStyle.Blue, Success);
        ChartStyle.Finish(plot, 100);
        return plot;

        static double Success(SecondRecord second)
        {
            var all = second.ByStatus.Values.Sum();
            return all == 0 ? 100 : 100.0 * second.ByStatus.Where(static entry => entry.Key is >= 200 and < 300).Sum(static entry => entry.Value) / all;
        }
    }

    internal static Plot NewPlot(RunResult result, string title, string unit, ImmutableArray<Fault> faults)
    {
        var plot = ChartStyle.NewPlot(
            $"{title} – {result.Scenario}, seed {result.Seed}",
            $"{(result.Machine is null ? "virtual" : "real")} time, seconds",
            unit
        );
        foreach (var fault in faults.IsDefault ? [] : faults)
        {
            var end = Math.Min(fault.UntilNs, result.DurationNs);
            var span = plot.Add.HorizontalSpan(fault.FromNs / 1e9, end / 1e9, ChartStyle.Vermillion.WithAlpha(0.12));
            span.LineWidth = 0;
            span.LegendText = $"fault: {fault.Description}";
        }

        return plot;
    }

    private static void AddLine(Plot plot, ImmutableArray<SecondRecord> seconds, string name, Color color, Func<SecondRecord, double> value) =>
        ChartStyle.AddLine(plot, [.. seconds.Select(static second => second.Second + 0.5)], [.. seconds.Select(value)], name, color);

    /// <summary>Seconds that were simulated to their end; the rest would look like a drop.</summary>
    internal static ImmutableArray<SecondRecord> Whole(RunResult result) =>
        [.. result.Seconds.Where(second => (second.Second + 1) * MonotonicTime.NanosecondsPerSecond <= result.DurationNs)];
}
