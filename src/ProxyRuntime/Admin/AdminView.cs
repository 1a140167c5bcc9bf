using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>What an admin page shows of a proxy, live or simulated; what <see cref="AdminInterface.NeedsStats"/> and <see cref="AdminInterface.NeedsConfig"/> leave out is null.</summary>
/// <param name="Snapshot">What it started with, but for its listeners: those it has now, at the addresses they are bound to.</param>
/// <param name="Clusters">The hosts of each cluster as last found.</param>
/// <param name="Stats">Every statistic of all its threads together, its server's own included.</param>
public sealed record AdminView(ProxySnapshot Snapshot, ServerState State, IReadOnlyList<ClusterMembership> Clusters, StatTotals? Stats)
{
    /// <summary>What it runs now.</summary>
    public RunningConfig? Config { get; init; }

    /// <summary>Wall time, nanoseconds since the epoch.</summary>
    public long UnixNs { get; init; }

    /// <summary>How the hosts of each cluster did in the last interval of outlier detection; null for a cluster without one.</summary>
    public IReadOnlyList<OutlierRates?> OutlierRates { get; init; } = [];
}
