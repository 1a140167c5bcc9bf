using System.Globalization;
using System.Text.Json;
using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>The address of one simulated endpoint; its partition answers between slices, its run takes commands.</summary>
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

    public Task<CommandReply> Fail(double rate = 1, int status = 503) =>
        Fault(JsonSerializer.Serialize(new { error_rate = new { rate = rate.ToString("R", CultureInfo.InvariantCulture), status } }));

    public Task<CommandReply> Slow(double factor) => Fault(JsonSerializer.Serialize(new { slow = new { factor } }));

    public Task<CommandReply> Fault(string json) => Command($$"""{"fault":{{json}}}""");

    public Task<CommandReply> Drain() => Command("""{"drain":{}}""");

    public Task<CommandReply> Recover() => Command("""{"recover":{}}""");

    private Task<CommandReply> Command(string json)
    {
        var (run, endpoint) = EntityKey.Split(this.GetPrimaryKeyString());
        return GrainFactory.GetGrain<ISimulationGrain>(run).Command(endpoint, json);
    }
}
