using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of one cluster by priority, as discovery has them. A host is known by its address in all updates.</summary>
internal sealed class HostList(ClusterSnapshot cluster, TransportMatchStats transportMatches)
{
    private readonly Dictionary<string, HostState> byAddress = new(StringComparer.Ordinal);
    private readonly List<ImmutableArray<HostState>> priorities =
    [
        [],
    ];
    private Dictionary<(int Priority, LocalitySnapshot Locality), uint> localityWeights = [];

    /// <summary>How many priorities there are or were, at least one.</summary>
    public int PriorityCount => priorities.Count;

    /// <summary>A host that was not there before: one that is checked is not healthy until a check has passed; a logical one is until then.</summary>
    public HostState NewHost(HostSnapshot fresh)
    {
        var host = new HostState(fresh, cluster.OutlierDetection);
        transportMatches.Count(fresh);
        if (IsChecked && ClusterHealth.Checks(host))
        {
            host.SetHealth(HealthFlags.FailedActiveHc);
            if (cluster.IgnoreNewHostsUntilFirstHc && cluster.Type != DiscoveryType.Static)
            {
                host.SetHealth(HealthFlags.PendingActiveHc);
            }
        }

        return host;
    }

    /// <summary>Hosts that do not come from discovery: they are these, in this order.</summary>
    public HostListChange Replace(ImmutableArray<HostState> hosts)
    {
        var change = new HostListChange { Hosts = hosts };
        var count = Math.Max(priorities.Count, hosts.Select(static host => host.Snapshot.Priority + 1).DefaultIfEmpty(1).Max());
        for (var priority = 0; priority < count; priority++)
        {
            ImmutableArray<HostState> members = [.. hosts.Where(host => host.Snapshot.Priority == priority)];
            if (!members.SequenceEqual(Of(priority)))
            {
                _ = change.Moved.Add(priority);
            }

            Set(priority, members);
        }

        return change;
    }

    /// <summary>Discovery has answered.</summary>
    /// <param name="wanted">The hosts it knows; of those with the same address the first counts.</param>
    /// <param name="weights">The weights of localities where an assignment says them; null: they are those of the hosts and stay.</param>
    public HostListChange Update(IEnumerable<HostSnapshot> wanted, ImmutableArray<LocalityWeight>? weights = null)
    {
        var distinct = wanted.DistinctBy(static host => host.Address.Text, StringComparer.Ordinal).ToArray();
        var known = new Dictionary<string, HostState>(byAddress, StringComparer.Ordinal);
        var update = new HostListUpdate(this, cluster, known, [.. distinct.Select(static host => host.Address.Text)]);
        var change = new HostListChange();
        TakeWeights(weights, change);
        var former = priorities.ToArray();
        var last = distinct.Select(static host => host.Priority).Concat(change.Touched).DefaultIfEmpty(0).Max();
        for (var priority = 0; priority < Math.Max(former.Length, last + 1); priority++)
        {
            var asked = Array.FindAll(distinct, host => host.Priority == priority);
            Take(priority, update.Of(asked, priority < former.Length ? former[priority] : []), change);
        }

        change.Hosts = [.. priorities.SelectMany(static hosts => hosts)];
        Index(change.Hosts);
        if (weights is not null)
        {
            Weigh(change.Hosts);
        }

        return change;
    }

    /// <summary>A host that discovery no longer knew has failed its check.</summary>
    public HostListChange Remove(HostState host)
    {
        var priority = host.Snapshot.Priority;
        Set(priority, Of(priority).Remove(host));
        var change = new HostListChange { Hosts = [.. priorities.SelectMany(static hosts => hosts)] };
        Index(change.Hosts);
        _ = change.Moved.Add(priority);
        return change;
    }

    /// <summary>Hosts start out failed.</summary>
    internal bool IsChecked => !cluster.HealthChecks.IsEmpty && cluster.Type != DiscoveryType.LogicalDns;

    private void Take(int priority, HostListUpdate.Priority found, HostListChange change)
    {
        Set(priority, [.. found.Hosts]);
        change.MaxWeight = found.MaxWeight;
        if (found.Added.Count > 0 || found.Removed.Count > 0)
        {
            _ = change.Moved.Add(priority);
        }
        else if (found.IsTouched)
        {
            _ = change.Touched.Add(priority);
        }
    }

    /// <summary>Of several hosts at an address the one that was known there stays known.</summary>
    private void Index(ImmutableArray<HostState> hosts)
    {
        var former = new Dictionary<string, HostState>(byAddress, StringComparer.Ordinal);
        byAddress.Clear();
        foreach (var host in hosts.Where(host => ReferenceEquals(former.GetValueOrDefault(host.Address.Text), host)))
        {
            byAddress[host.Address.Text] = host;
        }

        foreach (var host in hosts)
        {
            _ = byAddress.TryAdd(host.Address.Text, host);
        }
    }

    private void TakeWeights(ImmutableArray<LocalityWeight>? weights, HostListChange change)
    {
        if (weights is not { } told)
        {
            return;
        }

        var former = localityWeights;
        localityWeights = [];
        foreach (var (priority, locality, weight) in told)
        {
            localityWeights[(priority, locality)] = weight;
        }

        var changed = localityWeights.Where(entry => !former.TryGetValue(entry.Key, out var before) || before != entry.Value);
        change.Touched.UnionWith(changed.Concat(former.Where(entry => !localityWeights.ContainsKey(entry.Key))).Select(static entry => entry.Key.Priority));
    }

    private void Weigh(ImmutableArray<HostState> hosts)
    {
        foreach (var host in hosts)
        {
            var weight = localityWeights.GetValueOrDefault((host.Snapshot.Priority, host.Snapshot.Locality));
            if (weight != host.Snapshot.LocalityWeight)
            {
                host.Update(host.Snapshot with { LocalityWeight = weight });
            }
        }
    }

    private ImmutableArray<HostState> Of(int priority) => priority < priorities.Count ? priorities[priority] : [];

    private void Set(int priority, ImmutableArray<HostState> hosts)
    {
        while (priorities.Count <= priority)
        {
            priorities.Add([]);
        }

        priorities[priority] = hosts;
    }
}
