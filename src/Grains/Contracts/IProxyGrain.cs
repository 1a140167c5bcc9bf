namespace MeshSim.Grains.Contracts;

/// <summary>One simulated proxy, keyed <c>run/name</c>: its admin pages while the run is going on.</summary>
public interface IProxyGrain : IGrainWithStringKey
{
    /// <summary><c>/stats</c> of that proxy; null if there is none of that name.</summary>
    Task<string?> Stats();

    /// <summary><c>/clusters</c> of that proxy.</summary>
    Task<string?> Clusters();

    /// <summary>Closes its listeners and lets go of idle connections, from the time in the reply on.</summary>
    Task<CommandReply> Drain();
}
