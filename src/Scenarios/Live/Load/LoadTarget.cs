using System.Collections.Immutable;
using System.Net;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>Where the requests of a load go.</summary>
/// <param name="Addresses">New connections take them in turn; at least one.</param>
/// <param name="MaxConnections">Connections open at once, at least 1. When all are busy, requests wait, and waiting counts as latency.</param>
public sealed record LoadTarget(LoadModel Load, ImmutableArray<IPEndPoint> Addresses, int MaxConnections = int.MaxValue)
{
    /// <summary>Headers of every request beside method, path and host.</summary>
    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];
}
