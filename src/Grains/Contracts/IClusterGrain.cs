namespace MeshSim.Grains.Contracts;

/// <summary>
/// One cluster of one simulated proxy, keyed <c>run/proxy/cluster</c>: its members as that proxy sees them. What discovery says of a
/// cluster of type EDS can be changed; it takes effect at the time in the reply.
/// </summary>
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>The cluster's lines of <c>/clusters</c>; null if there is no such proxy or cluster.</summary>
    Task<string?> Status();

    /// <summary>All its endpoints.</summary>
    /// <param name="json">A ClusterLoadAssignment.</param>
    /// <param name="version">version_info.</param>
    Task<CommandReply> SetAssignment(string json, string version = "");

    /// <param name="endpoint">IP address and port.</param>
    /// <param name="weight">load_balancing_weight, 1 to 128000.</param>
    Task<CommandReply> SetWeight(string endpoint, int weight);

    /// <param name="status">health_status, in Envoy's words: HEALTHY, UNHEALTHY, DRAINING, TIMEOUT, DEGRADED, UNKNOWN.</param>
    Task<CommandReply> SetHealth(string endpoint, string status);

    Task<CommandReply> AddHost(string endpoint, int weight = 1, int priority = 0);

    Task<CommandReply> RemoveHost(string endpoint);
}
