using System.Buffers.Binary;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes a protobuf message field by field, into memory that is used again.</summary>
/// <remarks>Every call writes its field, whatever the value: what proto3 leaves out (empty text, 0, false) is for the caller to leave out.</remarks>
public sealed class ProtoWriter
{
    private readonly ByteBuffer output = new();
    private long ahead;

    /// <summary>What was written; valid until the next call.</summary>
    public ReadOnlySpan<byte> Span => output.Span;

    /// <summary>What was written, for a request's body; valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Memory => output.Memory;

    public int Length => output.Length;

    /// <summary>How many bytes somebody else appends to what was written here.</summary>
    public long BytesAhead => ahead;

    public void Clear()
    {
        output.Clear();
        ahead = 0;
    }

    /// <summary>Drops what was written after a length reached before.</summary>
    public void Truncate(int length) => output.Truncate(length);

    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, ProtoWireType.Varint);
        WriteVarint(value);
    }

    public void WriteBool(int field, bool value) => WriteVarint(field, value ? 1UL : 0);

    public void WriteDouble(int field, double value)
    {
        WriteTag(field, ProtoWireType.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(sizeof(double)), value);
        output.Advance(sizeof(double));
    }

    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteTag(field, ProtoWireType.Bytes);
        WriteVarint((ulong)value.Length);
        output.Append(value);
    }

    /// <summary>Writes fields that are encoded already.</summary>
    public void WriteFields(ReadOnlySpan<byte> fields) => output.Append(fields);

    /// <summary>Writes a string.</summary>
    public void WriteText(int field, string value)
    {
        WriteTag(field, ProtoWireType.Bytes);
        var length = Encoding.UTF8.GetByteCount(value);
        WriteVarint((ulong)length);
        _ = Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
    }

    /// <summary>
    /// Writes only the head of a field of bytes: so many bytes are appended to the whole message by somebody else. It is the last
    /// field of every message that is still open; nothing but <see cref="End"/> and <see cref="EndFrame"/> may follow.
    /// </summary>
    public void WriteBytesAhead(int field, long length)
    {
        WriteTag(field, ProtoWireType.Bytes);
        WriteVarint((ulong)length);
        ahead = length;
    }

    /// <summary>Opens a message in a field; <see cref="End"/> closes it.</summary>
    public int Begin(int field)
    {
        WriteTag(field, ProtoWireType.Bytes);
        return output.Length;
    }

    /// <summary>Closes what <see cref="Begin"/> opened: puts its length in front of it.</summary>
    public void End(int start)
    {
        Span<byte> length = stackalloc byte[MaxVarintLength];
        output.Insert(start, length[..Encode((ulong)(output.Length - start + ahead), length)]);
    }

    /// <summary>Opens the frame of a gRPC message: not compressed, its length.</summary>
    public int BeginFrame()
    {
        output.GetSpan(GrpcMessages.FrameHeaderLength)[..GrpcMessages.FrameHeaderLength].Clear();
        output.Advance(GrpcMessages.FrameHeaderLength);
        return output.Length;
    }

    public void EndFrame(int start)
    {
        var length = (uint)(output.Length - start + ahead);
        BinaryPrimitives.WriteUInt32BigEndian(output.Written[(start - sizeof(uint))..], length);
    }

    private void WriteTag(int field, ProtoWireType type)
    {
        if (ahead > 0)
        {
            throw new InvalidOperationException("Nothing can follow a field whose bytes somebody else appends.");
        }

        WriteVarint(((ulong)field << 3) | (ulong)type);
    }

    private void WriteVarint(ulong value) => output.Advance(Encode(value, output.GetSpan(MaxVarintLength)));

    private static int Encode(ulong value, Span<byte> span)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        return length;
    }

    private const int MaxVarintLength = 10;
}

/// <summary>How the value of a protobuf field stands on the wire.</summary>
public enum ProtoWireType : byte
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
