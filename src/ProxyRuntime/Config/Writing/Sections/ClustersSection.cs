using Envoy.Admin.V3;
using Envoy.Config.Cluster.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Clusters, sorted by name. All of them stand in the configuration.</summary>
internal static class ClustersSection
{
    public static DumpSection Of(RunningConfig config, Func<string, bool> isShown)
    {
        var dump = new ClustersConfigDump();
        var contents = new AnyContents();
        foreach (
            var cluster in config.Snapshot.Clusters.Where(cluster => isShown(cluster.Name)).OrderBy(static cluster => cluster.Name, StringComparer.Ordinal)
        )
        {
            dump.StaticClusters.Add(
                new ClustersConfigDump.Types.StaticCluster
                {
                    Cluster = contents.Pack(MessageOf(cluster)),
                    LastUpdated = ProtoTimes.Milliseconds(config.StartUnixNs),
                }
            );
        }

        return new DumpSection(dump, contents);
    }

    private static ProtoMessage MessageOf(ClusterSnapshot cluster) =>
        cluster.Message as ProtoMessage ?? new ProtoMessage(new Cluster { Name = cluster.Name }, new AnyContents());
}
