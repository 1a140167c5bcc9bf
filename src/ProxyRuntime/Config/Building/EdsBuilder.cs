using Envoy.Config.Cluster.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>eds_cluster_config of a cluster of type EDS: the file its endpoints stand in.</summary>
internal sealed class EdsBuilder(BuildContext context)
{
    /// <summary>Null for clusters of another type, and for sources that are not read here yet (a problem says so).</summary>
    public EdsSnapshot? Build(Cluster cluster)
    {
        if (cluster.Type != Cluster.Types.DiscoveryType.Eds || cluster.ClusterType is not null || cluster.EdsClusterConfig is not { EdsConfig: { } source } eds)
        {
            return null;
        }

        if (cluster.LoadAssignment is not null)
        {
            context.Map.Warn(cluster, "load_assignment", "an EDS cluster has its endpoints from eds_config: what stands here has no effect");
        }

        context.NotSupported(source, ["authorities", "api_config_source", "ads", "self"], "path_config_source");
        return new FileSourceBuilder(context).Build(source) is { } file
            ? new EdsSnapshot(
                eds.ServiceName.Length > 0 ? eds.ServiceName : cluster.Name,
                file.Path,
                file.WatchedDirectory,
                BuildContext.MillisecondsNs(source.InitialFetchTimeout, EdsSnapshot.DefaultInitialFetchTimeoutNs)
            )
            {
                GivenServiceName = eds.ServiceName,
            }
            : null;
    }
}
