using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The listeners of a proxy in its main machine: those of its configuration, and those that discovery adds, changes and removes. Workers
/// drain what is replaced or gone; here it is counted.
/// </summary>
internal sealed class ListenerManager
{
    private readonly ProxyMainContext context;
    private readonly ProxySnapshot snapshot;
    private readonly ListenerManagerStats stats;
    private readonly ListenerDiscoveryStats? discovery;
    private readonly HashSet<string> configured;
    private readonly List<ListenerSnapshot> active;
    private readonly Dictionary<string, (string Version, long UnixNs)> updates = new(StringComparer.Ordinal);
    private readonly List<ListenerStatus> draining = [];
    private bool open;

    public ListenerManager(ProxyMainContext context, ProxySnapshot snapshot)
    {
        this.context = context;
        this.snapshot = snapshot;
        stats = new ListenerManagerStats(context.Stats);
        discovery = snapshot.Lds is null ? null : new ListenerDiscoveryStats(context.Stats);
        active = [.. snapshot.Listeners];
        configured = new HashSet<string>(active.Select(static listener => listener.Name), StringComparer.Ordinal);
        stats.Added.Add(active.Count);
        stats.Active.Set(active.Count);
    }

    /// <summary>In the order in which they came.</summary>
    public ImmutableArray<ListenerSnapshot> Active => [.. active];

    /// <summary>version_info of the last response that changed anything; empty if there was none.</summary>
    public string Version { get; private set; } = "";

    /// <summary>All there are in the same order, and behind them those that drain.</summary>
    public ImmutableArray<ListenerStatus> Statuses => [.. active.Select(StatusOf), .. draining];

    /// <summary>All clusters are ready, and what discovery brought first is there.</summary>
    public void Open()
    {
        open = true;
        stats.Started();
        foreach (var listener in active)
        {
            Emit(EffectKind.OpenListener, listener);
        }
    }

    /// <summary>The proxy ends: no listener accepts from now on.</summary>
    public void Stop()
    {
        if (open)
        {
            stats.Stopped(active.Count);
            foreach (var listener in active)
            {
                Emit(EffectKind.CloseListener, listener);
            }
        }
    }

    /// <summary>Takes over what can be; what is refused leaves its listener as it was.</summary>
    public void OnAnswer(ListenersAnswer answer)
    {
        discovery!.UpdateAttempt.Increment();
        if (answer.Outcome is ListenersOutcome.Rejected or ListenersOutcome.Failed)
        {
            (answer.Outcome == ListenersOutcome.Failed ? discovery.UpdateFailure : discovery.UpdateRejected).Increment();
            return;
        }

        var gone = active.Where(listener => !configured.Contains(listener.Name) && !answer.Names.Contains(listener.Name, StringComparer.Ordinal)).ToList();
        foreach (var listener in gone)
        {
            _ = active.Remove(listener);
            stats.Removed.Increment();
        }

        var changes = gone.Count > 0;
        foreach (var listener in answer.Listeners.Where(listener => !configured.Contains(listener.Name)))
        {
            changes |= AddOrUpdate(listener, answer.Version);
        }

        // What is new opens first: it may take over the address of what goes.
        foreach (var listener in gone)
        {
            Drain(listener, EffectKind.RemoveListener);
            _ = updates.Remove(listener.Name);
        }

        Version = changes ? answer.Version : Version;

        stats.Active.Set(active.Count);
        if (answer.Outcome == ListenersOutcome.Accepted)
        {
            discovery.Succeeded(context.UnixNs, answer.Version);
        }
        else
        {
            discovery.UpdateRejected.Increment();
        }
    }

    /// <summary>False if it is there already, the very same.</summary>
    private bool AddOrUpdate(ListenerSnapshot listener, string version)
    {
        var update = (version, context.UnixNs);
        var place = active.FindIndex(known => string.Equals(known.Name, listener.Name, StringComparison.Ordinal));
        if (place < 0)
        {
            active.Add(listener);
            updates[listener.Name] = update;
            stats.Added.Increment();
            EmitWhenOpen(EffectKind.OpenListener, listener);
            return true;
        }

        var former = active[place];
        if (former.Hash == listener.Hash)
        {
            return false;
        }

        active[place] = listener;
        stats.Modified.Increment();
        EmitWhenOpen(EffectKind.OpenListener, listener);
        if (listener.IsInPlaceUpdateOf(former))
        {
            stats.UpdatedInPlace.Increment();
            DrainFor(null, former.ChainsGoneIn(listener).Count());
        }
        else
        {
            Drain(former, EffectKind.CloseListener);
        }

        updates[listener.Name] = update;
        return true;
    }

    private ListenerStatus StatusOf(ListenerSnapshot listener)
    {
        var isConfigured = configured.Contains(listener.Name);
        var (version, unixNs) = updates.GetValueOrDefault(listener.Name, ("", context.EpochUnixNs));
        return new ListenerStatus(listener, open || isConfigured ? ListenerPhase.Active : ListenerPhase.Warming, isConfigured, version, unixNs);
    }

    private void Drain(ListenerSnapshot listener, EffectKind kind)
    {
        EmitWhenOpen(kind, listener);
        DrainFor(StatusOf(listener) with { Phase = ListenerPhase.Draining }, chains: 0);
    }

    private void DrainFor(ListenerStatus? listener, int chains)
    {
        if (open)
        {
            new CountedDrain(stats, draining, listener, chains).Begin(context, snapshot.Drain.TimeNs);
        }
    }

    private void EmitWhenOpen(EffectKind kind, ListenerSnapshot listener)
    {
        if (open)
        {
            Emit(kind, listener);
        }
    }

    private void Emit(EffectKind kind, ListenerSnapshot listener) => context.Effects.Add(kind).Subject = listener;

    /// <summary>A listener, or some filter chains of one, while they drain: in the gauges, and among those that do.</summary>
    private sealed class CountedDrain(ListenerManagerStats stats, List<ListenerStatus> draining, ListenerStatus? listener, int chains) : ITimerOwner
    {
        public void Begin(ProxyMainContext context, long timeNs)
        {
            if (listener is { } whole)
            {
                draining.Add(whole);
                stats.Draining.Add(1);
            }

            stats.ChainsDraining.Add(chains);
            _ = context.Timers.Arm(context.Now.Plus(timeNs), TimerKind.ListenerDrain, this);
        }

        public void OnTimer(TimerKind kind)
        {
            if (listener is { } whole)
            {
                _ = draining.Remove(whole);
                stats.Draining.Add(-1);
            }

            stats.ChainsDraining.Add(-chains);
        }
    }
}
