namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Holds what discovery says against the hosts that are known, priority by priority in order. Weight, metadata, health and priority change
/// in the same host; another locality or another way of being checked makes another host.
/// </summary>
/// <param name="known">Hosts of all priorities by address, as they were before.</param>
/// <param name="wanted">All addresses that discovery knows, whatever their priority.</param>
internal sealed class HostListUpdate(HostList list, ClusterSnapshot cluster, Dictionary<string, HostState> known, HashSet<string> wanted)
{
    /// <param name="fresh">The hosts that discovery has in one priority.</param>
    /// <param name="former">Those that were in it.</param>
    public Priority Of(IEnumerable<HostSnapshot> fresh, IReadOnlyList<HostState> former)
    {
        var found = new Priority();
        var left = former.ToList();
        foreach (var host in fresh)
        {
            found.MaxWeight = Math.Max(found.MaxWeight, host.Weight);
            var before = known.GetValueOrDefault(host.Address.Text);
            before?.ClearHealth(HealthFlags.PendingDynamicRemoval);
            if (before is null || !IsSame(before, host, found))
            {
                found.Replaced.Add(host.Address.Text);
                found.Add(Replacement(before, host));
                continue;
            }

            Change(before, host, found);
            if (!left.Remove(before))
            {
                found.IsTouched = true; // From another priority.
            }
        }

        Keep(left, found);
        found.Removed.AddRange(left);
        return found;
    }

    /// <summary>Whether it is still the same host. How it is checked counts only where hosts are checked.</summary>
    private bool IsSame(HostState before, HostSnapshot fresh, Priority found)
    {
        var moved = before.Snapshot.Locality != fresh.Locality;
        var checkedElsewhere = false;
        if (!cluster.HealthChecks.IsEmpty)
        {
            checkedElsewhere = !IsCheckedAlike(before, fresh);
            moved |= before.Snapshot.HealthCheck.IsDisabled != fresh.HealthCheck.IsDisabled;
        }

        if (moved)
        {
            found.Discarded.Add(fresh.Address.Text);
        }

        return !moved && !checkedElsewhere;
    }

    private static bool IsCheckedAlike(HostState before, HostSnapshot fresh) =>
        before.Snapshot.HealthCheck.Of(before.Address).Equals(fresh.HealthCheck.Of(fresh.Address));

    /// <summary>A host that has only another locality keeps what its checks have found.</summary>
    private HostState Replacement(HostState? before, HostSnapshot fresh)
    {
        var host = list.NewHost(fresh);
        if (before is not null && list.IsChecked && !fresh.HealthCheck.IsDisabled && !before.Snapshot.HealthCheck.IsDisabled && IsCheckedAlike(before, fresh))
        {
            host.SetActiveHealth(before.Health & ~HealthFlags.ExcludedViaImmediateHcFail);
        }

        return host;
    }

    /// <summary>Takes over in place what may change; its name and its health check stay as they were.</summary>
    private static void Change(HostState host, HostSnapshot fresh, Priority found)
    {
        var before = host.Snapshot;
        var (wasHealthy, wasDegraded) = (HostHealth.IsHealthy(host.Health), HostHealth.IsDegraded(host.Health));
        host.Update(
            before with
            {
                Weight = fresh.Weight,
                Priority = fresh.Priority,
                EdsHealth = fresh.EdsHealth,
                Metadata = fresh.Metadata,
                LocalityWeight = fresh.LocalityWeight,
            }
        );
        found.Hosts.Add(host);
        found.IsTouched |=
            before.Weight != fresh.Weight
            || !before.Metadata.Equals(fresh.Metadata)
            || wasHealthy != HostHealth.IsHealthy(host.Health)
            || wasDegraded != HostHealth.IsDegraded(host.Health);
        if (before.Priority != fresh.Priority)
        {
            found.Added.Add(host);
        }
    }

    /// <summary>Hosts that discovery no longer knows stay while their checks pass, unless ignore_health_on_host_removal says otherwise.</summary>
    private void Keep(List<HostState> left, Priority found)
    {
        if (!list.IsChecked || cluster.IgnoreHealthOnHostRemoval)
        {
            return;
        }

        foreach (var host in left.FindAll(host => Stays(host, found)))
        {
            host.SetHealth(HealthFlags.PendingDynamicRemoval);
            found.Hosts.Add(host);
            found.MaxWeight = Math.Max(found.MaxWeight, host.Snapshot.Weight);
            _ = left.Remove(host);
        }
    }

    private bool Stays(HostState host, Priority found)
    {
        const HealthFlags Gone = HealthFlags.FailedActiveHc | HealthFlags.FailedEdsHealth;
        var address = host.Address.Text;
        var isElsewhere = wanted.Contains(address) && !found.Replaced.Contains(address);
        return !found.Discarded.Contains(address) && !isElsewhere && (host.Health & Gone) == 0 && ClusterHealth.Checks(host);
    }

    /// <summary>What one priority comes to.</summary>
    internal sealed class Priority
    {
        /// <summary>Its hosts from now on.</summary>
        public List<HostState> Hosts { get; } = [];

        public List<HostState> Added { get; } = [];

        public List<HostState> Removed { get; } = [];

        /// <summary>Something has changed in a host that stays.</summary>
        public bool IsTouched { get; set; }

        /// <summary>The largest weight of a host, at least 1.</summary>
        public uint MaxWeight { get; set; } = 1;

        /// <summary>Addresses that have another host now.</summary>
        public HashSet<string> Replaced { get; } = new(StringComparer.Ordinal);

        /// <summary>Addresses whose former host goes whatever its checks say.</summary>
        public HashSet<string> Discarded { get; } = new(StringComparer.Ordinal);

        public void Add(HostState host)
        {
            Hosts.Add(host);
            Added.Add(host);
        }
    }
}
