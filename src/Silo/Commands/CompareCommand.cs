using System.CommandLine;
using MeshSim.Scenarios.Results;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim compare</c>: two results side by side, with intervals.</summary>
internal static class CompareCommand
{
    private const string ChartFile = "comparison.png";
    private const string JsonFile = "comparison.json";
    private const int RedirectedWidth = 200;

    private static readonly Argument<string> A = new("A")
    {
        Description = "A result folder, or a folder of them with different seeds; margins are shares of its figures",
    };
    private static readonly Argument<string> B = new("B") { Description = "Another" };
    private static readonly Option<string?> Out = new("--out") { Description = $"Folder that takes {ChartFile} and {JsonFile}" };
    private static readonly Option<bool> Json = new("--json") { Description = "For programs" };

    public static Command Create()
    {
        var command = new Command("compare", "Hold two results against each other: which figures are equivalent, which differ, which need more requests")
        {
            A,
            B,
            Out,
            Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        Comparison comparison;
        try
        {
            comparison = Comparison.Of(ResultReader.Side(arguments.GetValue(A)!), ResultReader.Side(arguments.GetValue(B)!));
        }
        catch (ResultReadException e)
        {
            throw new BadInputException(e.Message, e);
        }

        Save(arguments.GetValue(Out), comparison);
        if (arguments.GetValue(Json))
        {
            Console.Write(ComparisonJson.Write(comparison));
        }
        else
        {
            Print(comparison, arguments.GetValue(Out));
        }

        return comparison.Verdict switch
        {
            ComparisonVerdict.Different => ExitCodes.ExpectationFailed,
            ComparisonVerdict.CannotTell => ExitCodes.CannotTell,
            _ => ExitCodes.Fine,
        };
    }

    private static void Save(string? folder, Comparison comparison)
    {
        if (folder is null)
        {
            return;
        }

        try
        {
            _ = Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, JsonFile), ComparisonJson.Write(comparison));
            File.WriteAllBytes(Path.Combine(folder, ChartFile), ComparisonCharts.Png(comparison));
        }
        catch (NoFontException e)
        {
            throw new BadInputException($"{e.Message} ({JsonFile} is in {folder})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write to '{folder}': {e.Message}", e);
        }
    }

    private static void Print(Comparison comparison, string? folder)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        Console.WriteLine($"A  {ComparisonText.Side(comparison.A)}");
        Console.WriteLine($"B  {ComparisonText.Side(comparison.B)}");
        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < ComparisonText.Columns.Count; i++)
        {
            var column = new TableColumn(ComparisonText.Columns[i]).NoWrap();
            _ = table.AddColumn(i == 0 || i == ComparisonText.Columns.Count - 1 ? column : column.RightAligned());
        }

        foreach (var figure in comparison.Figures)
        {
            var cells = ComparisonText.Cells(figure).Select(Markup.Escape).ToArray();
            cells[^1] = figure.Verdict == ComparisonVerdict.Different ? $"[red]{cells[^1]}[/]" : cells[^1];
            _ = table.AddRow(cells);
        }

        console.Write(table);
        Console.WriteLine(ComparisonText.Summary(comparison));
        Console.WriteLine($"Intervals from {comparison.Method}.{(folder is null ? "" : $" Chart and data: {folder}")}");
    }
}
