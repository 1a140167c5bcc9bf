using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Active health checks of one cluster, in the main machine: one session for each check of each host.</summary>
internal sealed class ClusterHealth
{
    private readonly HealthChecker[] checkers;
    private readonly HealthCheckerStats stats;
    private readonly List<HostChecks> hosts = [];
    private readonly Action<HostState, HealthTransition, bool> completed;

    /// <param name="completed">Called with each result of a host: what it changed, and whether the host passed.</param>
    public ClusterHealth(ProxyMainContext context, ClusterSnapshot cluster, Action<HostState, HealthTransition, bool> completed)
    {
        this.completed = completed;
        stats = new HealthCheckerStats(context.Stats, cluster.StatName);
        checkers = [.. cluster.HealthChecks.Select(check => new HealthChecker(context, cluster, check, this, stats))];
    }

    /// <summary>A worker has opened a connection to the cluster at some time.</summary>
    public bool HasTraffic { get; set; }

    /// <summary>Whether a host is checked at all.</summary>
    public static bool Checks(HostState host) => !host.Snapshot.HealthCheck.IsDisabled;

    /// <summary>The hosts are these from now on; checks of new ones begin.</summary>
    public void Update(ImmutableArray<HostState> members)
    {
        foreach (var member in members)
        {
            if (Checks(member) && !hosts.Exists(known => ReferenceEquals(known.Host, member)))
            {
                Add(member);
            }
        }

        foreach (var gone in hosts.FindAll(known => !members.Contains(known.Host)))
        {
            _ = hosts.Remove(gone);
            gone.Count(stats, healthy: false, degraded: false);
            foreach (var session in gone.Sessions)
            {
                session.Stop();
            }
        }
    }

    /// <summary>A logical host has another address: what is known of it stays.</summary>
    public void Move(HostState from, HostState to)
    {
        if (hosts.Find(known => ReferenceEquals(known.Host, from)) is { } moved)
        {
            to.SetActiveHealth(from.Health);
            moved.Host = to;
        }
    }

    /// <summary>A response to a client said that the host is to be left alone. Of several checks the last one notes it.</summary>
    public void OnImmediateFail(HostState host) => hosts.Find(known => ReferenceEquals(known.Host, host))?.Sessions[^1].OnImmediateFail();

    /// <summary>One check of a host has had a result, or its host has left without one.</summary>
    public void OnCompleted(HostChecks checks, HealthTransition transition, bool healthy)
    {
        if (!checks.IsComplete)
        {
            return;
        }

        var (before, after) = (checks.Host.Health & HostHealth.Active, checks.Flags);
        checks.Host.SetActiveHealth(after);
        if (hosts.Contains(checks))
        {
            Count(checks);
        }

        if (checks.IsSingle)
        {
            completed(checks.Host, transition, healthy);
        }
        else if ((before & after & HealthFlags.PendingActiveHc) == 0)
        {
            const HealthFlags Told = HealthFlags.FailedActiveHc | HealthFlags.DegradedActiveHc | HealthFlags.PendingActiveHc;
            var changed = ((before ^ after) & Told) != 0 ? HealthTransition.Changed : HealthTransition.Unchanged;
            completed(checks.Host, changed, (after & HealthFlags.FailedActiveHc) == 0);
        }
    }

    private void Add(HostState host)
    {
        var checks = new HostChecks(checkers, host);
        hosts.Add(checks);
        if (checks.IsSingle)
        {
            Count(checks);
        }

        foreach (var session in checks.Sessions)
        {
            session.Start();
        }
    }

    private void Count(HostChecks checks)
    {
        var flags = checks.Flags;
        checks.Count(stats, (flags & HealthFlags.FailedActiveHc) == 0, (flags & HealthFlags.DegradedActiveHc) != 0);
    }
}
