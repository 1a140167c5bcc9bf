using Orleans.Concurrency;

namespace MeshSim.Grains.Contracts;

/// <summary>One run, keyed by its id: places partitions, keeps their windows going, streams progress, gathers results.</summary>
public interface ISimulationGrain : IGrainWithStringKey
{
    /// <summary>Runs the scenario to its end. The last report carries the results.</summary>
    IAsyncEnumerable<RunReport> Run(RunRequest request);

    /// <summary>In which partition the entity of that name lives; −1 if there is none, or no run yet.</summary>
    [AlwaysInterleave]
    Task<int> Locate(string name);
}
