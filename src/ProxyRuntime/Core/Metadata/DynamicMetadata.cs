namespace MeshSim.ProxyRuntime.Core;

/// <summary>What filters have noted about one request, a struct per namespace. Reused with its stream.</summary>
public sealed class DynamicMetadata
{
    private readonly SortedList<string, MetadataValue> namespaces = new(StringComparer.Ordinal);
    private readonly MetadataMerges merges = new();

    /// <summary>The struct of each namespace, sorted by name.</summary>
    public IReadOnlyDictionary<string, MetadataValue> Namespaces => namespaces;

    /// <summary>The struct of a namespace; null if nobody has set one.</summary>
    public MetadataValue? Get(string name) => namespaces.Count == 0 ? null : namespaces.GetValueOrDefault(name);

    /// <summary>Lays the fields of a struct over those of that namespace.</summary>
    public void Merge(string name, MetadataValue fields) =>
        namespaces[name] = namespaces.TryGetValue(name, out var former) ? merges.Merge(former, fields) : fields;

    /// <summary>Puts a struct in place of what the namespace held.</summary>
    public void Set(string name, MetadataValue fields) => namespaces[name] = fields;

    internal void Clear()
    {
        if (namespaces.Count > 0)
        {
            namespaces.Clear();
        }
    }
}
