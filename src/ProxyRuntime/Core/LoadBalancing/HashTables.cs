namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a hash policy chooses by: how the load is shared among priorities, and the table of each. Immutable.</summary>
internal sealed class HashTables : BalancerTables
{
    private readonly PriorityLoads loads;
    private readonly HashTable[] tables;

    private HashTables(PriorityLoads loads, HashTable[] tables, IReadOnlyList<(string Name, ulong Value)> sizes)
    {
        this.loads = loads;
        this.tables = tables;
        Sizes = sizes;
    }

    /// <summary>Of the last priority with hosts.</summary>
    public override IReadOnlyList<(string Name, ulong Value)> Sizes { get; }

    public static HashTables Build(HostSet[] sets, LoadBalancingSnapshot settings, HashPolicySnapshot policy, RuntimeSnapshot runtime)
    {
        var shares = PriorityLoads.Of(sets, settings, runtime);
        IReadOnlyList<(string Name, ulong Value)> sizes = [];
        var made = new HashTable[sets.Length];
        for (var i = 0; i < sets.Length; i++)
        {
            var weights = HostWeights.Of(sets[i], shares.InPanic(i), settings.Localities is LocalityWeightedBalancing && sets[i].HasLocalityWeights);
            var (table, counts) = Build(weights, policy);
            sizes = weights.Entries.Count > 0 ? counts : sizes;
            made[i] = policy.BalanceFactor == 0 ? table : new BoundedLoad(table, weights, policy.BalanceFactor);
        }

        return new HashTables(shares, made, sizes);
    }

    /// <summary>The table for a hash, which chooses the priority too; whether that one panics.</summary>
    public (HashTable Table, bool Panic) For(ulong hash)
    {
        var (priority, _) = loads.Choose((int)(hash % 100) + 1);
        return (tables[priority], loads.InPanic(priority));
    }

    /// <summary>A hash chooses priority and host by parts of it that have nothing to do with each other.</summary>
    public void AddShares(HostSet[] sets, BalanceShares shares)
    {
        shares.Explain(loads, sets);
        foreach (var draws in Enumerable.Range(1, 100).GroupBy(draw => loads.Choose(draw).Priority))
        {
            tables[draws.Key].AddShares(draws.Count() / 100.0, shares);
        }
    }

    private static (HashTable Table, IReadOnlyList<(string Name, ulong Value)> Sizes) Build(HostWeights weights, HashPolicySnapshot policy)
    {
        if (policy is MaglevPolicy maglev)
        {
            var table = MaglevTable.Build(weights, maglev);
            return (table, [("maglev_lb.min_entries_per_host", table.Counts.Min), ("maglev_lb.max_entries_per_host", table.Counts.Max)]);
        }

        var ring = RingTable.Build(weights, (RingHashPolicy)policy);
        return (
            ring,
            [
                ("ring_hash_lb.size", ring.Counts.Size),
                ("ring_hash_lb.min_hashes_per_host", ring.Counts.Min),
                ("ring_hash_lb.max_hashes_per_host", ring.Counts.Max),
            ]
        );
    }
}
