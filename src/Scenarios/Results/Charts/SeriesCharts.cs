using System.Globalization;
using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>Charts of whatever a notebook has counted: lines over time, and bars.</summary>
public static class SeriesCharts
{
    private static readonly Color[] Colors =
    [
        ChartStyle.Vermillion,
        ChartStyle.Blue,
        ChartStyle.Green,
        ChartStyle.Orange,
        ChartStyle.Purple,
        ChartStyle.SkyBlue,
    ];

    /// <summary>One value for each second, a line for each name; values lie in the middle of their second.</summary>
    public static Plot OverTime(string title, string unit, params (string Name, IEnumerable<double> BySecond)[] lines)
    {
        var plot = ChartStyle.NewPlot($"{title}", "seconds", unit);
        var highest = 0.0;
        for (var i = 0; i < lines.Length; i++)
        {
            double[] values = [.. lines[i].BySecond];
            ChartStyle.AddLine(plot, [.. values.Select(static (_, second) => second + 0.5)], values, lines[i].Name, Colors[i % Colors.Length]);
            highest = Math.Max(highest, values.DefaultIfEmpty().Max());
        }

        ChartStyle.Finish(plot, highest);
        ShowZero(plot, highest);
        return plot;
    }

    /// <summary>A line at 0 would lie under the axis.</summary>
    private static void ShowZero(Plot plot, double highest) => plot.Axes.SetLimitsY(-0.03 * Math.Max(1e-3, highest), 1.1 * Math.Max(1e-3, highest));

    /// <summary>A bar for each name, with its value.</summary>
    public static Plot Bars(string title, string unit, params (string Name, double Value)[] bars)
    {
        var plot = ChartStyle.NewPlot($"{title}", "", unit);
        var ticks = new ScottPlot.TickGenerators.NumericManual();
        for (var i = 0; i < bars.Length; i++)
        {
            ticks.AddMajor(i, bars[i].Name);
            var bar = plot.Add.Bar(i, bars[i].Value);
            bar.Color = Colors[i % Colors.Length];
            bar.Bars[0].LineWidth = 0;
            bar.Bars[0].Label = bars[i].Value.ToString("0.#", CultureInfo.InvariantCulture);
            bar.ValueLabelStyle.FontSize = 14;
        }

        plot.Axes.Bottom.TickGenerator = ticks;
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(-0.6, bars.Length - 0.4, 0, Math.Max(1e-3, 1.15 * bars.Select(static bar => bar.Value).DefaultIfEmpty().Max()));
        return plot;
    }
}

/// <summary>What a second of a result says, for <see cref="SeriesCharts.OverTime"/>; seconds that were not simulated to their end are left out.</summary>
public static class BySecond
{
    /// <summary>Answers with 2xx.</summary>
    public static IEnumerable<double> Goodput(RunResult result) => ResultCharts.Whole(result).Select(static second => (double)Ok(second));

    /// <summary>Requests that clients sent.</summary>
    public static IEnumerable<double> Sent(RunResult result) => ResultCharts.Whole(result).Select(static second => (double)second.Sent);

    /// <summary>2xx among the answers, in %; 100 in a second without any.</summary>
    public static IEnumerable<double> Success(RunResult result) =>
        ResultCharts.Whole(result).Select(static second => second.ByStatus.Values.Sum() is var all and > 0 ? 100.0 * Ok(second) / all : 100);

    /// <summary>A quantile of the latency of answers, milliseconds.</summary>
    public static IEnumerable<double> LatencyMs(RunResult result, double quantile) =>
        ResultCharts.Whole(result).Select(second => second.Latency.QuantileUs(quantile) / 1000);

    /// <summary>Requests that reached the replicas of a service, those that were tried again included.</summary>
    public static IEnumerable<double> Arrivals(RunResult result, string service)
    {
        var replicas = result.Endpoints.Where(endpoint => endpoint.Name.StartsWith(service + "-", StringComparison.Ordinal)).ToArray();
        return ResultCharts
            .Whole(result)
            .Select(second => (double)replicas.Sum(replica => second.Second < replica.ArrivalsBySecond.Length ? replica.ArrivalsBySecond[second.Second] : 0));
    }

    /// <summary>What a counter of a proxy gained, one of those that results are compared by: <c>cluster.api.upstream_rq_retry</c>.</summary>
    public static IEnumerable<double> Stat(RunResult result, string proxy, string name)
    {
        var counts = result.Proxies.First(one => one.Name == proxy).StatsBySecond.GetValueOrDefault(name, []);
        return ResultCharts.Whole(result).Select(second => second.Second < counts.Length ? (double)counts[second.Second] : 0);
    }

    private static long Ok(SecondRecord second) => second.ByStatus.Where(static entry => entry.Key is >= 200 and < 300).Sum(static entry => entry.Value);
}
