using MeshSim.ProxyRuntime.Admin;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Grains.Simulation;

/// <summary>Admin pages of a simulated proxy, written by what writes those of a live one.</summary>
internal static class ProxyPages
{
    public static string Text(SimulatedProxyView view, string page)
    {
        if (page == "clusters")
        {
            return ClustersPage.Text(view.Snapshot, view.Main.Clusters, view.Main.OutlierRates);
        }

        var totals = new StatTotals();
        totals.Add(view.Main.Stats);
        foreach (var worker in view.Workers)
        {
            totals.Add(worker.Stats);
        }

        return StatsPage.Text(totals, usedOnly: true, filter: null);
    }
}
