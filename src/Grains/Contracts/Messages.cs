namespace MeshSim.Grains.Contracts;

/// <summary>What a run is made of: texts, so that every partition reads the same scenario for itself.</summary>
/// <param name="ScenarioFile">Name of the scenario file, for messages.</param>
/// <param name="ScenarioText">The scenario file.</param>
/// <param name="Files">The files it names.</param>
/// <param name="AccessLogOf">The proxy whose access log is kept; null for none.</param>
/// <param name="Until">When the run may end before the scenario does, <c>p99 half-width &lt; 2%</c>; null: it does not.</param>
[GenerateSerializer, Immutable, Alias("meshsim.RunRequest")]
public sealed record RunRequest(
    [property: Id(0)] string RunId,
    [property: Id(1)] string ScenarioFile,
    [property: Id(2)] string ScenarioText,
    [property: Id(3)] Dictionary<string, string> Files,
    [property: Id(4)] ulong Seed,
    [property: Id(5)] int Partitions,
    [property: Id(6)] string? AccessLogOf = null,
    [property: Id(7)] string? Until = null
);

/// <summary>How far a run is.</summary>
/// <param name="VirtualTimeNs">Every partition has come this far; with results, when the run ended.</param>
/// <param name="Results">One for each partition when the run is over; null before.</param>
[GenerateSerializer, Immutable, Alias("meshsim.RunReport")]
public sealed record RunReport([property: Id(0)] long VirtualTimeNs, [property: Id(1)] long Events, [property: Id(2)] EventBytes[]? Results);

/// <summary>How far a partition is.</summary>
/// <param name="NextTimeNs">Its earliest pending event.</param>
/// <param name="WindowDone">False when a slice ended before the window did.</param>
/// <param name="SentTo">How many batches it has sent to each partition when the window was done.</param>
[GenerateSerializer, Immutable, Alias("meshsim.PartitionReport")]
public sealed record PartitionReport(
    [property: Id(0)] long NextTimeNs,
    [property: Id(1)] long Events,
    [property: Id(2)] bool WindowDone,
    [property: Id(3)] int[] SentTo,
    [property: Id(4)] long EarliestSentNs
);

/// <summary>Bytes that nobody changes any more; handed over without a copy within a silo.</summary>
[GenerateSerializer, Immutable, Alias("meshsim.EventBytes")]
public sealed record EventBytes([property: Id(0)] byte[] Bytes);
