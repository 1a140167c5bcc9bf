using System.Collections.Immutable;
using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>An experiment second by second: measured as dots, simulated as a line in the band where the mean of the measured runs is expected.</summary>
public static class FidelityCharts
{
    public const int Width = 1200;
    public const int Height = 1500;

    private static readonly Color[] GroupColors =
    [
        ChartStyle.Blue,
        ChartStyle.Vermillion,
        ChartStyle.Green,
        ChartStyle.Orange,
        ChartStyle.Purple,
        ChartStyle.SkyBlue,
    ];

    /// <summary>Outcomes, latency and arrivals one above the other, as PNG.</summary>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static byte[] Png(FidelityOutcome outcome)
    {
        var whole = new Multiplot();
        whole.Reset(Outcomes(outcome));
        whole.AddPlot(Latency(outcome));
        whole.AddPlot(Arrivals(outcome));
        return whole.Render(Width, Height).GetImageBytes(ImageFormat.Png);
    }

    private static Plot Outcomes(FidelityOutcome outcome)
    {
        var statuses = outcome.Experiment.Runs.Concat(outcome.Simulated).SelectMany(static run => run.Seconds).SelectMany(static s => s.Statuses.Keys);
        var series = statuses
            .Distinct()
            .Order()
            .Select(status =>
                (
                    SecondSeries.Of(outcome, status == 0 ? "no answer" : $"{status}", second => second.Statuses.GetValueOrDefault(status)),
                    ChartStyle.ColorOf(status)
                )
            );
        return Draw(outcome, "Requests by outcome", "requests per second", series);
    }

    private static Plot Latency(FidelityOutcome outcome) =>
        Draw(
            outcome,
            "Latency of answers",
            "milliseconds",
            [
                (SecondSeries.Of(outcome, "p50", static second => second.P50Ms), ChartStyle.Blue),
                (SecondSeries.Of(outcome, "p99", static second => second.P99Ms), ChartStyle.Vermillion),
            ]
        );

    private static Plot Arrivals(FidelityOutcome outcome) =>
        Draw(
            outcome,
            "Arrivals at servers",
            "requests per second",
            ServerGroups
                .Of(outcome.Experiment)
                .Select((group, i) => (SecondSeries.Of(outcome, group.Name, second => Mean(second, group.Servers)), GroupColors[i % GroupColors.Length]))
        );

    private static double? Mean(ExperimentSecond second, string[] servers) => servers.Average(server => (double)second.Arrivals.GetValueOrDefault(server));

    private static Plot Draw(FidelityOutcome outcome, string title, string unit, IEnumerable<(SecondSeries Series, Color Color)> all)
    {
        var plot = ChartStyle.NewPlot($"{title} – {outcome.Experiment.Name}", Legend(outcome), unit);
        var highest = 0.0;
        foreach (var (series, color) in all.Where(static entry => !entry.Series.Points.IsEmpty))
        {
            Add(plot, series, color);
            highest = Math.Max(highest, series.Points.Max(static point => Math.Max(point.Measured, point.High)));
        }

        ChartStyle.Finish(plot, highest);
        plot.Axes.SetLimitsX(0, outcome.Experiment.LoadSeconds);
        return plot;
    }

    private static void Add(Plot plot, SecondSeries series, Color color)
    {
        double[] x = [.. series.Points.Select(static point => point.Second + 0.5)];
        var band = plot.Add.FillY(x, Values(series, static point => point.Low), Values(series, static point => point.High));
        band.FillColor = color.WithAlpha(0.15);
        band.LineWidth = 0;
        band.MarkerSize = 0;
        ChartStyle.AddLine(plot, x, Values(series, static point => point.Simulated), $"{series.Name} simulated", color);
        var dots = plot.Add.ScatterPoints(x, Values(series, static point => point.Measured), color);
        dots.LegendText = $"{series.Name} measured";
        dots.MarkerSize = 9;
    }

    private static string Legend(FidelityOutcome outcome) =>
        $"seconds; dots: mean of {outcome.Experiment.Runs.Length} measured runs, lines: simulated mean, bands: 99% of means of as many simulated runs";

    private static double[] Values(SecondSeries series, Func<SecondPoint, double> of) => [.. series.Points.Select(of)];
}
