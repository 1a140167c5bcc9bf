namespace MeshSim.ProxyRuntime.Core;

/// <summary>Read-only sight of a worker. To be used in the worker's own thread, between inputs.</summary>
public interface IWorkerView
{
    StatSheet Stats { get; }

    /// <summary>Requests that are not over.</summary>
    int ActiveStreams { get; }

    /// <summary>Downstream connections that are open.</summary>
    int DownstreamConnections { get; }

    /// <summary>Upstream connections that are open or being opened.</summary>
    int UpstreamConnections { get; }

    /// <summary>The route tables of the connection managers of a listener, in the order of its filter chains; none if there is no such listener.</summary>
    /// <param name="listener">Its name.</param>
    IEnumerable<RouteConfigStatus> RouteConfigs(string listener);
}
