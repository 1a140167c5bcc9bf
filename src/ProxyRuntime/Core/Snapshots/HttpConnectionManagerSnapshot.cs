using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.network.http_connection_manager: how requests of a listener are read, routed, answered and logged.</summary>
public sealed record HttpConnectionManagerSnapshot
{
    public const long DefaultStreamIdleTimeoutNs = 5 * 60 * MonotonicTime.NanosecondsPerSecond;
    public const long DefaultIdleTimeoutNs = 60 * 60 * MonotonicTime.NanosecondsPerSecond;
    public const int DefaultMaxRequestHeadersKb = 60;
    public const int DefaultMaxHeadersCount = 100;
    public const long DefaultBufferLimitBytes = 1024 * 1024;

    public required string StatPrefix { get; init; }

    public required RouteTable RouteTable { get; init; }

    /// <summary>In decode order; the router is last.</summary>
    public ImmutableArray<HttpFilterSnapshot> HttpFilters { get; init; } = [];

    public ImmutableArray<AccessLogSnapshot> AccessLogs { get; init; } = [];

    /// <summary>local_reply_config; null for replies as they are.</summary>
    public LocalReplySnapshot? LocalReply { get; init; }

    /// <summary>How the client's address, and with it inside and outside, is found.</summary>
    public ClientAddressSnapshot ClientAddress { get; init; } = new();

    /// <summary>How the path is made uniform before routing.</summary>
    public PathHandling PathHandling { get; init; } = new();

    /// <summary>How the port in the host is treated before routing.</summary>
    public HostHandling HostHandling { get; init; } = new();

    /// <summary>server_name: value of the response header <c>server</c>. Default <c>envoy</c>.</summary>
    public string ServerName { get; init; } = "envoy";

    /// <summary>server_header_transformation. Default OVERWRITE.</summary>
    public ServerHeaderTransformation ServerHeader { get; init; }

    /// <summary>via: joined to the header <c>via</c> both ways; empty for none.</summary>
    public string Via { get; init; } = "";

    /// <summary>add_user_agent. Default false.</summary>
    public bool AddUserAgent { get; init; }

    /// <summary>scheme_header_transformation.scheme_to_overwrite; empty for none.</summary>
    public string SchemeToOverwrite { get; init; } = "";

    /// <summary>forward_client_cert_details. Default SANITIZE.</summary>
    public ForwardClientCert ForwardClientCert { get; init; }

    /// <summary>set_current_client_cert_details: what x-forwarded-client-cert tells of a client's certificate beside its hash.</summary>
    public ClientCertDetails ClientCertDetails { get; init; }

    /// <summary>generate_request_id. Default true.</summary>
    public bool GenerateRequestId { get; init; } = true;

    /// <summary>preserve_external_request_id. Default false.</summary>
    public bool PreserveExternalRequestId { get; init; }

    /// <summary>always_set_request_id_in_response. Default false.</summary>
    public bool AlwaysSetRequestIdInResponse { get; init; }

    /// <summary>request_id_extension uuid: pack_trace_reason. Default true: the id carries the decision to trace.</summary>
    public bool PackTraceReason { get; init; } = true;

    /// <summary>request_id_extension uuid: use_request_id_for_trace_sampling. Default true.</summary>
    public bool UseRequestIdForTraceSampling { get; init; } = true;

    /// <summary>tracing: how many requests are traced; null for none.</summary>
    public TraceSampling? Tracing { get; init; }

    /// <summary>proxy_100_continue. Default false: the proxy itself gives leave to send the body.</summary>
    public bool Proxy100Continue { get; init; }

    /// <summary>upgrade_configs: upgrade types in lower case, and whether they are allowed unless a route says otherwise.</summary>
    public ImmutableArray<(string Type, bool Enabled)> Upgrades { get; init; } = [];

    /// <summary>stream_idle_timeout in nanoseconds, 0 = off. Default five minutes.</summary>
    public long StreamIdleTimeoutNs { get; init; } = DefaultStreamIdleTimeoutNs;

    /// <summary>request_timeout in nanoseconds: the whole request must have come by then. Default 0 = off.</summary>
    public long RequestTimeoutNs { get; init; }

    /// <summary>request_headers_timeout in nanoseconds. Default 0 = off.</summary>
    public long RequestHeadersTimeoutNs { get; init; }

    /// <summary>common_http_protocol_options.max_stream_duration in nanoseconds. Default 0 = off.</summary>
    public long MaxStreamDurationNs { get; init; }

    /// <summary>common_http_protocol_options.idle_timeout in nanoseconds, 0 = off. Default one hour.</summary>
    public long IdleTimeoutNs { get; init; } = DefaultIdleTimeoutNs;

    /// <summary>common_http_protocol_options.max_connection_duration in nanoseconds. Default 0 = off.</summary>
    public long MaxConnectionDurationNs { get; init; }

    /// <summary>common_http_protocol_options.max_requests_per_connection. Default 0 = no limit.</summary>
    public int MaxRequestsPerConnection { get; init; }

    /// <summary>drain_timeout in nanoseconds. Default five seconds.</summary>
    public long DrainTimeoutNs { get; init; } = 5 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>delayed_close_timeout in nanoseconds, 0 = close at once. Default one second.</summary>
    public long DelayedCloseTimeoutNs { get; init; } = MonotonicTime.NanosecondsPerSecond;

    /// <summary>per_connection_buffer_limit_bytes of the listener: how much of a request body is kept for retries. Default 1 MiB.</summary>
    public long BufferLimitBytes { get; init; } = DefaultBufferLimitBytes;

    /// <summary>max_request_headers_kb, 1 to 8192. Default 60.</summary>
    public int MaxRequestHeadersKb { get; init; } = DefaultMaxRequestHeadersKb;

    /// <summary>common_http_protocol_options.max_headers_count. Default 100.</summary>
    public int MaxHeadersCount { get; init; } = DefaultMaxHeadersCount;

    /// <summary>stream_error_on_invalid_http_message. Default false: a local 400 closes the connection.</summary>
    public bool StreamErrorOnInvalidMessage { get; init; }

    /// <summary>http_protocol_options and headers_with_underscores_action, without the limits above.</summary>
    public Http1Settings Http1 { get; init; } = new();

    /// <summary>All that a codec of HTTP/1.1 has to know to read its requests.</summary>
    public Http1Settings RequestCodec => Http1 with { MaxHeadersKb = MaxRequestHeadersKb, MaxHeadersCount = MaxHeadersCount };
}

/// <summary>use_remote_address and its kin.</summary>
public sealed record ClientAddressSnapshot
{
    /// <summary>use_remote_address. Default false.</summary>
    public bool UseRemoteAddress { get; init; }

    /// <summary>xff_num_trusted_hops. Default 0.</summary>
    public uint TrustedHops { get; init; }

    /// <summary>skip_xff_append. Default false.</summary>
    public bool SkipXffAppend { get; init; }

    /// <summary>append_x_forwarded_port. Default false.</summary>
    public bool AppendForwardedPort { get; init; }

    /// <summary>internal_address_config.cidr_ranges: which clients count as inside. Nothing by default.</summary>
    public ImmutableArray<CidrRange> InternalRanges { get; init; } = [];

    /// <summary>original_ip_detection_extensions.</summary>
    public ImmutableArray<OriginalIpDetection> Detections { get; init; } = [];
}

/// <summary>One of original_ip_detection_extensions.</summary>
public abstract record OriginalIpDetection;

/// <summary>xff: the address so many hops from the right of x-forwarded-for, or the last that is not of a trusted proxy.</summary>
public sealed record XffDetection(uint TrustedHops, ImmutableArray<CidrRange> TrustedRanges, bool SkipXffAppend) : OriginalIpDetection;

/// <summary>custom_header: an address in a header. Requests without one may be refused.</summary>
/// <param name="RejectStatus">403 by default; null: requests without an address pass.</param>
public sealed record CustomHeaderDetection(HeaderName Header, bool AllowTrustedChecks, int? RejectStatus) : OriginalIpDetection;

/// <summary>normalize_path, merge_slashes, path_with_escaped_slashes_action.</summary>
/// <param name="Normalize">Dot segments and percent-encoding are resolved. Default false.</param>
/// <param name="MergeSlashes">Runs of slashes become one. Default false.</param>
/// <param name="EscapedSlashes">What happens to %2F and %5C. Default KEEP_UNCHANGED.</param>
public sealed record PathHandling(bool Normalize = false, bool MergeSlashes = false, EscapedSlashesAction EscapedSlashes = EscapedSlashesAction.KeepUnchanged);

/// <summary>path_with_escaped_slashes_action.</summary>
public enum EscapedSlashesAction : byte
{
    KeepUnchanged,
    RejectRequest,
    UnescapeAndRedirect,
    UnescapeAndForward,
}

/// <summary>strip_matching_host_port, strip_any_host_port, strip_trailing_host_dot; all false by default.</summary>
public sealed record HostHandling(bool StripMatchingPort = false, bool StripAnyPort = false, bool StripTrailingDot = false);

/// <summary>server_header_transformation.</summary>
public enum ServerHeaderTransformation : byte
{
    Overwrite,
    AppendIfAbsent,
    PassThrough,
}

/// <summary>forward_client_cert_details.</summary>
public enum ForwardClientCert : byte
{
    Sanitize,
    ForwardOnly,
    AppendForward,
    SanitizeSet,
    AlwaysForwardOnly,
}

/// <summary>SetCurrentClientCertDetails; all false by default.</summary>
public readonly record struct ClientCertDetails(bool Subject = false, bool Cert = false, bool Chain = false, bool Dns = false, bool Uri = false);

/// <summary>One HTTP filter: the name it goes by in the configuration and its validated settings.</summary>
/// <param name="Name">HttpFilter.name, the key of per-route settings.</param>
/// <param name="Settings">The filter's own snapshot; its type tells which filter it is.</param>
/// <param name="Disabled">HttpFilter.disabled: off unless a route switches it on. Default false.</param>
public sealed record HttpFilterSnapshot(string Name, IHttpFilterSettings Settings, bool Disabled = false);

/// <summary>Marks the validated settings of one kind of HTTP filter.</summary>
public interface IHttpFilterSettings;

/// <summary>envoy.filters.http.router.</summary>
public sealed record RouterSettings : IHttpFilterSettings
{
    /// <summary>dynamic_stats. Default true.</summary>
    public bool DynamicStats { get; init; } = true;

    /// <summary>suppress_envoy_headers. Default false.</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary>respect_expected_rq_timeout. Default false.</summary>
    public bool RespectExpectedRqTimeout { get; init; }

    /// <summary>suppress_grpc_request_failure_code_stats. Default false.</summary>
    public bool SuppressGrpcFailureCodeStats { get; init; }

    /// <summary>strict_check_headers.</summary>
    public ImmutableArray<HeaderName> StrictCheckHeaders { get; init; } = [];
}

/// <summary>local_reply_config.</summary>
/// <param name="Mappers">The first whose filter fits changes the reply.</param>
/// <param name="BodyFormat">How bodies are made where no mapper says otherwise; null: as they are.</param>
public sealed record LocalReplySnapshot(ImmutableArray<LocalReplyMapper> Mappers, BodyFormat? BodyFormat);

/// <summary>One mapper of <see cref="LocalReplySnapshot"/>; null: that part stays.</summary>
public sealed record LocalReplyMapper(AccessLogFilter Filter, int? Status, ReadOnlyMemory<byte>? Body, BodyFormat? BodyFormat, HeaderMutations HeadersToAdd);

/// <summary>A format for bodies and the content type they get.</summary>
public sealed record BodyFormat(SubstitutionFormat Format, string ContentType);
