using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary>
/// The table of a sweep: for each point of the grid the mean of each figure over those of its runs that have it, with the 95 % interval of the mean.
/// </summary>
internal sealed class SweepTable
{
    private const double Level = 0.95;
    private readonly List<(string Point, int Runs, (double Mean, double HalfWidth)[] Figures)> rows = [];

    public SweepTable(SweepGrid grid, IReadOnlyDictionary<int, SweepRun> runs)
    {
        for (var point = 0; point < grid.Points.Length; point++)
        {
            var mine = runs.Values.Where(run => run.Failure is null && grid.Of(run.Number).Point == point).ToArray();
            var figures = Enumerable.Range(0, SweepFigures.Names.Count).Select(i => Mean([.. mine.Select(run => run.Figures[i]).OfType<double>()])).ToArray();
            rows.Add((string.Join(' ', grid.Points[point]), mine.Length, figures));
        }
    }

    public string Csv()
    {
        var head = string.Join(',', SweepFigures.Names.SelectMany(static name => new[] { name, $"{name}_half_width" }));
        var lines = rows.Select(static row =>
            string.Join(
                ',',
                row.Figures.SelectMany(static figure => new[] { Exact(figure.Mean), Exact(figure.HalfWidth) })
                    .Prepend(row.Runs.ToString(CultureInfo.InvariantCulture))
                    .Prepend($"\"{row.Point.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")
            )
        );
        return string.Join('\n', lines.Prepend($"settings,runs,{head}")) + "\n";
    }

    public void Print()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 200;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumn("settings").AddColumn(new TableColumn("runs").RightAligned());
        foreach (var name in SweepFigures.Names)
        {
            _ = table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        }

        foreach (var row in rows)
        {
            var cells = row.Figures.Select(static figure => Shown(figure.Mean, figure.HalfWidth));
            _ = table.AddRow([Markup.Escape(row.Point.Length == 0 ? "as written" : row.Point), row.Runs.ToString(CultureInfo.InvariantCulture), .. cells]);
        }

        console.Write(table);
        Console.WriteLine("Means over the runs of each line, ± half of the 95 % interval of the mean.");
    }

    private static (double Mean, double HalfWidth) Mean(double[] values)
    {
        var half =
            values.Length < 2 ? double.NaN : StudentT.InvCDF(0, 1, values.Length - 1, (1 + Level) / 2) * values.StandardDeviation() / Math.Sqrt(values.Length);
        return (values.Length == 0 ? double.NaN : values.Mean(), half);
    }

    private static string Exact(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Shown(double mean, double half) =>
        double.IsNaN(mean) ? "-"
        : double.IsNaN(half) ? string.Create(CultureInfo.InvariantCulture, $"{mean:0.###}")
        : string.Create(CultureInfo.InvariantCulture, $"{mean:0.###} ± {half:0.###}");
}
