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

        foreach (var listener in answer.Listeners.Where(listener => !configured.Contains(listener.Name)))
        {
            AddOrUpdate(listener);
        }

        // What is new opens first: it may take over the address of what goes.
        foreach (var listener in gone)
        {
            Drain(listener, EffectKind.RemoveListener);
        }

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

    private void AddOrUpdate(ListenerSnapshot listener)
    {
        var place = active.FindIndex(known => string.Equals(known.Name, listener.Name, StringComparison.Ordinal));
        if (place < 0)
        {
            active.Add(listener);
            stats.Added.Increment();
            EmitWhenOpen(EffectKind.OpenListener, listener);
            return;
        }

        var former = active[place];
        if (former.Hash == listener.Hash)
        {
            return;
        }

        active[place] = listener;
        stats.Modified.Increment();
        EmitWhenOpen(EffectKind.OpenListener, listener);
        if (listener.IsInPlaceUpdateOf(former))
        {
            stats.UpdatedInPlace.Increment();
            DrainFor(listeners: 0, former.ChainsGoneIn(listener).Count());
        }
        else
        {
            Drain(former, EffectKind.CloseListener);
        }
    }

    private void Drain(ListenerSnapshot listener, EffectKind kind)
    {
        EmitWhenOpen(kind, listener);
        DrainFor(listeners: 1, chains: 0);
    }

    private void DrainFor(int listeners, int chains)
    {
        if (open)
        {
            new CountedDrain(stats, listeners, chains).Begin(context, snapshot.Drain.TimeNs);
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

    /// <summary>What drains, in the gauges.</summary>
    private sealed class CountedDrain(ListenerManagerStats stats, int listeners, int chains) : ITimerOwner
    {
        public void Begin(ProxyMainContext context, long timeNs)
        {
            stats.Draining.Add(listeners);
            stats.ChainsDraining.Add(chains);
            _ = context.Timers.Arm(context.Now.Plus(timeNs), TimerKind.ListenerDrain, this);
        }

        public void OnTimer(TimerKind kind)
        {
            stats.Draining.Add(-listeners);
            stats.ChainsDraining.Add(-chains);
        }
    }
}
