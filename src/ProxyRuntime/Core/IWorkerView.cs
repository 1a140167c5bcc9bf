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
}
