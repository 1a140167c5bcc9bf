using Orleans.Concurrency;

namespace MeshSim.Grains.Contracts;

/// <summary>One run, keyed by its id: places partitions, keeps them going, streams progress, takes commands, gathers results, survives the loss of a silo.</summary>
public interface ISimulationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Runs the scenario to its end. The last report carries the outcome. Asked again after the silo it was in was lost, it goes on with
    /// the partitions that are still there.
    /// </summary>
    IAsyncEnumerable<RunReport> Run(RunRequest request);

    /// <summary>Ends the run soon; what was computed is kept.</summary>
    [AlwaysInterleave]
    Task Stop();

    /// <summary>The outcome has been taken over: lets go of everything.</summary>
    Task Release();

    /// <summary>Where the entity of that name lives; null if there is none, or no run yet.</summary>
    [AlwaysInterleave]
    Task<EntityPlace?> Locate(string name);

    /// <summary>Asks something of an entity of a run that goes on. It takes effect as soon as no partition can have gone beyond.</summary>
    /// <param name="target">An endpoint or a proxy.</param>
    /// <param name="json">What is asked, one JSON object.</param>
    [AlwaysInterleave]
    Task<CommandReply> Command(string target, string json);
}

/// <summary>Where an entity lives.</summary>
[GenerateSerializer, Immutable, Alias("meshsim.EntityPlace")]
public sealed record EntityPlace([property: Id(0)] int Partition, [property: Id(1)] string Silo);

/// <summary>What became of a command.</summary>
/// <param name="TimeNs">The virtual time at which it takes effect; null if it was refused.</param>
/// <param name="Problem">Why it was refused; null if it was not.</param>
[GenerateSerializer, Immutable, Alias("meshsim.CommandReply")]
public sealed record CommandReply([property: Id(0)] long? TimeNs, [property: Id(1)] string? Problem);
