namespace MeshSim.ProxyRuntime.Core;

/// <summary>The service that decides.</summary>
public abstract record ExtAuthzService
{
    public const long TimeoutNsDefault = 200 * MonotonicTime.NanosecondsPerMillisecond;
}

/// <summary>grpc_service: envoy.service.auth.v3.Authorization.</summary>
/// <param name="Grpc">Its timeout is 200 ms unless it says otherwise.</param>
public sealed record ExtAuthzGrpcService(GrpcServiceSnapshot Grpc) : ExtAuthzService;

/// <summary>http_service: the request's own method, path and host, sent to a cluster; the answer's status decides.</summary>
/// <param name="Cluster">server_uri.cluster; nothing else of the URI counts.</param>
public sealed record ExtAuthzHttpService(string Cluster) : ExtAuthzService
{
    /// <summary>server_uri.timeout in nanoseconds, all attempts together, 0 = none. Default 200 ms.</summary>
    public long TimeoutNs { get; init; } = TimeoutNsDefault;

    /// <summary>path_prefix, put before the path; empty for none.</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>authorization_request.headers_to_add, in place of those that are there.</summary>
    public HeaderMutations HeadersToAdd { get; init; } = HeaderMutations.None;

    /// <summary>authorization_response.allowed_upstream_headers: headers of the answer that replace those of the request.</summary>
    public NamePatterns AllowedUpstreamHeaders { get; init; } = NamePatterns.None;

    /// <summary>authorization_response.allowed_upstream_headers_to_append: headers of the answer that are added to the request.</summary>
    public NamePatterns AllowedUpstreamHeadersToAppend { get; init; } = NamePatterns.None;

    /// <summary>authorization_response.allowed_client_headers: headers of a denial that the client gets; without patterns all.</summary>
    public NamePatterns AllowedClientHeaders { get; init; } = NamePatterns.None;

    /// <summary>authorization_response.allowed_client_headers_on_success: headers of the answer that are added to the response.</summary>
    public NamePatterns AllowedClientHeadersOnSuccess { get; init; } = NamePatterns.None;

    /// <summary>authorization_response.dynamic_metadata_from_headers: headers of the answer that are noted as metadata.</summary>
    public NamePatterns DynamicMetadataFromHeaders { get; init; } = NamePatterns.None;

    /// <summary>retry_policy; by default it retries on 5xx, gateway errors, failed connections and resets. Null for none.</summary>
    public RetryPolicySnapshot? RetryPolicy { get; init; }
}
