namespace MeshSim.ProxyRuntime.Core;

/// <summary>Bytes first in, first out in one array that is reused and grows as needed.</summary>
/// <param name="pool">Where the array comes from while it need not be larger than the pool's; null for one of the queue's own.</param>
public sealed class ByteQueue(BufferPool? pool = null)
{
    /// <summary>A larger array is given up when it is empty: one large message must not hold memory for ever.</summary>
    private const int MaxKept = 256 * 1024;

    private byte[] buffer = [];
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

    /// <summary>Drops the oldest bytes. A slice of them taken before stays readable until the next write.</summary>
    public void Consume(int count)
    {
        start += count;
        if (start == end)
        {
            Clear();
        }
    }

    public void Clear()
    {
        start = end = 0;
        if (buffer.Length > MaxKept)
        {
            buffer = [];
        }
    }

    /// <summary>Gives the array back to the pool if nothing waits in it. Slices of what was there are no longer readable.</summary>
    public void Release()
    {
        if (start == end && buffer.Length > 0 && pool is not null)
        {
            GiveBack();
            buffer = [];
            start = end = 0;
        }
    }

    private void MakeRoom(int size)
    {
        var waiting = Span;
        var length = waiting.Length;
        var target = length + size <= buffer.Length ? buffer : NewArray(length + size);
        waiting.CopyTo(target);
        if (target != buffer)
        {
            GiveBack();
        }

        buffer = target;
        start = 0;
        end = length;
    }

    private byte[] NewArray(int size)
    {
        const int smallest = 4096;
        return pool is not null && size <= BufferPool.Size
            ? pool.Rent()
            : GC.AllocateUninitializedArray<byte>(Math.Max(smallest, Math.Max(2 * buffer.Length, size)));
    }

    private void GiveBack()
    {
        if (buffer.Length == BufferPool.Size)
        {
            pool?.Return(buffer);
        }
    }
}
