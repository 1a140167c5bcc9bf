using System.Globalization;

namespace MeshSim.Mutation;

/// <summary>What a run tries.</summary>
internal sealed class RunOptions
{
    /// <summary>What is mutated: folders and files of the core.</summary>
    public static readonly string[] Sources =
    [
        "CircuitBreaking/",
        "ConnectionPools/",
        "Filters/",
        "HealthChecking/",
        "Http/",
        "LoadBalancing/",
        "Matching/",
        "OutlierDetection/",
        "Router/",
        "Routing/",
        "Snapshots/RetryBudgetSnapshot.cs",
        "Upstream/",
    ];

    public const string Usage = """
        usage: run [--only PREFIX]… [--every N] [--workers N] [--report FILE]
          --only PREFIX   files below src/ProxyRuntime/Core that begin so; default: all that are mutated
          --every N       every N-th mutant only, counted over those that --only takes; default 1
          --workers N     processes that run tests at the same time; default 2
          --report FILE   where to write the result as Markdown; what other runs wrote there and all reasons are kept; default: to standard output
        """;

    private readonly List<string> only = [];

    /// <summary>The folder of the project.</summary>
    public required string Project { get; init; }

    public int Every { get; private set; } = 1;

    public int Workers { get; private set; } = 2;

    public string? Report { get; private set; }

    public string Command { get; private init; } = "";

    /// <summary>What is asked: runs of the same name replace each other in a report.</summary>
    public string Name => (only.Count == 0 ? "All" : string.Join(", ", only)) + (Every == 1 ? "" : $", one mutant of {Every}");

    public IEnumerable<Mutant> Choose(IEnumerable<Mutant> mutants) => mutants.Where(IsAsked).Where((_, index) => (index + 1) % Every == 0);

    /// <summary>Null if they cannot be understood.</summary>
    public static RunOptions? Parse(string project, ReadOnlySpan<string> arguments)
    {
        var options = new RunOptions { Project = project, Command = string.Join(' ', arguments) };
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !options.Set(arguments[i], arguments[i + 1]))
            {
                return null;
            }
        }

        return options;
    }

    private bool IsAsked(Mutant mutant) => only.Count == 0 || only.Exists(prefix => mutant.File.StartsWith(prefix, StringComparison.Ordinal));

    private bool Set(string name, string value)
    {
        switch (name)
        {
            case "--only":
                only.Add(value);
                return true;
            case "--report":
                Report = Path.GetFullPath(value);
                return true;
            case "--every" when IsCount(value, out var every):
                Every = every;
                return true;
            case "--workers" when IsCount(value, out var workers):
                Workers = workers;
                return true;
            default:
                return false;
        }
    }

    private static bool IsCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
}
