using System.Buffers.Text;
using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>weighted_clusters: one of several clusters for each request, by weight.</summary>
public sealed record WeightedClusters
{
    private readonly long weightTotal;
    private readonly ImmutableArray<WeightedCluster> clusters = [];

    /// <summary>In list order; the sum of their weights is from 1 to 2^32 − 1.</summary>
    public required ImmutableArray<WeightedCluster> Clusters
    {
        get => clusters;
        init
        {
            clusters = value;
            weightTotal = value.Sum(static cluster => (long)cluster.Weight);
        }
    }

    /// <summary>header_name: a header whose number chooses instead of the stream's random number; null for none.</summary>
    public HeaderName? RandomValueHeader { get; init; }

    /// <summary>use_hash_policy: the hash of the route's hash_policy chooses, where there is one.</summary>
    public bool UseHashPolicy { get; init; }

    /// <summary>runtime_key_prefix: weights may be overridden under <c>PREFIX.CLUSTER</c>; empty for none.</summary>
    public string RuntimeKeyPrefix { get; init; } = "";

    /// <summary>The cluster for a request; null if the runtime has set every weight to 0.</summary>
    internal WeightedCluster? Choose(in RouteRequest request, ulong? hash)
    {
        var total = RuntimeKeyPrefix.Length == 0 ? weightTotal : TotalFrom(request.Runtime);
        if (total is 0 or > uint.MaxValue)
        {
            return null;
        }

        var chosen = (FromHeader(request.Headers) ?? (UseHashPolicy ? hash : null) ?? request.Random) % (ulong)total;
        ulong end = 0;
        foreach (var cluster in Clusters)
        {
            end += Weight(cluster, request.Runtime);
            if (chosen < end)
            {
                return cluster;
            }
        }

        return null;
    }

    /// <summary>Only a single line counts: with several, different proxies might take different ones.</summary>
    private ulong? FromHeader(HeaderMap headers)
    {
        if (RandomValueHeader is null || headers.IndexOf(RandomValueHeader) is not (>= 0 and var at) || headers.IndexOf(RandomValueHeader, at + 1) >= 0)
        {
            return null;
        }

        var text = headers[at].Value;
        return Utf8Parser.TryParse(text, out ulong value, out var used) && used == text.Length ? value : null;
    }

    private long TotalFrom(RuntimeSnapshot runtime)
    {
        long total = 0;
        foreach (var cluster in Clusters)
        {
            total += Weight(cluster, runtime);
        }

        return total;
    }

    private uint Weight(WeightedCluster cluster, RuntimeSnapshot runtime) =>
        RuntimeKeyPrefix.Length == 0 ? cluster.Weight : (uint)Math.Min(runtime.Integer(cluster.RuntimeKey, cluster.Weight), uint.MaxValue);
}

/// <summary>One cluster of <see cref="WeightedClusters"/>.</summary>
public sealed record WeightedCluster
{
    /// <summary>name; empty where <see cref="ClusterHeader"/> names the cluster.</summary>
    public string Name { get; init; } = "";

    /// <summary>cluster_header; null where <see cref="Name"/> is given.</summary>
    public HeaderName? ClusterHeader { get; init; }

    /// <summary>weight; 0 gets nothing.</summary>
    public uint Weight { get; init; }

    /// <summary>Where the runtime may override the weight.</summary>
    public string RuntimeKey { get; init; } = "";

    /// <summary>metadata_match, laid over the route's; null for the route's alone.</summary>
    public MetadataValue? MetadataMatch { get; init; }

    public HeaderMutations RequestHeaders { get; init; } = HeaderMutations.None;

    public HeaderMutations ResponseHeaders { get; init; } = HeaderMutations.None;

    /// <summary>host_rewrite_literal; empty for none.</summary>
    public string HostRewriteLiteral { get; init; } = "";

    public PerFilterConfig PerFilterConfig { get; init; } = PerFilterConfig.None;
}
