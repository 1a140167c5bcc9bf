using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads the comma lists of retry_on, x-envoy-retry-on and x-envoy-retry-grpc-on.</summary>
public static class RetryOnTokens
{
    private const RetryOn AnyGrpc =
        RetryOn.GrpcCancelled | RetryOn.GrpcDeadlineExceeded | RetryOn.GrpcResourceExhausted | RetryOn.GrpcInternal | RetryOn.GrpcUnavailable;

    private static readonly (string Token, RetryOn Bit)[] All =
    [
        ("5xx", RetryOn.FiveXx),
        ("gateway-error", RetryOn.GatewayError),
        ("connect-failure", RetryOn.ConnectFailure),
        ("retriable-4xx", RetryOn.Retriable4xx),
        ("refused-stream", RetryOn.RefusedStream),
        ("retriable-status-codes", RetryOn.RetriableStatusCodes),
        ("retriable-headers", RetryOn.RetriableHeaders),
        ("reset", RetryOn.Reset),
        ("reset-before-request", RetryOn.ResetBeforeRequest),
        ("envoy-ratelimited", RetryOn.EnvoyRateLimited),
        ("http3-post-connect-failure", RetryOn.Http3PostConnectFailure),
        ("cancelled", RetryOn.GrpcCancelled),
        ("deadline-exceeded", RetryOn.GrpcDeadlineExceeded),
        ("resource-exhausted", RetryOn.GrpcResourceExhausted),
        ("internal", RetryOn.GrpcInternal),
        ("unavailable", RetryOn.GrpcUnavailable),
    ];

    private static readonly (byte[] Token, RetryOn Bit)[] AllBytes = [.. All.Select(static entry => (Encoding.ASCII.GetBytes(entry.Token), entry.Bit))];

    /// <summary>Every token this proxy knows.</summary>
    public static IEnumerable<string> Known => All.Select(entry => entry.Token);

    /// <summary>The tokens of these conditions, as retry_on has them.</summary>
    public static string Write(RetryOn on) => string.Join(',', All.Where(entry => on.HasFlag(entry.Bit)).Select(static entry => entry.Token));

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

    /// <summary>The conditions of a header: those of gRPC or the others.</summary>
    /// <param name="allKnown">False if some token is none of that kind.</param>
    internal static RetryOn ParseHeader(ReadOnlySpan<byte> list, bool grpc, out bool allKnown)
    {
        allKnown = true;
        var bits = RetryOn.None;
        foreach (var range in list.Split((byte)','))
        {
            var token = list[range].Trim(" \t"u8);
            if (token.IsEmpty)
            {
                continue;
            }

            var bit = Find(token);
            bit = (bit & AnyGrpc) != RetryOn.None == grpc ? bit : RetryOn.None;
            bits |= bit;
            allKnown &= bit != RetryOn.None;
        }

        return bits;
    }

    private static RetryOn Find(ReadOnlySpan<byte> token)
    {
        foreach (var (text, bit) in AllBytes)
        {
            if (token.SequenceEqual(text))
            {
                return bit;
            }
        }

        return RetryOn.None;
    }
}
