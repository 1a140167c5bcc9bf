namespace MeshSim.ProxyRuntime.Core;

/// <summary>What filters have noted about one request, a struct per namespace. Reused with its stream.</summary>
public sealed class DynamicMetadata
{
    private readonly SortedList<string, MetadataValue> namespaces = new(StringComparer.Ordinal);
    private readonly (MetadataValue? Former, MetadataValue? Fields, MetadataValue Merged)[] merges = new (MetadataValue?, MetadataValue?, MetadataValue)[4];
    private int next;

    /// <summary>The struct of each namespace, sorted by name.</summary>
    public IReadOnlyDictionary<string, MetadataValue> Namespaces => namespaces;

    /// <summary>The struct of a namespace; null if nobody has set one.</summary>
    public MetadataValue? Get(string name) => namespaces.GetValueOrDefault(name);

    /// <summary>Lays the fields of a struct over those of that namespace.</summary>
    public void Merge(string name, MetadataValue fields) => namespaces[name] = namespaces.TryGetValue(name, out var former) ? Merged(former, fields) : fields;

    /// <summary>Puts a struct in place of what the namespace held.</summary>
    public void Set(string name, MetadataValue fields) => namespaces[name] = fields;

    internal void Clear()
    {
        if (namespaces.Count > 0)
        {
            namespaces.Clear();
        }
    }

    /// <summary>Filters mostly merge the same values request after request: what came of it is remembered.</summary>
    private MetadataValue Merged(MetadataValue former, MetadataValue fields)
    {
        foreach (var known in merges)
        {
            if (ReferenceEquals(known.Former, former) && ReferenceEquals(known.Fields, fields))
            {
                return known.Merged;
            }
        }

        var merged = former.Merge(fields);
        merges[next] = (former, fields, merged);
        next = (next + 1) % merges.Length;
        return merged;
    }
}
