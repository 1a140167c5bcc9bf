using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>Two variants of a scenario, second by second: what an expectation speaks of. Of endpoints each has a line, and each variant a half of the picture.</summary>
public static class VariantChart
{
    public const int Width = 960;
    public const int Height = 400;

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

    /// <param name="original">The scenario's, with its faults.</param>
    /// <param name="mended">The other variant.</param>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static byte[] Png(Expectation shown, Scenario scenario, RunResult original, RunResult mended)
    {
        if (IsOfEndpoints(shown))
        {
            var halves = new Multiplot();
            var highest = Math.Max(Highest(shown, original), Highest(shown, mended));
            halves.Reset(Endpoints(shown, scenario, original, "as it was", highest));
            halves.AddPlot(Endpoints(shown, scenario, mended, "fixed", highest));
            halves.Layout = new ScottPlot.MultiplotLayouts.Columns();
            return halves.Render(Width, Height).GetImageBytes(ImageFormat.Png);
        }

        return Both(shown, scenario, original, mended).GetImageBytes(Width, Height, ImageFormat.Png);
    }

    private static bool IsOfEndpoints(Expectation shown) => shown.Metric is Metric.Share or Metric.MaxShare or Metric.Arrivals or Metric.Errors or Metric.MaxQueue;

    private static Plot Both(Expectation shown, Scenario scenario, RunResult original, RunResult mended)
    {
        var (title, unit) = Title(shown);
        var plot = NewPlot($"{title}", unit, scenario, original);
        var highest = Math.Max(
            Add(plot, VariantSeries.Of(shown, original), "as it was", ChartStyle.Vermillion),
            Add(plot, VariantSeries.Of(shown, mended), "fixed", ChartStyle.Blue)
        );
        ChartStyle.Finish(plot, highest);
        return plot;
    }

    private static Plot Endpoints(Expectation shown, Scenario scenario, RunResult result, string variant, double highest)
    {
        var plot = NewPlot($"{variant}", $"{(shown.Metric is Metric.Errors ? "errors" : "arrivals")} a second", scenario, result);
        foreach (var (index, line) in VariantSeries.OfEndpoints(shown, result).Take(MostLines).Index())
        {
            _ = Add(plot, line.Values, line.Name, Colors[index]);
        }

        ChartStyle.Finish(plot, highest);
        return plot;
    }

    private static double Highest(Expectation shown, RunResult result) =>
        VariantSeries.OfEndpoints(shown, result).Take(MostLines).SelectMany(static line => line.Values).DefaultIfEmpty().Max();

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

    /// <returns>The highest value.</returns>
    private static double Add(Plot plot, ImmutableArray<double> values, string name, Color color)
    {
        ChartStyle.AddLine(plot, [.. Enumerable.Range(0, values.Length).Select(static second => second + 0.5)], [.. values], name, color);
        return values.Where(static value => !double.IsNaN(value)).DefaultIfEmpty().Max();
    }

    private static (string Title, string Unit) Title(Expectation shown) =>
        shown.Metric switch
        {
            Metric.SuccessRate => ("Success rate", "% of answers"),
            Metric.LatencyQuantile => (string.Create(CultureInfo.InvariantCulture, $"p{100 * shown.Quantile:0.##} of the latency"), "milliseconds"),
            Metric.Goodput => ("Answers with 2xx", "a second"),
            Metric.Answers when shown.IsShare => ($"Answers {shown.Detail}", "% of answers"),
            Metric.Answers => ($"Answers {shown.Detail}", "a second"),
            Metric.Responses => ($"Answers {shown.Detail.Split(' ')[0]}", "a second"),
            Metric.Stat => (shown.Detail, "a second"),
            _ => ("Requests sent", "a second"),
        };
}
