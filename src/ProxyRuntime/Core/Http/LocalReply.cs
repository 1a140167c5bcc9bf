using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A response the proxy makes itself.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Its body; empty for none.</param>
/// <param name="Flag">The response flag to set, or none.</param>
/// <param name="Details">response_code_details.</param>
/// <param name="Overloaded">Adds <c>x-envoy-overloaded: true</c>.</param>
internal readonly record struct LocalReply(int Status, ReadOnlyMemory<byte> Body, ResponseFlag Flag, string Details, bool Overloaded = false)
{
    public static readonly LocalReply RouteNotFound = new(404, default, ResponseFlag.NoRouteFound, ResponseCodeDetails.RouteNotFound);

    public static readonly LocalReply ClusterNotFound = new(503, default, ResponseFlag.NoClusterFound, ResponseCodeDetails.ClusterNotFound);

    public static readonly LocalReply NoHealthyUpstream = new(
        503,
        Text("no healthy upstream"),
        ResponseFlag.NoHealthyUpstream,
        ResponseCodeDetails.NoHealthyUpstream
    );

    public static readonly LocalReply GlobalTimeout = new(
        504,
        Text("upstream request timeout"),
        ResponseFlag.UpstreamRequestTimeout,
        ResponseCodeDetails.ResponseTimeout
    );

    public static readonly LocalReply PerTryTimeout = new(
        504,
        Text("upstream request timeout"),
        ResponseFlag.UpstreamRequestTimeout,
        ResponseCodeDetails.UpstreamPerTryTimeout
    );

    public static readonly LocalReply RequestTimeout = new(408, Text("request timeout"), ResponseFlag.None, ResponseCodeDetails.RequestOverallTimeout);

    public static readonly LocalReply MissingHost = new(400, default, ResponseFlag.None, ResponseCodeDetails.MissingHostHeader);

    public static readonly LocalReply MissingPath = new(404, default, ResponseFlag.None, ResponseCodeDetails.MissingPathRejected);

    public static readonly LocalReply NonRelativePath = new(404, default, ResponseFlag.None, ResponseCodeDetails.AbsolutePathRejected);

    public static readonly LocalReply FragmentInPath = new(400, default, ResponseFlag.None, ResponseCodeDetails.PathNormalizationFailed);

    public static readonly LocalReply RetryBufferExceeded = new(
        507,
        Text("exceeded request buffer limit while retrying upstream"),
        ResponseFlag.None,
        ResponseCodeDetails.RetryBufferExceeded
    );

    /// <summary>504 if the whole request had been received, else 408.</summary>
    public static LocalReply StreamIdleTimeout(bool requestComplete) =>
        new(requestComplete ? 504 : 408, Text("stream timeout"), ResponseFlag.StreamIdleTimeout, ResponseCodeDetails.StreamIdleTimeout);

    public static LocalReply Refusal(RequestError error) =>
        error switch
        {
            RequestError.HeadersTooLarge => TooLarge("http1.headers_too_large"),
            RequestError.TooManyHeaders => TooLarge("http1.too_many_headers"),
            RequestError.InvalidTransferEncoding => new(501, Text("Not Implemented"), ResponseFlag.DownstreamProtocolError, "http1.invalid_transfer_encoding"),
            RequestError.LowVersion => new(426, Text("Upgrade Required"), ResponseFlag.DownstreamProtocolError, "low_version"),
            _ => new(400, Text("Bad Request"), ResponseFlag.DownstreamProtocolError, "http1.codec_error"),
        };

    /// <summary>The reply when an attempt was reset before its response began and is not retried.</summary>
    public static LocalReply UpstreamReset(ResetReason reason, bool retried, string transportFailure)
    {
        const string prefix = "upstream connect error or disconnect/reset before headers. ";
        var body = prefix + (retried ? "retried and the latest reset reason: " : "reset reason: ") + ResetReasons.Text(reason);
        return new LocalReply(
            ResetReasons.Status(reason),
            Text(body),
            ResetReasons.Flag(reason),
            ResponseCodeDetails.UpstreamReset(reason, afterResponseStarted: false, transportFailure),
            Overloaded: reason == ResetReason.Overflow
        );
    }

    private static LocalReply TooLarge(string details) => new(431, Text("Request Header Fields Too Large"), ResponseFlag.DownstreamProtocolError, details);

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
