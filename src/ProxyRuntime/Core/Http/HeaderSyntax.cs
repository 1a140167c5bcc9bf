using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What names and values of headers may consist of, where something other than a codec makes them.</summary>
internal static class HeaderSyntax
{
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~"u8
    );

    private static readonly SearchValues<byte> ValueBytes = SearchValues.Create([
        (byte)'\t',
        .. Enumerable.Range(0x20, 0x7f - 0x20).Select(static b => (byte)b),
        .. Enumerable.Range(0x80, 0x80).Select(static b => (byte)b),
    ]);

    private static readonly SearchValues<byte> AuthorityBytes = SearchValues.Create(
        "!$%&'()*+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~"u8
    );

    /// <summary>A token, in either case and perhaps behind a colon; the empty name counts too.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) =>
        name is [(byte)':', ..] ? name.Length > 1 && !name[1..].ContainsAnyExcept(NameBytes) : !name.ContainsAnyExcept(NameBytes);

    /// <summary>No control characters but tabs.</summary>
    public static bool IsValue(ReadOnlySpan<byte> value) => !value.ContainsAnyExcept(ValueBytes);

    public static bool IsAuthority(ReadOnlySpan<byte> value) => !value.ContainsAnyExcept(AuthorityBytes);
}
