using System.Globalization;
using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>How long answers took, second by second: the darker, the more of them.</summary>
internal static class HeatmapChart
{
    /// <summary>Every so many rows have their latency beside them.</summary>
    private const int LabelledRows = 10;

    private static readonly Color[] Shades = [Color.FromHex("#ECF3FA"), Color.FromHex("#7FB3D9"), ChartStyle.Blue, Color.FromHex("#08306B")];

    public static Plot Draw(RunResult result)
    {
        var plot = ResultCharts.NewPlot(result, "Latency of answers", "latency, milliseconds (logarithmic)", default);
        var seconds = ResultCharts.Whole(result);
        LatencyHistogram[] latencies = [.. seconds.Select(static second => second.Latency)];
        var bounds = ClientSeries.Bounds(latencies);
        var cells = new double[Math.Max(1, bounds.Length), Math.Max(1, latencies.Length)];
        for (var second = 0; second < latencies.Length; second++)
        {
            var rows = ClientSeries.Rows(latencies[second], bounds);
            for (var row = 0; row < rows.Length; row++)
            {
                // The root shows few beside many; rows of a heat map are counted from the top.
                cells[bounds.Length - 1 - row, second] = rows[row] == 0 ? double.NaN : Math.Sqrt(rows[row]);
            }
        }

        var map = plot.Add.Heatmap(cells);
        map.Colormap = new ScottPlot.Colormaps.CustomInterpolated(Shades);
        map.Position = new CoordinateRect(0, Math.Max(1, latencies.Length), 0, Math.Max(1, bounds.Length));
        map.CellAlignment = Alignment.LowerLeft; // A second begins at its number.
        map.NaNCellColor = Colors.Transparent;
        plot.Axes.Left.TickGenerator = Ticks(bounds);
        plot.Axes.SetLimits(0, Math.Max(1, latencies.Length), 0, Math.Max(1, bounds.Length));
        return plot;
    }

    private static ScottPlot.TickGenerators.NumericManual Ticks(double[] bounds)
    {
        var ticks = new ScottPlot.TickGenerators.NumericManual();
        var every = Math.Max(1, (bounds.Length + LabelledRows - 1) / LabelledRows);
        for (var row = 0; row < bounds.Length; row += every)
        {
            var ms = bounds[row] / 1000;
            ticks.AddMajor(
                row,
                ms.ToString(
                    ms >= 100 ? "0"
                        : ms >= 10 ? "0.0"
                        : ms >= 1 ? "0.00"
                        : "0.000",
                    CultureInfo.InvariantCulture
                )
            );
        }

        return ticks;
    }
}
