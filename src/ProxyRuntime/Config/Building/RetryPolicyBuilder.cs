using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Retry.Host.OmitHostMetadata.V3;
using Envoy.Extensions.Retry.Priority.PreviousPriorities.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;
using CoreRetryPolicy = Envoy.Config.Core.V3.RetryPolicy;
using OmitCanaryMessage = Envoy.Extensions.Retry.Host.OmitCanaryHosts.V3.OmitCanaryHostsPredicate;
using PreviousHostsMessage = Envoy.Extensions.Retry.Host.PreviousHosts.V3.PreviousHostsPredicate;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Retry policies of routes, and of requests that the proxy makes itself.</summary>
internal sealed class RetryPolicyBuilder(BuildContext context)
{
    /// <summary>On what the proxy repeats HTTP requests of its own: 5xx, gateway-error, connect-failure, reset.</summary>
    public const RetryOn OwnRequests = RetryOn.FiveXx | RetryOn.GatewayError | RetryOn.ConnectFailure | RetryOn.Reset;

    private const long CoreBaseIntervalMs = 1000;

    private readonly MatcherBuilder matchers = new(context);

    public RetryPolicySnapshot? Build(RetryPolicy? policy)
    {
        if (policy is null)
        {
            return null;
        }

        context.NotSupported(policy, ["retry_options_predicates"], "retry_on and the other fields of a retry policy");
        var (baseMs, maxMs) = BackOff(policy.RetryBackOff);
        return new RetryPolicySnapshot
        {
            RetryOn = Conditions(policy, policy.RetryOn),
            NumRetries = policy.NumRetries ?? RetryPolicySnapshot.DefaultNumRetries,
            PerTryTimeoutNs = BuildContext.MillisecondsNs(policy.PerTryTimeout, 0),
            PerTryIdleTimeoutNs = BuildContext.MillisecondsNs(policy.PerTryIdleTimeout, 0),
            BaseIntervalMs = baseMs,
            MaxIntervalMs = maxMs,
            RetriableStatusCodes = [.. policy.RetriableStatusCodes.Select(static code => (int)code)],
            RetriableHeaders = [.. policy.RetriableHeaders.Select(matchers.Header).OfType<Core.HeaderMatcher>()],
            RetriableRequestHeaders = [.. policy.RetriableRequestHeaders.Select(matchers.Header).OfType<Core.HeaderMatcher>()],
            ResetHeaders = ResetHeaders(policy.RateLimitedRetryBackOff),
            ResetMaxIntervalMs = policy.RateLimitedRetryBackOff?.MaxInterval is { } resetMax
                ? Milliseconds(resetMax)
                : RetryPolicySnapshot.DefaultResetMaxIntervalMs,
            HostPredicates = [.. policy.RetryHostPredicate.Select(each => HostPredicate(each, each.Name, each.TypedConfig)).OfType<RetryHostPredicate>()],
            HostSelectionMaxAttempts = HostSelectionAttempts(policy.HostSelectionRetryMaxAttempts),
            PriorityUpdateFrequency = PriorityUpdateFrequency(policy.RetryPriority, policy.RetryPriority?.Name, policy.RetryPriority?.TypedConfig),
        };
    }

    /// <summary>
    /// The policy of requests that the proxy makes itself. Envoy waits a second at first where it says nothing, and allows an attempt
    /// as long as the longest wait between two.
    /// </summary>
    /// <param name="retryOn">On what, whatever the policy says; null: what it says.</param>
    public RetryPolicySnapshot? Build(CoreRetryPolicy? policy, RetryOn? retryOn)
    {
        if (policy is null)
        {
            return null;
        }

        var baseMs = policy.RetryBackOff?.BaseInterval is { } baseInterval ? Milliseconds(baseInterval) : CoreBaseIntervalMs;
        var maxMs = policy.RetryBackOff?.MaxInterval is { } maxInterval ? Milliseconds(maxInterval) : 10 * baseMs;
        return new RetryPolicySnapshot
        {
            RetryOn = retryOn ?? Conditions(policy, policy.RetryOn),
            NumRetries = policy.NumRetries ?? RetryPolicySnapshot.DefaultNumRetries,
            PerTryTimeoutNs = maxMs * MonotonicTime.NanosecondsPerMillisecond,
            BaseIntervalMs = baseMs,
            MaxIntervalMs = maxMs,
            HostPredicates = [.. policy.RetryHostPredicate.Select(each => HostPredicate(each, each.Name, each.TypedConfig)).OfType<RetryHostPredicate>()],
            HostSelectionMaxAttempts = HostSelectionAttempts(policy.HostSelectionRetryMaxAttempts),
            PriorityUpdateFrequency = PriorityUpdateFrequency(policy.RetryPriority, policy.RetryPriority?.Name, policy.RetryPriority?.TypedConfig),
        };
    }

    private RetryOn Conditions(IMessage policy, string text)
    {
        var retryOn = RetryOnTokens.Parse(text, out var unknown);
        if (unknown.Count > 0)
        {
            context.Map.Warn(
                policy,
                "retry_on",
                $"unknown conditions are ignored, as Envoy does: {string.Join(", ", unknown)}{NearestWord.Suggest(unknown[0], RetryOnTokens.Known)}"
            );
        }

        return retryOn;
    }

    private static (long? BaseMs, long? MaxMs) BackOff(RetryPolicy.Types.RetryBackOff? backOff) =>
        backOff?.BaseInterval is { } baseInterval
            ? (Milliseconds(baseInterval), backOff.MaxInterval is { } maxInterval ? Milliseconds(maxInterval) : null)
            : (null, null);

    private static ImmutableArray<ResetHeader> ResetHeaders(RetryPolicy.Types.RateLimitedRetryBackOff? backOff) =>
        [
            .. (backOff?.ResetHeaders ?? [])
                .Where(static header => header.Name.Length > 0)
                .Select(static header => new ResetHeader(HeaderName.Of(header.Name), header.Format == RetryPolicy.Types.ResetHeaderFormat.UnixTimestamp)),
        ];

    private RetryHostPredicate? HostPredicate(IMessage predicate, string name, Any? typedConfig) =>
        context.Extension(
            predicate,
            name,
            typedConfig,
            "envoy.extensions.retry.host.",
            PreviousHostsMessage.Descriptor,
            OmitCanaryMessage.Descriptor,
            OmitHostMetadataConfig.Descriptor
        ) switch
        {
            PreviousHostsMessage => new PreviousHostsPredicate(),
            OmitCanaryMessage => new OmitCanaryHostsPredicate(),
            OmitHostMetadataConfig omit => new OmitHostMetadataPredicate(MetadataBuilder.LoadBalancing(omit.MetadataMatch) ?? MetadataValue.EmptyStruct),
            _ => null,
        };

    private int PriorityUpdateFrequency(IMessage? priority, string? name, Any? typedConfig)
    {
        if (priority is null || name is not { Length: > 0 })
        {
            return 0;
        }

        const string Category = "envoy.extensions.retry.priority.";
        return context.Extension(priority, name, typedConfig, Category, PreviousPrioritiesConfig.Descriptor) is PreviousPrioritiesConfig previous
            ? Math.Max(1, previous.UpdateFrequency)
            : 0;
    }

    private static int HostSelectionAttempts(long attempts) => attempts == 0 ? 1 : (int)Math.Clamp(attempts, 0, int.MaxValue);

    /// <summary>Whole milliseconds, at least one.</summary>
    private static long Milliseconds(Duration duration) => Math.Max(1, BuildContext.MillisecondsNs(duration, 0) / MonotonicTime.NanosecondsPerMillisecond);
}
