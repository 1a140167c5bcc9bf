using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim run</c>: a scenario in virtual time.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> Scenario = new("scenario") { Description = "Name of a scenario of the library, or a file" };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Seed of everything random (default: the scenario's, or one drawn now)" };
    private static readonly Option<int> Partitions = new("--partitions")
    {
        Description = "Partitions to divide the run into; the result is the same",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<string?> Out = new("--out") { Description = "Result folder (default: results/<scenario>)" };

    public static Command Create()
    {
        var command = new Command("run", "Run a scenario in virtual time: summary, charts, result folder") { Scenario, Seed, Partitions, Out };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var source = ScenarioSource.Open(arguments.GetValue(Scenario)!);
        ConfigMessages.Print(source.Result.Problems, source.Result.Warnings);
        if (source.Result.Scenario is not { } scenario)
        {
            return ExitCodes.BadInput;
        }

        var partitions = arguments.GetValue(Partitions);
        if (partitions is < 1 or > 1024)
        {
            throw new BadInputException($"--partitions {partitions} is not accepted; accepted is 1 to 1024");
        }

        var seed = arguments.GetValue(Seed) ?? scenario.Seed ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        var folder = arguments.GetValue(Out) ?? Path.Combine("results", scenario.Name);
        var result = await WithProgressAsync(source, seed, partitions, cancellation).ConfigureAwait(false);
        Save(folder, scenario, result);
        Print(scenario, result, folder);
        return result.Expectations.All(static expectation => expectation.Passed) ? ExitCodes.Fine : ExitCodes.ExpectationFailed;
    }

    private static async Task<RunResult> WithProgressAsync(ScenarioSource source, ulong seed, int partitions, CancellationToken cancellation)
    {
        using var silo = await EmbeddedSilo.StartAsync().ConfigureAwait(false);
        var duration = source.Result.Scenario!.DurationNs;
        if (Console.IsOutputRedirected)
        {
            return await GrainRunner.RunAsync(silo.Services, source, seed, partitions, static (_, _) => { }, cancellation).ConfigureAwait(false);
        }

        return await AnsiConsole
            .Progress()
            .AutoClear(true)
            .StartAsync(async context =>
            {
                var task = context.AddTask("virtual time", maxValue: duration);
                return await GrainRunner.RunAsync(silo.Services, source, seed, partitions, (time, _) => task.Value = time, cancellation).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private static void Save(string folder, Scenario scenario, RunResult result)
    {
        try
        {
            ResultFolder.Write(folder, scenario, result, DateTimeOffset.UtcNow);
        }
        catch (NoFontException e)
        {
            throw new BadInputException($"{e.Message} (result.json and series.csv are in {folder})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write the result folder '{folder}': {e.Message}", e);
        }
    }

    private static void Print(Scenario scenario, RunResult result, string folder)
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Charts and data: {folder}  (again: meshsim run {scenario.Name} --seed {result.Seed})"));
    }
}
