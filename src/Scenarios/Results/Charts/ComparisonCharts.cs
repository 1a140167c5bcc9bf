using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>Two results: success and latency second by second, and every difference with its interval in units of its margin.</summary>
public static class ComparisonCharts
{
    public const int Width = 1200;
    private const int SeriesHeight = 500;
    private const int RowHeight = 28;

    /// <summary>What is further away is drawn at the edge.</summary>
    private const double MostMargins = 3;

    /// <summary>All one above the other, as PNG.</summary>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static byte[] Png(Comparison comparison)
    {
        FigureComparison[] drawn = [.. comparison.Figures.Where(static figure => figure.Margin > 0 && double.IsFinite(figure.HalfWidth))];
        var whole = new Multiplot();
        whole.Reset(Success(comparison));
        whole.AddPlot(Latency(comparison));
        whole.AddPlot(Differences(drawn));
        return whole.Render(Width, Math.Max(3 * SeriesHeight, (2 * SeriesHeight) + (RowHeight * drawn.Length))).GetImageBytes(ImageFormat.Png);
    }

    private static Plot Success(Comparison comparison)
    {
        var plot = ChartStyle.NewPlot($"Success rate", "seconds after the warm-up", "% of answers");
        Add(plot, "A", comparison.A, ChartStyle.Blue, Share);
        Add(plot, "B", comparison.B, ChartStyle.Vermillion, Share);
        ChartStyle.Finish(plot, 100);
        return plot;

        static double Share(SecondSample second) => second.Answers == 0 ? 100 : 100.0 * second.Ok / second.Answers;
    }

    private static Plot Latency(Comparison comparison)
    {
        var plot = ChartStyle.NewPlot($"Latency of answers", "seconds after the warm-up", "milliseconds");
        var highest = 0.0;
        foreach (
            var (name, side, low, high) in new[]
            {
                ("A", comparison.A, ChartStyle.SkyBlue, ChartStyle.Blue),
                ("B", comparison.B, ChartStyle.Orange, ChartStyle.Vermillion),
            }
        )
        {
            _ = Add(plot, $"{name} p50", side, low, static second => second.Latency.QuantileUs(0.5) / 1000);
            highest = Math.Max(highest, Add(plot, $"{name} p99", side, high, static second => second.Latency.QuantileUs(0.99) / 1000));
        }

        ChartStyle.Finish(plot, highest);
        return plot;
    }

    /// <returns>The highest value.</returns>
    private static double Add(Plot plot, string name, ComparedSide side, Color color, Func<SecondSample, double> value)
    {
        var seconds = side.BySecond();
        double[] values = [.. seconds.Items.Select(value)];
        ChartStyle.AddLine(plot, [.. Enumerable.Range(0, values.Length).Select(static second => second + 0.5)], values, $"{name}: {side.Name}", color);
        return values.DefaultIfEmpty().Max();
    }

    private static Plot Differences(FigureComparison[] figures)
    {
        var plot = ChartStyle.NewPlot($"Differences with 99 % intervals; grey: equivalent", "B − A in units of the margin", "");
        var inside = plot.Add.HorizontalSpan(-1, 1, ChartStyle.Black.WithAlpha(0.08));
        inside.LineStyle.Width = 0;
        var ticks = new ScottPlot.TickGenerators.NumericManual();
        for (var i = 0; i < figures.Length; i++)
        {
            var y = figures.Length - i;
            ticks.AddMajor(y, figures[i].Figure.Name);
            Draw(plot, figures[i], y);
        }

        plot.Axes.Left.TickGenerator = ticks;
        plot.Axes.SetLimits(-MostMargins, MostMargins, 0, figures.Length + 1);
        return plot;
    }

    private static void Draw(Plot plot, FigureComparison figure, int y)
    {
        var color = figure.Verdict switch
        {
            ComparisonVerdict.Equivalent => ChartStyle.Green,
            ComparisonVerdict.Different => ChartStyle.Vermillion,
            ComparisonVerdict.NotDistinguishable => ChartStyle.Blue,
            _ => ChartStyle.Orange,
        };
        var line = plot.Add.Line(At(figure.Difference - figure.HalfWidth), y, At(figure.Difference + figure.HalfWidth), y);
        line.LineColor = color;
        line.LineWidth = 4;
        var dot = plot.Add.Marker(At(figure.Difference), y);
        dot.Color = color;
        dot.Size = 10;

        double At(double value) => Math.Clamp(value / figure.Margin, -MostMargins, MostMargins);
    }
}
