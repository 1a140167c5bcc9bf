using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>The address of one cluster of a simulated proxy.</summary>
[EntityPlacement]
internal sealed class ClusterGrain : Grain, IClusterGrain
{
    public async Task<string?> Status()
    {
        var (run, rest) = EntityKey.Split(this.GetPrimaryKeyString());
        var (proxy, cluster) = EntityKey.Split(rest);
        var page = await GrainFactory.GetGrain<IProxyGrain>($"{run}/{proxy}").Clusters();
        var lines = (page ?? "").Split('\n').Where(line => line.StartsWith($"{cluster}::", StringComparison.Ordinal)).ToArray();
        return lines.Length == 0 ? null : string.Join('\n', lines) + "\n";
    }
}
