namespace MeshSim.ProxyRuntime.Core;

/// <summary>A route that was looked at and does not match.</summary>
/// <param name="Place">Its place in the virtual host, from 0.</param>
/// <param name="Route">The route.</param>
/// <param name="Field">The first condition that does not hold, in Envoy's order of evaluation: a field of RouteMatch, <c>headers[1]</c>. The path comes last.</param>
/// <param name="Asks">What that condition asks for.</param>
/// <param name="PathFits">Whether its path specifier fits, whatever else does not.</param>
public sealed record RouteMiss(int Place, Route Route, string Field, string Asks, bool PathFits);
