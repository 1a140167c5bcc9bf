namespace MeshSim.Scenarios.Engine;

/// <summary>A scheduled event that can still be cancelled; the default value is none.</summary>
internal readonly record struct EventHandle(int Slot, uint Generation);

/// <summary>
/// The pending events of a partition in exact order. Scheduling and taking cost O(log n) on a four-way heap; cancelling costs O(1): the
/// event stays and is passed over. No allocation in steady state.
/// </summary>
internal sealed class EventQueue
{
    private const int Ways = 4;

    private SimEvent[] slots = new SimEvent[64];
    private uint[] generations = new uint[64];
    private bool[] cancelled = new bool[64];
    private int[] heap = new int[64];
    private int[] free = new int[64];
    private int freeCount;
    private int slotCount;
    private int count;

    /// <summary>Time of the earliest event that is not cancelled; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextTimeNs
    {
        get
        {
            DropCancelled();
            return count == 0 ? long.MaxValue : slots[heap[0]].TimeNs;
        }
    }

    public EventHandle Schedule(in SimEvent e)
    {
        var slot = freeCount > 0 ? free[--freeCount] : NewSlot();
        slots[slot] = e;
        cancelled[slot] = false;
        generations[slot]++;
        if (count == heap.Length)
        {
            Array.Resize(ref heap, 2 * count);
        }

        var place = count++;
        while (place > 0)
        {
            var parent = (place - 1) / Ways;
            if (!e.Before(slots[heap[parent]]))
            {
                break;
            }

            heap[place] = heap[parent];
            place = parent;
        }

        heap[place] = slot;
        return new EventHandle(slot, generations[slot]);
    }

    /// <summary>The event will not come. A handle whose event has come is ignored.</summary>
    public void Cancel(EventHandle handle)
    {
        if (handle.Generation != 0 && generations[handle.Slot] == handle.Generation)
        {
            cancelled[handle.Slot] = true;
        }
    }

    /// <summary>Takes the earliest event if it comes before that time.</summary>
    public bool TryTake(long beforeNs, out SimEvent e)
    {
        DropCancelled();
        if (count == 0 || slots[heap[0]].TimeNs >= beforeNs)
        {
            e = default;
            return false;
        }

        e = slots[heap[0]];
        RemoveFirst();
        return true;
    }

    private void DropCancelled()
    {
        while (count > 0 && cancelled[heap[0]])
        {
            RemoveFirst();
        }
    }

    private void RemoveFirst()
    {
        var slot = heap[0];
        generations[slot]++;
        if (freeCount == free.Length)
        {
            Array.Resize(ref free, 2 * freeCount);
        }

        free[freeCount++] = slot;
        var last = heap[--count];
        if (count > 0)
        {
            SiftDown(last);
        }
    }

    private void SiftDown(int slot)
    {
        var place = 0;
        while (true)
        {
            var first = (place * Ways) + 1;
            if (first >= count)
            {
                break;
            }

            var least = first;
            var end = Math.Min(first + Ways, count);
            for (var child = first + 1; child < end; child++)
            {
                if (slots[heap[child]].Before(slots[heap[least]]))
                {
                    least = child;
                }
            }

            if (!slots[heap[least]].Before(slots[slot]))
            {
                break;
            }

            heap[place] = heap[least];
            place = least;
        }

        heap[place] = slot;
    }

    private int NewSlot()
    {
        if (slotCount == slots.Length)
        {
            Array.Resize(ref slots, 2 * slotCount);
            Array.Resize(ref generations, 2 * slotCount);
            Array.Resize(ref cancelled, 2 * slotCount);
        }

        return slotCount++;
    }
}
