using Envoy.Config.Bootstrap.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Turns a bootstrap message into a snapshot.</summary>
internal static class SnapshotBuilder
{
    /// <param name="forConnections">What drivers with connections cannot do is refused.</param>
    public static ProxySnapshot Build(SourceMap map, Bootstrap bootstrap, bool forConnections = false)
    {
        var resources = bootstrap.StaticResources ?? new Bootstrap.Types.StaticResources();
        var context = Context(map, bootstrap, forConnections);
        var clusters = new ClusterBuilder(context).BuildAll(resources.Clusters);
        var listeners = new ListenerBuilder(context).BuildAll(resources.Listeners);
        return new ProxySnapshot
        {
            Message = context.Keep(bootstrap),
            Node = new NodeSnapshot(bootstrap.Node?.Id ?? "", bootstrap.Node?.Cluster ?? "", bootstrap.Node?.Locality?.Zone ?? "")
            {
                Locality = bootstrap.Node?.Locality is { } locality
                    ? new LocalitySnapshot(locality.Region, locality.Zone, locality.SubZone)
                    : LocalitySnapshot.None,
            },
            LocalCluster = context.LocalCluster,
            OutlierEventLogPath = bootstrap.ClusterManager?.OutlierDetection?.EventLogPath ?? "",
            Admin = bootstrap.Admin?.Address is { } address ? AddressBuilder.Build(context, address) : null,
            Runtime = new RuntimeBuilder(context).Build(bootstrap.LayeredRuntime),
            Clusters = clusters,
            Listeners = listeners,
            Lds = new LdsBuilder(context).Build(bootstrap),
        };
    }

    /// <summary>What builders of the resources of a bootstrap need to know of it.</summary>
    /// <param name="kept">What stands in the Anys of messages that are kept; null for all of the map.</param>
    public static BuildContext Context(SourceMap map, Bootstrap bootstrap, bool forConnections, AnyContents? kept = null)
    {
        var resources = bootstrap.StaticResources ?? new Bootstrap.Types.StaticResources();
        return new BuildContext(map)
        {
            NodeMetadata = bootstrap.Node?.Metadata,
            LocalCluster = bootstrap.ClusterManager?.LocalClusterName ?? "",
            ForConnections = forConnections,
            Kept = kept ?? map.Contents,
            StaticListeners = [.. resources.Listeners.Select(ListenerBuilder.NameOf)],
            Secrets = resources
                .Secrets.DistinctBy(static secret => secret.Name, StringComparer.Ordinal)
                .ToDictionary(static secret => secret.Name, StringComparer.Ordinal),
        };
    }
}
