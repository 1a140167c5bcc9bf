using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>The admin interface of a simulated proxy, between two events.</summary>
internal sealed class SimulatedAdmin(WireSimulation simulation, long epochUnixNs)
{
    public ServerState State => simulation.View.Main.State;

    /// <param name="target">Path and query.</param>
    public AdminResponse Get(string method, string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        var query = AdminQuery.Parse(question < 0 ? "" : target[(question + 1)..]);
        var view = simulation.View;
        return AdminInterface.Serve(
            method,
            path,
            query,
            new AdminView(view.Snapshot, State, view.Main.Clusters, AdminInterface.NeedsStats(path) ? Stats() : null)
            {
                Config = AdminInterface.NeedsConfig(path) ? RunningConfig.Of(view.Snapshot, view.Main, view.EpochUnixNs).With(view.Workers[0]) : null,
                OutlierRates = view.Main.OutlierRates,
                UnixNs = epochUnixNs + simulation.NowNs,
            }
        );
    }

    private StatTotals Stats()
    {
        var view = simulation.View;
        var totals = new StatTotals();
        foreach (var worker in view.Workers)
        {
            totals.Add(worker.Stats);
        }

        totals.Add(view.Main.Stats);
        totals.Add(view.Shared.Stats);
        totals.AddServer(view.Workers.Length, State, new MonotonicTime(simulation.NowNs));
        return totals;
    }
}
