using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Lays one struct of metadata over another as the set_metadata filter does.</summary>
internal static class StructUpdate
{
    /// <summary>Structs field by field, lists one behind the other, of everything else the later value.</summary>
    public static MetadataValue Of(MetadataValue under, MetadataValue over) =>
        (under.Kind, over.Kind) switch
        {
            (MetadataKind.Struct, MetadataKind.Struct) => MetadataValue.Of(
                under.Fields.Concat(
                    over.Fields.Select(field => KeyValuePair.Create(field.Key, under.Field(field.Key) is { } known ? Of(known, field.Value) : field.Value))
                )
            ),
            (MetadataKind.List, MetadataKind.List) => MetadataValue.Of(under.Items.AddRange(over.Items)),
            _ => over,
        };
}
