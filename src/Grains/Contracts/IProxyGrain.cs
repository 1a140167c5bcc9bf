namespace MeshSim.Grains.Contracts;

/// <summary>One simulated proxy, keyed <c>run/name</c>: its admin pages while the run is going on.</summary>
public interface IProxyGrain : IGrainWithStringKey
{
    /// <summary><c>/stats</c> of that proxy; null if there is none of that name.</summary>
    Task<string?> Stats();

    /// <summary><c>/clusters</c> of that proxy.</summary>
    Task<string?> Clusters();

    /// <summary>Another version of one of its route tables, for requests that begin from the time in the reply on.</summary>
    /// <param name="json">A RouteConfiguration with the name of one the proxy has; clusters it names need not be there.</param>
    Task<CommandReply> SetRoutes(string json);

    /// <summary>Closes its listeners and lets go of idle connections, from the time in the reply on.</summary>
    Task<CommandReply> Drain();
}
