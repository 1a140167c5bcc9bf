namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics under <c>listener_manager.</c>: listeners are those of the configuration, none comes or changes later.</summary>
internal sealed class ListenerManagerStats
{
    private readonly Counter stopped;
    private readonly Gauge workersStarted;

    public ListenerManagerStats(StatSheet sheet, int listeners)
    {
        const string root = "listener_manager.";
        foreach (var name in (ReadOnlySpan<string>)["listener_create_failure", "listener_in_place_updated", "listener_modified", "listener_removed"])
        {
            _ = sheet.Counter(root + name);
        }

        foreach (var name in (ReadOnlySpan<string>)["total_filter_chains_draining", "total_listeners_draining", "total_listeners_warming"])
        {
            sheet.Gauge(root + name).Set(0);
        }

        sheet.Counter(root + "listener_added").Add(listeners);
        sheet.Gauge(root + "total_listeners_active").Set(listeners);
        stopped = sheet.Counter(root + "listener_stopped");
        workersStarted = sheet.Gauge(root + "workers_started");
    }

    /// <summary>Workers begin to accept connections.</summary>
    public void Started() => workersStarted.Set(1);

    /// <summary>Listeners accept none from now on.</summary>
    public void Stopped(int listeners) => stopped.Add(listeners);
}
