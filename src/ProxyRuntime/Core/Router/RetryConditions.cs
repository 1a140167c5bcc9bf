using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Whether an outcome is of a kind the retry policy covers. Pure: counts and limits are <see cref="RetryState"/>'s.</summary>
internal static class RetryConditions
{
    /// <summary>Judges response headers. x-envoy-ratelimited forbids every retry unless envoy-ratelimited is set.</summary>
    public static bool OnHeaders(RetryPolicySnapshot policy, HeaderMap response)
    {
        if (response.Contains(HeaderName.XEnvoyRateLimited))
        {
            return Has(policy, RetryOn.EnvoyRateLimited);
        }

        var status = response.StatusCode();
        return (Has(policy, RetryOn.FiveXx) && status is >= 500 and <= 599)
            || (Has(policy, RetryOn.GatewayError) && status is (502 or 503 or 504))
            || (Has(policy, RetryOn.Retriable4xx) && status == 409)
            || (Has(policy, RetryOn.RetriableStatusCodes) && policy.RetriableStatusCodes.Contains(status))
            || OnGrpcStatus(policy, response);
    }

    /// <summary>Judges the end of an attempt without a response. A breaker's overflow is never retried.</summary>
    /// <param name="requestSent">Some attempt has sent bytes of the request.</param>
    public static bool OnReset(RetryPolicySnapshot policy, ResetReason reason, bool requestSent)
    {
        if (reason == ResetReason.Overflow)
        {
            return false;
        }

        return (Has(policy, RetryOn.ResetBeforeRequest) && !requestSent)
            || Has(policy, RetryOn.Reset)
            || Has(policy, RetryOn.FiveXx)
            || Has(policy, RetryOn.GatewayError)
            || (Has(policy, RetryOn.ConnectFailure) && ResetReasons.IsConnectFailure(reason))
            || (Has(policy, RetryOn.RefusedStream) && reason == ResetReason.RemoteRefusedStreamReset);
    }

    /// <summary>Only a status in the headers counts: a response without body. One in trailers never retries.</summary>
    private static bool OnGrpcStatus(RetryPolicySnapshot policy, HeaderMap response)
    {
        const RetryOn grpc =
            RetryOn.GrpcCancelled | RetryOn.GrpcDeadlineExceeded | RetryOn.GrpcResourceExhausted | RetryOn.GrpcInternal | RetryOn.GrpcUnavailable;
        if (!Has(policy, grpc) || !Utf8Parser.TryParse(response.Get(HeaderName.GrpcStatus), out int status, out _))
        {
            return false;
        }

        var bit = status switch
        {
            1 => RetryOn.GrpcCancelled,
            4 => RetryOn.GrpcDeadlineExceeded,
            8 => RetryOn.GrpcResourceExhausted,
            13 => RetryOn.GrpcInternal,
            14 => RetryOn.GrpcUnavailable,
            _ => RetryOn.None,
        };
        return Has(policy, bit);
    }

    private static bool Has(RetryPolicySnapshot policy, RetryOn bits) => (policy.RetryOn & bits) != RetryOn.None;
}
