using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Merges a second document over the first as protobuf merges messages of that type.</summary>
/// <remarks>
/// Messages merge field by field, lists are put one after the other, maps by key; values, wrappers, durations, Any and what is in a Struct are
/// replaced. A second member of a oneof takes the place of the first. A plain false, 0 or "" says nothing: it is what an absent field holds.
/// </remarks>
internal static class DocumentMerge
{
    public static ConfigNode Merge(MessageDescriptor type, ConfigNode under, ConfigNode over)
    {
        if (under is not ConfigMapping { Entries: var first } || over is not ConfigMapping { Entries: var second })
        {
            return over;
        }

        var merged = new List<ConfigEntry>(first);
        foreach (var entry in second)
        {
            if (FieldNames.Find(type, entry.Key) is { } field)
            {
                MergeField(merged, field, entry);
            }
            else
            {
                merged.Add(entry); // Reported when it is read.
            }
        }

        return new ConfigMapping(under.Place, merged);
    }

    private static void MergeField(List<ConfigEntry> merged, FieldDescriptor field, ConfigEntry entry)
    {
        if (entry.Value is ConfigScalar scalar && (scalar.Scalar == ScalarKind.Null || IsDefault(field, scalar)))
        {
            return;
        }

        if (field.RealContainingOneof is { } oneof)
        {
            _ = merged.RemoveAll(known =>
                FieldNames.Find(field.ContainingType, known.Key) is { } other && other != field && other.RealContainingOneof == oneof
            );
        }

        var at = merged.FindIndex(known => FieldNames.Find(field.ContainingType, known.Key) == field);
        if (at < 0)
        {
            merged.Add(entry);
        }
        else
        {
            merged[at] = entry with { Value = MergeValue(field, merged[at].Value, entry.Value) };
        }
    }

    private static ConfigNode MergeValue(FieldDescriptor field, ConfigNode under, ConfigNode over)
    {
        if (under is ConfigScalar { Scalar: ScalarKind.Null })
        {
            return over;
        }

        if (field.IsMap)
        {
            return MergeKeys(under, over);
        }

        if (field.IsRepeated)
        {
            return new ConfigSequence(under.Place, [.. Items(under), .. Items(over)]);
        }

        var isMessage = field.FieldType == FieldType.Message && !WellKnownReader.IsWrapper(field.MessageType);
        if (isMessage && field.MessageType.FullName == "google.protobuf.Struct")
        {
            return MergeKeys(under, over);
        }

        return isMessage && !WellKnownReader.Handles(field.MessageType) ? Merge(field.MessageType, under, over) : over;
    }

    private static ConfigNode MergeKeys(ConfigNode under, ConfigNode over) =>
        under is ConfigMapping first && over is ConfigMapping second
            ? new ConfigMapping(first.Place, [.. first.Entries.Where(entry => second.Entries.All(other => other.Key != entry.Key)), .. second.Entries])
            : over;

    private static IReadOnlyList<ConfigNode> Items(ConfigNode node) => node is ConfigSequence sequence ? sequence.Items : [node];

    private static bool IsDefault(FieldDescriptor field, ConfigScalar scalar) =>
        !field.HasPresence && !field.IsRepeated && ScalarReader.Read(field, scalar, out _) is false or 0 or 0u or 0L or 0UL or 0d or 0f or "";
}
