using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Gathers what admin pages show; each machine is read in its own thread.</summary>
internal sealed class AdminSource(ProxySnapshot snapshot, ProxyShared shared, MainLoop main, IReadOnlyList<WorkerLoop> workers, LiveClock clock)
{
    public async Task<AdminView> ViewAsync(bool withStats)
    {
        var (state, clusters, listeners, rates) = await main
            .Events.Ask(() => (main.Main.View.State, main.Main.View.Clusters, main.Main.View.Listeners, main.Main.View.OutlierRates))
            .ConfigureAwait(false);
        return new AdminView(snapshot with { Listeners = listeners }, state, clusters, withStats ? await StatsAsync(state).ConfigureAwait(false) : null)
        {
            OutlierRates = rates,
            UnixNs = clock.EpochUnixNs + clock.Now.Nanoseconds,
        };
    }

    private async Task<StatTotals> StatsAsync(ServerState state)
    {
        var totals = new StatTotals();
        foreach (var worker in workers)
        {
            _ = await worker.Events.Ask(() => Add(totals, worker.Driver.Worker.View.Stats)).ConfigureAwait(false);
        }

        _ = await main.Events.Ask(() => Add(totals, main.Main.View.Stats)).ConfigureAwait(false);
        totals.Add(shared.Stats);
        totals.AddServer(workers.Count, state, clock.Now);
        return totals;
    }

    private static bool Add(StatTotals totals, StatSheet sheet)
    {
        totals.Add(sheet);
        return true;
    }
}
