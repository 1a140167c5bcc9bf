using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of one priority as they are to be seen now: by health and by locality. Immutable.</summary>
internal sealed class HostSet
{
    private HostSet(HostState[] all, LocalityHosts[] localities, bool hasLocal, int priority)
    {
        All = all;
        Healthy = Array.FindAll(all, static host => HostHealth.IsHealthy(host.Health));
        Degraded = Array.FindAll(all, static host => HostHealth.IsDegraded(host.Health));
        Excluded = all.Count(static host => HostHealth.IsExcluded(host.Health));
        Localities = localities;
        HasLocal = hasLocal;
        Priority = priority;
    }

    public int Priority { get; }

    public HostState[] All { get; }

    public HostState[] Healthy { get; }

    public HostState[] Degraded { get; }

    /// <summary>How many hosts are left out of the arithmetic of health.</summary>
    public int Excluded { get; }

    /// <summary>The proxy's own locality first, if a host is in it, then by region, zone and sub-zone.</summary>
    public LocalityHosts[] Localities { get; }

    /// <summary>The first locality is the proxy's own.</summary>
    public bool HasLocal { get; }

    /// <param name="own">Where the proxy is; <see cref="LocalitySnapshot.None"/> if that is unknown.</param>
    public static HostSet[] BuildAll(ImmutableArray<HostState> hosts, LocalitySnapshot own)
    {
        var count = 1;
        foreach (var host in hosts)
        {
            count = Math.Max(count, host.Snapshot.Priority + 1);
        }

        var sets = new HostSet[count];
        for (var priority = 0; priority < count; priority++)
        {
            sets[priority] = Build([.. hosts.Where(host => host.Snapshot.Priority == priority)], own, priority);
        }

        return sets;
    }

    private static HostSet Build(HostState[] hosts, LocalitySnapshot own, int priority)
    {
        var hasLocal = own != LocalitySnapshot.None && Array.Exists(hosts, host => host.Snapshot.Locality == own);
        LocalityHosts[] localities =
        [
            .. hosts
                .GroupBy(static host => host.Snapshot.Locality)
                .OrderBy(group => !hasLocal || group.Key != own)
                .ThenBy(static group => group.Key.Region, StringComparer.Ordinal)
                .ThenBy(static group => group.Key.Zone, StringComparer.Ordinal)
                .ThenBy(static group => group.Key.SubZone, StringComparer.Ordinal)
                .Select(static group => new LocalityHosts(group.Key, [.. group])),
        ];
        return new HostSet(hosts, localities, hasLocal, priority);
    }
}

/// <summary>The hosts of one locality in one priority.</summary>
internal sealed class LocalityHosts(LocalitySnapshot locality, HostState[] all)
{
    public LocalitySnapshot Locality => locality;

    public HostState[] All => all;

    public HostState[] Healthy { get; } = Array.FindAll(all, static host => HostHealth.IsHealthy(host.Health));

    public HostState[] Degraded { get; } = Array.FindAll(all, static host => HostHealth.IsDegraded(host.Health));

    /// <summary>LocalityLbEndpoints.load_balancing_weight; 0 if it has none.</summary>
    public uint Weight { get; } = all.Length == 0 ? 0 : all[0].Snapshot.LocalityWeight;

    /// <summary>The weight as far as hosts are there to carry it.</summary>
    /// <param name="eligible">How many of its hosts are of the health that is meant.</param>
    public double EffectiveWeight(int eligible, uint overprovisioningFactor)
    {
        var counted = all.Length - all.Count(static host => HostHealth.IsExcluded(host.Health));
        return counted == 0 ? 0 : Weight * Math.Min(1.0, overprovisioningFactor / 100.0 * (1.0 * eligible / counted));
    }
}
