namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// One pick in Envoy's order: a priority by its load, panic or not, a locality where localities count, then the policy within the hosts
/// that remain. For ROUND_ROBIN, LEAST_REQUEST and RANDOM.
/// </summary>
internal sealed class ZoneAwareBalancer : DrawingBalancer
{
    private readonly WorkerContext context;
    private readonly RandomStream random;
    private readonly LoadBalancingSnapshot settings;
    private readonly ClusterStats stats;
    private readonly ScheduleStart start;
    private readonly SlowStart? slowStart;
    private readonly Peeks peeks;
    private readonly List<HostSources> sources = [];
    private HostSet[] sets = [];
    private int healthyHosts;
    private HostSet? local;
    private PriorityLoads? loads;
    private (LocalityScheduler Healthy, LocalityScheduler Degraded)[] localities = [];
    private ZoneRouting? zones;

    public ZoneAwareBalancer(WorkerContext context, LoadBalancingSnapshot settings, RandomStream random, ClusterStats stats)
    {
        this.context = context;
        this.settings = settings;
        this.random = random;
        this.stats = stats;
        peeks = new Peeks(random);
        start = ScheduleStart.Of(settings.Policy is RandomPolicy ? 0 : random.NextUInt64(), context.Runtime);
        slowStart = settings.Policy switch
        {
            RoundRobinPolicy { SlowStart: { } start } => new SlowStart(start, context),
            LeastRequestPolicy { SlowStart: { } start } => new SlowStart(start, context),
            _ => null,
        };
    }

    public override void Update(HostSet[] sets, BalancerTables? made)
    {
        this.sets = sets;
        healthyHosts = sets.Sum(static set => set.Healthy.Length);
        peeks.Forget();
        while (sources.Count < sets.Length)
        {
            sources.Add(new HostSources(NewPicker));
        }

        for (var i = 0; i < sets.Length; i++)
        {
            sources[i].Update(sets[i]);
        }

        loads = PriorityLoads.Of(sets, settings, context.Runtime);
        if (settings.Localities is LocalityWeightedBalancing)
        {
            localities = Array.ConvertAll(sets, Schedule);
        }

        RouteZones();
    }

    public override void UpdateLocal(HostSet set)
    {
        local = set;
        RouteZones();
    }

    protected override HostState? ChooseOnce(LoadBalancerContext choice, int draw)
    {
        var number = peeks.Draw();
        return Source(choice, number)?.ChooseHost(number);
    }

    public override HostState? PeekHost(LoadBalancerContext choice)
    {
        if (peeks.Count >= healthyHosts)
        {
            return null;
        }

        var number = peeks.Peek();
        return Source(choice, number)?.PeekHost(number);
    }

    /// <summary>The list that a choice comes from; null for none.</summary>
    private HostPicker? Source(LoadBalancerContext choice, ulong draw)
    {
        if (loads is null)
        {
            return null;
        }

        var (priority, degraded) = choice.DeterminePriorityLoads(loads).Choose((int)(draw % 100) + 1);
        choice.InPanic = loads.InPanic(priority);
        if (choice.InPanic)
        {
            stats.LbHealthyPanic.Increment();
            return settings.Localities is ZoneAwareBalancing { FailTrafficOnPanic: true } ? null : sources[priority].All;
        }

        return Source(priority, degraded);
    }

    public override void AddShares(LoadBalancerContext choice, BalanceShares shares)
    {
        if (loads is null)
        {
            return;
        }

        shares.Explain(loads, sets);
        foreach (var group in Enumerable.Range(0, 100).GroupBy(draw => loads.Choose(draw + 1)))
        {
            var (priority, degraded) = group.Key;
            var draws = group.ToArray();
            foreach (var (source, share) in Sources(priority, degraded))
            {
                if (source is null)
                {
                    shares.AddNone(share * draws.Length / 100);
                }
                else
                {
                    source.AddShares(share * draws.Length / 100, draws, shares);
                }
            }
        }
    }

    /// <summary>The lists that choices of a priority come from – null for none –, and how often each.</summary>
    private IEnumerable<(HostPicker? Source, double Share)> Sources(int priority, bool degraded)
    {
        if (loads!.InPanic(priority))
        {
            return [(settings.Localities is ZoneAwareBalancing { FailTrafficOnPanic: true } ? null : sources[priority].All, 1)];
        }

        var whole = sources[priority].OfHealth(degraded);
        if (settings.Localities is not ZoneAwareBalancing zone)
        {
            var (healthySchedule, degradedSchedule) = localities[priority];
            var places = (degraded ? degradedSchedule : healthySchedule).Shares().ToArray();
            return places.Length == 0 ? [(whole, 1)] : places.Select(place => ((HostPicker?)sources[priority].OfLocality(place.Place, degraded), place.Share));
        }

        if (priority > 0 || zones is null)
        {
            return [(whole, 1)];
        }

        var routed = Math.Min(100, context.Runtime.Integer("upstream.zone_routing.enabled", zone.RoutingEnabledPercent)) / 100.0;
        var byZone = IsLocalInPanic()
            ? [(zone.FailTrafficOnPanic ? null : whole, 1.0)]
            : zones.Shares().Select(place => ((HostPicker?)sources[priority].OfLocality(place.Place, degraded), place.Share));
        return byZone.Select(source => (source.Item1, source.Item2 * routed)).Append((whole, 1 - routed));
    }

    private HostPicker? Source(int priority, bool degraded)
    {
        if (settings.Localities is not ZoneAwareBalancing zone)
        {
            var (healthySchedule, degradedSchedule) = localities[priority];
            return (degraded ? degradedSchedule : healthySchedule).Next() is { } place
                ? sources[priority].OfLocality(place, degraded)
                : sources[priority].OfHealth(degraded);
        }

        if (priority > 0 || zones is null || !RoutesByZone(zone))
        {
            return sources[priority].OfHealth(degraded);
        }

        if (IsLocalInPanic())
        {
            stats.LbLocalClusterNotOk.Increment();
            return zone.FailTrafficOnPanic ? null : sources[priority].OfHealth(degraded);
        }

        return sources[priority].OfLocality(zones.Choose(random, stats), degraded);
    }

    private bool RoutesByZone(ZoneAwareBalancing zone) =>
        context.Runtime.FeatureEnabled("upstream.zone_routing.enabled", new FractionalPercent(zone.RoutingEnabledPercent), random.NextUInt64());

    private bool IsLocalInPanic()
    {
        var counted = local!.All.Length - local.Excluded.Length;
        var percent = counted == 0 ? 0 : 100.0 * (local.Healthy.Length + local.Degraded.Length) / counted;
        return percent < PriorityLoads.PanicThreshold(settings, context.Runtime);
    }

    private void RouteZones() =>
        zones =
            local is not null && sets.Length > 0 && settings.Localities is ZoneAwareBalancing zone
                ? ZoneRouting.Of(sets[0], local, zone, context.Runtime, stats)
                : null;

    private (LocalityScheduler Healthy, LocalityScheduler Degraded) Schedule(HostSet set)
    {
        var seed = random.NextUInt64();
        return (new LocalityScheduler(set, degraded: false, seed), new LocalityScheduler(set, degraded: true, seed));
    }

    private HostPicker NewPicker() =>
        settings.Policy switch
        {
            RandomPolicy => new Random(),
            LeastRequestPolicy policy => new LeastRequest(random, policy, slowStart, start),
            _ => new RoundRobin(slowStart, start, peeks),
        };
}
