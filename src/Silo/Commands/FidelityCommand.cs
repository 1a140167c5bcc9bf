using System.CommandLine;
using MeshSim.ProxyRuntime.Live;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim fidelity</c>: what was measured on a real proxy beside what the simulation makes of the same set-up.</summary>
internal static class FidelityCommand
{
    private const int MostSeeds = 10_000;
    private const int MostPartitions = 64;
    private const int RedirectedWidth = 160;

    /// <summary>So many that the ends of a 99 % interval do not hang on the few most extreme runs.</summary>
    private const int DefaultSeeds = 400;

    /// <summary>With fewer, the ends of the intervals are rough.</summary>
    private const int SeedsForIntervals = 60;

    private static readonly Argument<string[]> Files = new("files") { Description = "Experiment files, JSON or YAML", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder that takes a chart NAME.png for each experiment, and fidelity.json" };
    private static readonly Option<int> Seeds = new("--seeds") { Description = "How many seeds to simulate, from 1", DefaultValueFactory = _ => DefaultSeeds };
    private static readonly Option<int> Partitions = new("--partitions")
    {
        Description = "How many parts each simulated mesh is divided into, 1 to 64; the figures are the same (default: 1)",
        DefaultValueFactory = static _ => 1,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "For programs" };

    public static Command Create()
    {
        var command = new Command("fidelity", "Simulate measured experiments from their set-up and hold the figures against the measured ones")
        {
            Files,
            Out,
            Seeds,
            Partitions,
            Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var seeds = arguments.GetValue(Seeds);
        if (Load(arguments.GetValue(Files)!) is not { } experiments)
        {
            return ExitCodes.BadInput;
        }

        var least = experiments.Max(static entry => entry.Experiment.Runs.Length);
        if (seeds < least || seeds > MostSeeds)
        {
            throw new BadInputException($"--seeds {seeds} is not accepted; accepted are {least}, as many as were measured, to {MostSeeds}");
        }

        var partitions = arguments.GetValue(Partitions);
        if (partitions is < 1 or > MostPartitions)
        {
            throw new BadInputException($"--partitions {partitions} is not accepted; accepted are 1 to {MostPartitions}");
        }

        var json = arguments.GetValue(Json);
        var outcomes = new List<FidelityOutcome>();
        foreach (var (file, experiment) in experiments)
        {
            outcomes.Add(FidelityRunner.Run(file, experiment, seeds, partitions));
            if (!json)
            {
                Print(outcomes[^1]);
            }
        }

        Save(arguments.GetValue(Out), outcomes);
        Finish(outcomes, seeds, json, arguments.GetValue(Out));
        return outcomes.TrueForAll(static outcome => outcome.Count(Verdict.Outside) == 0) ? ExitCodes.Fine : ExitCodes.ExpectationFailed;
    }

    /// <summary>All of them, or null with every problem told.</summary>
    private static List<(string File, Experiment Experiment)>? Load(string[] files)
    {
        var results = files.Select(static file => (File: file, Result: ExperimentLoader.Load(InputFile.Read(file), file, new FileEnvironment()))).ToArray();
        ConfigMessages.Print(
            [.. results.SelectMany(static entry => entry.Result.Problems)],
            [.. results.SelectMany(static entry => entry.Result.Warnings)],
            "simulated"
        );
        if (Array.Exists(results, static entry => entry.Result.Experiment is null))
        {
            return null;
        }

        var names = results.GroupBy(static entry => entry.Result.Experiment!.Name, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1);
        return names is null
            ? [.. results.Select(static entry => (entry.File, entry.Result.Experiment!))]
            : throw new BadInputException($"two experiments have the name '{names.Key}': {string.Join(", ", names.Select(static entry => entry.File))}");
    }

    private static void Save(string? folder, List<FidelityOutcome> outcomes)
    {
        if (folder is null)
        {
            return;
        }

        try
        {
            _ = Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "fidelity.json"), FidelityJson.Write(outcomes));
            foreach (var outcome in outcomes)
            {
                File.WriteAllBytes(Path.Combine(folder, outcome.Experiment.Name + ".png"), FidelityCharts.Png(outcome));
            }
        }
        catch (NoFontException e)
        {
            throw new BadInputException($"{e.Message} (fidelity.json is in {folder})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write to '{folder}': {e.Message}", e);
        }
    }

    private static void Print(FidelityOutcome outcome)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        var table = new Table()
            .Border(TableBorder.Rounded)
            .Title(Markup.Escape($"{outcome.Experiment.Name}: {outcome.Experiment.Description}"))
            .AddColumn("figure")
            .AddColumn(new TableColumn("measured").RightAligned())
            .AddColumn(new TableColumn("simulated").RightAligned())
            .AddColumn(new TableColumn("off by").RightAligned())
            .AddColumn(new TableColumn($"99% of means of {outcome.Experiment.Runs.Length}").RightAligned())
            .AddColumn("verdict");
        foreach (var figure in outcome.Figures)
        {
            var cells = FidelityText.Cells(figure).Select(Markup.Escape).ToArray();
            cells[^1] = figure.Verdict == Verdict.Outside ? $"[red]{cells[^1]}[/]" : cells[^1];
            _ = table.AddRow(cells);
        }

        console.Write(table);
    }

    private static void Finish(List<FidelityOutcome> outcomes, int seeds, bool json, string? folder)
    {
        if (json)
        {
            Console.Write(FidelityJson.Write(outcomes));
            return;
        }

        foreach (var outcome in outcomes)
        {
            Console.WriteLine($"{(outcome.Count(Verdict.Outside) == 0 ? "inside " : "OUTSIDE")} {outcome.Experiment.Name}: {FidelityText.Summary(outcome)}");
        }

        var rough = seeds < SeedsForIntervals ? $"; with fewer than {SeedsForIntervals} the intervals are rough" : "";
        Console.WriteLine($"Simulated with seeds 1 to {seeds}{rough}.{(folder is null ? "" : $" Charts and data: {folder}")}");
    }
}
