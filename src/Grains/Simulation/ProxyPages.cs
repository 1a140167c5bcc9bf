using MeshSim.ProxyRuntime.Admin;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Grains.Simulation;

/// <summary>Admin pages of a simulated proxy, written by what writes those of a live one.</summary>
internal static class ProxyPages
{
    /// <param name="page">clusters or stats.</param>
    public static string Text(SimulatedProxyView view, string page) =>
        page == "clusters" ? ClustersPage.Text(view.Snapshot, view.Main.Clusters, view.Main.OutlierRates) : Stats(view);

    public static string Stats(SimulatedProxyView view)
    {
        var totals = new StatTotals();
        totals.Add(view.Main.Stats);
        totals.Add(view.Shared.Stats);
        foreach (var worker in view.Workers)
        {
            totals.Add(worker.Stats);
        }

        return StatsPage.Text(totals, usedOnly: true, filter: null);
    }
}
