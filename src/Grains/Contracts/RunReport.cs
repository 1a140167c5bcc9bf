namespace MeshSim.Grains.Contracts;

/// <summary>How far a run is.</summary>
/// <param name="VirtualTimeNs">Every partition has come this far.</param>
/// <param name="Events">Handled so far by all partitions.</param>
/// <param name="Silos">Where each partition is.</param>
/// <param name="Outcome">Null while it goes on; the last report has it.</param>
[GenerateSerializer, Immutable, Alias("meshsim.RunReport")]
public sealed record RunReport(
    [property: Id(0)] long VirtualTimeNs,
    [property: Id(1)] long Events,
    [property: Id(2)] string[] Silos,
    [property: Id(3)] RunOutcome? Outcome
);

/// <summary>How a run ended.</summary>
/// <param name="EndedNs">Virtual time it came to: the duration, or less if it was ended early.</param>
/// <param name="Failure">Why it could not go on, with seed, virtual time and event number; null for a run that came to its end or was ended.</param>
/// <param name="Partitions">What each partition counted.</param>
/// <param name="Commands">What was asked from outside.</param>
[GenerateSerializer, Immutable, Alias("meshsim.RunOutcome")]
public sealed record RunOutcome(
    [property: Id(0)] long EndedNs,
    [property: Id(1)] string? Failure,
    [property: Id(2)] PartitionOutcome[] Partitions,
    [property: Id(3)] RecordedCommand[] Commands
);

/// <summary>What one partition counted, and where.</summary>
/// <param name="Counts">In the codec of the simulation.</param>
/// <param name="Silo">The silo it ended in.</param>
/// <param name="Batches">Batches of events it sent to other partitions.</param>
/// <param name="Executions">How often it was begun: 1, and one more for each time its silo was lost.</param>
[GenerateSerializer, Immutable, Alias("meshsim.PartitionOutcome")]
public sealed record PartitionOutcome(
    [property: Id(0)] EventBytes Counts,
    [property: Id(1)] string Silo,
    [property: Id(2)] long Batches,
    [property: Id(3)] int Executions
);

/// <summary>Bytes that nobody changes any more; handed over without a copy within a silo.</summary>
[GenerateSerializer, Immutable, Alias("meshsim.EventBytes")]
public sealed record EventBytes([property: Id(0)] byte[] Bytes);
