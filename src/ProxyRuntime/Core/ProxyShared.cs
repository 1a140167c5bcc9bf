namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the machines of one proxy share: atomic numbers, and hosts made on demand. Everything else passes between them in messages.</summary>
public sealed class ProxyShared
{
    private readonly Dictionary<string, ClusterResources> clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OriginalDstHosts> originalDst = new(StringComparer.Ordinal);
    private int healthCheckFailed;

    public ProxyShared(ProxySnapshot snapshot)
    {
        Stats = new StatSheet(snapshot.StatNames);
        foreach (var cluster in snapshot.Clusters)
        {
            clusters[cluster.Name] = new ClusterResources(cluster, snapshot.Runtime, Stats);
            if (cluster.Type == DiscoveryType.OriginalDst)
            {
                originalDst[cluster.Name] = new OriginalDstHosts(cluster);
            }
        }

        Filters = new SharedFilterStates(snapshot);
    }

    /// <summary><c>/healthcheck/fail</c> was asked for, and not <c>/healthcheck/ok</c> since: the health_check filter says so to whoever asks.</summary>
    public bool HealthCheckFailed
    {
        get => Volatile.Read(ref healthCheckFailed) != 0;
        set => Volatile.Write(ref healthCheckFailed, value ? 1 : 0);
    }

    /// <summary>The gauges of the circuit breakers. No name is added later, so any thread may list them.</summary>
    public StatSheet Stats { get; }

    /// <summary>What filters share.</summary>
    internal SharedFilterStates Filters { get; }

    /// <summary>The hosts that workers have made for a cluster of type ORIGINAL_DST.</summary>
    internal OriginalDstHosts OriginalDst(string cluster) => originalDst[cluster];

    /// <summary>The limits of a cluster, one set for the whole proxy.</summary>
    internal ClusterResources Resources(string cluster) => clusters[cluster];
}
