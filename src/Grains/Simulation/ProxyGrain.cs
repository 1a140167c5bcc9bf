using System.Text.Json.Nodes;
using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>The address of one simulated proxy. It never touches a partition's memory: it asks the partition, which answers between slices.</summary>
[EntityPlacement]
internal sealed class ProxyGrain : Grain, IProxyGrain
{
    public Task<string?> Stats() => Page("stats");

    public Task<string?> Clusters() => Page("clusters");

    public Task<string?> ConfigDump(string query = "") => Page($"config_dump?{query}");

    public Task<CommandReply> SetRoutes(string json) =>
        CommandText.Object(json) is { } routes
            ? Command(new JsonObject { ["routes"] = new JsonObject { ["route_config"] = routes } })
            : Task.FromResult(new CommandReply(null, "the route configuration is no JSON object"));

    public Task<CommandReply> Drain() => Command(new JsonObject { ["drain"] = new JsonObject() });

    private Task<CommandReply> Command(JsonObject command)
    {
        var (run, proxy) = EntityKey.Split(this.GetPrimaryKeyString());
        return GrainFactory.GetGrain<ISimulationGrain>(run).Command(proxy, command.ToJsonString());
    }

    private async Task<string?> Page(string page)
    {
        var (run, proxy) = EntityKey.Split(this.GetPrimaryKeyString());
        return await GrainFactory.GetGrain<ISimulationGrain>(run).Locate(proxy) is { } place
            ? await GrainFactory.GetGrain<IPartitionGrain>(PartitionGrain.PartitionKey(run, place.Partition)).ProxyPage(proxy, page)
            : null;
    }
}
