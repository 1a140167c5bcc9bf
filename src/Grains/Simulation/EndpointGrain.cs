using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>The address of one simulated endpoint; its partition answers between slices.</summary>
internal sealed class EndpointGrain : Grain, IEndpointGrain
{
    public async Task<EndpointStatus?> Status()
    {
        var (run, endpoint) = EntityKey.Split(this.GetPrimaryKeyString());
        var index = await GrainFactory.GetGrain<ISimulationGrain>(run).Locate(endpoint);
        return index < 0 ? null : await GrainFactory.GetGrain<IPartitionGrain>(PartitionGrain.PartitionKey(run, index)).EndpointStatus(endpoint);
    }
}
