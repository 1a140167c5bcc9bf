using MeshSim.ProxyRuntime.Core;
using WeightedClusterMessage = Envoy.Config.Route.V3.WeightedCluster;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>weighted_clusters. Their sum is held to its bounds by the checks of routes.</summary>
internal sealed class WeightedClustersBuilder(BuildContext context)
{
    private readonly HeaderMutationBuilder headers = new(context);

    public WeightedClusters Build(WeightedClusterMessage weighted) =>
        new()
        {
            Clusters = [.. weighted.Clusters.Select(cluster => Build(weighted, cluster))],
            RandomValueHeader = weighted.HeaderName.Length > 0 ? HeaderName.Of(weighted.HeaderName) : null,
            UseHashPolicy = weighted.UseHashPolicy ?? false,
            RuntimeKeyPrefix = weighted.RuntimeKeyPrefix,
        };

    private WeightedCluster Build(WeightedClusterMessage weighted, WeightedClusterMessage.Types.ClusterWeight cluster) =>
        new()
        {
            Name = cluster.Name,
            ClusterHeader = cluster.ClusterHeader.Length > 0 ? HeaderName.Of(cluster.ClusterHeader) : null,
            Weight = cluster.Weight ?? 0,
            RuntimeKey = weighted.RuntimeKeyPrefix.Length > 0 ? $"{weighted.RuntimeKeyPrefix}.{cluster.Name}" : "",
            MetadataMatch = MetadataBuilder.LoadBalancing(cluster.MetadataMatch),
            RequestHeaders = headers.Build(cluster.RequestHeadersToAdd, cluster.RequestHeadersToRemove),
            ResponseHeaders = headers.Build(cluster.ResponseHeadersToAdd, cluster.ResponseHeadersToRemove),
            HostRewriteLiteral = cluster.HostRewriteLiteral,
            PerFilterConfig = new PerFilterConfigBuilder(context).Build(cluster, cluster.TypedPerFilterConfig),
        };
}
