using System.Buffers.Binary;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads numbers and vectors of TLS messages from the front of some bytes. What does not fit is told, never thrown.</summary>
internal ref struct TlsBytes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly int Length => rest.Length;

    public readonly ReadOnlySpan<byte> Span => rest;

    public bool TryU8(out int value)
    {
        value = 0;
        if (rest.IsEmpty)
        {
            return false;
        }

        value = rest[0];
        rest = rest[1..];
        return true;
    }

    public bool TryU16(out int value)
    {
        value = 0;
        if (rest.Length < 2)
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[2..];
        return true;
    }

    public bool TrySkip(int count) => TryTake(count, out _);

    /// <summary>Bytes behind their number in one byte.</summary>
    public bool TryVector8(out TlsBytes content)
    {
        content = default;
        return TryU8(out var length) && TryTake(length, out content);
    }

    /// <summary>Bytes behind their number in two bytes.</summary>
    public bool TryVector16(out TlsBytes content)
    {
        content = default;
        return TryU16(out var length) && TryTake(length, out content);
    }

    /// <summary>True if one of the two-byte numbers it consists of fits.</summary>
    public bool AnyU16(Func<int, bool> fits)
    {
        while (TryU16(out var value))
        {
            if (fits(value))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryTake(int count, out TlsBytes content)
    {
        content = default;
        if (rest.Length < count)
        {
            return false;
        }

        content = new TlsBytes(rest[..count]);
        rest = rest[count..];
        return true;
    }
}
