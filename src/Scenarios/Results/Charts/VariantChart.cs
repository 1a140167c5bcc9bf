using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// Two variants of a scenario over virtual time: what an expectation speaks of, with the value that was expected as a dashed line. Where it
/// is about shares, each endpoint has a line, and each variant a half of the picture.
/// </summary>
public static class VariantChart
{
    public const int Width = 800;
    public const int Height = 360;

    /// <summary>More lines cannot be told apart.</summary>
    private const int MostLines = 7;

    private static readonly Color[] Colors =
    [
        ChartStyle.Blue,
        ChartStyle.Vermillion,
        ChartStyle.Green,
        ChartStyle.Orange,
        ChartStyle.Purple,
        ChartStyle.SkyBlue,
        ChartStyle.Black,
    ];

    /// <param name="shown">One that the original is to meet.</param>
    /// <param name="scenario">The original's, with its faults.</param>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static byte[] Png(Expectation shown, Scenario scenario, RunResult original, RunResult mended)
    {
        if (shown.Metric is not (Metric.Share or Metric.MaxShare))
        {
            return Both(shown, scenario, original, mended).GetImageBytes(Width, Height, ImageFormat.Png);
        }

        var halves = new Multiplot();
        halves.Reset(Shares(shown, scenario, original, "as it was"));
        halves.AddPlot(Shares(shown, scenario, mended, "fixed"));
        halves.Layout = new ScottPlot.MultiplotLayouts.Columns();
        return halves.Render(Width, Height).GetImageBytes(ImageFormat.Png);
    }

    private static Plot Both(Expectation shown, Scenario scenario, RunResult original, RunResult mended)
    {
        var (title, unit) = Title(shown);
        var plot = NewPlot($"{title}", unit, scenario, original);
        var highest = Math.Max(
            Add(plot, VariantSeries.Of(shown, mended), "fixed", ChartStyle.Blue),
            Add(plot, VariantSeries.Of(shown, original), "as it was", ChartStyle.Vermillion)
        );
        AddExpected(plot, shown, original);
        Finish(plot, highest);
        return plot;
    }

    private static Plot Shares(Expectation shown, Scenario scenario, RunResult result, string variant)
    {
        var plot = NewPlot($"{variant}", "% of requests", scenario, result);
        var highest = 0.0;
        foreach (var (index, line) in VariantSeries.Shares(shown, result).Take(MostLines).Index())
        {
            highest = Math.Max(highest, Add(plot, line.Values, line.Name, Colors[index]));
        }

        Finish(plot, Math.Max(highest, 100 * shown.Bound));
        return plot;
    }

    /// <summary>A line at 0 would hide behind the axis.</summary>
    private static void Finish(Plot plot, double highest)
    {
        ChartStyle.Finish(plot, highest);
        plot.Axes.SetLimitsY(-0.04 * highest, 1.1 * highest);
    }

    private static Plot NewPlot(FormattableString title, string unit, Scenario scenario, RunResult result)
    {
        var plot = ChartStyle.NewPlot(title, "virtual time, seconds", unit);
        foreach (var fault in scenario.Faults)
        {
            var span = plot.Add.HorizontalSpan(fault.FromNs / 1e9, Math.Min(fault.UntilNs, result.DurationNs) / 1e9, ChartStyle.Black.WithAlpha(0.07));
            span.LineWidth = 0;
        }

        return plot;
    }

    /// <summary>Values of seconds that begin at 0, each drawn in the middle of its second.</summary>
    /// <returns>The highest value.</returns>
    private static double Add(Plot plot, ImmutableArray<double> values, string name, Color color)
    {
        ChartStyle.AddLine(plot, [.. Enumerable.Range(0, values.Length).Select(static second => second + 0.5)], [.. values], name, color);
        return values.Where(static value => !double.IsNaN(value)).DefaultIfEmpty().Max();
    }

    private static void AddExpected(Plot plot, Expectation shown, RunResult result)
    {
        if (shown.Operator != "==")
        {
            return;
        }

        var (from, until) = shown.Window ?? ((int)(result.WarmUpNs / 1_000_000_000), (int)(result.DurationNs / 1_000_000_000));
        var bound = shown.IsShare ? 100 * shown.Bound : shown.Bound;
        var line = plot.Add.Line(from, bound, until, bound);
        line.LineColor = ChartStyle.Black;
        line.LineWidth = 1.5f;
        line.LinePattern = LinePattern.Dashed;
        line.LegendText = "expected as it was";
    }

    private static (string Title, string Unit) Title(Expectation shown) =>
        shown.Metric switch
        {
            Metric.SuccessRate => ("Success rate", "% of answers"),
            Metric.LatencyQuantile => (string.Create(CultureInfo.InvariantCulture, $"p{100 * shown.Quantile:0.##} of the latency"), "milliseconds"),
            Metric.Goodput => ("Answers with 2xx", "a second"),
            Metric.Rate => ("Requests sent", "a second"),
            Metric.Answers when shown.IsShare => ($"Answers {shown.Detail}", "% of answers"),
            Metric.Answers => ($"Answers {shown.Detail}", "so far"),
            Metric.Responses => ($"Answers {shown.Detail.Split(' ')[0]}", "so far"),
            Metric.Arrivals => ($"Requests that reached {shown.Subject}", "so far"),
            Metric.Errors => ($"Errors of {shown.Subject}", "so far"),
            Metric.MaxQueue => ($"Most requests that wait at {shown.Subject}", "requests"),
            Metric.Stat => (shown.Detail, "so far"),
            _ => ("Requests sent", "so far"),
        };
}
