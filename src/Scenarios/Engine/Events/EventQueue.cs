namespace MeshSim.Scenarios.Engine;

/// <summary>A scheduled event that can still be cancelled; the default value is none.</summary>
internal readonly record struct EventHandle(int Slot, uint Generation);

/// <summary>
/// The pending events of a partition in exact order. The earliest stand sorted at the front, all later ones in a <see cref="TimeWheel"/>,
/// of which one bucket after the other comes to the front. Scheduling, taking and cancelling cost O(1) on average, whatever is pending
/// and however far ahead. No allocation in steady state.
/// </summary>
internal sealed class EventQueue
{
    /// <summary>A bucket with more entries is divided before it comes to the front.</summary>
    private const int FrontFill = 40;

    /// <summary>A front that has grown longer gives entries back to the wheel.</summary>
    private const int FrontMost = 96;

    /// <summary>So many entries of cancelled events may stay, beside as many as are pending.</summary>
    private const int CancelledMost = 1024;

    private readonly EventSlots slots = new();
    private readonly TimeWheel wheel;
    private readonly Comparison<FrontEntry> order;
    private FrontEntry[] front = new FrontEntry[2 * FrontMost];
    private int head;
    private int end;

    /// <summary>Events before this time belong to the front. Never before the position of the wheel.</summary>
    private ulong frontUntilNs;
    private int frontLevel;

    public EventQueue()
    {
        wheel = new TimeWheel(slots);
        order = Compare;
    }

    /// <summary>Time of the earliest event that is not cancelled; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextTimeNs => head < end ? front[head].TimeNs : wheel.EarliestNs();

    public EventHandle Schedule(in SimEvent e)
    {
        var entry = slots.Add(e);
        if ((ulong)e.TimeNs < frontUntilNs)
        {
            InsertAtFront(new FrontEntry(e.TimeNs, e.Source, entry.Slot));
        }
        else
        {
            wheel.Add(entry);
        }

        return new EventHandle(entry.Slot, entry.Generation);
    }

    /// <summary>The event will not come. A handle whose event has come is ignored.</summary>
    public void Cancel(EventHandle handle)
    {
        if (handle.Generation == 0 || !slots.Holds(handle.Slot, handle.Generation))
        {
            return;
        }

        if ((ulong)slots[handle.Slot].TimeNs < frontUntilNs)
        {
            RemoveFromFront(handle.Slot);
        }

        slots.Remove(handle.Slot);
        if (wheel.Count > (2 * slots.Count) + CancelledMost)
        {
            wheel.Purge();
        }
    }

    /// <summary>Takes the earliest event if it comes before that time.</summary>
    public bool TryTake(long beforeNs, out SimEvent e)
    {
        if ((head == end && !Refill(beforeNs)) || front[head].TimeNs >= beforeNs)
        {
            e = default;
            return false;
        }

        var slot = front[head++].Slot;
        e = slots[slot];
        slots.Remove(slot);
        return true;
    }

    /// <summary>The front has no cancelled events: they could not be compared any more.</summary>
    private void RemoveFromFront(int slot)
    {
        var place = head;
        while (front[place].Slot != slot)
        {
            place++;
        }

        Array.Copy(front, place + 1, front, place, end - place - 1);
        end--;
    }

    /// <summary>Brings the earliest bucket to the empty front, if it begins before a time. Returns whether there is one.</summary>
    private bool Refill(long beforeNs)
    {
        while (wheel.TryAdvance(beforeNs, out var level, out var startNs))
        {
            if (level > 0 && wheel.CountAtPosition(level) > FrontFill)
            {
                (frontUntilNs, frontLevel) = (startNs, 0);
                wheel.Spread(level);
                continue;
            }

            (head, end) = (0, wheel.Take(level, ref front));
            frontUntilNs = startNs + TimeWheel.WidthNs(level);
            frontLevel = level;
            if (end > 0)
            {
                SortFront();
                return true;
            }
        }

        return false;
    }

    private void SortFront()
    {
        if (end > FrontFill)
        {
            front.AsSpan(0, end).Sort(order);
            return;
        }

        for (var i = 1; i < end; i++)
        {
            var entry = front[i];
            var place = i;
            for (; place > 0 && Before(entry, front[place - 1]); place--)
            {
                front[place] = front[place - 1];
            }

            front[place] = entry;
        }
    }

    private void InsertAtFront(in FrontEntry entry)
    {
        if (head == end)
        {
            head = end = 0;
        }
        else if (end == front.Length)
        {
            MakeRoom();
        }

        var place = end - head > FrontMost ? PlaceOf(entry) : end;
        if (place < end)
        {
            Array.Copy(front, place, front, place + 1, end - place);
        }
        else
        {
            for (; place > head && Before(entry, front[place - 1]); place--)
            {
                front[place] = front[place - 1];
            }
        }

        front[place] = entry;
        end++;
        if (end - head > FrontMost && frontLevel > 0)
        {
            Shorten();
        }
    }

    /// <summary>By halving: where an entry belongs in a long front.</summary>
    private int PlaceOf(in FrontEntry entry)
    {
        var (low, high) = (head, end);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Before(entry, front[middle]))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private void MakeRoom()
    {
        if (head > front.Length / 2)
        {
            Array.Copy(front, head, front, 0, end - head);
            (head, end) = (0, end - head);
        }
        else
        {
            Array.Resize(ref front, 2 * front.Length);
        }
    }

    /// <summary>Makes the front as narrow as buckets of a lower level are; what comes later goes to the wheel.</summary>
    private void Shorten()
    {
        while (end - head > FrontMost && frontLevel > 0)
        {
            // Events of the past, which only tests have, stay in front.
            var first = Math.Max(front[head].TimeNs, (long)(frontUntilNs - TimeWheel.WidthNs(frontLevel)));
            frontLevel--;
            var startNs = TimeWheel.StartNs(first, frontLevel);
            wheel.MoveTo(startNs);
            frontUntilNs = startNs + TimeWheel.WidthNs(frontLevel);
            var kept = end;
            while (kept > head && (ulong)front[kept - 1].TimeNs >= frontUntilNs)
            {
                kept--;
            }

            for (var i = kept; i < end; i++)
            {
                wheel.Add(slots.Entry(front[i].Slot));
            }

            end = kept;
        }
    }

    private bool Before(in FrontEntry a, in FrontEntry b) =>
        a.TimeNs != b.TimeNs ? a.TimeNs < b.TimeNs
        : a.Source != b.Source ? a.Source < b.Source
        : slots[a.Slot].Sequence < slots[b.Slot].Sequence;

    private int Compare(FrontEntry a, FrontEntry b) =>
        Before(a, b) ? -1
        : Before(b, a) ? 1
        : 0;
}
