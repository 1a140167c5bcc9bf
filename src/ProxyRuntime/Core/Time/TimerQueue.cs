namespace MeshSim.ProxyRuntime.Core;

/// <summary>A handle to an armed timer; the default value means "not armed".</summary>
internal readonly record struct TimerHandle(int Slot, uint Generation)
{
    public bool IsArmed => Generation != 0;
}

/// <summary>
/// The timers of one machine: a binary heap ordered by (deadline, order of arming) in which every entry knows its place,
/// so that a cancelled timer leaves at once and the heap never holds more than the live ones. No allocation in steady state.
/// </summary>
internal sealed class TimerQueue
{
    private Entry[] slots = new Entry[16];
    private int[] heap = new int[16];
    private int[] free = new int[16];
    private int freeCount;
    private int slotCount;
    private int count;
    private long armed;

    public int Count => count;

    public MonotonicTime? NextDeadline => count == 0 ? null : slots[heap[0]].Deadline;

    public TimerHandle Arm(MonotonicTime deadline, TimerKind kind, ITimerOwner owner)
    {
        var slot = TakeSlot();
        ref var entry = ref slots[slot];
        entry.Deadline = deadline;
        entry.Order = armed++;
        entry.Kind = kind;
        entry.Owner = owner;
        entry.Generation++;
        if (count == heap.Length)
        {
            Array.Resize(ref heap, 2 * count);
        }

        heap[count] = slot;
        SiftUp(count++);
        return new TimerHandle(slot, entry.Generation);
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
        if (count == 0 || slots[heap[0]].Deadline > now)
        {
            kind = default;
            owner = null!;
            return false;
        }

        ref readonly var entry = ref slots[heap[0]];
        kind = entry.Kind;
        owner = entry.Owner!;
        RemoveAt(0);
        return true;
    }

    private void RemoveAt(int place)
    {
        var slot = heap[place];
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

        heap[place] = heap[count];
        slots[heap[place]].Place = place;
        SiftUp(place);
        SiftDown(slots[heap[place]].Place);
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

    private void SiftUp(int place)
    {
        var slot = heap[place];
        while (place > 0)
        {
            var parent = (place - 1) >> 1;
            if (!Before(slot, heap[parent]))
            {
                break;
            }

            Put(heap[parent], place);
            place = parent;
        }

        Put(slot, place);
    }

    private void SiftDown(int place)
    {
        var slot = heap[place];
        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= count)
            {
                break;
            }

            if (child + 1 < count && Before(heap[child + 1], heap[child]))
            {
                child++;
            }

            if (!Before(heap[child], slot))
            {
                break;
            }

            Put(heap[child], place);
            place = child;
        }

        Put(slot, place);
    }

    private void Put(int slot, int place)
    {
        heap[place] = slot;
        slots[slot].Place = place;
    }

    private bool Before(int a, int b)
    {
        ref readonly var x = ref slots[a];
        ref readonly var y = ref slots[b];
        return x.Deadline != y.Deadline ? x.Deadline < y.Deadline : x.Order < y.Order;
    }

    private struct Entry
    {
        public MonotonicTime Deadline;
        public long Order;
        public ITimerOwner? Owner;
        public int Place;
        public uint Generation;
        public TimerKind Kind;
    }
}
