namespace MeshSim.Scenarios.Engine;

/// <summary>Where pending events are kept. A slot that becomes free gets another generation, so that whoever still refers to what was in it notices.</summary>
internal sealed class EventSlots
{
    private SimEvent[] events = new SimEvent[64];
    private uint[] generations = new uint[64];
    private int[] free = new int[64];
    private int freeCount;
    private int used;

    /// <summary>Events that are kept.</summary>
    public int Count => used - freeCount;

    public ref readonly SimEvent this[int slot] => ref events[slot];

    /// <summary>Keeps an event; what refers to it from now on.</summary>
    public PendingEntry Add(in SimEvent e)
    {
        var slot = freeCount > 0 ? free[--freeCount] : NewSlot();
        events[slot] = e;
        return new PendingEntry(e.TimeNs, slot, generations[slot]);
    }

    /// <summary>What refers to the event in a slot.</summary>
    public PendingEntry Entry(int slot) => new(events[slot].TimeNs, slot, generations[slot]);

    /// <summary>Whether what was referred to is still kept.</summary>
    public bool Holds(int slot, uint generation) => generations[slot] == generation;

    public void Remove(int slot)
    {
        if (++generations[slot] == 0)
        {
            generations[slot] = 1; // 0 is none.
        }

        free[freeCount++] = slot;
    }

    private int NewSlot()
    {
        if (used == events.Length)
        {
            Array.Resize(ref events, 2 * used);
            Array.Resize(ref generations, 2 * used);
            Array.Resize(ref free, 2 * used);
        }

        generations[used] = 1;
        return used++;
    }
}
