using System.Security.Cryptography;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary>What commands that run a scenario do with the result, however it was run.</summary>
internal static class ResultOutput
{
    /// <summary>The seed asked for, the scenario's, or one drawn now.</summary>
    public static ulong Seed(ulong? asked, Scenario scenario) => asked ?? scenario.Seed ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));

    public static int ExitCode(RunResult result) =>
        result.Expectations.All(static expectation => expectation.Passed) ? ExitCodes.Fine : ExitCodes.ExpectationFailed;

    /// <exception cref="BadInputException">The folder cannot be written.</exception>
    public static void Save(string folder, Scenario scenario, RunResult result)
    {
        try
        {
            ResultFolder.Write(folder, scenario, result, DateTimeOffset.UtcNow);
        }
        catch (NoFontException e)
        {
            throw new BadInputException($"{e.Message} (result.json, series.csv and seconds.jsonl are in {folder})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write the result folder '{folder}': {e.Message}", e);
        }
    }

    /// <param name="last">What stands below the table.</param>
    public static void Print(Scenario scenario, RunResult result, string last)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 160;
        }

        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(scenario.Name)).AddColumn("").AddColumn(Markup.Escape(scenario.Description));
        foreach (var (name, value) in SummaryTable.Rows(result))
        {
            _ = table.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        foreach (var expectation in result.Expectations)
        {
            _ = table.AddRow(
                expectation.Passed ? "[green]expected[/]" : "[red]NOT as expected[/]",
                Markup.Escape($"{expectation.Text}: {expectation.Measured}")
            );
        }

        console.Write(table);
        Console.WriteLine(last);
    }
}
