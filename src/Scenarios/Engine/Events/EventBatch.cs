using System.Buffers.Binary;

namespace MeshSim.Scenarios.Engine;

/// <summary>Events on their way to another partition, as bytes: what travels between processes.</summary>
internal sealed class EventBatch
{
    private byte[] bytes = new byte[64 * SimEvent.Size];
    private int used;

    public bool IsEmpty => used == 0;

    public void Add(in SimEvent e)
    {
        if (used + SimEvent.Size > bytes.Length)
        {
            Array.Resize(ref bytes, 2 * bytes.Length);
        }

        var span = bytes.AsSpan(used, SimEvent.Size);
        BinaryPrimitives.WriteInt64LittleEndian(span, e.TimeNs);
        BinaryPrimitives.WriteInt32LittleEndian(span[8..], e.Source);
        BinaryPrimitives.WriteInt64LittleEndian(span[12..], e.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], e.Target);
        span[24] = (byte)e.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(span[25..], e.A);
        BinaryPrimitives.WriteInt64LittleEndian(span[33..], e.B);
        BinaryPrimitives.WriteInt32LittleEndian(span[41..], e.C);
        used += SimEvent.Size;
    }

    /// <summary>The batch as bytes; the batch is empty afterwards.</summary>
    public byte[] Take()
    {
        var taken = bytes.AsSpan(0, used).ToArray();
        used = 0;
        return taken;
    }

    /// <summary>Puts every event of a batch into a queue.</summary>
    public static void Deliver(ReadOnlySpan<byte> batch, EventQueue queue)
    {
        for (; batch.Length >= SimEvent.Size; batch = batch[SimEvent.Size..])
        {
            _ = queue.Schedule(
                new SimEvent(
                    BinaryPrimitives.ReadInt64LittleEndian(batch),
                    BinaryPrimitives.ReadInt32LittleEndian(batch[8..]),
                    BinaryPrimitives.ReadInt64LittleEndian(batch[12..]),
                    BinaryPrimitives.ReadInt32LittleEndian(batch[20..]),
                    (EventKind)batch[24],
                    BinaryPrimitives.ReadInt64LittleEndian(batch[25..]),
                    BinaryPrimitives.ReadInt64LittleEndian(batch[33..]),
                    BinaryPrimitives.ReadInt32LittleEndian(batch[41..])
                )
            );
        }
    }
}
