using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>Sight of one simulated proxy between events: what its admin pages would show.</summary>
public sealed record SimulatedProxyView(string Name, ProxySnapshot Snapshot, ProxyShared Shared, IProxyMainView Main, ImmutableArray<IWorkerView> Workers);
