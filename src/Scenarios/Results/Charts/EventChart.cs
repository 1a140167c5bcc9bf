using MeshSim.Scenarios.Model;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>When which endpoint had a fault, was ejected or failed its checks, and when proxies reached limits: a lane for each.</summary>
internal static class EventChart
{
    private const int MostLanes = 24;

    private static readonly (string Kind, string Name, Color Color)[] Kinds =
    [
        (TimelineBuilder.Fault, "fault", ChartStyle.Vermillion),
        (TimelineBuilder.Ejection, "ejected", ChartStyle.Purple),
        (TimelineBuilder.Health, "health checks fail", ChartStyle.Orange),
        (TimelineBuilder.Breaker, "limit reached", ChartStyle.Blue),
        (TimelineBuilder.Push, "push", ChartStyle.Green),
    ];

    /// <summary>Null if there is nothing to show.</summary>
    public static Plot? Draw(Scenario scenario, RunResult result)
    {
        var events = TimelineBuilder.Of(scenario, result, new AddressBook(result));
        var lanes = Kinds
            .SelectMany(kind =>
                events
                    .Where(one => one.Kind == kind.Kind)
                    .GroupBy(static one => one.Who, StringComparer.Ordinal)
                    .OrderBy(static group => group.Key, StringComparer.Ordinal)
                    .Select(group => (kind, Who: group.Key, Events: group.ToArray()))
            )
            .ToArray();
        if (lanes.Length == 0)
        {
            return null;
        }

        var plot = ResultCharts.NewPlot(result, lanes.Length > MostLanes ? $"Events (the first {MostLanes} of {lanes.Length} lanes)" : "Events", "", default);
        var shown = lanes.Take(MostLanes).ToArray();
        var ticks = new ScottPlot.TickGenerators.NumericManual();
        var named = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < shown.Length; i++)
        {
            var (kind, who, some) = shown[i];
            var position = shown.Length - 1 - i;
            ticks.AddMajor(position, who);
            foreach (var one in some)
            {
                var least = result.DurationNs / 1e9 / 400;
                var bar = plot.Add.Rectangle(one.AtS, Math.Max(one.UntilS ?? one.AtS, one.AtS + least), position - 0.32, position + 0.32);
                bar.FillColor = kind.Color;
                bar.LineWidth = 0;
                bar.LegendText = named.Add(kind.Kind) ? kind.Name : "";
            }
        }

        plot.Axes.Left.TickGenerator = ticks;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(0, result.DurationNs / 1e9, -0.7, shown.Length - 0.3);
        plot.Legend.FontSize = 12;
        plot.Legend.Orientation = Orientation.Horizontal;
        _ = plot.ShowLegend(Edge.Bottom);
        return plot;
    }
}
