using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>eds_cluster_config of a cluster of type EDS: the file its endpoints stand in.</summary>
internal sealed class EdsBuilder(BuildContext context)
{
    private static readonly string[] Forms = [".yaml", ".yml", ".json"];

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
        return source.ConfigSourceSpecifierCase switch
        {
            ConfigSource.ConfigSourceSpecifierOneofCase.Path => Build(cluster, eds, source, source.Path, ""),
            ConfigSource.ConfigSourceSpecifierOneofCase.PathConfigSource => Build(
                cluster,
                eds,
                source,
                source.PathConfigSource.Path,
                source.PathConfigSource.WatchedDirectory?.Path ?? ""
            ),
            _ => null,
        };
    }

    private EdsSnapshot Build(Cluster cluster, Cluster.Types.EdsClusterConfig eds, ConfigSource source, string path, string watched)
    {
        CheckFile(source, path);
        return new EdsSnapshot(
            eds.ServiceName.Length > 0 ? eds.ServiceName : cluster.Name,
            path,
            watched,
            BuildContext.MillisecondsNs(source.InitialFetchTimeout, EdsSnapshot.DefaultInitialFetchTimeoutNs)
        )
        {
            GivenServiceName = eds.ServiceName,
        };
    }

    /// <summary>It must be there from the begin; what is in it is looked at when it is read.</summary>
    private void CheckFile(ConfigSource source, string path)
    {
        var field = source.PathConfigSource is null ? "path" : "path_config_source";
        if (path.Length > 0 && context.Map.Environment.CanRead && context.Map.Environment.ReadFile(path, 0, out _) is null)
        {
            context.Map.Problem(source, field, $"paths must refer to an existing path in the system: '{path}' does not exist");
        }
        else if (path.EndsWith(".pb", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".pb_text", StringComparison.OrdinalIgnoreCase))
        {
            context.Map.Unsupported(source, field, $"a file in the form of '{path}' is not read here yet; accepted: {string.Join(", ", Forms)}");
        }
    }
}
