using Envoy.Config.Route.V3;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Retry policies.</summary>
internal sealed class RetryPolicyBuilder(BuildContext context)
{
    public RetryPolicySnapshot? Build(RetryPolicy? policy)
    {
        if (policy is null)
        {
            return null;
        }

        context.NotSupported(
            policy,
            [
                "per_try_idle_timeout",
                "rate_limited_retry_back_off",
                "retriable_headers",
                "retriable_request_headers",
                "retry_host_predicate",
                "retry_priority",
                "retry_options_predicates",
            ],
            "retry_on, num_retries, per_try_timeout, retry_back_off, retriable_status_codes"
        );

        var retryOn = RetryOnTokens.Parse(policy.RetryOn, out var unknown);
        if (unknown.Count > 0)
        {
            context.Map.Warn(
                policy,
                "retry_on",
                $"unknown conditions are ignored, as Envoy does: {string.Join(", ", unknown)}{NearestWord.Suggest(unknown[0], RetryOnTokens.Known)}"
            );
        }

        var (baseMs, maxMs) = BackOff(policy);
        return new RetryPolicySnapshot
        {
            RetryOn = retryOn,
            NumRetries = policy.NumRetries ?? RetryPolicySnapshot.DefaultNumRetries,
            PerTryTimeoutNs = BuildContext.Nanoseconds(policy.PerTryTimeout, 0),
            BaseIntervalMs = baseMs,
            MaxIntervalMs = maxMs,
            RetriableStatusCodes = [.. policy.RetriableStatusCodes.Select(static code => (int)code)],
        };
    }

    private static (long BaseMs, long MaxMs) BackOff(RetryPolicy policy)
    {
        if (policy.RetryBackOff is not { BaseInterval: { } baseInterval } backOff)
        {
            return (RetryPolicySnapshot.DefaultBaseIntervalMs, 10 * RetryPolicySnapshot.DefaultBaseIntervalMs);
        }

        var baseMs = Milliseconds(baseInterval);
        if (backOff.MaxInterval is not { } maxInterval)
        {
            return (baseMs, 10 * baseMs);
        }

        var maxMs = Milliseconds(maxInterval);
        return (baseMs, Math.Max(baseMs, maxMs));
    }

    /// <summary>Whole milliseconds, rounded up, at least one.</summary>
    private static long Milliseconds(Duration duration) => Math.Max(1, (duration.Seconds * 1000) + ((duration.Nanos + 999_999) / 1_000_000));
}
