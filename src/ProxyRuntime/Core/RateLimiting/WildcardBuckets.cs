namespace MeshSim.ProxyRuntime.Core;

/// <summary>The buckets of a descriptor with wildcards: one for each combination of values, of which the least recently used gives way.</summary>
/// <remarks>
/// Shared by all workers without a lock: the table is immutable and swapped whole when a combination is new. In a race of two workers
/// one begins anew from the other's table.
/// </remarks>
internal sealed class WildcardBuckets(LocalRateLimitDescriptor descriptor, uint capacity)
{
    private readonly byte[] pattern = RateLimitDescriptors.BytesOf(descriptor.Entries);
    private BucketTable table = BucketTable.Empty;
    private long uses;

    /// <summary>The same keys in the same order, and the same values where the configuration has one.</summary>
    public bool Matches(ReadOnlySpan<byte> request)
    {
        var ours = new ProtoReader(pattern);
        var theirs = new ProtoReader(request);
        while (RateLimitDescriptors.TryReadEntry(ref ours, out var key, out var value))
        {
            if (
                !RateLimitDescriptors.TryReadEntry(ref theirs, out var requestKey, out var requestValue)
                || !key.SequenceEqual(requestKey)
                || !(value.IsEmpty || value.SequenceEqual(requestValue))
            )
            {
                return false;
            }
        }

        return !RateLimitDescriptors.TryReadEntry(ref theirs, out _, out _);
    }

    /// <summary>The bucket of a request that matches, made if need be.</summary>
    public DescriptorBucket Get(ReadOnlySpan<byte> request, ulong hash)
    {
        var use = Interlocked.Increment(ref uses);
        DescriptorBucket? made = null;
        while (true)
        {
            var seen = Volatile.Read(ref table);
            if (seen.Find(request, hash) is { } known)
            {
                known.LastUse = use;
                return known;
            }

            made ??= new DescriptorBucket(request.ToArray(), new TokenBucket(descriptor.Bucket), descriptor.ShadowMode) { LastUse = use };
            if (ReferenceEquals(Interlocked.CompareExchange(ref table, With(seen, made), seen), seen))
            {
                return made;
            }
        }
    }

    private BucketTable With(BucketTable former, DescriptorBucket made)
    {
        if (former.Buckets.Length < capacity)
        {
            return new BucketTable([.. former.Buckets, made]);
        }

        var buckets = (DescriptorBucket[])former.Buckets.Clone();
        var oldest = 0;
        for (var i = 1; i < buckets.Length; i++)
        {
            oldest = buckets[i].LastUse < buckets[oldest].LastUse ? i : oldest;
        }

        buckets[oldest] = made;
        return new BucketTable(buckets);
    }
}
