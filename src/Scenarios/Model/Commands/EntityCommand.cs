using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Something that is asked of an endpoint or a proxy from outside while a run goes on.</summary>
public abstract record EntityCommand;

/// <summary>Something is wrong with an endpoint from now on. The fault's times count from the moment it takes effect.</summary>
public sealed record FaultCommand(Fault Fault) : EntityCommand;

/// <summary>What commands began at an endpoint ends.</summary>
public sealed record RecoverCommand : EntityCommand;

/// <summary>A cluster of type EDS has other endpoints from now on.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Version">version_info.</param>
public sealed record AssignmentCommand(string Cluster, EndpointAssignment Assignment, string Version) : EntityCommand;

/// <summary>A proxy has another version of a route table from now on; requests that have begun keep theirs.</summary>
public sealed record RoutesCommand(RouteTable Routes) : EntityCommand;

/// <summary>
/// The proxy closes its listeners, answers with <c>connection: close</c> and lets go of idle connections; an endpoint refuses new
/// connections.
/// </summary>
public sealed record DrainCommand : EntityCommand;

/// <summary>A command and when it takes effect.</summary>
/// <param name="Number">Its place among all commands of the run, from 0.</param>
/// <param name="TimeNs">Virtual nanoseconds.</param>
/// <param name="Target">The endpoint or proxy, by the name it has in results.</param>
public sealed record TimedCommand(int Number, long TimeNs, string Target, EntityCommand Command);
