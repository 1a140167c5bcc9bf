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

    /// <summary>Colours that people with any colour vision can tell apart (Okabe and Ito).</summary>
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color Orange = Color.FromHex("#E69F00");
    private static readonly Color Vermillion = Color.FromHex("#D55E00");
    private static readonly Color Green = Color.FromHex("#009E73");
    private static readonly Color Purple = Color.FromHex("#CC79A7");
    private static readonly Color Black = Color.FromHex("#000000");

    /// <summary>Every chart of a result folder, with the name of its file.</summary>
    public static IEnumerable<(string Name, Plot Plot)> All(RunResult result, ImmutableArray<ErrorRateFault> faults) =>
        [("requests", Requests(result, faults)), ("latency", Latency(result, faults))];

    /// <summary>Requests per second by outcome.</summary>
    public static Plot Requests(RunResult result, ImmutableArray<ErrorRateFault> faults = default)
    {
        var plot = NewPlot(result, "Requests by outcome", "requests per second", faults);
        var seconds = Whole(result);
        foreach (var status in result.Seconds.SelectMany(static second => second.ByStatus.Keys).Distinct().Order())
        {
            var name = status == 0 ? "no answer" : status.ToString(CultureInfo.InvariantCulture);
            AddLine(plot, seconds, name, ColorOf(status), second => second.ByStatus.GetValueOrDefault(status));
        }

        Finish(plot, seconds.Length == 0 ? 1 : seconds.Max(static second => second.ByStatus.Values.DefaultIfEmpty().Max()));
        return plot;
    }

    /// <summary>Latency quantiles of all answers, second by second.</summary>
    public static Plot Latency(RunResult result, ImmutableArray<ErrorRateFault> faults = default)
    {
        var plot = NewPlot(result, "Latency of answers", "milliseconds", faults);
        var seconds = Whole(result);
        AddLine(plot, seconds, "p99", Vermillion, static second => second.Latency.QuantileUs(0.99) / 1000);
        AddLine(plot, seconds, "p90", Orange, static second => second.Latency.QuantileUs(0.9) / 1000);
        AddLine(plot, seconds, "p50", Blue, static second => second.Latency.QuantileUs(0.5) / 1000);
        Finish(plot, seconds.Length == 0 ? 1 : seconds.Max(static second => second.Latency.QuantileUs(0.99) / 1000));
        return plot;
    }

    /// <summary>Success rate, second by second, of two results.</summary>
    public static Plot CompareSuccess(RunResult a, RunResult b)
    {
        var plot = NewPlot(a, $"Success rate: {a.Scenario} and {b.Scenario}", "% of answers", default);
        AddLine(plot, Whole(a), a.Scenario, Vermillion, Success);
        AddLine(plot, Whole(b), b.Scenario, Blue, Success);
        Finish(plot, 100);
        return plot;

        static double Success(SecondRecord second)
        {
            var all = second.ByStatus.Values.Sum();
            return all == 0 ? 100 : 100.0 * second.ByStatus.Where(static entry => entry.Key is >= 200 and < 300).Sum(static entry => entry.Value) / all;
        }
    }

    private static Plot NewPlot(RunResult result, string title, string unit, ImmutableArray<ErrorRateFault> faults)
    {
        ChartFonts.Use();
        var plot = new Plot();
        plot.Title(string.Create(CultureInfo.InvariantCulture, $"{title} – {result.Scenario}, seed {result.Seed}"), size: 20);
        plot.XLabel("virtual time, seconds", size: 16);
        plot.YLabel(unit, size: 16);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        foreach (var fault in faults.IsDefault ? [] : faults)
        {
            var end = Math.Min(fault.UntilNs, result.DurationNs);
            var span = plot.Add.HorizontalSpan(fault.FromNs / 1e9, end / 1e9, Black.WithAlpha(0.08));
            span.LegendText = string.Create(CultureInfo.InvariantCulture, $"fault: {100 * fault.Rate:0.#}% {fault.Status} from {fault.Service}");
        }

        return plot;
    }

    private static void AddLine(Plot plot, ImmutableArray<SecondRecord> seconds, string name, Color color, Func<SecondRecord, double> value)
    {
        var line = plot.Add.Scatter(seconds.Select(static second => second.Second + 0.5).ToArray(), seconds.Select(value).ToArray(), color);
        line.LegendText = name;
        line.LineWidth = 2.5f;
        line.MarkerSize = 0;
    }

    private static void Finish(Plot plot, double highest)
    {
        plot.Axes.SetLimitsY(0, Math.Max(1e-3, 1.1 * highest));
        plot.Axes.Margins(horizontal: 0.01);
        plot.Axes.SetLimitsY(0, Math.Max(1e-3, 1.1 * highest));
        plot.Legend.FontSize = 12;
        plot.Legend.Orientation = Orientation.Horizontal;
        _ = plot.ShowLegend(Edge.Bottom);
    }

    /// <summary>Seconds that were simulated to their end; the rest would look like a drop.</summary>
    private static ImmutableArray<SecondRecord> Whole(RunResult result) =>
        [.. result.Seconds.Where(second => (second.Second + 1) * MonotonicTime.NanosecondsPerSecond <= result.DurationNs)];

    private static Color ColorOf(int status) =>
        status switch
        {
            0 => Black,
            < 300 => Blue,
            < 400 => Green,
            < 500 => Orange,
            503 => Vermillion,
            _ => Purple,
        };
}
