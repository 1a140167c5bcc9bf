namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics under <c>listener_manager.</c>. Nothing here warms: a listener is active as soon as it is there.</summary>
internal sealed class ListenerManagerStats
{
    private readonly Counter stopped;
    private readonly Gauge workersStarted;

    public ListenerManagerStats(StatSheet sheet)
    {
        const string root = "listener_manager.";
        _ = sheet.Counter(root + "listener_create_failure");
        sheet.Gauge(root + "total_listeners_warming").Set(0);
        Added = sheet.Counter(root + "listener_added");
        Modified = sheet.Counter(root + "listener_modified");
        UpdatedInPlace = sheet.Counter(root + "listener_in_place_updated");
        Removed = sheet.Counter(root + "listener_removed");
        Active = sheet.Gauge(root + "total_listeners_active");
        Draining = sheet.Gauge(root + "total_listeners_draining");
        ChainsDraining = sheet.Gauge(root + "total_filter_chains_draining");
        Active.Set(0);
        Draining.Set(0);
        ChainsDraining.Set(0);
        stopped = sheet.Counter(root + "listener_stopped");
        workersStarted = sheet.Gauge(root + "workers_started");
    }

    public Counter Added { get; }

    public Counter Modified { get; }

    /// <summary>Those of the modified ones of which nothing but filter chains changed.</summary>
    public Counter UpdatedInPlace { get; }

    public Counter Removed { get; }

    public Gauge Active { get; }

    public Gauge Draining { get; }

    public Gauge ChainsDraining { get; }

    /// <summary>Workers begin to accept connections.</summary>
    public void Started() => workersStarted.Set(1);

    /// <summary>Listeners accept none from now on.</summary>
    public void Stopped(int listeners) => stopped.Add(listeners);
}
