using Orleans.Concurrency;

namespace MeshSim.Grains.Contracts;

/// <summary>One partition of a run, keyed <c>run/index</c>: holds its entities and runs their events in slices.</summary>
public interface IPartitionGrain : IGrainWithStringKey
{
    Task<PartitionReport> Start(RunRequest request, int index);

    /// <summary>
    /// Handles events before a time, at most one slice's worth; what it sends goes straight to its peers when the window is done.
    /// </summary>
    /// <param name="batchesDue">How many batches of peers must be in before it begins.</param>
    Task<PartitionReport> RunSlice(long untilNs, int batchesDue);

    /// <summary>A peer's events. Taken in between slices.</summary>
    [OneWay]
    [AlwaysInterleave]
    Task Deliver(EventBytes batch);

    /// <summary>What was counted, in the codec of the simulation.</summary>
    /// <param name="endNs">When the run ended.</param>
    Task<EventBytes> Collect(long endNs);

    /// <summary>What clients saw so far, in the same codec.</summary>
    Task<EventBytes> CollectClients();

    /// <summary>A page of a simulated proxy, made between slices; null if the proxy is not here.</summary>
    [AlwaysInterleave]
    Task<string?> ProxyPage(string proxy, string page);

    /// <summary>Counts of a simulated endpoint between slices; null if it is not here.</summary>
    [AlwaysInterleave]
    Task<EndpointStatus?> EndpointStatus(string endpoint);
}
