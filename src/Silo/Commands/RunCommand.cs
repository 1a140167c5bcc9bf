using System.CommandLine;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;
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

    private static readonly Option<string?> AccessLog = new("--access-log") { Description = "Keep the access log of this proxy, in its own format" };
    private static readonly Option<string?> Until = new("--until")
    {
        Description = "End before the scenario does once an interval is so narrow: 'p99 half-width < 2%'",
    };

    public static Command Create()
    {
        var command = new Command("run", "Run a scenario in virtual time: summary, report, charts, result folder")
        {
            Scenario,
            Seed,
            Partitions,
            Out,
            AccessLog,
            Until,
            ResultOutput.JUnit,
            ResultOutput.Json,
        };
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

        var seed = ResultOutput.Seed(arguments.GetValue(Seed), scenario);
        var folder = arguments.GetValue(Out) ?? Path.Combine("results", scenario.Name);
        var extras = Extras(arguments, scenario);
        var result = await WithProgressAsync(source, seed, partitions, extras, cancellation).ConfigureAwait(false);
        result = extras.Until is { } rule ? result with { Notes = [Note(rule, result)] } : result;
        ResultOutput.Save(folder, scenario, result, arguments.GetValue(ResultOutput.JUnit));
        if (arguments.GetValue(ResultOutput.Json))
        {
            ResultOutput.PrintJson(folder);
        }
        else
        {
            ResultOutput.Print(
                scenario,
                result,
                $"Report: {Path.Combine(folder, ReportPage.HtmlFile)}, charts and data beside it  (again: meshsim run {scenario.Name} --seed {result.Seed})"
            );
        }

        return ResultOutput.ExitCode(result);
    }

    private static RunExtras Extras(ParseResult arguments, Scenario scenario)
    {
        var logged = arguments.GetValue(AccessLog);
        var names = scenario
            .Proxies.SelectMany(static role => Enumerable.Range(0, role.Replicas).Select(role.ReplicaName).Prepend(role.Name))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (logged is not null && !names.Contains(logged, StringComparer.Ordinal))
        {
            throw new BadInputException(
                $"--access-log {logged}: there is no such proxy; there is {string.Join(", ", names)}{NearestWord.Suggest(logged, names)}"
            );
        }

        if (logged is not null && !scenario.Proxies.Any(role => IsRoleOf(role, logged) && HasLog(role)))
        {
            throw new BadInputException($"--access-log {logged}: its configuration has no access_log");
        }

        StopRule? until = null;
        if (arguments.GetValue(Until) is { } text)
        {
            until = StopRule.Parse(text, out var problem) ?? throw new BadInputException(problem);
        }

        return new RunExtras(logged, until);
    }

    private static bool IsRoleOf(ProxyRole role, string name) =>
        role.Name == name || Enumerable.Range(0, role.Replicas).Any(replica => role.ReplicaName(replica) == name);

    private static bool HasLog(ProxyRole role) =>
        role.Snapshot.Listeners.Any(static listener => listener.AllFilterChains.Any(static chain => chain.ConnectionManager is { AccessLogs.IsEmpty: false }));

    private static string Note(StopRule rule, RunResult result)
    {
        var interval = RunInterval.All(result).First(interval => interval.Name == rule.Figure);
        var reached = rule.IsMet(interval) ? "reached" : "NOT reached, the scenario ended before";
        return string.Create(CultureInfo.InvariantCulture, $"{rule.Text}: {reached} after {result.DurationNs / 1e9:0.###} s ({interval})");
    }

    private static async Task<RunResult> WithProgressAsync(ScenarioSource source, ulong seed, int partitions, RunExtras extras, CancellationToken cancellation)
    {
        using var silo = await EmbeddedSilo.StartAsync().ConfigureAwait(false);
        var duration = source.Result.Scenario!.DurationNs;
        if (Console.IsOutputRedirected)
        {
            return await GrainRunner.RunAsync(silo.Services, source, seed, partitions, extras, static (_, _) => { }, cancellation).ConfigureAwait(false);
        }

        return await AnsiConsole
            .Progress()
            .AutoClear(true)
            .StartAsync(async context =>
            {
                var task = context.AddTask("virtual time", maxValue: duration);
                return await GrainRunner
                    .RunAsync(silo.Services, source, seed, partitions, extras, (time, _) => task.Value = time, cancellation)
                    .ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }
}
