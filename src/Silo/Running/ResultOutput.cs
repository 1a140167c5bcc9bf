using System.CommandLine;
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

    /// <summary>Takes expectations as a JUnit report.</summary>
    public static Option<string?> JUnit { get; } = new("--junit") { Description = "File that takes the expectations as a JUnit report" };

    /// <summary>Prints the result for programs.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print result.json in place of the table" };

    /// <param name="junit">A file for the expectations; null for none.</param>
    /// <exception cref="BadInputException">The folder or file cannot be written.</exception>
    public static void Save(string folder, Scenario scenario, RunResult result, string? junit)
    {
        try
        {
            ResultFolder.Write(folder, scenario, result, DateTimeOffset.UtcNow);
            foreach (var proxy in result.Proxies.Where(static proxy => proxy.Details is { AccessLogLost: > 0 }))
            {
                Console.Error.WriteLine(
                    $"warning: {proxy.Details!.AccessLogLost} lines of the access log of '{proxy.Name}' are not kept: there are at most {KeptLines.Most}"
                );
            }

            if (junit is not null)
            {
                File.WriteAllText(junit, JUnitXml.Write(JUnitSuite.Of(result)));
            }
        }
        catch (NoFontException e)
        {
            throw new BadInputException($"{e.Message} (all but the charts is in {folder})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write the result to '{folder}'{(junit is null ? "" : $" and '{junit}'")}: {e.Message}", e);
        }
    }

    /// <summary>What programs read.</summary>
    public static void PrintJson(string folder) => Console.Write(File.ReadAllText(Path.Combine(folder, ResultFolder.ResultFile)));

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
