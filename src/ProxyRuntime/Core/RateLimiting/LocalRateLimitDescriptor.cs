using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>extensions.common.ratelimit.v3.LocalRateLimitDescriptor: a bucket for the requests whose descriptor has just these entries.</summary>
/// <param name="Entries">entries in order. An empty value stands for any, and each combination of values gets a bucket of its own.</param>
/// <param name="Bucket">token_bucket.</param>
/// <param name="ShadowMode">shadow_mode: an empty bucket is counted, the request passes. Default false.</param>
public sealed record LocalRateLimitDescriptor(ImmutableArray<(string Key, string Value)> Entries, TokenBucketSnapshot Bucket, bool ShadowMode = false)
{
    /// <summary>An entry has an empty value.</summary>
    public bool HasWildcard => Entries.Any(static entry => entry.Value.Length == 0);
}
