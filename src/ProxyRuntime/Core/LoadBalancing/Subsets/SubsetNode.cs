namespace MeshSim.ProxyRuntime.Core;

/// <summary>A place in the tree of subsets: the way to it is a list of keys with their values, in the order of the keys.</summary>
internal sealed class SubsetNode(int priorities)
{
    private readonly List<KeyChildren> children = [];

    /// <summary>The subset of exactly these keys and values; null if no selector has just these keys.</summary>
    public Subset? Subset { get; set; }

    /// <summary>The same place before the hosts changed; null if there was no subset.</summary>
    public Subset? Former { get; init; }

    /// <summary>A selector ends here.</summary>
    public bool IsSubset { get; set; }

    public bool SingleHost { get; set; }

    /// <summary>The hosts of each priority.</summary>
    public List<HostView>[] Hosts { get; } = [.. Enumerable.Range(0, priorities).Select(static _ => new List<HostView>())];

    public SubsetNode? Child(string name, MetadataValue value)
    {
        foreach (var child in children)
        {
            if (child.Name == name)
            {
                return child.Values.GetValueOrDefault(value);
            }
        }

        return null;
    }

    /// <param name="child">The child if there is none yet.</param>
    public SubsetNode Add(string name, MetadataValue value, Func<SubsetNode> child)
    {
        var of = children.Find(children => children.Name == name);
        if (of is null)
        {
            children.Add(of = new KeyChildren(name));
        }

        if (!of.Values.TryGetValue(value, out var node))
        {
            of.Values[value] = node = child();
        }

        return node;
    }

    private sealed record KeyChildren(string Name)
    {
        public Dictionary<MetadataValue, SubsetNode> Values { get; } = [];
    }
}
