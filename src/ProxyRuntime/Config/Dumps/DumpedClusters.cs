using Envoy.Admin.V3;
using Envoy.Config.Cluster.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The clusters of a dump.</summary>
internal sealed class DumpedClusters(DumpContents contents, DumpNotes notes)
{
    /// <summary>Static and active ones; warming ones are not used by any request yet.</summary>
    public IEnumerable<Cluster> Running(IEnumerable<ClustersConfigDump> sections)
    {
        List<Cluster?> running = [];
        foreach (var section in sections)
        {
            running.AddRange(section.StaticClusters.Select(entry => contents.Need<Cluster>(entry, "cluster")));
            foreach (var entry in section.DynamicActiveClusters)
            {
                running.Add(contents.Need<Cluster>(entry, "cluster"));
                notes.Refused(entry, entry.ErrorState, $"cluster '{contents.TextOf(entry.Cluster, "name")}'");
            }

            foreach (var entry in section.DynamicWarmingClusters)
            {
                var name = contents.TextOf(entry.Cluster, "name");
                notes.LeftOut(entry, $"cluster '{name}' is warming: no request uses it yet, and it is left out");
                notes.Refused(entry, entry.ErrorState, $"cluster '{name}'");
            }
        }

        return running.OfType<Cluster>();
    }
}
