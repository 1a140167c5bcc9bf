namespace MeshSim.ProxyRuntime.Core;

/// <summary>The route table of one connection manager as a worker has it.</summary>
/// <param name="Configured">The one its listener came with.</param>
/// <param name="Routes">The one of requests that begin now.</param>
/// <param name="UpdatedUnixNs">Since when it has that, nanoseconds since the Unix epoch.</param>
public readonly record struct RouteConfigStatus(RouteTable Configured, RouteTable Routes, long UpdatedUnixNs);
