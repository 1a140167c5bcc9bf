using System.Globalization;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>How all charts look.</summary>
internal static class ChartStyle
{
    // Colours that people with any colour vision can tell apart (Okabe and Ito).
    public static readonly Color Blue = Color.FromHex("#0072B2");
    public static readonly Color Orange = Color.FromHex("#E69F00");
    public static readonly Color Vermillion = Color.FromHex("#D55E00");
    public static readonly Color Green = Color.FromHex("#009E73");
    public static readonly Color Purple = Color.FromHex("#CC79A7");
    public static readonly Color SkyBlue = Color.FromHex("#56B4E9");
    public static readonly Color Black = Color.FromHex("#000000");

    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static Plot NewPlot(FormattableString title, string x, string y)
    {
        ChartFonts.Use();
        var plot = new Plot();
        plot.Title(title.ToString(CultureInfo.InvariantCulture), size: 20);
        plot.XLabel(x, size: 16);
        plot.YLabel(y, size: 16);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        return plot;
    }

    public static void AddLine(Plot plot, double[] x, double[] y, string name, Color color)
    {
        var line = plot.Add.Scatter(x, y, color);
        line.LegendText = name;
        line.LineWidth = 2.5f;
        line.MarkerSize = 0;
    }

    /// <summary>Axes from 0 to a little above the highest value, and the legend.</summary>
    public static void Finish(Plot plot, double highest)
    {
        plot.Axes.SetLimitsY(0, Math.Max(1e-3, 1.1 * highest));
        plot.Axes.Margins(horizontal: 0.01);
        plot.Axes.SetLimitsY(0, Math.Max(1e-3, 1.1 * highest));
        plot.Legend.FontSize = 12;
        plot.Legend.Orientation = Orientation.Horizontal;
        _ = plot.ShowLegend(Edge.Bottom);
    }

    /// <summary>The colour of answers with a status; 0 stands for no answer.</summary>
    public static Color ColorOf(int status) =>
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
