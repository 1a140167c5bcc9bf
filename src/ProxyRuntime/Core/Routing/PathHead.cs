using System.Buffers.Binary;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The first sixteen bytes of a path, the very first the lowest; zeros for those that a shorter one does not have.</summary>
internal readonly record struct PathHead(ulong Low, ulong High)
{
    public const int Length = 2 * sizeof(ulong);

    public static PathHead Of(ReadOnlySpan<byte> path) =>
        path.Length >= Length
            ? new PathHead(BinaryPrimitives.ReadUInt64LittleEndian(path), BinaryPrimitives.ReadUInt64LittleEndian(path[sizeof(ulong)..]))
            : new PathHead(Word(path), path.Length > sizeof(ulong) ? Word(path[sizeof(ulong)..]) : 0);

    /// <summary>All bits of the first so many bytes.</summary>
    public static PathHead MaskOf(int length) => new(MaskWord(length), MaskWord(length - sizeof(ulong)));

    /// <summary>Whether the bytes of a mask are these.</summary>
    public bool Has(PathHead wanted, PathHead mask) => (((Low & mask.Low) ^ wanted.Low) | ((High & mask.High) ^ wanted.High)) == 0;

    private static ulong MaskWord(int length) =>
        length >= sizeof(ulong) ? ulong.MaxValue
        : length <= 0 ? 0
        : (1UL << (8 * length)) - 1;

    private static ulong Word(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        var word = 0UL;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            word = (word << 8) | bytes[i];
        }

        return word;
    }
}
