using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What one request is retried on: its policy, and what its own headers add.</summary>
/// <param name="Policy">The policy of the route.</param>
/// <param name="On">Its conditions, with those of x-envoy-retry-on and x-envoy-retry-grpc-on.</param>
/// <param name="Limit">num_retries, or x-envoy-max-retries.</param>
/// <param name="ExtraStatusCodes">x-envoy-retriable-status-codes; null for none.</param>
/// <param name="ExtraHeaders">x-envoy-retriable-header-names; null for none.</param>
internal readonly record struct RetryRules(RetryPolicySnapshot Policy, RetryOn On, uint Limit, List<int>? ExtraStatusCodes, List<HeaderName>? ExtraHeaders)
{
    /// <summary>
    /// Reads the headers by which a request steers its retries; null if neither it nor the policy asks for any. Conditions add up;
    /// x-envoy-max-retries replaces the policy's number. Where retriable_request_headers are given and none fits, nothing is retried.
    /// </summary>
    public static RetryRules? Of(RetryPolicySnapshot? policy, HeaderMap request)
    {
        var asks = request.Contains(HeaderName.XEnvoyRetryOn) || request.Contains(HeaderName.XEnvoyRetryGrpcOn);
        if (!asks && policy is not { RetryOn: not RetryOn.None })
        {
            return null;
        }

        policy ??= RetryPolicySnapshot.None;
        var on =
            policy.RetryOn
            | RetryOnTokens.ParseHeader(request.Get(HeaderName.XEnvoyRetryOn), grpc: false, out _)
            | RetryOnTokens.ParseHeader(request.Get(HeaderName.XEnvoyRetryGrpcOn), grpc: true, out _);
        if (!policy.RetriableRequestHeaders.IsEmpty && !AnyFits(policy, request))
        {
            on = RetryOn.None;
        }

        var limit = policy.NumRetries;
        var max = request.Get(HeaderName.XEnvoyMaxRetries);
        if (on != RetryOn.None && Utf8Parser.TryParse(max, out uint asked, out var used) && used == max.Length)
        {
            limit = asked;
        }

        return new RetryRules(policy, on, limit, StatusCodes(request), HeaderNames(request));
    }

    /// <summary>Takes the headers that steer retries away, so that they do not travel on.</summary>
    public static void RemoveHeaders(HeaderMap request)
    {
        _ = request.Remove(HeaderName.XEnvoyRetryOn);
        _ = request.Remove(HeaderName.XEnvoyRetryGrpcOn);
        _ = request.Remove(HeaderName.XEnvoyMaxRetries);
        _ = request.Remove(HeaderName.XEnvoyHedgeOnPerTryTimeout);
        _ = request.Remove(HeaderName.XEnvoyRetriableHeaderNames);
        _ = request.Remove(HeaderName.XEnvoyRetriableStatusCodes);
        _ = request.Remove(HeaderName.XEnvoyUpstreamRqPerTryTimeoutMs);
    }

    /// <summary>What the first back-off is below, and what every one is, in milliseconds.</summary>
    public (long BaseMs, long MaxMs) BackOffMs(RuntimeSnapshot runtime)
    {
        var baseMs = Policy.BaseIntervalMs ?? Math.Max(1, (long)runtime.Integer("upstream.base_retry_backoff_ms", RetryPolicySnapshot.DefaultBaseIntervalMs));
        return (baseMs, Policy.MaxIntervalMs ?? 10 * baseMs);
    }

    public bool HasStatus(int status) => Policy.RetriableStatusCodes.Contains(status) || ExtraStatusCodes?.Contains(status) == true;

    public bool HasHeader(HeaderMap response)
    {
        foreach (var header in Policy.RetriableHeaders)
        {
            if (header.Matches(response))
            {
                return true;
            }
        }

        foreach (var name in ExtraHeaders ?? [])
        {
            if (response.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyFits(RetryPolicySnapshot policy, HeaderMap request)
    {
        foreach (var header in policy.RetriableRequestHeaders)
        {
            if (header.Matches(request))
            {
                return true;
            }
        }

        return false;
    }

    private static List<int>? StatusCodes(HeaderMap request)
    {
        if (!request.TryGet(HeaderName.XEnvoyRetriableStatusCodes, out var list))
        {
            return null;
        }

        List<int> codes = [];
        foreach (var range in list.Split((byte)','))
        {
            var text = list[range].Trim(" \t"u8);
            if (Utf8Parser.TryParse(text, out uint code, out var used) && used == text.Length && code <= int.MaxValue)
            {
                codes.Add((int)code);
            }
        }

        return codes;
    }

    private static List<HeaderName>? HeaderNames(HeaderMap request)
    {
        if (!request.TryGet(HeaderName.XEnvoyRetriableHeaderNames, out var list))
        {
            return null;
        }

        List<HeaderName> names = [];
        foreach (var range in list.Split((byte)','))
        {
            var text = list[range].Trim(" \t"u8);
            if (!text.IsEmpty)
            {
                names.Add(HeaderName.Of(System.Text.Encoding.Latin1.GetString(text)));
            }
        }

        return names;
    }
}
