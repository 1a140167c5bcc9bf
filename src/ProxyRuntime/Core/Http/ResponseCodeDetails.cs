namespace MeshSim.ProxyRuntime.Core;

/// <summary>Envoy's response_code_details: why a response has its status.</summary>
internal static class ResponseCodeDetails
{
    public const string ViaUpstream = "via_upstream";
    public const string RouteNotFound = "route_not_found";
    public const string DirectResponse = "direct_response";
    public const string ClusterNotFound = "cluster_not_found";
    public const string NoHealthyUpstream = "no_healthy_upstream";
    public const string ResponseTimeout = "response_timeout";
    public const string UpstreamPerTryTimeout = "upstream_per_try_timeout";
    public const string StreamIdleTimeout = "stream_idle_timeout";
    public const string RequestOverallTimeout = "request_overall_timeout";
    public const string MissingHostHeader = "missing_host_header";
    public const string MissingPathRejected = "missing_path_rejected";
    public const string AbsolutePathRejected = "absolute_path_rejected";
    public const string PathNormalizationFailed = "path_normalization_failed";
    public const string DownstreamRemoteDisconnect = "downstream_remote_disconnect";
    public const string DownstreamRemoteReset = "downstream_remote_reset";
    public const string RetryBufferExceeded = "request_payload_exceeded_retry_buffer_limit";
}
