namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of a cluster divided into subsets, each with priorities and tables of its own. Immutable; a change of hosts is a new one.</summary>
internal sealed class SubsetTables : BalancerTables
{
    private readonly SubsetNode root;

    private SubsetTables(SubsetNode root, Subset[] subsets, Subset? any, Subset? standard, int duplicates)
    {
        this.root = root;
        Subsets = subsets;
        Any = any;
        Default = standard;
        Duplicates = duplicates;
        Sizes = new[] { any, standard }.Concat(subsets).LastOrDefault(static subset => subset?.Tables?.Sizes.Count > 0)?.Tables?.Sizes ?? [];
    }

    /// <summary>The subsets by selectors; each has hosts.</summary>
    public Subset[] Subsets { get; }

    /// <summary>All hosts, where some fallback may want them.</summary>
    public Subset? Any { get; }

    /// <summary>default_subset, where some fallback may want it.</summary>
    public Subset? Default { get; }

    /// <summary>Hosts that single_host_per_subset left out, of the last priority.</summary>
    public int Duplicates { get; }

    public override IReadOnlyList<(string Name, ulong Value)> Sizes { get; }

    /// <summary>Subsets that were not there before.</summary>
    public int Created { get; private init; }

    /// <summary>Subsets that were there before and are no longer.</summary>
    public int Removed { get; private init; }

    /// <param name="former">The division before this change: a subset that stays is known by the same number.</param>
    public static SubsetTables Build(HostSet[] sets, LoadBalancingSnapshot settings, SubsetSnapshot subsets, RuntimeSnapshot runtime, SubsetTables? former)
    {
        var division = new SubsetDivision(subsets, sets, former?.root);
        var next = former is null ? 0 : former.Subsets.Select(static subset => subset.Id).Append(former.LastId).Max();
        Subset New(long id, List<HostView>[] hosts, bool single)
        {
            HostSet[] parts = [.. sets.Select((set, priority) => set.Part(hosts[priority], subsets.LocalityWeightAware, subsets.ScaleLocalityWeight))];
            var tables = settings.Policy is HashPolicySnapshot policy && !single ? HashTables.Build(parts, settings, policy, runtime) : null;
            return new Subset(id, parts, tables, single);
        }

        var made = new List<Subset>();
        foreach (var node in division.Nodes)
        {
            node.Subset = New(node.Former?.Id ?? ++next, node.Hosts, node.SingleHost);
            made.Add(node.Subset);
        }

        var kept = division.Nodes.Count(static node => node.Former is not null);
        return new SubsetTables(
            division.Root,
            [.. made],
            Needs(subsets, SubsetFallback.AnyEndpoint) || subsets.PanicModeAny ? New(AnyId, division.All(static _ => true), single: false) : null,
            Needs(subsets, SubsetFallback.DefaultSubset) ? New(DefaultId, division.All(division.IsInDefault), single: false) : null,
            division.Duplicates
        )
        {
            Created = made.Count - kept,
            Removed = (former?.Subsets.Length ?? 0) - kept,
            LastId = next,
        };
    }

    /// <summary>The subset that a request means; null if there is none.</summary>
    public Subset? Find(in SubsetCriteria criteria)
    {
        var node = root;
        for (var i = 0; i < criteria.Count; i++)
        {
            var (name, value) = criteria[i];
            if (!criteria.Counts(name))
            {
                continue;
            }

            node = node.Child(name, value);
            if (node is null)
            {
                return null;
            }
        }

        return node.Subset;
    }

    private const long AnyId = -1;
    private const long DefaultId = -2;

    private long LastId { get; init; }

    private static bool Needs(SubsetSnapshot subsets, SubsetFallback fallback) =>
        subsets.Fallback == fallback || subsets.Selectors.Any(selector => selector.Fallback == fallback);
}

/// <summary>Some of the hosts of a cluster. Immutable.</summary>
/// <param name="Id">The same as long as the subset stays.</param>
/// <param name="Sets">Its hosts by priority.</param>
/// <param name="Tables">The tables of a hash policy.</param>
/// <param name="SingleHost">single_host_per_subset: there is one host in a priority at most, and the first of them is taken as it is.</param>
internal sealed record Subset(long Id, HostSet[] Sets, HashTables? Tables, bool SingleHost)
{
    /// <summary>The host of a subset that takes only one.</summary>
    public HostState? Single { get; } = SingleHost ? Array.Find(Sets, static set => set.All.Length > 0)?.All[0] : null;
}
