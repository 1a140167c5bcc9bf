using System.CommandLine;
using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Live;
using MeshSim.Scenarios.Live;
using MeshSim.Scenarios.Model;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim live</c>: a scenario over real sockets.</summary>
internal static class LiveCommand
{
    private const string AddressesFile = "addresses.csv";

    /// <summary>A machine that has time for it sends later than this in fewer than one case in a hundred.</summary>
    private const long BusyNs = 3_000_000;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(5);

    private static readonly Argument<string> Scenario = new("scenario") { Description = "Name of a scenario of the library, or a file" };
    private static readonly Option<ulong?> Seed = new("--seed")
    {
        Description = "Seed of arrivals, services and proxies (default: the scenario's, or one drawn now)",
    };
    private static readonly Option<string?> Out = new("--out") { Description = "Result folder (default: results/<scenario>-live)" };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Print who has which address of loopback" };

    public static Command Create()
    {
        var command = new Command(
            "live",
            "Run a scenario over real sockets on loopback: real proxies, backends, load, faults; the same summary, charts, result folder"
        )
        {
            Scenario,
            Seed,
            Out,
            Verbose,
            AccessLogOption.Option,
            ScenarioOptions.Set,
            ResultOutput.JUnit,
            ResultOutput.Json,
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

        if (!scenario.NotLive.IsEmpty)
        {
            ConfigMessages.Print(scenario.NotLive, []);
            return ExitCodes.BadInput;
        }

        var logged = AccessLogOption.Read(arguments, scenario);
        var seed = ResultOutput.Seed(arguments.GetValue(Seed), scenario);
        var folder = arguments.GetValue(Out) ?? Path.Combine("results", $"{scenario.Name}-live");
        using var end = new EndSignals();
        try
        {
            var (result, plan) = await RunAsync(scenario, seed, logged, arguments.GetValue(Verbose), end.Token).ConfigureAwait(false);
            ResultOutput.Save(folder, scenario, result, arguments.GetValue(ResultOutput.JUnit));
            await File.WriteAllTextAsync(Path.Combine(folder, AddressesFile), Table(plan), CancellationToken.None).ConfigureAwait(false);
            if (arguments.GetValue(ResultOutput.Json))
            {
                ResultOutput.PrintJson(folder);
                return ResultOutput.ExitCode(result);
            }

            ResultOutput.Print(
                scenario,
                result,
                $"Report, charts and data: {folder}{(result.DurationNs < scenario.DurationNs ? "  (ended early: what was measured until then)" : "")}"
            );
            if (result.Machine is { LateP99Ns: > BusyNs } machine)
            {
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"This machine was busy: one request in a hundred was sent more than {machine.LateP99Ns / 1e6:0.0} ms late. Answers came late, too; what is compared with this run differs by that."
                    )
                );
            }

            return ResultOutput.ExitCode(result);
        }
        catch (LiveRunException e)
        {
            throw new BadInputException(e.Message, e);
        }
    }

    private static async Task<(RunResult Result, LoopbackPlan Plan)> RunAsync(
        Scenario scenario,
        ulong seed,
        string? logged,
        bool verbose,
        CancellationToken cancellation
    )
    {
        _ = await WarmUp.RunAsync(WarmUpTime).ConfigureAwait(false);
        var machineNs = await MachineCalibration.MeasureNsAsync(scenario.Load.Sum(static load => load.MeanRate), cancellation).ConfigureAwait(false);
        await Console.Error.WriteLineAsync(MachineText(scenario, machineNs)).ConfigureAwait(false);
        if (!Console.IsOutputRedirected)
        {
            return await AnsiConsole
                .Progress()
                .AutoClear(true)
                .StartAsync(async context =>
                {
                    var task = context.AddTask("real time", maxValue: scenario.DurationNs);
                    return await RunAsync(scenario, seed, logged, machineNs, time => task.Value = time, verbose, cancellation).ConfigureAwait(false);
                })
                .ConfigureAwait(false);
        }

        return await RunAsync(scenario, seed, logged, machineNs, static _ => { }, verbose, cancellation).ConfigureAwait(false);
    }

    private static async Task<(RunResult Result, LoopbackPlan Plan)> RunAsync(
        Scenario scenario,
        ulong seed,
        string? logged,
        long machineNs,
        Action<long> progress,
        bool verbose,
        CancellationToken cancellation
    )
    {
        var options = new LiveRunOptions
        {
            Seed = seed,
            MachineNs = machineNs,
            AccessLogOf = logged,
            Progress = progress,
        };
        var run = await LiveRun.StartAsync(scenario, options).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            if (verbose)
            {
                await Console.Error.WriteAsync(Table(run.Plan)).ConfigureAwait(false);
            }

            return (await run.RunAsync(cancellation).ConfigureAwait(false), run.Plan);
        }
    }

    /// <summary>What the machine takes, and what becomes of it.</summary>
    private static string MachineText(Scenario scenario, long machineNs)
    {
        const int crossings = 4;
        var linksNs = crossings * (scenario.Network.LatencyFloorNs + scenario.Network.LatencyMeanNs);
        var rest =
            linksNs >= machineNs
                ? "the rest is added"
                : string.Create(CultureInfo.InvariantCulture, $"so latencies will be about {(machineNs - linksNs) / 1e6:0.00} ms longer than simulated");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"calibration: a request through one proxy takes {machineNs / 1e6:0.00} ms beside its service on this machine; links of the scenario take {linksNs / 1e6:0.00} ms, {rest}"
        );
    }

    private static string Table(LoopbackPlan plan)
    {
        var text = new StringBuilder("kind,name,configured,bound\n");
        foreach (var row in plan.Table)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{row.Kind},{row.Name},{row.Configured},{row.Bound}\n");
        }

        return text.ToString();
    }
}
