using System.CommandLine;
using MeshSim.Scenarios.Model;
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
        var command = new Command("run", "Run a scenario in virtual time: summary, charts, result folder")
        {
            Scenario,
            Seed,
            Partitions,
            Out,
            ScenarioOptions.Set,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var source = ScenarioSource.Open(arguments.GetValue(Scenario)!, arguments.GetValue(ScenarioOptions.Set));
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

        var seed = ResultOutput.Seed(arguments.GetValue(Seed), scenario);
        var folder = arguments.GetValue(Out) ?? Path.Combine("results", scenario.Name);
        var result = await WithProgressAsync(source, seed, partitions, cancellation).ConfigureAwait(false);
        ResultOutput.Save(folder, scenario, result);
        ResultOutput.Print(scenario, result, $"Charts and data: {folder}  (again: meshsim run {scenario.Name} --seed {result.Seed})");
        return ResultOutput.ExitCode(result);
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
}
