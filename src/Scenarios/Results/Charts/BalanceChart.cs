using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>Which share of a cluster's requests each endpoint gets, as bars.</summary>
public static class BalanceChart
{
    public const int Width = 1200;

    /// <summary>More endpoints than can be read are put together.</summary>
    public const int MaxBars = 40;

    private const int Margin = 150;
    private const int BarHeight = 34;

    /// <summary>Colours that people with any colour vision can tell apart (Okabe and Ito), one for each priority.</summary>
    private static readonly Color[] OfPriorities = [Color.FromHex("#0072B2"), Color.FromHex("#E69F00"), Color.FromHex("#009E73"), Color.FromHex("#CC79A7")];
    private static readonly Color OfNone = Color.FromHex("#D55E00");

    public static int Height(ClusterBalance balance) => Margin + (BarHeight * (Math.Min(balance.Hosts.Length, MaxBars) + 2));

    /// <param name="interval">Where a counted share lies: from so many of so many.</param>
    public static Plot Draw(ClusterBalance balance, Func<long, long, (double Low, double High)> interval)
    {
        ChartFonts.Use();
        var plot = new Plot();
        plot.Title(Text($"Who gets the requests of '{balance.Cluster.Name}' – {balance.Cluster.LoadBalancing.Policy.Name}"), size: 20);
        var kind = balance.IsExact ? "computed" : Text($"{balance.Question.Picks} choices, seed {balance.Question.Seed}, 99.9 % interval");
        plot.XLabel($"% of requests ({kind})", size: 16);
        List<(string Name, double Share, long Picks, Color Color)> bars =
        [
            .. balance.Hosts.Take(MaxBars).Select(host => (Label(host), host.Share, host.Picks, OfPriorities[host.Host.Priority % OfPriorities.Length])),
        ];
        if (balance.Hosts.Length > MaxBars)
        {
            var rest = balance.Hosts.Skip(MaxBars).ToArray();
            bars.Add((Text($"{rest.Length} more"), rest.Sum(static host => host.Share), rest.Sum(static host => host.Picks), Colors.Gray));
        }

        if (balance.None > 0)
        {
            bars.Add(("no host: 503 UH", balance.None, (long)Math.Round(balance.None * balance.Question.Picks), OfNone));
        }

        AddBars(plot, bars, balance, interval);
        Legend(plot, balance);
        return plot;
    }

    private static void AddBars(
        Plot plot,
        List<(string Name, double Share, long Picks, Color Color)> bars,
        ClusterBalance balance,
        Func<long, long, (double Low, double High)> interval
    )
    {
        for (var i = 0; i < bars.Count; i++)
        {
            var (_, share, picks, color) = bars[i];
            var position = bars.Count - 1 - i;
            var bar = plot.Add.Bar(position, 100 * share);
            bar.Horizontal = true;
            bar.Color = color;
            var end = 100 * share;
            if (!balance.IsExact)
            {
                var (low, high) = interval(picks, balance.Question.Picks);
                var line = plot.Add.Line(100 * low, position, 100 * high, position);
                line.Color = Colors.Black;
                line.LineWidth = 2;
                end = 100 * high;
            }

            var label = plot.Add.Text(Text($" {100 * share:0.##} %"), end, position);
            label.LabelFontSize = 14;
            label.LabelAlignment = Alignment.MiddleLeft;
        }

        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. bars.Select((_, i) => (double)(bars.Count - 1 - i))],
            [.. bars.Select(static bar => bar.Name)]
        );
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.SetLimits(0, Math.Max(1, 115 * bars.Max(static bar => bar.Share)), -0.7, bars.Count - 0.3);
        plot.HideGrid();
    }

    private static void Legend(Plot plot, ClusterBalance balance)
    {
        foreach (var priority in balance.Hosts.Select(static host => host.Host.Priority).Distinct().Order())
        {
            var panic = priority < balance.Priorities.Length && balance.Priorities[priority].InPanic ? ", in panic" : "";
            plot.Legend.ManualItems.Add(
                new LegendItem { LabelText = Text($"priority {priority}{panic}"), FillColor = OfPriorities[priority % OfPriorities.Length] }
            );
        }

        plot.Legend.FontSize = 13;
        plot.Legend.Orientation = Orientation.Horizontal;
        _ = plot.ShowLegend(Edge.Bottom);
    }

    private static string Label(HostBalance host) =>
        (host.Host.Hostname.Length > 0 ? host.Host.Hostname : host.Host.Address.Text)
        + (host.Health == HealthFlags.None ? "" : Text($" {HostHealth.Text(host.Health)}"))
        + (host.Active > 0 ? Text($", {host.Active} active") : "");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
