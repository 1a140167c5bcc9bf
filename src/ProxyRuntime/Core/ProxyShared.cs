namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the machines of one proxy share: atomic numbers only. Everything else passes between them in messages.</summary>
public sealed class ProxyShared
{
    private readonly Dictionary<string, ClusterResources> clusters = new(StringComparer.Ordinal);

    public ProxyShared(ProxySnapshot snapshot)
    {
        foreach (var cluster in snapshot.Clusters)
        {
            clusters[cluster.Name] = new ClusterResources(cluster);
        }
    }

    /// <summary>The limits of a cluster, one set for the whole proxy.</summary>
    internal ClusterResources Resources(string cluster) => clusters[cluster];
}
