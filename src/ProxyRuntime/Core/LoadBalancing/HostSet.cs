namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of one priority as a worker was told of them: by health and by locality. Immutable.</summary>
internal sealed class HostSet
{
    private HostSet(HostView[] hosts, LocalityHosts[] localities, bool hasLocal, EndpointPolicy policy)
    {
        Policy = policy;
        Hosts = hosts;
        All = Array.ConvertAll(hosts, static host => host.Host);
        Healthy = HostView.Select(hosts, HostHealth.IsHealthy);
        Degraded = HostView.Select(hosts, HostHealth.IsDegraded);
        Excluded = HostView.Select(hosts, HostHealth.IsExcluded);
        Localities = localities;
        HasLocal = hasLocal;
    }

    /// <summary>overprovisioning_factor and weighted_priority_health.</summary>
    public EndpointPolicy Policy { get; }

    /// <summary>All of them, each with its health.</summary>
    public IReadOnlyList<HostView> Hosts { get; }

    public HostState[] All { get; }

    public HostState[] Healthy { get; }

    public HostState[] Degraded { get; }

    /// <summary>The hosts that are left out of the arithmetic of health.</summary>
    public HostState[] Excluded { get; }

    /// <summary>The proxy's own locality first, if a host is in it, then by region, zone and sub-zone.</summary>
    public LocalityHosts[] Localities { get; }

    /// <summary>The first locality is the proxy's own.</summary>
    public bool HasLocal { get; }

    /// <summary>Localities have weights, if only 0; the parts of a cluster may have none.</summary>
    public bool HasLocalityWeights { get; private init; } = true;

    /// <param name="own">Where the proxy is; <see cref="LocalitySnapshot.None"/> if that is unknown.</param>
    public static HostSet[] BuildAll(ClusterMembership membership, LocalitySnapshot own)
    {
        var hosts = membership.Hosts.Select((host, i) => new HostView(host, membership.Health[i])).ToArray();
        var count = hosts.Length == 0 ? 1 : hosts.Max(static host => host.Host.Snapshot.Priority) + 1;
        var sets = new HostSet[count];
        for (var priority = 0; priority < count; priority++)
        {
            sets[priority] = Build(Array.FindAll(hosts, host => host.Host.Snapshot.Priority == priority), own, membership.Policy);
        }

        return sets;
    }

    /// <summary>Some of the hosts, in their order, in the same localities.</summary>
    /// <param name="localityWeights">Localities keep their weights, else they have none.</param>
    /// <param name="scaled">In proportion to how many of their hosts these are.</param>
    public HostSet Part(List<HostView> hosts, bool localityWeights, bool scaled)
    {
        LocalityHosts Of(LocalityHosts whole)
        {
            var part = hosts.FindAll(host => host.Host.Snapshot.Locality == whole.Locality).ToArray();
            var share = scaled
                ? (uint)MathF.Round((float)((ulong)whole.Weight * (ulong)part.Length) / whole.All.Length, MidpointRounding.AwayFromZero)
                : whole.Weight;
            return new LocalityHosts(whole.Locality, part, localityWeights ? share : 0);
        }

        return new HostSet([.. hosts], Array.ConvertAll(Localities, Of), HasLocal, Policy) { HasLocalityWeights = localityWeights };
    }

    private static HostSet Build(HostView[] hosts, LocalitySnapshot own, EndpointPolicy policy)
    {
        var hasLocal = own != LocalitySnapshot.None && Array.Exists(hosts, host => host.Host.Snapshot.Locality == own);
        LocalityHosts[] localities =
        [
            .. hosts
                .GroupBy(static host => host.Host.Snapshot.Locality)
                .OrderBy(group => !hasLocal || group.Key != own)
                .ThenBy(static group => group.Key.Region, StringComparer.Ordinal)
                .ThenBy(static group => group.Key.Zone, StringComparer.Ordinal)
                .ThenBy(static group => group.Key.SubZone, StringComparer.Ordinal)
                .Select(static group => new LocalityHosts(group.Key, [.. group], group.First().Host.Snapshot.LocalityWeight)),
        ];
        return new HostSet(hosts, localities, hasLocal, policy);
    }
}

/// <summary>A host and the health a worker was told of.</summary>
internal readonly record struct HostView(HostState Host, HealthFlags Health)
{
    public static HostState[] Select(HostView[] hosts, Func<HealthFlags, bool> of) =>
        [.. hosts.Where(host => of(host.Health)).Select(static host => host.Host)];
}

/// <summary>The hosts of one locality in one priority.</summary>
/// <param name="weight">LocalityLbEndpoints.load_balancing_weight; 0 if it has none.</param>
internal sealed class LocalityHosts(LocalitySnapshot locality, HostView[] hosts, uint weight)
{
    private readonly int counted = hosts.Count(static host => !HostHealth.IsExcluded(host.Health));

    public LocalitySnapshot Locality => locality;

    public HostState[] All { get; } = Array.ConvertAll(hosts, static host => host.Host);

    public HostState[] Healthy { get; } = HostView.Select(hosts, HostHealth.IsHealthy);

    public HostState[] Degraded { get; } = HostView.Select(hosts, HostHealth.IsDegraded);

    public uint Weight => weight;

    /// <summary>The weight as far as hosts are there to carry it.</summary>
    /// <param name="eligible">How many of its hosts are of the health that is meant.</param>
    public double EffectiveWeight(int eligible, uint overprovisioningFactor) =>
        counted == 0 ? 0 : Weight * Math.Min(1.0, overprovisioningFactor / 100.0 * (1.0 * eligible / counted));
}
