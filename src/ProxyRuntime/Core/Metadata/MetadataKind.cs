namespace MeshSim.ProxyRuntime.Core;

/// <summary>The kinds of a <see cref="MetadataValue"/>: those of google.protobuf.Value.</summary>
public enum MetadataKind : byte
{
    Null,
    Bool,
    Number,
    Text,
    List,
    Struct,
}
