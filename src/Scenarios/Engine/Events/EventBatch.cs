using System.Buffers.Binary;

namespace MeshSim.Scenarios.Engine;

/// <summary>Events on their way to another partition, as bytes: what travels between processes.</summary>
internal sealed class EventBatch
{
    private byte[] bytes = new byte[64 * SimEvent.Size];
    private int used;

    public bool IsEmpty => used == 0;

    /// <param name="contents">Holds the bytes the event carries; they leave it.</param>
    public void Add(in SimEvent e, ContentStore contents)
    {
        Write(e);
        if (e.Content is >= 0 and var number)
        {
            var content = contents.Span(number);
            var span = Grow(sizeof(int) + content.Length);
            BinaryPrimitives.WriteInt32LittleEndian(span, content.Length);
            content.CopyTo(span[sizeof(int)..]);
            contents.Release(number);
        }
    }

    /// <summary>The batch as bytes; the batch is empty afterwards.</summary>
    public byte[] Take()
    {
        var taken = bytes.AsSpan(0, used).ToArray();
        used = 0;
        return taken;
    }

    /// <summary>Puts every event of a batch into a queue, and what they carry into a store.</summary>
    public static void Deliver(ReadOnlySpan<byte> batch, EventQueue queue, ContentStore contents)
    {
        while (batch.Length >= SimEvent.Size)
        {
            var e = Read(batch);
            batch = batch[SimEvent.Size..];
            if (e.Content >= 0)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(batch);
                e = e.With(contents.Put(batch.Slice(sizeof(int), length)));
                batch = batch[(sizeof(int) + length)..];
            }

            _ = queue.Schedule(e);
        }
    }

    private void Write(in SimEvent e)
    {
        var span = Grow(SimEvent.Size);
        BinaryPrimitives.WriteInt64LittleEndian(span, e.TimeNs);
        BinaryPrimitives.WriteInt32LittleEndian(span[8..], e.Source);
        BinaryPrimitives.WriteInt64LittleEndian(span[12..], e.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], e.Target);
        span[24] = (byte)e.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(span[25..], e.A);
        BinaryPrimitives.WriteInt64LittleEndian(span[33..], e.B);
        BinaryPrimitives.WriteInt32LittleEndian(span[41..], e.C);
    }

    /// <summary>Room for so many more bytes.</summary>
    private Span<byte> Grow(int size)
    {
        if (used + size > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, used + size));
        }

        used += size;
        return bytes.AsSpan(used - size, size);
    }

    private static SimEvent Read(ReadOnlySpan<byte> span) =>
        new(
            BinaryPrimitives.ReadInt64LittleEndian(span),
            BinaryPrimitives.ReadInt32LittleEndian(span[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(span[20..]),
            (EventKind)span[24],
            BinaryPrimitives.ReadInt64LittleEndian(span[25..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[33..]),
            BinaryPrimitives.ReadInt32LittleEndian(span[41..])
        );
}
