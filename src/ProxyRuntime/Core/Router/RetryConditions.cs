namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the policy says of an outcome, before counts and limits.</summary>
internal enum RetryDecision : byte
{
    NoRetry,
    RetryWithBackoff,
    RetryImmediately,
}

/// <summary>Whether an outcome is of a kind the retry policy covers. Pure: counts and limits are <see cref="RetryState"/>'s.</summary>
internal static class RetryConditions
{
    private const int TooEarly = 425;

    private const RetryOn AnyGrpc =
        RetryOn.GrpcCancelled | RetryOn.GrpcDeadlineExceeded | RetryOn.GrpcResourceExhausted | RetryOn.GrpcInternal | RetryOn.GrpcUnavailable;

    /// <summary>Judges response headers. x-envoy-ratelimited forbids every retry unless envoy-ratelimited is set.</summary>
    public static RetryDecision OnHeaders(in RetryRules rules, HeaderMap request, HeaderMap response)
    {
        if (response.Contains(HeaderName.XEnvoyRateLimited))
        {
            return Has(rules, RetryOn.EnvoyRateLimited) ? RetryDecision.RetryWithBackoff : RetryDecision.NoRetry;
        }

        var status = response.StatusCode();
        if (
            (Has(rules, RetryOn.FiveXx) && status is >= 500 and <= 599)
            || (Has(rules, RetryOn.GatewayError) && status is (502 or 503 or 504))
            || (Has(rules, RetryOn.Retriable4xx) && status == 409)
        )
        {
            return RetryDecision.RetryWithBackoff;
        }

        if (Has(rules, RetryOn.RetriableStatusCodes) && rules.HasStatus(status))
        {
            if (status != TooEarly)
            {
                return RetryDecision.RetryWithBackoff;
            }

            if (!request.Contains(HeaderName.EarlyData))
            {
                return RetryDecision.RetryImmediately;
            }
        }

        var again = (Has(rules, RetryOn.RetriableHeaders) && rules.HasHeader(response)) || OnGrpcStatus(rules, response);
        return again ? RetryDecision.RetryWithBackoff : RetryDecision.NoRetry;
    }

    /// <summary>Judges the end of an attempt without a response. A breaker's overflow is never retried.</summary>
    /// <param name="requestSent">Some attempt has sent bytes of the request.</param>
    public static RetryDecision OnReset(in RetryRules rules, ResetReason reason, bool requestSent)
    {
        if (reason == ResetReason.Overflow)
        {
            return RetryDecision.NoRetry;
        }

        var again =
            (Has(rules, RetryOn.ConnectFailure) && ResetReasons.IsConnectFailure(reason))
            || (Has(rules, RetryOn.ResetBeforeRequest) && !requestSent)
            || Has(rules, RetryOn.Reset | RetryOn.FiveXx | RetryOn.GatewayError)
            || (Has(rules, RetryOn.RefusedStream) && reason == ResetReason.RemoteRefusedStreamReset);
        return again ? RetryDecision.RetryWithBackoff : RetryDecision.NoRetry;
    }

    /// <summary>Only a status in the headers counts: a response without body. One in trailers never retries.</summary>
    private static bool OnGrpcStatus(in RetryRules rules, HeaderMap response)
    {
        if (!Has(rules, AnyGrpc))
        {
            return false;
        }

        var bit = GrpcMessages.Status(response) switch
        {
            1 => RetryOn.GrpcCancelled,
            4 => RetryOn.GrpcDeadlineExceeded,
            8 => RetryOn.GrpcResourceExhausted,
            13 => RetryOn.GrpcInternal,
            14 => RetryOn.GrpcUnavailable,
            _ => RetryOn.None,
        };
        return Has(rules, bit);
    }

    /// <summary>True if any of these conditions is set.</summary>
    private static bool Has(in RetryRules rules, RetryOn bits) => (rules.On & bits) != RetryOn.None;
}
