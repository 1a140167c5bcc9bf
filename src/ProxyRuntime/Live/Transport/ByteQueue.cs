namespace MeshSim.ProxyRuntime.Live;

/// <summary>Bytes first in, first out in one array that is reused; it grows as needed and shrinks to nothing when empty.</summary>
internal sealed class ByteQueue
{
    private byte[] buffer = new byte[4096];
    private int start;
    private int end;

    public int Length => end - start;

    public ReadOnlySpan<byte> Span => buffer.AsSpan(start, Length);

    public ReadOnlyMemory<byte> Memory => buffer.AsMemory(start, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length));
        end += bytes.Length;
    }

    /// <summary>Room for at least that many bytes behind the last one; say with <see cref="Grow"/> how many were written.</summary>
    public Span<byte> Free(int size)
    {
        if (buffer.Length - end < size)
        {
            MakeRoom(size);
        }

        return buffer.AsSpan(end);
    }

    public void Grow(int count) => end += count;

    public void Consume(int count)
    {
        start += count;
        if (start == end)
        {
            start = end = 0;
        }
    }

    public void Clear() => start = end = 0;

    private void MakeRoom(int size)
    {
        var length = Length;
        var target = length + size <= buffer.Length ? buffer : new byte[Math.Max(2 * buffer.Length, length + size)];
        Buffer.BlockCopy(buffer, start, target, 0, length);
        buffer = target;
        start = 0;
        end = length;
    }
}
