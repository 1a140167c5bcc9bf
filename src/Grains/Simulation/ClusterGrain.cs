using System.Text.Json.Nodes;
using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>The address of one cluster of a simulated proxy: the proxy tells of it, the run takes commands.</summary>
[EntityPlacement]
internal sealed class ClusterGrain : Grain, IClusterGrain
{
    public async Task<string?> Status()
    {
        var (run, proxy, cluster) = Key();
        var page = await GrainFactory.GetGrain<IProxyGrain>($"{run}/{proxy}").Clusters();
        var lines = (page ?? "").Split('\n').Where(line => line.StartsWith($"{cluster}::", StringComparison.Ordinal)).ToArray();
        return lines.Length == 0 ? null : string.Join('\n', lines) + "\n";
    }

    public Task<CommandReply> SetAssignment(string json, string version = "") =>
        CommandText.Object(json) is { } assignment
            ? Command("assignment", new JsonObject { ["version"] = version, ["assignment"] = assignment })
            : Task.FromResult(new CommandReply(null, "the assignment is no JSON object"));

    public Task<CommandReply> SetWeight(string endpoint, int weight) => Command("weight", new JsonObject { ["endpoint"] = endpoint, ["weight"] = weight });

    public Task<CommandReply> SetHealth(string endpoint, string status) => Command("health", new JsonObject { ["endpoint"] = endpoint, ["status"] = status });

    public Task<CommandReply> AddHost(string endpoint, int weight = 1, int priority = 0) =>
        Command(
            "add",
            new JsonObject
            {
                ["endpoint"] = endpoint,
                ["weight"] = weight,
                ["priority"] = priority,
            }
        );

    public Task<CommandReply> RemoveHost(string endpoint) => Command("remove", new JsonObject { ["endpoint"] = endpoint });

    private Task<CommandReply> Command(string kind, JsonObject what)
    {
        var (run, proxy, cluster) = Key();
        what["cluster"] = cluster;
        return GrainFactory.GetGrain<ISimulationGrain>(run).Command(proxy, new JsonObject { [kind] = what }.ToJsonString());
    }

    private (string Run, string Proxy, string Cluster) Key()
    {
        var (run, rest) = EntityKey.Split(this.GetPrimaryKeyString());
        var (proxy, cluster) = EntityKey.Split(rest);
        return (run, proxy, cluster);
    }
}
