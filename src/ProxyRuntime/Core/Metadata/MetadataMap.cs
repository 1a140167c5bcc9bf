namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.config.core.v3.Metadata: a struct per namespace (<c>envoy.lb</c>). Immutable, compared by content.</summary>
public sealed class MetadataMap : IEquatable<MetadataMap>
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

    public bool Equals(MetadataMap? other) => other is not null && (ReferenceEquals(this, other) || namespaces.SequenceEqual(other.namespaces));

    public override bool Equals(object? obj) => Equals(obj as MetadataMap);

    public override int GetHashCode() => namespaces.Aggregate(namespaces.Count, static (hash, entry) => (hash * 31) ^ entry.Value.GetHashCode());
}
