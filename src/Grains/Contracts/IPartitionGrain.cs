using Orleans.Concurrency;

namespace MeshSim.Grains.Contracts;

/// <summary>
/// One partition of a run, keyed <c>run/index</c>: holds its entities and takes their events through the windows of the run, together
/// with its peers. Partitions never wait for each other's calls: what a peer sends comes into a mailbox.
/// </summary>
/// <remarks>Calls that move a run on carry its epoch; those of an older one than a partition has seen are refused: their caller has been replaced.</remarks>
public interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>Makes the partition, unless it is here already.</summary>
    /// <param name="again">It has been lost: its peers have kept what it was told.</param>
    [AlwaysInterleave]
    [ResponseTimeout(CallTimeouts.Long)]
    Task<PartitionStatus> Start(RunRequest request, int index, bool again);

    /// <summary>Goes on until the next window would end later than that, or nothing is left.</summary>
    /// <param name="commands">All there are; those that are new take effect from now on.</param>
    /// <returns>Not started: the partition was lost, with the silo it was in.</returns>
    [AlwaysInterleave]
    [ResponseTimeout(CallTimeouts.Long)]
    Task<PartitionStatus> RunTo(int epoch, long untilNs, RecordedCommand[] commands);

    /// <summary>A peer has finished a window.</summary>
    [OneWay]
    [AlwaysInterleave]
    Task Deliver(int sender, WindowBytes message);

    /// <summary>What it told a peer, from that window on, as far as it has been kept; at most so many bytes, but one message at least.</summary>
    [AlwaysInterleave]
    Task<WindowBytes[]> Kept(int receiver, long fromWindow, int maxBytes);

    /// <summary>What was counted, and where; null if it was lost.</summary>
    /// <param name="endedNs">Where the run ended.</param>
    [AlwaysInterleave]
    [ResponseTimeout(CallTimeouts.Long)]
    Task<PartitionOutcome?> Collect(long endedNs);

    /// <summary>What clients saw so far, in the codec of the simulation; null if it was lost.</summary>
    [AlwaysInterleave]
    [ResponseTimeout(CallTimeouts.Long)]
    Task<EventBytes?> CollectClients();

    /// <summary>The run cannot go on: it waits for nobody any more.</summary>
    [AlwaysInterleave]
    Task Halt();

    /// <summary>The run is over and nobody will ask again: lets go of everything.</summary>
    Task Release();

    /// <summary>A page of a simulated proxy, made between slices; null if the proxy is not here.</summary>
    [AlwaysInterleave]
    Task<string?> ProxyPage(string proxy, string page);

    /// <summary>Counts of a simulated endpoint between slices; null if it is not here.</summary>
    [AlwaysInterleave]
    Task<EndpointStatus?> EndpointStatus(string endpoint);
}

/// <summary>What a partition tells a peer at the end of a window.</summary>
/// <param name="NextTimeNs">Its earliest pending event, or the earliest it has just sent to anybody.</param>
[GenerateSerializer, Immutable, Alias("meshsim.WindowBytes")]
public sealed record WindowBytes([property: Id(0)] long Window, [property: Id(1)] long NextTimeNs, [property: Id(2)] byte[] Events);

/// <summary>How far a partition is.</summary>
/// <param name="IsStarted">False: it is not here; it was lost, or never made.</param>
/// <param name="Window">Windows it has finished.</param>
/// <param name="ReachedNs">Virtual time it has come to.</param>
/// <param name="NextNs">Virtual time before which nothing can happen any more that it does not know of.</param>
/// <param name="IsOver">Nothing is left before the end of the run.</param>
/// <param name="GoalNs">How far it has ever been told to go.</param>
/// <param name="Silo">Where it is.</param>
/// <param name="Failure">Why it cannot go on; null if it can.</param>
/// <param name="Commands">The commands it knows.</param>
/// <param name="Epoch">The latest it has seen.</param>
[GenerateSerializer, Immutable, Alias("meshsim.PartitionStatus")]
public sealed record PartitionStatus(
    [property: Id(0)] bool IsStarted,
    [property: Id(1)] long Window,
    [property: Id(2)] long ReachedNs,
    [property: Id(3)] long NextNs,
    [property: Id(4)] long Events,
    [property: Id(5)] bool IsOver,
    [property: Id(6)] long GoalNs,
    [property: Id(7)] string Silo,
    [property: Id(8)] string? Failure,
    [property: Id(9)] RecordedCommand[] Commands,
    [property: Id(10)] int Epoch
);
