using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Config;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Grains.Simulation;

/// <summary>Admin pages of a simulated proxy, written by what writes those of a live one.</summary>
internal static class ProxyPages
{
    /// <param name="page">clusters, stats, or config_dump with its query.</param>
    /// <exception cref="ArgumentException">The query asks for what there is not.</exception>
    public static string Text(SimulatedProxyView view, string page)
    {
        var parts = page.Split('?', 2);
        return parts[0] switch
        {
            "clusters" => ClustersPage.Text(view.Snapshot, view.Main.Clusters, view.Main.OutlierRates),
            "config_dump" => ConfigDump(view, parts.Length > 1 ? parts[1] : ""),
            _ => Stats(view),
        };
    }

    private static string ConfigDump(SimulatedProxyView view, string query)
    {
        var config = RunningConfig.Of(view.Snapshot, view.Main, view.EpochUnixNs).With(view.Workers[0]);
        var dump = ConfigDumpPage.Serve(AdminQuery.Parse(query), config);
        return dump.Status == 200 ? dump.Body : throw new ArgumentException(dump.Body, nameof(query));
    }

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
