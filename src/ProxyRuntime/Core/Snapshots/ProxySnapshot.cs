using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A proxy's whole configuration: validated, defaults filled in, immutable, shared by its workers.</summary>
/// <remarks>
/// A set of per-resource snapshots with structural sharing: an update replaces one resource, the others stay the same objects,
/// and machines compare by reference. A request in flight keeps the route table it was matched in.
/// </remarks>
public sealed record ProxySnapshot
{
    /// <summary>The Bootstrap it was built of.</summary>
    public ConfigMessage Message { get; init; } = ConfigMessage.None;

    public NodeSnapshot Node { get; init; } = NodeSnapshot.Empty;

    /// <summary>Names of the statistics of all proxies that have this configuration.</summary>
    public StatNames StatNames { get; init; } = new();

    /// <summary>Address of the admin interface; null when there is none.</summary>
    public NetworkAddress? Admin { get; init; }

    /// <summary>layered_runtime.</summary>
    public RuntimeSnapshot Runtime { get; init; } = RuntimeSnapshot.Empty;

    /// <summary>The machine's own address, which stands for clients on the same machine in x-forwarded-for.</summary>
    public NetworkAddress LocalAddress { get; init; } = new("127.0.0.1", 0);

    /// <summary>cluster_manager.local_cluster_name: the cluster of proxies like this one; empty for none.</summary>
    public string LocalCluster { get; init; } = "";

    /// <summary>cluster_manager.outlier_detection.event_log_path: takes ejections, a JSON object a line; empty for nowhere.</summary>
    public string OutlierEventLogPath { get; init; } = "";

    /// <summary>Those of the configuration; discovery may add others.</summary>
    public ImmutableArray<ListenerSnapshot> Listeners { get; init; } = [];

    /// <summary>dynamic_resources.lds_config: where more listeners stand; null for none.</summary>
    public FileSourceSnapshot? Lds { get; init; }

    /// <summary>How connections of listeners that are replaced or removed are ended.</summary>
    public DrainSnapshot Drain { get; init; } = DrainSnapshot.Default;

    public ImmutableArray<ClusterSnapshot> Clusters { get; init; } = [];

    /// <summary>Every file that <see cref="EffectKind.LogEvent"/> may name, once each.</summary>
    public IEnumerable<string> EventLogPaths =>
        Clusters
            .SelectMany(static cluster => cluster.HealthChecks)
            .SelectMany(static check => check.EventLogPaths)
            .Append(OutlierEventLogPath)
            .Where(static path => path.Length > 0)
            .Distinct(StringComparer.Ordinal);

    /// <summary>Some of its connections are TLS.</summary>
    public bool HasTls =>
        Clusters.Any(static cluster => cluster.HasTls) || Listeners.Any(static listener => listener.AllFilterChains.Any(static chain => chain.Tls is not null));
}

/// <summary>Who the proxy says it is.</summary>
/// <param name="Id">node.id, or --service-node.</param>
/// <param name="Cluster">node.cluster, or --service-cluster.</param>
/// <param name="Zone">node.locality.zone.</param>
public sealed record NodeSnapshot(string Id, string Cluster, string Zone)
{
    public static readonly NodeSnapshot Empty = new("", "", "");

    /// <summary>node.locality.</summary>
    public LocalitySnapshot Locality { get; init; } = Zone.Length > 0 ? new LocalitySnapshot("", Zone, "") : LocalitySnapshot.None;
}
