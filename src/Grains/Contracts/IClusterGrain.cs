namespace MeshSim.Grains.Contracts;

/// <summary>One cluster of one simulated proxy, keyed <c>run/proxy/cluster</c>: its members as that proxy sees them.</summary>
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>The cluster's lines of <c>/clusters</c>; null if there is no such proxy or cluster.</summary>
    Task<string?> Status();
}
