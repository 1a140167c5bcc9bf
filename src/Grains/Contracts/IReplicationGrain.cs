namespace MeshSim.Grains.Contracts;

/// <summary>One run among many of a sweep, keyed <c>sweep/number</c>: alone in one thread of its silo, so that runs scale with processors.</summary>
public interface IReplicationGrain : IGrainWithStringKey
{
    /// <summary>Runs the scenario in one partition to its end.</summary>
    [ResponseTimeout(CallTimeouts.Long)]
    Task<ReplicationOutcome> Run(RunRequest request);
}

/// <summary>What a run of a sweep came to.</summary>
/// <param name="Counts">In the codec of the simulation; empty for a run that could not go on.</param>
/// <param name="Failure">Why it could not go on; null if it did.</param>
[GenerateSerializer, Immutable, Alias("meshsim.ReplicationOutcome")]
public sealed record ReplicationOutcome([property: Id(0)] EventBytes Counts, [property: Id(1)] string? Failure);
