namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a route does with a request: <see cref="RouteAction"/>, <see cref="RedirectAction"/>, <see cref="DirectResponseAction"/> or <see cref="NonForwardingAction"/>.</summary>
public abstract record ActionSnapshot;

/// <summary>non_forwarding_action (and filter_action): meant for gRPC servers; a proxy forwards nothing and finds no cluster.</summary>
public sealed record NonForwardingAction : ActionSnapshot;
