using System.Numerics;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Pending entries by time in a wheel of wheels: each level has 32 buckets, and a bucket of one level is as wide as all buckets of the
/// level below. An entry is on the level of the highest digit in which its time and the position of the wheel differ, so the first
/// bucket of the lowest level that has something holds the earliest. No bucket is in order within itself.
/// </summary>
/// <remarks>Entries whose slot is free again are left out when their bucket is taken, and all of them by <see cref="Purge"/>.</remarks>
internal sealed class TimeWheel(EventSlots slots)
{
    private const int Bits = 5;
    private const int Buckets = 1 << Bits;
    private const int Levels = (63 + Bits - 1) / Bits;

    /// <summary>Entries are kept in chunks of so many.</summary>
    private const int ChunkSize = 16;

    private readonly Bucket[] buckets = new Bucket[Levels * Buckets];
    private readonly uint[] occupied = new uint[Levels];
    private uint occupiedLevels;
    private PendingEntry[] entries = new PendingEntry[16 * ChunkSize];
    private int[] next = new int[16];
    private int chunkCount;
    private int freeChunk = -1;

    /// <summary>No entry is before it.</summary>
    private ulong position;

    /// <summary>How many entries there are, those with it whose slot is free again.</summary>
    public int Count { get; private set; }

    public void Add(PendingEntry entry)
    {
        var level = BitOperations.Log2(((ulong)entry.TimeNs ^ position) | 1) / Bits;
        var digit = (int)((ulong)entry.TimeNs >> (level * Bits)) & (Buckets - 1);
        ref var bucket = ref buckets[(level * Buckets) + digit];
        if (bucket.Count == 0)
        {
            bucket.First = bucket.Last = NewChunk();
            occupied[level] |= 1u << digit;
            occupiedLevels |= 1u << level;
        }
        else if (bucket.Count % ChunkSize == 0)
        {
            var chunk = NewChunk();
            next[bucket.Last] = chunk;
            bucket.Last = chunk;
        }

        entries[(bucket.Last * ChunkSize) + (bucket.Count++ % ChunkSize)] = entry;
        Count++;
    }

    /// <summary>Moves forward to the first bucket that has something, if it begins before a time.</summary>
    /// <param name="level">How wide it is: <see cref="WidthNs"/>.</param>
    /// <param name="startNs">When it begins.</param>
    public bool TryAdvance(long beforeNs, out int level, out ulong startNs)
    {
        level = BitOperations.TrailingZeroCount(occupiedLevels);
        startNs = 0;
        if (occupiedLevels == 0)
        {
            return false;
        }

        var digit = BitOperations.TrailingZeroCount(occupied[level]);
        var above = level == Levels - 1 ? 0 : ulong.MaxValue << ((level + 1) * Bits);
        startNs = (position & above) | ((ulong)digit << (level * Bits));
        if (startNs >= (ulong)beforeNs)
        {
            return false;
        }

        position = startNs;
        return true;
    }

    /// <summary>Moves to the begin of a bucket within the one where it is.</summary>
    public void MoveTo(ulong timeNs) => position = timeNs;

    /// <summary>How much time a bucket of a level spans.</summary>
    public static ulong WidthNs(int level) => 1UL << (level * Bits);

    /// <summary>The begin of the bucket of a level that a time falls into.</summary>
    public static ulong StartNs(long timeNs, int level) => (ulong)timeNs & (ulong.MaxValue << (level * Bits));

    /// <summary>How many entries the bucket has to which it has moved.</summary>
    public int CountAtPosition(int level) => BucketAtPosition(level).Count;

    /// <summary>Divides the bucket to which it has moved among those of lower levels.</summary>
    public void Spread(int level)
    {
        var taken = Detach(level);
        for (var (chunk, left) = (taken.First, taken.Count); left > 0; left -= ChunkSize)
        {
            // Whether they still count is not asked here: that would be a look at memory far away for each on each level.
            for (var (at, end) = (chunk * ChunkSize, (chunk * ChunkSize) + Math.Min(left, ChunkSize)); at < end; at++)
            {
                Add(entries[at]);
            }

            chunk = Free(chunk);
        }
    }

    /// <summary>Takes out the bucket to which it has moved. Returns how many of its entries, all at the begin of <paramref name="into"/>, still count.</summary>
    public int Take(int level, ref FrontEntry[] into)
    {
        var taken = Detach(level);
        if (into.Length < taken.Count)
        {
            into = new FrontEntry[Math.Max(2 * into.Length, taken.Count)];
        }

        var count = 0;
        for (var (chunk, left) = (taken.First, taken.Count); left > 0; left -= ChunkSize)
        {
            foreach (ref readonly var entry in entries.AsSpan(chunk * ChunkSize, Math.Min(left, ChunkSize)))
            {
                if (slots.Holds(entry.Slot, entry.Generation))
                {
                    // The first look at the event, of many at once: its memory is near when it is taken.
                    into[count++] = new FrontEntry(entry.TimeNs, slots[entry.Slot].Source, entry.Slot);
                }
            }

            chunk = Free(chunk);
        }

        return count;
    }

    /// <summary>The earliest time of all; <see cref="long.MaxValue"/> for none. Moves nothing.</summary>
    public long EarliestNs()
    {
        while (occupiedLevels != 0)
        {
            var level = BitOperations.TrailingZeroCount(occupiedLevels);
            var digit = BitOperations.TrailingZeroCount(occupied[level]);
            if (EarliestNs(buckets[(level * Buckets) + digit]) is { } earliest)
            {
                return earliest;
            }

            Empty(level, digit);
        }

        return long.MaxValue;
    }

    /// <summary>Leaves out all entries whose slot is free again.</summary>
    public void Purge()
    {
        for (var level = 0; level < Levels; level++)
        {
            for (var left = occupied[level]; left != 0; left &= left - 1)
            {
                var digit = BitOperations.TrailingZeroCount(left);
                AddHeld(Detach(level, digit));
            }
        }
    }

    private void AddHeld(Bucket taken)
    {
        for (var (chunk, left) = (taken.First, taken.Count); left > 0; left -= ChunkSize)
        {
            for (var (at, end) = (chunk * ChunkSize, (chunk * ChunkSize) + Math.Min(left, ChunkSize)); at < end; at++)
            {
                if (slots.Holds(entries[at].Slot, entries[at].Generation))
                {
                    Add(entries[at]);
                }
            }

            chunk = Free(chunk);
        }
    }

    private long? EarliestNs(Bucket bucket)
    {
        var earliest = default(long?);
        for (var (chunk, left) = (bucket.First, bucket.Count); left > 0; left -= ChunkSize)
        {
            foreach (ref readonly var entry in entries.AsSpan(chunk * ChunkSize, Math.Min(left, ChunkSize)))
            {
                if (slots.Holds(entry.Slot, entry.Generation) && !(earliest <= entry.TimeNs))
                {
                    earliest = entry.TimeNs;
                }
            }

            chunk = next[chunk];
        }

        return earliest;
    }

    private ref Bucket BucketAtPosition(int level) => ref buckets[(level * Buckets) + DigitOfPosition(level)];

    private int DigitOfPosition(int level) => (int)(position >> (level * Bits)) & (Buckets - 1);

    private void Empty(int level, int digit)
    {
        var taken = Detach(level, digit);
        for (var (chunk, left) = (taken.First, taken.Count); left > 0; left -= ChunkSize)
        {
            chunk = Free(chunk);
        }
    }

    private Bucket Detach(int level) => Detach(level, DigitOfPosition(level));

    private Bucket Detach(int level, int digit)
    {
        ref var bucket = ref buckets[(level * Buckets) + digit];
        var taken = bucket;
        bucket = default;
        occupied[level] &= ~(1u << digit);
        if (occupied[level] == 0)
        {
            occupiedLevels &= ~(1u << level);
        }

        Count -= taken.Count;
        return taken;
    }

    private int NewChunk()
    {
        if (freeChunk >= 0)
        {
            var chunk = freeChunk;
            freeChunk = next[chunk];
            return chunk;
        }

        if (chunkCount == next.Length)
        {
            Array.Resize(ref next, 2 * chunkCount);
            Array.Resize(ref entries, entries.Length * 2);
        }

        return chunkCount++;
    }

    /// <summary>Returns the chunk that followed it; its entries stay readable until a new one is needed.</summary>
    private int Free(int chunk)
    {
        var following = next[chunk];
        next[chunk] = freeChunk;
        freeChunk = chunk;
        return following;
    }

    private struct Bucket
    {
        public int First;
        public int Last;
        public int Count;
    }
}
