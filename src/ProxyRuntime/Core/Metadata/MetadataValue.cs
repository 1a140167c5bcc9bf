using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A value of metadata, as google.protobuf.Value: null, bool, number, text, list or struct. Immutable, compared by content.</summary>
public sealed class MetadataValue : IEquatable<MetadataValue>
{
    public static readonly MetadataValue Null = new(MetadataKind.Null);
    public static readonly MetadataValue EmptyStruct = new(MetadataKind.Struct);

    private readonly SortedList<string, MetadataValue> fields = new(StringComparer.Ordinal);
    private int hash;

    private MetadataValue(MetadataKind kind) => Kind = kind;

    public MetadataKind Kind { get; }

    /// <summary>The value of a bool; false for other kinds.</summary>
    public bool Bool { get; private init; }

    /// <summary>The value of a number; 0 for other kinds.</summary>
    public double Number { get; private init; }

    /// <summary>The value of a text; empty for other kinds.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The items of a list; empty for other kinds.</summary>
    public ImmutableArray<MetadataValue> Items { get; private init; } = [];

    /// <summary>The fields of a struct, sorted by name; empty for other kinds.</summary>
    public IReadOnlyDictionary<string, MetadataValue> Fields => fields;

    public static MetadataValue Of(bool value) => new(MetadataKind.Bool) { Bool = value };

    public static MetadataValue Of(double value) => new(MetadataKind.Number) { Number = value };

    public static MetadataValue Of(string value) => new(MetadataKind.Text) { Text = value };

    public static MetadataValue Of(ImmutableArray<MetadataValue> items) => new(MetadataKind.List) { Items = items };

    /// <summary>A struct; of fields with the same name the last counts.</summary>
    public static MetadataValue Of(IEnumerable<KeyValuePair<string, MetadataValue>> fields)
    {
        var made = new MetadataValue(MetadataKind.Struct);
        foreach (var (name, value) in fields)
        {
            made.fields[name] = value;
        }

        return made;
    }

    /// <summary>The field of a struct; null if there is none or this is no struct.</summary>
    public MetadataValue? Field(string name) => fields.GetValueOrDefault(name);

    /// <summary>How many fields a struct has.</summary>
    internal int FieldCount => fields.Count;

    /// <summary>The field at that place in the order of names, without an enumerator.</summary>
    internal (string Name, MetadataValue Value) FieldAt(int place) => (fields.GetKeyAtIndex(place), fields.GetValueAtIndex(place));

    /// <summary>The value at the end of a path of field names; null if the path leads nowhere.</summary>
    public MetadataValue? At(ReadOnlySpan<string> path)
    {
        var value = this;
        foreach (var name in path)
        {
            value = value?.Field(name);
        }

        return value;
    }

    /// <summary>This struct with the fields of another laid over it, as protobuf merges structs: field by field, the later wins.</summary>
    public MetadataValue Merge(MetadataValue over) => fields.Count == 0 ? over : Of(fields.Concat(over.fields));

    public bool Equals(MetadataValue? other)
    {
        if (other is null || Kind != other.Kind)
        {
            return false;
        }

        return Kind switch
        {
            MetadataKind.Bool => Bool == other.Bool,
            MetadataKind.Number => Number.Equals(other.Number),
            MetadataKind.Text => string.Equals(Text, other.Text, StringComparison.Ordinal),
            MetadataKind.List => Items.SequenceEqual(other.Items),
            MetadataKind.Struct => fields.SequenceEqual(other.fields),
            _ => true,
        };
    }

    public override bool Equals(object? obj) => Equals(obj as MetadataValue);

    /// <summary>Made when first asked for: values of routes and hosts are asked again and again.</summary>
    public override int GetHashCode()
    {
        if (hash == 0)
        {
            hash = (int)StableHash.Of(ToString()) | 1;
        }

        return hash;
    }

    /// <summary>The value as JSON text.</summary>
    public override string ToString() => MetadataJson.Write(this);
}
