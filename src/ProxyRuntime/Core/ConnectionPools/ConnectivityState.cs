namespace MeshSim.ProxyRuntime.Core;

/// <summary>Requests and room for them, of one pool or of all pools of a worker.</summary>
internal struct ConnectivityState
{
    /// <summary>Requests that wait for a connection.</summary>
    public long Pending { get; set; }

    /// <summary>Requests under way on connections.</summary>
    public long Active { get; set; }

    /// <summary>Requests that connections, those being made included, can take besides.</summary>
    public long Capacity { get; set; }

    /// <summary>Whether so many times the requests there are need more room than there is.</summary>
    /// <param name="anticipated">Requests that are about to come.</param>
    public readonly bool NeedsConnection(float ratio, int anticipated) => (Pending + Active + anticipated) * ratio > Capacity + Active;
}
