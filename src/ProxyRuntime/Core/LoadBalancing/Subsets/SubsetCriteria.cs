using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which subset a request means: what it says of itself under <c>envoy.lb</c>, or only some of it.</summary>
/// <param name="Match">Null for a request that says nothing.</param>
/// <param name="Only">The keys that count, sorted; default: all.</param>
internal readonly record struct SubsetCriteria(MetadataValue? Match, ImmutableArray<string> Only = default)
{
    /// <summary>With those that do not count.</summary>
    public int Count => Match?.FieldCount ?? 0;

    public (string Name, MetadataValue Value) this[int place] => Match!.FieldAt(place);

    public bool Counts(string name) => Only.IsDefault || Only.BinarySearch(name, StringComparer.Ordinal) >= 0;

    /// <summary>The request has all these keys, and they count.</summary>
    public bool Has(ImmutableArray<string> keys)
    {
        foreach (var key in keys)
        {
            if (Match?.Field(key) is null || !Counts(key))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>These are the keys that count, no more and no less.</summary>
    public bool HasExactly(ImmutableArray<string> keys)
    {
        var counting = 0;
        for (var i = 0; i < Count; i++)
        {
            counting += Counts(this[i].Name) ? 1 : 0;
        }

        return counting == keys.Length && Has(keys);
    }
}
