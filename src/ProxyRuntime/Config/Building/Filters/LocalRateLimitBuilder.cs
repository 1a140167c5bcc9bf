using System.Collections.Immutable;
using Envoy.Extensions.Common.Ratelimit.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using MeshSim.ProxyRuntime.Core;
using BucketMessage = Envoy.Type.V3.TokenBucket;
using DescriptorMessage = Envoy.Extensions.Common.Ratelimit.V3.LocalRateLimitDescriptor;
using LocalRateLimitDescriptor = MeshSim.ProxyRuntime.Core.LocalRateLimitDescriptor;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.local_ratelimit, of a filter and of single routes.</summary>
internal sealed class LocalRateLimitBuilder(BuildContext context)
{
    public LocalRateLimitSettings Build(LocalRateLimit message)
    {
        var headers = new HeaderMutationBuilder(context);
        return new LocalRateLimitSettings
        {
            StatPrefix = message.StatPrefix,
            Status = (int?)message.Status?.Code is >= 400 and var code ? code : LocalRateLimitSettings.DefaultStatus,
            TokenBucket = Bucket(message.TokenBucket),
            FilterEnabled = MatcherBuilder.Fraction(message.FilterEnabled) ?? RuntimeFraction.Never,
            FilterEnforced = MatcherBuilder.Fraction(message.FilterEnforced) ?? RuntimeFraction.Never,
            RequestHeadersWhenNotEnforced = headers.Build(message.RequestHeadersToAddWhenNotEnforced, []),
            ResponseHeaders = headers.Build(message.ResponseHeadersToAdd, []),
            Descriptors = Descriptors(message),
            RateLimits = new RateLimitBuilder(context).BuildEmbedded(message.RateLimits),
            Stage = message.Stage,
            VhRateLimits = (VhRateLimits)(int)message.VhRateLimits,
            PerConnection = message.LocalRateLimitPerDownstreamConnection,
            LocalCluster = LocalCluster(message),
            EnableXRateLimitHeaders = message.EnableXRatelimitHeaders == XRateLimitHeadersRFCVersion.DraftVersion03,
            AlwaysConsumeDefaultTokenBucket = message.AlwaysConsumeDefaultTokenBucket ?? true,
            RateLimitedAsResourceExhausted = message.RateLimitedAsResourceExhausted,
            MaxDynamicDescriptors = message.MaxDynamicDescriptors ?? LocalRateLimitSettings.DefaultMaxDynamicDescriptors,
        };
    }

    /// <summary>A route without a bucket would limit nothing, which Envoy takes for a mistake.</summary>
    public LocalRateLimitSettings BuildPerRoute(LocalRateLimit message)
    {
        if (message.TokenBucket is null)
        {
            context.Map.Problem(message, "token_bucket", "local rate limit token bucket must be set for per filter configs");
        }

        return Build(message);
    }

    /// <summary>The bucket; null, as in Envoy, if it is never filled because its fill_interval has no whole millisecond.</summary>
    private static TokenBucketSnapshot? Bucket(BucketMessage? message) =>
        BuildContext.MillisecondsNs(message?.FillInterval, 0) is > 0 and var interval
            ? new TokenBucketSnapshot(message!.MaxTokens, message.TokensPerFill ?? 1, interval)
            : null;

    private ImmutableArray<LocalRateLimitDescriptor> Descriptors(LocalRateLimit message)
    {
        var built = ImmutableArray.CreateBuilder<LocalRateLimitDescriptor>(message.Descriptors.Count);
        HashSet<DescriptorMessage> seen = [];
        for (var i = 0; i < message.Descriptors.Count; i++)
        {
            var descriptor = message.Descriptors[i];
            if (!seen.Add(new DescriptorMessage { Entries = { descriptor.Entries } }))
            {
                var entries = string.Join(", ", descriptor.Entries.Select(static entry => $"{entry.Key}={entry.Value}"));
                context.Map.Problem(message, "descriptors", i, $"duplicate descriptor in the local rate descriptor: {entries}");
            }

            if (Bucket(descriptor.TokenBucket) is { } bucket)
            {
                built.Add(
                    new LocalRateLimitDescriptor([.. descriptor.Entries.Select(static entry => (entry.Key, entry.Value))], bucket, descriptor.ShadowMode)
                );
            }
        }

        return built.ToImmutable();
    }

    /// <summary>The cluster of the proxy itself, among whose members the limit is shared; empty if it is not.</summary>
    private string LocalCluster(LocalRateLimit message)
    {
        if (message.LocalClusterRateLimit is null)
        {
            return "";
        }

        if (message.LocalRateLimitPerDownstreamConnection)
        {
            context.Map.Problem(
                message,
                "local_cluster_rate_limit",
                "local_cluster_rate_limit is set and local_rate_limit_per_downstream_connection is set to true"
            );
        }
        else if (context.LocalCluster.Length == 0)
        {
            context.Map.Problem(
                message,
                "local_cluster_rate_limit",
                "local_cluster_rate_limit is set but no local cluster name is present; accepted with cluster_manager.local_cluster_name"
            );
        }

        return context.LocalCluster;
    }
}
