using System.Numerics;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Numbers by byte texts: an open hash table, made once, read without allocation.</summary>
internal sealed class ByteTable
{
    private readonly (byte[]? Text, int Value)[] slots;

    /// <param name="entries">Of equal texts the first counts.</param>
    public ByteTable(IReadOnlyCollection<(byte[] Text, int Value)> entries)
    {
        slots = new (byte[]?, int)[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2 * entries.Count))];
        foreach (var entry in entries)
        {
            ref var slot = ref slots[SlotOf(entry.Text)];
            if (slot.Text is null)
            {
                slot = entry;
            }
        }
    }

    /// <summary>The number of a text; −1 if there is none.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        ref readonly var slot = ref slots[SlotOf(text)];
        return slot.Text is null ? -1 : slot.Value;
    }

    /// <summary>The slot that holds the text, or the free one where it would stand.</summary>
    private int SlotOf(ReadOnlySpan<byte> text)
    {
        var mask = slots.Length - 1;
        var at = (int)XxHash64.Of(text) & mask;
        while (slots[at].Text is { } other && !text.SequenceEqual(other))
        {
            at = (at + 1) & mask;
        }

        return at;
    }
}
