namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.config.core.v3.Metadata: a struct per namespace (<c>envoy.lb</c>). Immutable.</summary>
public sealed class MetadataMap
{
    public static readonly MetadataMap Empty = new([]);

    private readonly SortedDictionary<string, MetadataValue> namespaces = new(StringComparer.Ordinal);

    public MetadataMap(IEnumerable<KeyValuePair<string, MetadataValue>> namespaces)
    {
        foreach (var (name, value) in namespaces)
        {
            this.namespaces[name] = value;
        }
    }

    /// <summary>The struct of each namespace, sorted by name.</summary>
    public IReadOnlyDictionary<string, MetadataValue> Namespaces => namespaces;

    /// <summary>The struct of a namespace; null if there is none.</summary>
    public MetadataValue? Get(string name) => namespaces.GetValueOrDefault(name);
}
