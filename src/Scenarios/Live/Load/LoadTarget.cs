using System.Collections.Immutable;
using System.Net;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>Where the requests of a load go.</summary>
/// <param name="Addresses">New connections take them in turn; at least one.</param>
/// <param name="MaxConnections">Connections open at once, at least 1. When all are busy, requests wait, and waiting counts as latency.</param>
public sealed record LoadTarget(LoadModel Load, ImmutableArray<IPEndPoint> Addresses, int MaxConnections = int.MaxValue)
{
    /// <summary>What is sent, by kind; of its load alone where nothing is said.</summary>
    public ImmutableArray<RequestHeads> Requests { get; init; } =
    [.. Load.AllRequests.Select((shape, kind) => new RequestTemplate(shape, Load, 0, kind).Heads(synthetic: null))];
}
