using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Gathers what admin pages show; each machine is read in its own thread.</summary>
internal sealed class AdminSource(ProxySnapshot snapshot, MainLoop main, IReadOnlyList<WorkerLoop> workers, int concurrency, LiveClock clock)
{
    public ProxySnapshot Snapshot => snapshot;

    public Task<ServerState> StateAsync() => main.Events.Ask(() => main.Main.View.State);

    public async Task<IReadOnlyList<ClusterMembership>> ClustersAsync() => await main.Events.Ask(() => main.Main.View.Clusters).ConfigureAwait(false);

    public async Task<StatTotals> StatsAsync()
    {
        var totals = new StatTotals();
        foreach (var worker in workers)
        {
            _ = await worker.Events.Ask(() => Add(totals, worker.Driver.Worker.View.Stats)).ConfigureAwait(false);
        }

        _ = await main.Events.Ask(() => Add(totals, main.Main.View.Stats)).ConfigureAwait(false);
        var live = await StateAsync().ConfigureAwait(false) == ServerState.Live;
        totals.Add("server.concurrency", concurrency, used: true);
        totals.Add("server.live", live ? 1 : 0, used: true);
        totals.Add("server.uptime", clock.Now.Nanoseconds / MonotonicTime.NanosecondsPerSecond, used: true);
        return totals;
    }

    private static bool Add(StatTotals totals, StatSheet sheet)
    {
        totals.Add(sheet);
        return true;
    }
}
