using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads a protobuf message field by field; unknown fields are for the caller to pass over.</summary>
/// <remarks>Input from a peer: whatever is wrong ends the reading with <see cref="Failed"/> true. Groups, long out of use, count as wrong.</remarks>
public ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> rest = message;

    /// <summary>The number of the field just read.</summary>
    public int Field { get; private set; }

    public ProtoWireType Type { get; private set; }

    /// <summary>The value of a varint or fixed field; 0 for others.</summary>
    public ulong Number { get; private set; }

    /// <summary>The value of a field of bytes, text or a message; empty for others.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The message is no protobuf, or <see cref="Fail"/> was called.</summary>
    public bool Failed { get; private set; }

    /// <summary>The value as int32 and enums read it.</summary>
    public readonly int Int32 => unchecked((int)Number);

    public readonly bool Bool => Number != 0;

    public readonly double Double => BitConverter.UInt64BitsToDouble(Number);

    /// <summary>Reads the next field; false at the end, and when something is wrong.</summary>
    public bool Read()
    {
        if (Failed || rest.IsEmpty)
        {
            return false;
        }

        Bytes = default;
        Number = 0;
        var tag = ReadVarint();
        Field = (int)(tag >> 3);
        Type = (ProtoWireType)(tag & 7);
        if (tag >> 3 is 0 or > MaxField)
        {
            Fail();
        }

        switch (Type)
        {
            case ProtoWireType.Varint:
                Number = ReadVarint();
                break;
            case ProtoWireType.Fixed64:
                Number = Take(sizeof(ulong)) is { Length: > 0 } wide ? BinaryPrimitives.ReadUInt64LittleEndian(wide) : 0;
                break;
            case ProtoWireType.Fixed32:
                Number = Take(sizeof(uint)) is { Length: > 0 } narrow ? BinaryPrimitives.ReadUInt32LittleEndian(narrow) : 0;
                break;
            case ProtoWireType.Bytes:
                Bytes = Take(ReadVarint());
                break;
            default:
                Fail();
                break;
        }

        return !Failed;
    }

    /// <summary>True if the field just read is this one. One of another wire type is as good as unknown.</summary>
    public readonly bool Is(int field, ProtoWireType type) => Field == field && Type == type;

    /// <summary>The value as a string, which has to be UTF-8.</summary>
    public string Text()
    {
        CheckText();
        return Failed ? "" : Encoding.UTF8.GetString(Bytes);
    }

    /// <summary>The value as the bytes of a string, which has to be UTF-8.</summary>
    public ReadOnlySpan<byte> TextBytes()
    {
        CheckText();
        return Bytes;
    }

    /// <summary>What was read makes no sense.</summary>
    public void Fail() => Failed = true;

    private void CheckText()
    {
        if (!Utf8.IsValid(Bytes))
        {
            Fail();
        }
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var i = 0; i < MaxVarintLength && i < rest.Length; i++)
        {
            value |= (ulong)(rest[i] & 0x7f) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }

        Fail();
        return 0;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (Failed || length > (ulong)rest.Length)
        {
            Fail();
            return default;
        }

        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private const int MaxVarintLength = 10;
    private const int MaxField = (1 << 29) - 1;
}
