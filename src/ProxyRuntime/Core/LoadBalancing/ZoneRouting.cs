namespace MeshSim.ProxyRuntime.Core;

/// <summary>How much of the traffic of priority 0 can stay in the proxy's own zone, and where the rest goes. Immutable.</summary>
internal sealed class ZoneRouting
{
    private const int Whole = 10_000;

    private readonly bool direct;
    private readonly ulong localShare;
    private readonly ulong[] residual;

    private ZoneRouting(bool direct, ulong localShare, ulong[] residual)
    {
        this.direct = direct;
        this.localShare = localShare;
        this.residual = residual;
    }

    /// <summary>Computes the shares anew; null where zones make no difference.</summary>
    /// <param name="upstream">Priority 0 of the cluster.</param>
    /// <param name="local">Priority 0 of the local cluster: the proxies like this one.</param>
    public static ZoneRouting? Of(HostSet upstream, HostSet local, ZoneAwareBalancing settings, RuntimeSnapshot runtime, ClusterStats stats)
    {
        stats.LbRecalculateZoneStructures.Increment();
        if (upstream.Localities.Length < 2 || (settings.ForceLocalZoneMinSize is null && local.Localities.Length < 2))
        {
            return null;
        }

        if (!local.HasLocal)
        {
            stats.LbLocalClusterNotOk.Increment();
            return null;
        }

        if ((ulong)upstream.Healthy.Length < runtime.Integer("upstream.zone_routing.min_cluster_size", settings.MinClusterSize))
        {
            stats.LbZoneClusterTooSmall.Increment();
            return null;
        }

        var shares = Shares(upstream, local, settings.ByWeight);
        var (upstreamShare, localShare) = upstream.HasLocal ? shares[0] : (0, 0);
        if (
            upstream.HasLocal
            && (
                (upstreamShare > 0 && upstreamShare >= localShare)
                || (settings.ForceLocalZoneMinSize is { } least && upstream.Localities[0].Healthy.Length >= least)
            )
        )
        {
            return new ZoneRouting(direct: true, 0, []);
        }

        return new ZoneRouting(direct: false, localShare > 0 ? upstreamShare * Whole / localShare : 0, Residual(shares, upstream.HasLocal));
    }

    /// <summary>The place of the locality for one request.</summary>
    public int Choose(RandomStream random, ClusterStats stats)
    {
        if (direct)
        {
            stats.LbZoneRoutingAllDirectly.Increment();
            return 0;
        }

        if ((ulong)random.NextModulo(Whole) < localShare)
        {
            stats.LbZoneRoutingSampled.Increment();
            return 0;
        }

        stats.LbZoneRoutingCrossZone.Increment();
        if (residual[^1] == 0)
        {
            stats.LbZoneNoCapacityLeft.Increment();
            return (int)random.NextModulo(residual.Length);
        }

        var threshold = (ulong)random.NextModulo((long)residual[^1]);
        return Array.FindIndex(residual, capacity => threshold < capacity);
    }

    /// <summary>Which share of the requests each locality gets.</summary>
    public IEnumerable<(int Place, double Share)> Shares()
    {
        if (direct)
        {
            return [(0, 1)];
        }

        var stays = Math.Min(1, (double)localShare / Whole);
        var rest =
            residual[^1] == 0
                ? residual.Select(_ => 1.0 / residual.Length)
                : residual.Select((capacity, place) => (double)(capacity - (place == 0 ? 0 : residual[place - 1])) / residual[^1]);
        return rest.Select((share, place) => (place, ((1 - stays) * share) + (place == 0 ? stays : 0)));
    }

    /// <summary>Of each locality of the cluster its share of the cluster, and of the local cluster, in hundredths of a percent.</summary>
    private static (ulong Upstream, ulong Local)[] Shares(HostSet upstream, HostSet local, bool byWeight)
    {
        var upstreamTotal = Measure(upstream.Localities, byWeight);
        var localTotal = Measure(local.Localities, byWeight);
        return Array.ConvertAll(
            upstream.Localities,
            locality =>
            {
                if (locality.Healthy.Length == 0)
                {
                    return (0UL, 0UL);
                }

                var same = Array.FindAll(local.Localities, other => other.Locality == locality.Locality);
                return (Share(Measure([locality], byWeight), upstreamTotal), Share(Measure(same, byWeight), localTotal));
            }
        );
    }

    private static ulong Measure(LocalityHosts[] localities, bool byWeight)
    {
        var sum = 0UL;
        foreach (var locality in localities)
        {
            sum += byWeight ? (ulong)locality.Healthy.Sum(static host => host.Snapshot.Weight) : (ulong)locality.Healthy.Length;
        }

        return sum;
    }

    private static ulong Share(ulong part, ulong whole) => whole > 0 ? Whole * part / whole : 0;

    /// <summary>What each locality can take beyond its own share, summed up along the way; the own one takes nothing.</summary>
    private static ulong[] Residual((ulong Upstream, ulong Local)[] shares, bool hasLocal)
    {
        var capacities = new ulong[shares.Length];
        var sum = 0UL;
        for (var i = 0; i < shares.Length; i++)
        {
            var (upstream, local) = shares[i];
            sum += (i == 0 && hasLocal) || upstream <= local ? 0 : upstream - local;
            capacities[i] = sum;
        }

        return capacities;
    }
}
