using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Gathers what admin pages show; each machine is read in its own thread.</summary>
internal sealed class AdminSource(
    ProxySnapshot snapshot,
    ProxyShared shared,
    MainLoop main,
    IReadOnlyList<WorkerLoop> workers,
    LiveListeners sockets,
    LiveClock clock
)
{
    /// <param name="path">Of the page it is for.</param>
    public async Task<AdminView> ViewAsync(string path)
    {
        var (state, clusters, listeners, rates) = await main
            .Events.Ask(() => (main.Main.View.State, main.Main.View.Clusters, main.Main.View.Listeners, main.Main.View.OutlierRates))
            .ConfigureAwait(false);
        var stats = AdminInterface.NeedsStats(path) ? await StatsAsync(state).ConfigureAwait(false) : null;
        return new AdminView(snapshot with { Listeners = [.. listeners.Select(Bound)] }, state, clusters, stats)
        {
            Config = AdminInterface.NeedsConfig(path) ? await ConfigAsync().ConfigureAwait(false) : null,
            OutlierRates = rates,
            UnixNs = clock.EpochUnixNs + clock.Now.Nanoseconds,
        };
    }

    /// <summary>The listener with the port that it has got, where port 0 was configured.</summary>
    private ListenerSnapshot Bound(ListenerSnapshot listener) =>
        sockets.Addresses.TryGetValue(listener.Name, out var bound)
            ? listener with
            {
                Address = new NetworkAddress(listener.Address.Ip, bound.Port),
            }
            : listener;

    private async Task<RunningConfig> ConfigAsync()
    {
        var config = await main.Events.Ask(() => RunningConfig.Of(snapshot, main.Main.View, clock.EpochUnixNs)).ConfigureAwait(false);
        return await workers[0].Events.Ask(() => config.With(workers[0].Driver.Worker.View)).ConfigureAwait(false);
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
