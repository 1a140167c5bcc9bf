namespace MeshSim.ProxyRuntime.Core;

/// <summary>One line of a <see cref="HeaderMap"/>, valid until the map changes.</summary>
public readonly ref struct HeaderField(ushort id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    /// <summary>Id of a <see cref="HeaderName"/>, 0 for other names.</summary>
    public ushort Id { get; } = id;

    /// <summary>The name as it was received, in its original case.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value as Latin-1 bytes.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>True for <c>:method</c>, <c>:path</c>, <c>:authority</c>, <c>:scheme</c> and <c>:status</c>.</summary>
    public bool IsPseudo => Name.Length > 0 && Name[0] == (byte)':';
}
