using System.Globalization;
using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>Which share of all arrivals each endpoint had, with what it answered as errors.</summary>
internal static class ShareChart
{
    /// <summary>More endpoints than can be read are put together.</summary>
    private const int MostBars = 30;

    public static Plot Draw(RunResult result)
    {
        var plot = ChartStyle.NewPlot(
            $"Arrivals by endpoint – {result.Scenario}, seed {result.Seed}",
            "% of all arrivals, retries and health checks included",
            ""
        );
        var all = result.Endpoints.Sum(static endpoint => endpoint.Arrivals);
        List<(string Name, long Arrivals, long Errors)> bars = [.. result.Endpoints.Take(MostBars).Select(static one => (one.Name, one.Arrivals, one.Errors))];
        if (result.Endpoints.Length > MostBars)
        {
            var rest = result.Endpoints.Skip(MostBars).ToArray();
            bars.Add(
                (string.Create(CultureInfo.InvariantCulture, $"{rest.Length} more"), rest.Sum(static one => one.Arrivals), rest.Sum(static one => one.Errors))
            );
        }

        var ticks = new ScottPlot.TickGenerators.NumericManual();
        for (var i = 0; i < bars.Count; i++)
        {
            var (name, arrivals, errors) = bars[i];
            var position = bars.Count - 1 - i;
            ticks.AddMajor(position, name);
            Bar(plot, position, 0, 100.0 * (arrivals - errors) / all, ChartStyle.Blue, i == 0 ? "not an error" : "");
            Bar(plot, position, 100.0 * (arrivals - errors) / all, 100.0 * arrivals / all, ChartStyle.Vermillion, i == 0 ? "answered with 500 and more" : "");
            var label = plot.Add.Text(string.Create(CultureInfo.InvariantCulture, $" {100.0 * arrivals / all:0.0} %"), 100.0 * arrivals / all, position);
            label.LabelFontSize = 14;
            label.LabelAlignment = Alignment.MiddleLeft;
        }

        plot.Axes.Left.TickGenerator = ticks;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.HideGrid();
        plot.Axes.SetLimits(0, 1.12 * 100 * bars.Max(static bar => bar.Arrivals) / all, -0.7, bars.Count - 0.3);
        plot.Legend.FontSize = 12;
        plot.Legend.Orientation = Orientation.Horizontal;
        _ = plot.ShowLegend(Edge.Bottom);
        return plot;
    }

    private static void Bar(Plot plot, double position, double from, double to, Color color, string name)
    {
        var bars = plot.Add.Bar(
            new Bar
            {
                Position = position,
                ValueBase = from,
                Value = to,
                FillColor = color,
                LineWidth = 0,
                Orientation = Orientation.Horizontal,
                Size = 0.7,
            }
        );
        bars.LegendText = name;
    }
}
