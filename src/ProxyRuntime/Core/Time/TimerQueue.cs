namespace MeshSim.ProxyRuntime.Core;

/// <summary>A handle to an armed timer; the default value means "not armed".</summary>
internal readonly record struct TimerHandle(int Slot, uint Generation)
{
    public bool IsArmed => Generation != 0;
}

/// <summary>
/// The timers of one machine: a binary heap ordered by (deadline, order of arming) in which every timer knows its place,
/// so that a cancelled timer leaves at once and the heap never holds more than the live ones. No allocation in steady state.
/// </summary>
internal sealed class TimerQueue
{
    private Timer[] slots = new Timer[16];

    /// <summary>What is compared is here, so that moving through the heap stays in few cache lines.</summary>
    private Entry[] heap = new Entry[16];
    private int[] free = new int[16];
    private int freeCount;
    private int slotCount;
    private int count;
    private long armed;

    public int Count => count;

    public MonotonicTime? NextDeadline => count == 0 ? null : heap[0].Deadline;

    public TimerHandle Arm(MonotonicTime deadline, TimerKind kind, ITimerOwner owner)
    {
        var slot = TakeSlot();
        ref var timer = ref slots[slot];
        timer.Kind = kind;
        timer.Owner = owner;
        timer.Generation++;
        if (count == heap.Length)
        {
            Array.Resize(ref heap, 2 * count);
        }

        SiftUp(count++, new Entry(deadline, armed++, slot));
        return new TimerHandle(slot, timer.Generation);
    }

    /// <summary>Disarms the timer if it is still armed, and forgets the handle.</summary>
    public void Cancel(ref TimerHandle handle)
    {
        if (handle.IsArmed && slots[handle.Slot].Generation == handle.Generation && slots[handle.Slot].Owner is not null)
        {
            RemoveAt(slots[handle.Slot].Place);
        }

        handle = default;
    }

    /// <summary>Takes the earliest timer out if it is due.</summary>
    public bool TryTakeDue(MonotonicTime now, out TimerKind kind, out ITimerOwner owner)
    {
        if (count == 0 || heap[0].Deadline > now)
        {
            kind = default;
            owner = null!;
            return false;
        }

        ref readonly var timer = ref slots[heap[0].Slot];
        kind = timer.Kind;
        owner = timer.Owner!;
        RemoveAt(0);
        return true;
    }

    private void RemoveAt(int place)
    {
        var slot = heap[place].Slot;
        slots[slot].Owner = null;
        if (freeCount == free.Length)
        {
            Array.Resize(ref free, 2 * freeCount);
        }

        free[freeCount++] = slot;
        count--;
        if (place == count)
        {
            return;
        }

        // The last entry fills the gap: it belongs above it or below it.
        var last = heap[count];
        if (place > 0 && last.IsBefore(heap[(place - 1) >> 1]))
        {
            SiftUp(place, last);
        }
        else
        {
            SiftDown(place, last);
        }
    }

    private int TakeSlot()
    {
        if (freeCount > 0)
        {
            return free[--freeCount];
        }

        if (slotCount == slots.Length)
        {
            Array.Resize(ref slots, 2 * slotCount);
        }

        return slotCount++;
    }

    /// <summary>Puts an entry into the gap at a place, or above it.</summary>
    private void SiftUp(int place, in Entry entry)
    {
        while (place > 0)
        {
            var parent = (place - 1) >> 1;
            if (!entry.IsBefore(heap[parent]))
            {
                break;
            }

            Put(heap[parent], place);
            place = parent;
        }

        Put(entry, place);
    }

    /// <summary>Puts an entry into the gap at a place, or below it.</summary>
    private void SiftDown(int place, in Entry entry)
    {
        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= count)
            {
                break;
            }

            if (child + 1 < count && heap[child + 1].IsBefore(heap[child]))
            {
                child++;
            }

            if (!heap[child].IsBefore(entry))
            {
                break;
            }

            Put(heap[child], place);
            place = child;
        }

        Put(entry, place);
    }

    private void Put(in Entry entry, int place)
    {
        heap[place] = entry;
        slots[entry.Slot].Place = place;
    }

    private readonly record struct Entry(MonotonicTime Deadline, long Order, int Slot)
    {
        public bool IsBefore(in Entry other) => Deadline != other.Deadline ? Deadline < other.Deadline : Order < other.Order;
    }

    private struct Timer
    {
        public ITimerOwner? Owner;
        public int Place;
        public uint Generation;
        public TimerKind Kind;
    }
}
