namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads the comma list of retry_on and x-envoy-retry-on.</summary>
public static class RetryOnTokens
{
    private static readonly (string Token, RetryOn Bit)[] All =
    [
        ("5xx", RetryOn.FiveXx),
        ("gateway-error", RetryOn.GatewayError),
        ("connect-failure", RetryOn.ConnectFailure),
        ("retriable-4xx", RetryOn.Retriable4xx),
        ("refused-stream", RetryOn.RefusedStream),
        ("retriable-status-codes", RetryOn.RetriableStatusCodes),
        ("reset", RetryOn.Reset),
        ("reset-before-request", RetryOn.ResetBeforeRequest),
        ("envoy-ratelimited", RetryOn.EnvoyRateLimited),
        ("cancelled", RetryOn.GrpcCancelled),
        ("deadline-exceeded", RetryOn.GrpcDeadlineExceeded),
        ("resource-exhausted", RetryOn.GrpcResourceExhausted),
        ("internal", RetryOn.GrpcInternal),
        ("unavailable", RetryOn.GrpcUnavailable),
    ];

    /// <summary>Every token this proxy knows.</summary>
    public static IEnumerable<string> Known => All.Select(entry => entry.Token);

    /// <summary>The conditions named in <paramref name="list"/>; unknown tokens are ignored, as Envoy does, and returned.</summary>
    public static RetryOn Parse(string list, out IReadOnlyList<string> unknown)
    {
        var bits = RetryOn.None;
        List<string> strangers = [];
        foreach (var token in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var bit = All.FirstOrDefault(entry => string.Equals(entry.Token, token, StringComparison.Ordinal)).Bit;
            bits |= bit;
            if (bit == RetryOn.None)
            {
                strangers.Add(token);
            }
        }

        unknown = strangers;
        return bits;
    }
}
