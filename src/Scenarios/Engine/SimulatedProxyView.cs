using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>Sight of one simulated proxy between events: what its admin pages would show.</summary>
public sealed record SimulatedProxyView(string Name, ProxySnapshot Snapshot, ProxyShared Shared, IProxyMainView Main, ImmutableArray<IWorkerView> Workers)
{
    /// <summary>Wall time at virtual time 0, nanoseconds since the Unix epoch.</summary>
    public long EpochUnixNs { get; init; }

    /// <summary>What it wrote into event logs, in order.</summary>
    public IReadOnlyList<ProxyEvent> Events { get; init; } = [];
}
