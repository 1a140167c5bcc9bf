namespace MeshSim.Grains.Contracts;

/// <summary>What a run is made of: texts, so that every partition reads the same scenario for itself.</summary>
/// <param name="RunId">Key of the run, without a slash.</param>
/// <param name="ScenarioFile">Name of the scenario file, for messages.</param>
/// <param name="ScenarioText">The scenario file.</param>
/// <param name="Files">The files it names.</param>
/// <param name="Partitions">From 1.</param>
[GenerateSerializer, Immutable, Alias("meshsim.RunRequest")]
public sealed record RunRequest(
    [property: Id(0)] string RunId,
    [property: Id(1)] string ScenarioFile,
    [property: Id(2)] string ScenarioText,
    [property: Id(3)] Dictionary<string, string> Files,
    [property: Id(4)] ulong Seed,
    [property: Id(5)] int Partitions
)
{
    /// <summary>Whether partitions keep what they send, so that one that is lost with its silo can be executed again. Costs memory, then disk.</summary>
    [Id(6)]
    public bool KeepsBatches { get; init; }

    /// <summary>Events of all partitions together after which the run is given up. Default two thousand million.</summary>
    [Id(7)]
    public long MaxEvents { get; init; } = 2_000_000_000;

    /// <summary>Commands recorded in an earlier run, each with the time it was given; see <see cref="RecordedCommand"/>.</summary>
    [Id(8)]
    public RecordedCommand[] Commands { get; init; } = [];

    /// <summary>Whether what a report shows is written down, too.</summary>
    [Id(9)]
    public bool RecordsDetails { get; init; } = true;

    /// <summary>The proxy whose access log is kept; null for none.</summary>
    [Id(10)]
    public string? AccessLogOf { get; init; }

    /// <summary>When the run may end before the scenario does, <c>p99 half-width &lt; 2%</c>; null: it does not.</summary>
    [Id(11)]
    public string? Until { get; init; }
}
