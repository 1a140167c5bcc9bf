using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Engine;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim sweep</c>: a grid of settings, each with many seeds.</summary>
internal static class SweepCommand
{
    private const int MaxSilos = 64;
    private const int MaxSeeds = 100_000;

    private static readonly Argument<string> Scenario = new("scenario") { Description = "Name of a scenario of the library, or a file" };
    private static readonly Option<string[]> Vary = new("--vary")
    {
        Description = "Values to try, as path=value,value,…; given several times all are combined",
        DefaultValueFactory = static _ => [],
    };
    private static readonly Option<int> Seeds = new("--seeds")
    {
        Description = "Runs with each setting, with seeds one after the other",
        DefaultValueFactory = static _ => 10,
    };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "The first seed", DefaultValueFactory = static _ => 1 };
    private static readonly Option<int> Silos = new("--silos") { Description = "Silo processes on this machine", DefaultValueFactory = static _ => 1 };
    private static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "Run in a cluster that is there: localhost:PORT of a silo, or redis://HOST:PORT",
    };
    private static readonly Option<string> ClusterId = new("--cluster-id")
    {
        Description = "The id of that cluster",
        DefaultValueFactory = static _ => ClusterAddress.DefaultId,
    };
    private static readonly Option<int> AtOnce = new("--at-once")
    {
        Description = "Runs at a time",
        DefaultValueFactory = static _ => Environment.ProcessorCount,
    };
    private static readonly Option<long> MaxEvents = new("--max-events")
    {
        Description = "Give a run up after so many events",
        DefaultValueFactory = static _ => RunLimits.Default.MaxEvents,
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Folder for runs and table; a sweep that was interrupted goes on there (default: results/<scenario>-sweep)",
    };

    public static Command Create()
    {
        var command = new Command("sweep", "Run a scenario with many settings and seeds, side by side: a table with intervals")
        {
            Scenario,
            Vary,
            Seeds,
            Seed,
            Silos,
            Cluster,
            ClusterId,
            AtOnce,
            MaxEvents,
            Out,
            ScenarioOptions.Set,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var grid = SweepGrid.Of(arguments.GetValue(Vary)!, arguments.GetValue(Seed), Checked(arguments, Seeds, MaxSeeds));
        if (Points(arguments, grid) is not { } points)
        {
            return ExitCodes.BadInput;
        }

        var folder = arguments.GetValue(Out) ?? Path.Combine("results", $"{points[0].Result.Scenario!.Name}-sweep");
        using var log = SweepLog.Open(folder, Identity(grid, points));
        using var end = new EndSignals();
        await FarmAsync(arguments, grid, points, log, end.Token).ConfigureAwait(false);
        return await EndAsync(grid, log, folder).ConfigureAwait(false);
    }

    /// <summary>The scenario with the settings of each point; null, with the problems told, where one is refused.</summary>
    private static List<ScenarioSource>? Points(ParseResult arguments, SweepGrid grid)
    {
        var points = new List<ScenarioSource>();
        foreach (var settings in grid.Points)
        {
            var source = ScenarioSource.Open(arguments.GetValue(Scenario)!, [.. arguments.GetValue(ScenarioOptions.Set)!, .. settings]);
            ConfigMessages.Print(source.Result.Problems, points.Count == 0 ? source.Result.Warnings : []);
            if (source.Result.Scenario is null)
            {
                return null;
            }

            points.Add(source);
        }

        return points;
    }

    private static async Task FarmAsync(ParseResult arguments, SweepGrid grid, List<ScenarioSource> points, SweepLog log, CancellationToken cancellation)
    {
        var atOnce = Checked(arguments, AtOnce, 1024);
        var maxEvents = arguments.GetValue(MaxEvents);
        if (arguments.GetValue(Cluster) is { } address)
        {
            using var client = await RemoteCluster.ConnectAsync(ClusterAddress.Parse(address, arguments.GetValue(ClusterId)!)).ConfigureAwait(false);
            await WithProgressAsync(new SweepRunner(client.Grains, grid, points, log, maxEvents), grid, atOnce, cancellation).ConfigureAwait(false);
            return;
        }

        var cluster = await LocalCluster.StartAsync(Checked(arguments, Silos, MaxSilos)).ConfigureAwait(false);
        await using var _ = cluster.ConfigureAwait(false);
        await WithProgressAsync(new SweepRunner(cluster.Grains, grid, points, log, maxEvents), grid, atOnce, cancellation).ConfigureAwait(false);
    }

    private static async Task WithProgressAsync(SweepRunner runner, SweepGrid grid, int atOnce, CancellationToken cancellation)
    {
        if (Console.IsOutputRedirected)
        {
            await runner.RunAsync(atOnce, static _ => { }, cancellation).ConfigureAwait(false);
            return;
        }

        await AnsiConsole
            .Progress()
            .AutoClear(true)
            .StartAsync(async context =>
            {
                var task = context.AddTask("runs", maxValue: grid.Runs);
                await runner.RunAsync(atOnce, done => task.Value = done, cancellation).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private static async Task<int> EndAsync(SweepGrid grid, SweepLog log, string folder)
    {
        var table = new SweepTable(grid, log.Runs);
        await File.WriteAllTextAsync(Path.Combine(folder, "sweep.csv"), table.Csv(), CancellationToken.None).ConfigureAwait(false);
        table.Print();
        foreach (var failed in log.Runs.Values.Where(static run => run.Failure is not null))
        {
            await Console.Error.WriteLineAsync($"meshsim: run {failed.Number} could not go on: {failed.Failure}").ConfigureAwait(false);
        }

        if (log.Runs.Count < grid.Runs)
        {
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"Interrupted: {log.Runs.Count} of {grid.Runs} runs are done. The same command goes on: {folder}")
            );
            return ExitCodes.ExpectationFailed;
        }

        Console.WriteLine($"Runs and table: {folder}");
        return log.Runs.Values.Any(static run => run.Failure is not null) ? ExitCodes.InternalError : ExitCodes.Fine;
    }

    /// <summary>One line that is the same for the same scenario, settings and seeds.</summary>
    private static string Identity(SweepGrid grid, IEnumerable<ScenarioSource> points)
    {
        var text = new StringBuilder();
        foreach (var point in points)
        {
            _ = text.Append(point.Text);
            foreach (var (name, content) in point.Files.OrderBy(static file => file.Key, StringComparer.Ordinal))
            {
                _ = text.Append(name).Append(content);
            }
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return JsonSerializer.Serialize(
            new
            {
                scenario = hash,
                points = grid.Points,
                firstSeed = grid.FirstSeed,
                seeds = grid.Seeds,
                figures = SweepFigures.Names,
            }
        );
    }

    private static int Checked(ParseResult arguments, Option<int> option, int max) =>
        arguments.GetValue(option) is var value && value >= 1 && value <= max
            ? value
            : throw new BadInputException($"{option.Name} {value} is not accepted; accepted is 1 to {max}");
}
