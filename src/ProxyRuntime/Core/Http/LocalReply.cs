using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A response the proxy makes itself.</summary>
/// <param name="Status">HTTP status; 0 with <see cref="ResponseCodeDetails"/> alone is not a reply.</param>
/// <param name="Body">Its body; empty for none.</param>
/// <param name="Flag">The response flag to set, or none.</param>
/// <param name="Details">response_code_details.</param>
/// <param name="GrpcStatus">The status for gRPC requests; null: the one that stands for <paramref name="Status"/>.</param>
internal readonly record struct LocalReply(
    int Status,
    ReadOnlyMemory<byte> Body = default,
    ResponseFlag Flag = ResponseFlag.None,
    string Details = "",
    int? GrpcStatus = null
)
{
    public static readonly LocalReply RouteNotFound = new(404, default, ResponseFlag.NoRouteFound, ResponseCodeDetails.RouteNotFound);

    public static readonly LocalReply NoHealthyUpstream = new(
        503,
        Text("no healthy upstream"),
        ResponseFlag.NoHealthyUpstream,
        ResponseCodeDetails.NoHealthyUpstream
    );

    public static readonly LocalReply MaintenanceMode = new(503, Text("maintenance mode"), ResponseFlag.UpstreamOverflow, "maintenance_mode");

    public static readonly LocalReply UnconditionalDropOverload = new(
        503,
        Text("unconditional drop overload"),
        ResponseFlag.UnconditionalDropOverload,
        "unconditional_drop_overload"
    );

    public static readonly LocalReply DropOverload = new(503, Text("drop overload"), ResponseFlag.DropOverload, "drop_overload");

    public static readonly LocalReply RequestTimeout = new(408, Text("request timeout"), ResponseFlag.None, ResponseCodeDetails.RequestOverallTimeout);

    public static readonly LocalReply RequestHeaderTimeout = new(408, Text("request header timeout"), ResponseFlag.None, "request_header_timeout");

    public static readonly LocalReply MissingHost = new(400, default, ResponseFlag.None, ResponseCodeDetails.MissingHostHeader);

    public static readonly LocalReply MissingPath = new(404, default, ResponseFlag.None, ResponseCodeDetails.MissingPathRejected);

    public static readonly LocalReply NonRelativePath = new(404, default, ResponseFlag.None, ResponseCodeDetails.AbsolutePathRejected);

    public static readonly LocalReply PathNormalizationFailed = new(400, default, ResponseFlag.None, ResponseCodeDetails.PathNormalizationFailed);

    public static readonly LocalReply PathNormalizationRedirect = new(307, default, ResponseFlag.None, ResponseCodeDetails.PathNormalizationFailed);

    public static readonly LocalReply UpgradeFailed = new(403, default, ResponseFlag.None, "upgrade_failed");

    public static readonly LocalReply PayloadTooLarge = new(413, Text("Payload Too Large"), ResponseFlag.None, "request_payload_too_large");

    public static readonly LocalReply ClosedPrematurely = new(
        503,
        Text("upstream is closed prematurely during decoding data from downstream"),
        ResponseFlag.None,
        "upstream_reset_before_response_started"
    );

    public static readonly LocalReply RetryBufferExceeded = new(
        507,
        Text("exceeded request buffer limit while retrying upstream"),
        ResponseFlag.None,
        ResponseCodeDetails.RetryBufferExceeded
    );

    private static readonly byte[] TimeoutBody = Text("upstream request timeout");
    private static readonly byte[] IdleBody = Text("stream timeout");
    private static readonly byte[] DurationBody = Text("downstream duration timeout");
    private static readonly byte[] UpstreamDurationBody = Text("upstream max stream duration reached");

    public static LocalReply ClusterNotFound(int status) => new(status, default, ResponseFlag.NoClusterFound, ResponseCodeDetails.ClusterNotFound);

    public static LocalReply OriginalIpDetectionFailed(int status) => new(status, default, ResponseFlag.None, "rejecting_because_detection_failed");

    /// <summary>A timeout of the router: 504 with its body, or what x-envoy-upstream-rq-timeout-alt-response makes of it, 204 without one.</summary>
    public static LocalReply Timeout(int status, string details) =>
        new(status, status == 504 ? TimeoutBody : default, ResponseFlag.UpstreamRequestTimeout, details);

    /// <summary>504 if the whole request had been received, else 408.</summary>
    public static LocalReply StreamIdleTimeout(bool requestComplete) =>
        new(requestComplete ? 504 : 408, IdleBody, ResponseFlag.StreamIdleTimeout, ResponseCodeDetails.StreamIdleTimeout);

    public static LocalReply MaxDuration(bool requestComplete) =>
        new(requestComplete ? 504 : 408, DurationBody, ResponseFlag.None, "max_duration_timeout", GrpcStatus: 4);

    public static LocalReply UpstreamMaxDuration(bool requestComplete) =>
        new(requestComplete ? 504 : 408, UpstreamDurationBody, ResponseFlag.UpstreamMaxStreamDurationReached, "upstream_max_stream_duration_reached");

    public static LocalReply Refusal(RequestError error) =>
        error switch
        {
            RequestError.HeadersTooLarge => Refusal(431, "Request Header Fields Too Large", "http1.headers_too_large"),
            RequestError.TooManyHeaders => Refusal(431, "Request Header Fields Too Large", "http1.too_many_headers"),
            RequestError.InvalidTransferEncoding => Refusal(501, "Not Implemented", "http1.invalid_transfer_encoding"),
            RequestError.LowVersion => Refusal(426, "Upgrade Required", "low_version"),
            RequestError.InvalidCharacters => BadRequest("http1.invalid_characters"),
            RequestError.UnexpectedUnderscore => BadRequest("http1.unexpected_underscore"),
            RequestError.ContentLengthAndChunked => BadRequest("http1.content_length_and_chunked_not_allowed"),
            RequestError.BodyDisallowed => BadRequest("http1.body_disallowed"),
            RequestError.ConnectionHeaderRejected => BadRequest("http1.connection_header_rejected"),
            RequestError.InvalidUrl => BadRequest("http1.invalid_url"),
            RequestError.InvalidScheme => BadRequest("http1.invalid_scheme"),
            RequestError.HttpsInPlaintext => Refusal(403, "Forbidden", "http1.https_url_on_plaintext_connection"),
            RequestError.InvalidAuthority => BadRequest("http.invalid_authority"),
            _ => BadRequest("http1.codec_error"),
        };

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static LocalReply BadRequest(string details) => Refusal(400, "Bad Request", details);

    private static LocalReply Refusal(int status, string body, string details) => new(status, Text(body), ResponseFlag.DownstreamProtocolError, details);
}
