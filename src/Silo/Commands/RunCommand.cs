using System.CommandLine;
using System.Globalization;
using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim run</c>: a scenario in virtual time.</summary>
internal static class RunCommand
{
    private const int MaxPartitions = 1024;
    private const int MaxSilos = 64;

    private static readonly Argument<string> Scenario = new("scenario") { Description = "Name of a scenario of the library, or a file" };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Seed of everything random (default: the scenario's, or one drawn now)" };
    private static readonly Option<int?> Partitions = new("--partitions")
    {
        Description = "Partitions to divide the run into; the result is the same (default: by the events there are at once)",
    };
    private static readonly Option<int> Silos = new("--silos")
    {
        Description = "Silo processes on this machine; the result is the same",
        DefaultValueFactory = static _ => 1,
    };
    private static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "Run in a cluster that is there: localhost:PORT of a silo, or redis://HOST:PORT",
    };
    private static readonly Option<string> ClusterId = new("--cluster-id")
    {
        Description = "The id of that cluster",
        DefaultValueFactory = static _ => ClusterAddress.DefaultId,
    };
    private static readonly Option<string?> Commands = new("--commands")
    {
        Description = "Commands recorded in an earlier run (its commands.jsonl), to be given again",
    };
    private static readonly Option<long> MaxEvents = new("--max-events")
    {
        Description = "Give the run up after so many events",
        DefaultValueFactory = static _ => RunLimits.Default.MaxEvents,
    };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Tell where partitions run, and how far the run is" };
    private static readonly Option<string?> Until = new("--until")
    {
        Description = "End before the scenario does once an interval is so narrow: 'p99 half-width < 2%'",
    };
    private static readonly Option<string?> Out = new("--out") { Description = "Result folder (default: results/<scenario>)" };

    public static Command Create()
    {
        var command = new Command("run", "Run a scenario in virtual time: summary, report, charts, result folder")
        {
            Scenario,
            Seed,
            Partitions,
            Silos,
            Cluster,
            ClusterId,
            Commands,
            MaxEvents,
            Verbose,
            Out,
            AccessLogOption.Option,
            Until,
            ResultOutput.JUnit,
            ResultOutput.Json,
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

        var request = Request(arguments, source, scenario);
        var folder = arguments.GetValue(Out) ?? Path.Combine("results", scenario.Name);
        using var end = new EndSignals();
        var (result, outcome) = await InClusterAsync(arguments, request, scenario, end.Token).ConfigureAwait(false);
        result = arguments.GetValue(Until) is { } until ? result with { Notes = [Note(StopRule.Parse(until, out _)!, result)] } : result;
        ResultOutput.Save(folder, scenario, result, arguments.GetValue(ResultOutput.JUnit));
        CommandsFile.Write(folder, outcome.Commands);
        if (arguments.GetValue(ResultOutput.Json))
        {
            ResultOutput.PrintJson(folder);
        }
        else
        {
            ResultOutput.Print(scenario, result, Last(arguments, scenario, result, outcome, folder));
        }

        if (outcome.Failure is { } failure)
        {
            await Console.Error.WriteLineAsync($"meshsim: the run could not go on: {failure}; again: {Again(arguments, result)}").ConfigureAwait(false);
            return ExitCodes.InternalError;
        }

        return ResultOutput.ExitCode(result);
    }

    private static RunRequest Request(ParseResult arguments, ScenarioSource source, Scenario scenario)
    {
        var silos = Between(arguments, Silos, MaxSilos);
        var seed = ResultOutput.Seed(arguments.GetValue(Seed), scenario);
        var shared = silos > 1 || arguments.GetValue(Cluster) is not null;
        var partitions = arguments.GetValue(Partitions) is null
            ? Math.Max(shared ? Math.Max(2, silos) : 1, PartitionChoice.Of(PartitionChoice.EventsPerWindow(scenario, seed), Environment.ProcessorCount, silos))
            : Between(arguments, Partitions, MaxPartitions);
        return source.Request(seed, partitions) with
        {
            KeepsBatches = shared,
            MaxEvents = arguments.GetValue(MaxEvents),
            Commands = arguments.GetValue(Commands) is { } file ? CommandsFile.Read(file, scenario) : [],
            AccessLogOf = AccessLogOption.Read(arguments, scenario),
            Until = Rule(arguments.GetValue(Until)),
        };
    }

    private static string? Rule(string? text) =>
        text is null || StopRule.Parse(text, out var problem) is not null ? text : throw new BadInputException(problem);

    private static string Note(StopRule rule, RunResult result)
    {
        var interval = RunInterval.All(result).First(interval => interval.Name == rule.Figure);
        var reached = rule.IsMet(interval) ? "reached" : "NOT reached, the scenario ended before";
        return string.Create(CultureInfo.InvariantCulture, $"{rule.Text}: {reached} after {result.DurationNs / 1e9:0.###} s ({interval})");
    }

    private static async Task<(RunResult Result, RunOutcome Outcome)> InClusterAsync(
        ParseResult arguments,
        RunRequest request,
        Scenario scenario,
        CancellationToken cancellation
    )
    {
        if (arguments.GetValue(Cluster) is { } address)
        {
            using var client = await RemoteCluster.ConnectAsync(ClusterAddress.Parse(address, arguments.GetValue(ClusterId)!)).ConfigureAwait(false);
            Console.WriteLine($"run {request.RunId}");
            return await WithProgressAsync(client.Grains, request, scenario, arguments.GetValue(Verbose), cancellation).ConfigureAwait(false);
        }

        var silos = arguments.GetValue(Silos);
        var cluster = await LocalCluster.StartAsync(silos).ConfigureAwait(false);
        await using var _ = cluster.ConfigureAwait(false);
        if (silos > 1)
        {
            Console.WriteLine($"silo processes: {Environment.ProcessId} (this one), {string.Join(", ", cluster.ProcessIds)}");
        }

        return await WithProgressAsync(cluster.Grains, request, scenario, arguments.GetValue(Verbose), cancellation).ConfigureAwait(false);
    }

    private static async Task<(RunResult Result, RunOutcome Outcome)> WithProgressAsync(
        IGrainFactory grains,
        RunRequest request,
        Scenario scenario,
        bool verbose,
        CancellationToken cancellation
    )
    {
        if (verbose || Console.IsOutputRedirected)
        {
            return await GrainRunner
                .RunAsync(grains, request, scenario, verbose ? new RunTeller(Console.Out).Tell : static _ => { }, cancellation)
                .ConfigureAwait(false);
        }

        return await AnsiConsole
            .Progress()
            .AutoClear(true)
            .StartAsync(async context =>
            {
                var task = context.AddTask("virtual time", maxValue: scenario.DurationNs);
                return await GrainRunner.RunAsync(grains, request, scenario, report => task.Value = report.VirtualTimeNs, cancellation).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private static string Last(ParseResult arguments, Scenario scenario, RunResult result, RunOutcome outcome, string folder)
    {
        var lost = outcome.Partitions.Select(static (partition, index) => (partition.Executions, index)).Where(static lost => lost.Executions > 1).ToArray();
        var text = $"Report: {Path.Combine(folder, ReportPage.HtmlFile)}, charts and data beside it  (again: {Again(arguments, result)})";
        if (result.DurationNs < scenario.DurationNs && arguments.GetValue(Until) is null)
        {
            text += string.Create(
                CultureInfo.InvariantCulture,
                $"\nEnded early, at {result.DurationNs / 1e9:0.###} s of {scenario.DurationNs / 1e9:0.###} s: what was computed until then."
            );
        }

        return lost.Length == 0
            ? text
            : $"{text}\nExecuted again after the loss of a silo: partition {string.Join(", ", lost.Select(static one => one.index))}.";
    }

    private static string Again(ParseResult arguments, RunResult result) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"meshsim run {arguments.GetValue(Scenario)} --seed {result.Seed}{string.Concat((arguments.GetValue(ScenarioOptions.Set) ?? []).Select(static set => $" --set {(set.All(static c => char.IsAsciiLetterOrDigit(c) || "._=%/[]-".Contains(c, StringComparison.Ordinal)) ? set : $"'{set}'")}"))}"
        );

    private static int Between(ParseResult arguments, Option<int?> option, int max) => Checked(option.Name, arguments.GetValue(option)!.Value, max);

    private static int Between(ParseResult arguments, Option<int> option, int max) => Checked(option.Name, arguments.GetValue(option), max);

    private static int Checked(string name, int value, int max) =>
        value >= 1 && value <= max ? value : throw new BadInputException($"{name} {value} is not accepted; accepted is 1 to {max}");
}
