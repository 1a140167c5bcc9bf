using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>The address of one simulated endpoint; its partition answers between slices.</summary>
[EntityPlacement]
internal sealed class EndpointGrain : Grain, IEndpointGrain
{
    public async Task<EndpointStatus?> Status()
    {
        var (run, endpoint) = EntityKey.Split(this.GetPrimaryKeyString());
        return await GrainFactory.GetGrain<ISimulationGrain>(run).Locate(endpoint) is { } place
            ? await GrainFactory.GetGrain<IPartitionGrain>(PartitionGrain.PartitionKey(run, place.Partition)).EndpointStatus(endpoint)
            : null;
    }
}
