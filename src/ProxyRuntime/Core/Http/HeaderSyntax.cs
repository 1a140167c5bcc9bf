using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What names and values of headers may consist of, where something other than a codec makes them.</summary>
internal static class HeaderSyntax
{
    private static readonly SearchValues<byte> Control = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Where(static b => b != '\t').Select(static b => (byte)b),
        0x7f,
    ]);

    /// <summary>A token, in either case and perhaps behind a colon; the empty name counts too.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) => name is [(byte)':', ..] ? HeaderLines.IsToken(name[1..]) : name.IsEmpty || HeaderLines.IsToken(name);

    /// <summary>No control characters but tabs.</summary>
    public static bool IsValue(ReadOnlySpan<byte> value) => !value.ContainsAny(Control);
}
