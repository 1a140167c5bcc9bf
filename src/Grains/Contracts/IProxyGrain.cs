namespace MeshSim.Grains.Contracts;

/// <summary>One simulated proxy, keyed <c>run/name</c>: its admin pages while the run is going on.</summary>
public interface IProxyGrain : IGrainWithStringKey
{
    /// <summary><c>/stats</c> of that proxy; null if there is none of that name.</summary>
    Task<string?> Stats();

    /// <summary><c>/clusters</c> of that proxy.</summary>
    Task<string?> Clusters();

    /// <summary><c>/config_dump</c> of that proxy as it is at this moment of the run.</summary>
    /// <param name="query">What stands behind the question mark of the page, <c>include_eds</c>, <c>resource=static_listeners&amp;mask=listener.name</c>; empty for all but endpoints.</param>
    /// <exception cref="ArgumentException">The query asks for what there is not; the message begins as that of the page.</exception>
    Task<string?> ConfigDump(string query = "");

    /// <summary>Another version of one of its route tables, for requests that begin from the time in the reply on.</summary>
    /// <param name="json">A RouteConfiguration with the name of one the proxy has; clusters it names need not be there.</param>
    Task<CommandReply> SetRoutes(string json);

    /// <summary>Closes its listeners and lets go of idle connections, from the time in the reply on.</summary>
    Task<CommandReply> Drain();
}
