namespace MeshSim.ProxyRuntime.Core;

/// <summary>The bucket that belongs to a descriptor.</summary>
/// <param name="key">The bytes of the descriptor's entries.</param>
/// <param name="bucket">What the request has to take from.</param>
/// <param name="isShadow">An empty bucket is only counted.</param>
internal sealed class DescriptorBucket(byte[] key, TokenBucket bucket, bool isShadow)
{
    private long lastUse;

    public ReadOnlySpan<byte> Key => key;

    public ulong Hash { get; } = XxHash64.Of(key);

    public TokenBucket Bucket => bucket;

    public bool IsShadow => isShadow;

    /// <summary>When it was last asked for, by a count of askings.</summary>
    public long LastUse
    {
        get => Volatile.Read(ref lastUse);
        set => Volatile.Write(ref lastUse, value);
    }
}

/// <summary>Buckets by descriptor. Immutable, so that all workers may read it.</summary>
internal sealed class BucketTable
{
    public static readonly BucketTable Empty = new([]);

    private readonly DescriptorBucket?[] slots;

    public BucketTable(DescriptorBucket[] buckets)
    {
        Buckets = buckets;
        slots = new DescriptorBucket?[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * buckets.Length) + 1)];
        foreach (var bucket in buckets)
        {
            slots[FreeSlot(bucket.Hash)] = bucket;
        }
    }

    public DescriptorBucket[] Buckets { get; }

    public DescriptorBucket? Find(ReadOnlySpan<byte> key, ulong hash)
    {
        for (var i = (int)(hash & (ulong)(slots.Length - 1)); slots[i] is { } candidate; i = (i + 1) & (slots.Length - 1))
        {
            if (candidate.Hash == hash && candidate.Key.SequenceEqual(key))
            {
                return candidate;
            }
        }

        return null;
    }

    private int FreeSlot(ulong hash)
    {
        var i = (int)(hash & (ulong)(slots.Length - 1));
        while (slots[i] is not null)
        {
            i = (i + 1) & (slots.Length - 1);
        }

        return i;
    }
}
