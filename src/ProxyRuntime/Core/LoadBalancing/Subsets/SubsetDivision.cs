namespace MeshSim.ProxyRuntime.Core;

/// <summary>Divides the hosts of a cluster by their metadata.</summary>
internal sealed class SubsetDivision
{
    private readonly SubsetSnapshot settings;
    private readonly HostSet[] sets;
    private readonly List<SubsetNode> places = [];

    /// <param name="former">The tree before the hosts changed; null at first.</param>
    public SubsetDivision(SubsetSnapshot settings, HostSet[] sets, SubsetNode? former)
    {
        this.settings = settings;
        this.sets = sets;
        Root = new SubsetNode(sets.Length);
        for (var priority = 0; priority < sets.Length; priority++)
        {
            Duplicates = 0;
            foreach (var host in sets[priority].Hosts)
            {
                foreach (var selector in settings.Selectors)
                {
                    foreach (var values in Values(selector, host.Host))
                    {
                        Join(host, priority, selector, values, former);
                    }
                }
            }
        }
    }

    public SubsetNode Root { get; }

    /// <summary>The places with a subset, in the order they came up.</summary>
    public IEnumerable<SubsetNode> Nodes => places.Where(static node => node.IsSubset);

    /// <summary>Hosts that were not the first of a subset that takes only one, of the last priority.</summary>
    public int Duplicates { get; private set; }

    public List<HostView>[] All(Func<HostState, bool> match) => Array.ConvertAll(sets, set => set.Hosts.Where(host => match(host.Host)).ToList());

    public bool IsInDefault(HostState host)
    {
        for (var i = 0; i < settings.DefaultSubset.FieldCount; i++)
        {
            var (name, wanted) = settings.DefaultSubset.FieldAt(i);
            if (host.Snapshot.Metadata.Get("envoy.lb")?.Field(name) is not { } value || !Items(value).Contains(wanted))
            {
                return false;
            }
        }

        return true;
    }

    private void Join(HostView host, int priority, SubsetSelectorSnapshot selector, List<(string Key, MetadataValue Value)> values, SubsetNode? former)
    {
        var node = Root;
        foreach (var (key, value) in values)
        {
            former = former?.Child(key, value);
            var was = former?.Subset;
            node = node.Add(key, value, () => NewPlace(was));
        }

        if (!node.IsSubset)
        {
            node.IsSubset = true;
            node.SingleHost = node.Former?.SingleHost ?? selector.SingleHostPerSubset;
        }

        var hosts = node.Hosts[priority];
        if (node.SingleHost && hosts.Count > 0)
        {
            Duplicates++;
        }
        else if (hosts.Count == 0 || hosts[^1].Host != host.Host)
        {
            hosts.Add(host);
        }
    }

    private SubsetNode NewPlace(Subset? former)
    {
        var node = new SubsetNode(sets.Length) { Former = former, SingleHost = former is { SingleHost: true } };
        places.Add(node);
        return node;
    }

    /// <summary>
    /// The values of a host for the keys of a selector, in every combination; none if a key is missing. A list without items leaves
    /// nothing of the keys so far, and the keys behind it count alone: so it does in Envoy.
    /// </summary>
    private List<List<(string Key, MetadataValue Value)>> Values(SubsetSelectorSnapshot selector, HostState host)
    {
        List<List<(string, MetadataValue)>> all = [];
        foreach (var key in selector.Keys)
        {
            if (host.Snapshot.Metadata.Get("envoy.lb")?.Field(key) is not { } value)
            {
                return [];
            }

            List<List<(string, MetadataValue)>> before =
                all.Count == 0
                    ?
                    [
                        [],
                    ]
                    : all;
            all = [.. before.SelectMany(values => Items(value).Select(item => new List<(string, MetadataValue)>(values) { (key, item) }))];
        }

        return all;
    }

    private IEnumerable<MetadataValue> Items(MetadataValue value) => settings.ListAsAny && value.Kind == MetadataKind.List ? value.Items : [value];
}
