namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Chooses within the subset that a request means, by a balancer of the policy of its own: with its own priorities, panic and turn.
/// Where there is no such subset, or it has no hosts at all, the fallback of the selector decides, then that of the cluster.
/// </summary>
/// <param name="newInner">Makes the balancer of one subset.</param>
internal sealed class SubsetBalancer(WorkerContext context, ClusterState cluster, SubsetSnapshot settings, Func<ClusterBalancer> newInner) : ClusterBalancer
{
    private readonly FallbackLists fallbackLists = new();
    private readonly SubsetSelectorSnapshot[] ownFallbacks = OwnFallbacks(settings);
    private Dictionary<long, ClusterBalancer> balancers = [];
    private SubsetTables? tables;
    private HostSet? local;
    private Subset? used;

    public override void Update(HostSet[] sets, BalancerTables? made)
    {
        tables = made as SubsetTables ?? SubsetTables.Build(sets, cluster.Snapshot.LoadBalancing, settings, context.Runtime, tables);
        var former = balancers;
        balancers = new Dictionary<long, ClusterBalancer>(tables.Subsets.Length + 2);
        foreach (var subset in tables.Subsets.Prepend(tables.Default).Prepend(tables.Any))
        {
            if (subset is { SingleHost: false })
            {
                var balancer = former.GetValueOrDefault(subset.Id) ?? NewInner();
                balancer.Update(subset.Sets, subset.Tables);
                balancers[subset.Id] = balancer;
            }
        }

        cluster.Stats.Subsets.Changed(tables);
    }

    public override void UpdateLocal(HostSet set)
    {
        local = set;
        foreach (var balancer in balancers.Values)
        {
            balancer.UpdateLocal(set);
        }
    }

    public override HostState? ChooseHost(LoadBalancerContext choice)
    {
        if (!settings.FallbackList || choice.MetadataMatch is not { } match)
        {
            return Choose(choice, new SubsetCriteria(choice.MetadataMatch));
        }

        foreach (var wish in fallbackLists.Of(match))
        {
            if (Choose(choice, new SubsetCriteria(wish)) is { } host)
            {
                return host;
            }
        }

        return null;
    }

    public override void AddShares(LoadBalancerContext choice, BalanceShares shares)
    {
        used = null;
        _ = ChooseHost(choice);
        if (used is null)
        {
            shares.AddNone(1);
        }
        else if (used.SingleHost)
        {
            shares.Add(used.Single!, 1);
        }
        else
        {
            balancers[used.Id].AddShares(choice, shares);
        }

        // Where only some choices have a host the others may go on to another subset.
        if (shares.None is > 0 and < 1 && (settings.FallbackList || settings.PanicModeAny))
        {
            shares.NotExact();
        }
    }

    private HostState? Choose(LoadBalancerContext choice, SubsetCriteria criteria)
    {
        while (tables is not null)
        {
            criteria = WithoutRedundantKeys(criteria);
            if (tables.Find(criteria) is { } subset)
            {
                cluster.Stats.Subsets.Selected.Increment();
                return Within(subset, choice);
            }

            switch (OwnFallback(criteria))
            {
                case { Fallback: SubsetFallback.NoFallback }:
                    return null;
                case { Fallback: SubsetFallback.AnyEndpoint }:
                    return Within(tables.Any, choice);
                case { Fallback: SubsetFallback.DefaultSubset }:
                    return Within(tables.Default, choice);
                case { Fallback: SubsetFallback.KeysSubset, FallbackKeys: var keys }:
                    criteria = criteria with { Only = keys };
                    continue;
                default:
                    return ClusterFallback(choice);
            }
        }

        return null;
    }

    /// <summary>With allow_redundant_keys only the keys of the first selector count that has no others than the request.</summary>
    private SubsetCriteria WithoutRedundantKeys(SubsetCriteria criteria)
    {
        if (settings.AllowRedundantKeys)
        {
            foreach (var selector in settings.Selectors)
            {
                if (criteria.Has(selector.Keys))
                {
                    return criteria with { Only = selector.Keys };
                }
            }
        }

        return criteria;
    }

    private SubsetSelectorSnapshot? OwnFallback(in SubsetCriteria criteria)
    {
        foreach (var selector in ownFallbacks)
        {
            if (criteria.HasExactly(selector.Keys))
            {
                return selector;
            }
        }

        return null;
    }

    private HostState? ClusterFallback(LoadBalancerContext choice)
    {
        var subset = settings.Fallback switch
        {
            SubsetFallback.AnyEndpoint => tables!.Any,
            SubsetFallback.DefaultSubset => tables!.Default,
            _ => null,
        };
        if (subset is null)
        {
            return null;
        }

        if (Within(subset, choice) is { } host)
        {
            cluster.Stats.Subsets.Fallback.Increment();
            return host;
        }

        if (settings.PanicModeAny && Within(tables!.Any, choice) is { } other)
        {
            cluster.Stats.Subsets.FallbackPanic.Increment();
            return other;
        }

        return null;
    }

    private HostState? Within(Subset? subset, LoadBalancerContext choice)
    {
        used = subset;
        return subset is null ? null
            : subset.SingleHost ? subset.Single
            : balancers[subset.Id].ChooseHost(choice);
    }

    private ClusterBalancer NewInner()
    {
        var balancer = newInner();
        if (local is not null)
        {
            balancer.UpdateLocal(local);
        }

        return balancer;
    }

    /// <summary>The selectors whose fallback counts: Envoy does not note that of one whose keys are the first of an earlier one.</summary>
    private static SubsetSelectorSnapshot[] OwnFallbacks(SubsetSnapshot settings) =>
        [
            .. settings.Selectors.Where(
                (selector, place) =>
                    !settings.Selectors.Take(place).Any(earlier => earlier.Keys.Take(selector.Keys.Length).SequenceEqual(selector.Keys, StringComparer.Ordinal))
            ),
        ];
}
