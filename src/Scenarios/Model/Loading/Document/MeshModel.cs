using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>The short form of a scenario.</summary>
/// <param name="SidecarFields">What is said of all sidecars.</param>
/// <param name="GatewayTo">The service that a gateway leads to; null for no gateway.</param>
/// <param name="GatewayFields">What else is said of the gateway.</param>
internal sealed record MeshModel(
    ImmutableArray<MeshService> Services,
    bool Sidecars,
    IReadOnlyList<ConfigEntry> SidecarFields,
    string? GatewayTo,
    IReadOnlyList<ConfigEntry> GatewayFields
);

/// <summary>A service of the short form.</summary>
/// <param name="Calls">The services it may call.</param>
/// <param name="Policies">Of those who call it.</param>
internal sealed record MeshService(string Name, int Port, ImmutableArray<string> Calls, MeshPolicies Policies)
{
    public string Sidecar => $"{Name}-sidecar";
}

/// <summary>What callers of a service do: Envoy's fields, as it would have them.</summary>
/// <param name="Route">Lines of a route's action.</param>
/// <param name="Cluster">Lines of a cluster.</param>
internal sealed record MeshPolicies(ImmutableArray<string> Route, ImmutableArray<string> Cluster)
{
    public static readonly MeshPolicies None = new([], []);
}
