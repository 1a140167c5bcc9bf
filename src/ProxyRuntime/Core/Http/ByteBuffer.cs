using System.Buffers;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Bytes under construction, in memory that is used again: what formats and rewrites write into.</summary>
public sealed class ByteBuffer : IBufferWriter<byte>
{
    private byte[] bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, Length);

    /// <summary>What was written, valid until more is.</summary>
    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    /// <summary>What was written, to change it in place.</summary>
    public Span<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Drops what was written after a length reached before.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Append(ReadOnlySpan<byte> data)
    {
        data.CopyTo(GetSpan(data.Length));
        Length += data.Length;
    }

    public void Append(byte value)
    {
        GetSpan(1)[0] = value;
        Length++;
    }

    /// <summary>Text as UTF-8.</summary>
    public void AppendText(ReadOnlySpan<char> text)
    {
        var span = GetSpan(3 * text.Length);
        Length += Encoding.UTF8.GetBytes(text, span);
    }

    /// <summary>Puts bytes before what was written from a place on.</summary>
    public void Insert(int at, ReadOnlySpan<byte> data)
    {
        Reserve(data.Length);
        bytes.AsSpan(at, Length - at).CopyTo(bytes.AsSpan(at + data.Length));
        data.CopyTo(bytes.AsSpan(at));
        Length += data.Length;
    }

    public void AppendNumber(long value)
    {
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(value, GetSpan(20), out var written);
        Length += written;
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(Length);
    }

    private void Reserve(int sizeHint)
    {
        var needed = Length + Math.Max(1, sizeHint);
        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, needed));
        }
    }
}
