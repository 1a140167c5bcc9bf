using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MeshSim.Scenarios.Results;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim test-library</c>: whether everything that comes with meshsim comes out as it says.</summary>
internal static class TestLibraryCommand
{
    private const int MostAtOnce = 1024;
    private const int RedirectedWidth = 160;

    private static readonly Argument<string[]> Scenarios = new("names")
    {
        Description = "Names of scenarios of the library, an incident's for both of its variants (default: all)",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder for a chart NAME.png each (default: results/library)" };
    private static readonly Option<string?> Docs = new("--docs")
    {
        Description = "Write the page of incidents to this file, and its charts to images/incidents beside it",
    };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Seed of all runs (default: the scenario's, or 1)" };
    private static readonly Option<int> AtOnce = new("--at-once")
    {
        Description = "Scenarios at a time",
        DefaultValueFactory = static _ => Environment.ProcessorCount,
    };

    public static Command Create()
    {
        var command = new Command("test-library", "Run the scenarios of the library and check what comes out: each incident happens, and its fix mends it")
        {
            Scenarios,
            Out,
            Docs,
            Seed,
            AtOnce,
            ResultOutput.JUnit,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var cases = LibraryCase.Named(arguments.GetValue(Scenarios)!);
        var atOnce = arguments.GetValue(AtOnce);
        if (atOnce is < 1 or > MostAtOnce)
        {
            throw new BadInputException($"--at-once {atOnce} is not accepted; accepted is 1 to {MostAtOnce}");
        }

        if (arguments.GetValue(Docs) is not null && (arguments.GetValue(Scenarios)!.Length > 0 || arguments.GetValue(Seed) is not null))
        {
            throw new BadInputException("--docs writes of all incidents as they are run by default; leave names and --seed away");
        }

        var watch = Stopwatch.StartNew();
        using var end = new EndSignals();
        var outcomes = await WithProgressAsync(cases, atOnce, arguments.GetValue(Seed), end.Token).ConfigureAwait(false);
        Print(outcomes);
        var folder = arguments.GetValue(Out) ?? Path.Combine("results", "library");
        Save(arguments, folder, outcomes);
        return End(outcomes, cases.Length, watch.Elapsed, folder);
    }

    private static async Task<ImmutableArray<LibraryOutcome>> WithProgressAsync(
        ImmutableArray<LibraryCase> cases,
        int atOnce,
        ulong? seed,
        CancellationToken cancellation
    ) =>
        Console.IsOutputRedirected
            ? await LibraryRunner.RunAsync(cases, atOnce, seed, static _ => { }, cancellation).ConfigureAwait(false)
            : await AnsiConsole
                .Progress()
                .AutoClear(true)
                .StartAsync(async context =>
                {
                    var task = context.AddTask("scenarios", maxValue: cases.Length);
                    return await LibraryRunner.RunAsync(cases, atOnce, seed, _ => task.Increment(1), cancellation).ConfigureAwait(false);
                })
                .ConfigureAwait(false);

    private static void Print(ImmutableArray<LibraryOutcome> outcomes)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumn("scenario")
            .AddColumn("outcome")
            .AddColumn(new TableColumn("expectations").RightAligned())
            .AddColumn(new TableColumn("seconds").RightAligned());
        foreach (var outcome in outcomes)
        {
            foreach (var (run, suite) in outcome.Runs.Zip(outcome.Suites))
            {
                var failed = suite.Tests.Count(static test => test.Failure is not null);
                _ = table.AddRow(
                    Markup.Escape(run.Name),
                    failed == 0 ? "[green]as expected[/]" : "[red]NOT as expected[/]",
                    string.Create(CultureInfo.InvariantCulture, $"{suite.Tests.Length - failed} of {suite.Tests.Length}"),
                    run.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)
                );
            }
        }

        console.Write(table);
    }

    private static void Save(ParseResult arguments, string folder, ImmutableArray<LibraryOutcome> outcomes)
    {
        try
        {
            LibraryCharts.Write(folder, outcomes);
            if (arguments.GetValue(ResultOutput.JUnit) is { } junit)
            {
                File.WriteAllText(junit, JUnitXml.Write([.. outcomes.SelectMany(static outcome => outcome.Suites)]));
            }

            if (arguments.GetValue(Docs) is { } page)
            {
                File.WriteAllText(page, IncidentPage.Markdown());
                LibraryCharts.Write(
                    Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, IncidentPage.ImageFolder),
                    outcomes.Where(static outcome => outcome.Fixed is not null)
                );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NoFontException)
        {
            throw new BadInputException($"cannot write what came out: {e.Message}", e);
        }
    }

    private static int End(ImmutableArray<LibraryOutcome> outcomes, int cases, TimeSpan took, string folder)
    {
        var failures = outcomes.SelectMany(static outcome => outcome.Failures).ToArray();
        foreach (var failure in failures)
        {
            Console.Error.WriteLine($"NOT as expected: {failure}");
        }

        var incidents = outcomes.Count(static outcome => outcome.Fixed is not null);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Scenarios: {outcomes.Length - incidents}, incidents: {incidents}, not as expected: {failures.Length}; in {took.TotalSeconds:0.0} s. Charts: {folder}"
            )
        );
        if (outcomes.Length < cases)
        {
            Console.Error.WriteLine($"Interrupted: {cases - outcomes.Length} of {cases} were not run.");
            return ExitCodes.ExpectationFailed;
        }

        return failures.Length == 0 ? ExitCodes.Fine : ExitCodes.ExpectationFailed;
    }
}
