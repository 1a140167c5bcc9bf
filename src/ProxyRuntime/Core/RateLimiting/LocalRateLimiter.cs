using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The buckets of one local rate limit: those of descriptors, and one for everything. Shared by all workers, or of one connection.</summary>
internal sealed class LocalRateLimiter
{
    private readonly TokenBucket? defaultBucket;
    private readonly bool alwaysConsumeDefault;
    private readonly BucketTable exact;
    private readonly WildcardBuckets[] wildcards;

    /// <param name="bucket">token_bucket; null: what matches no descriptor is not limited.</param>
    /// <param name="alwaysConsumeDefault">always_consume_default_token_bucket: it counts beside the descriptors' buckets.</param>
    /// <param name="maxDynamicDescriptors">max_dynamic_descriptors: how many combinations of values a descriptor with wildcards has buckets for.</param>
    public LocalRateLimiter(
        TokenBucketSnapshot? bucket,
        ImmutableArray<LocalRateLimitDescriptor> descriptors,
        bool alwaysConsumeDefault,
        uint maxDynamicDescriptors
    )
    {
        defaultBucket = bucket is null ? null : new TokenBucket(bucket);
        this.alwaysConsumeDefault = alwaysConsumeDefault;
        exact = new BucketTable([.. descriptors.Where(static descriptor => !descriptor.HasWildcard).Select(BucketOf)]);
        wildcards =
        [
            .. descriptors.Where(static descriptor => descriptor.HasWildcard).Select(descriptor => new WildcardBuckets(descriptor, maxDynamicDescriptors)),
        ];
    }

    /// <summary>Takes tokens from every bucket that the request's descriptors match, the slowest first, until one is empty; then from the default one.</summary>
    /// <param name="share">Which part of the limits is this proxy's.</param>
    /// <param name="matches">Memory for what matches; its content is of no meaning.</param>
    public LocalRateLimitResult Take(RateLimitDescriptors descriptors, double share, MonotonicTime now, List<BucketMatch> matches)
    {
        FindBuckets(descriptors, matches);
        BucketMatch? shadowed = null;
        foreach (var match in matches)
        {
            if (match.Bucket!.TryTake(match.Hits, share, now))
            {
                continue;
            }

            if (!match.IsShadow)
            {
                return new LocalRateLimitResult(LocalRateLimitVerdict.Limited, match.Bucket, match.XRateLimit);
            }

            shadowed ??= match;
        }

        var context = matches.Count > 0 ? matches[0] : new BucketMatch(defaultBucket, 1, IsShadow: false, XRateLimitOption.Unspecified);
        if ((matches.Count == 0 || alwaysConsumeDefault) && defaultBucket?.TryTake(1, share, now) == false)
        {
            return new LocalRateLimitResult(LocalRateLimitVerdict.Limited, defaultBucket, XRateLimitOption.Unspecified);
        }

        return shadowed is { } shadow
            ? new LocalRateLimitResult(LocalRateLimitVerdict.Shadow, shadow.Bucket, shadow.XRateLimit)
            : new LocalRateLimitResult(LocalRateLimitVerdict.Allowed, context.Bucket, context.XRateLimit);
    }

    private static DescriptorBucket BucketOf(LocalRateLimitDescriptor descriptor) =>
        new(RateLimitDescriptors.BytesOf(descriptor.Entries), new TokenBucket(descriptor.Bucket), descriptor.ShadowMode);

    private void FindBuckets(RateLimitDescriptors descriptors, List<BucketMatch> matches)
    {
        matches.Clear();
        for (var i = 0; i < descriptors.Count; i++)
        {
            var bytes = descriptors.Bytes(i);
            if (BucketFor(bytes, XxHash64.Of(bytes)) is not { } found)
            {
                continue;
            }

            // In order of fill rates; equal ones stay in the order of the descriptors.
            var item = descriptors[i];
            var place = matches.Count;
            while (place > 0 && matches[place - 1].Bucket!.FillRate > found.Bucket.FillRate)
            {
                place--;
            }

            matches.Insert(place, new BucketMatch(found.Bucket, item.Hits ?? 1, found.IsShadow, item.XRateLimit));
        }
    }

    private DescriptorBucket? BucketFor(ReadOnlySpan<byte> descriptor, ulong hash)
    {
        if (exact.Find(descriptor, hash) is { } known)
        {
            return known;
        }

        foreach (var wildcard in wildcards)
        {
            if (wildcard.Matches(descriptor))
            {
                return wildcard.Get(descriptor, hash);
            }
        }

        return null;
    }
}

/// <summary>A bucket that a request has to take from.</summary>
/// <param name="Hits">How many tokens.</param>
internal readonly record struct BucketMatch(TokenBucket? Bucket, ulong Hits, bool IsShadow, XRateLimitOption XRateLimit);

/// <summary>What a <see cref="LocalRateLimiter"/> says of a request.</summary>
/// <param name="Bucket">The bucket that x-ratelimit headers tell of; null for none.</param>
/// <param name="XRateLimit">What the descriptor of that bucket says of those headers.</param>
internal readonly record struct LocalRateLimitResult(LocalRateLimitVerdict Verdict, TokenBucket? Bucket, XRateLimitOption XRateLimit);

internal enum LocalRateLimitVerdict : byte
{
    Allowed,

    /// <summary>A bucket is empty.</summary>
    Limited,

    /// <summary>Only buckets in shadow mode are empty: the request passes.</summary>
    Shadow,
}
