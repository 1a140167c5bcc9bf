namespace MeshSim.ProxyRuntime.Config;

/// <summary>Merges a second document over the first as protobuf messages merge: objects field by field, lists one after the other, values replaced.</summary>
internal static class DocumentMerge
{
    public static ConfigNode Merge(ConfigNode under, ConfigNode over) =>
        (under, over) switch
        {
            (ConfigMapping a, ConfigMapping b) => MergeMappings(a, b),
            (ConfigSequence a, ConfigSequence b) => new ConfigSequence(a.Place, [.. a.Items, .. b.Items]),
            (_, ConfigScalar { Scalar: ScalarKind.Null }) => under,
            _ => over,
        };

    private static ConfigMapping MergeMappings(ConfigMapping under, ConfigMapping over)
    {
        var merged = new List<ConfigEntry>(under.Entries);
        foreach (var entry in over.Entries)
        {
            var at = merged.FindIndex(known => FieldNames.Same(known.Key, entry.Key));
            if (at < 0)
            {
                merged.Add(entry);
            }
            else
            {
                merged[at] = entry with { Value = Merge(merged[at].Value, entry.Value) };
            }
        }

        return new ConfigMapping(under.Place, merged);
    }
}
