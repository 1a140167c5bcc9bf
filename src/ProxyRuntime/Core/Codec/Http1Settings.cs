namespace MeshSim.ProxyRuntime.Core;

/// <summary>How HTTP/1.1 is read and written on one side of the proxy: Envoy's Http1ProtocolOptions with the limits on headers.</summary>
public sealed record Http1Settings
{
    /// <summary>max_response_headers_kb. Default 80.</summary>
    public const int DefaultMaxResponseHeadersKb = 80;

    /// <summary>What a cluster has unless configured otherwise.</summary>
    public static readonly Http1Settings Upstream = new() { MaxHeadersKb = DefaultMaxResponseHeadersKb };

    /// <summary>max_request_headers_kb or max_response_headers_kb, 1 to 8192: the whole head in KiB, trailers likewise.</summary>
    public int MaxHeadersKb { get; init; } = HttpConnectionManagerSnapshot.DefaultMaxRequestHeadersKb;

    /// <summary>common_http_protocol_options.max_headers_count: header lines of a head, trailers likewise. Default 100.</summary>
    public int MaxHeadersCount { get; init; } = HttpConnectionManagerSnapshot.DefaultMaxHeadersCount;

    /// <summary>common_http_protocol_options.headers_with_underscores_action, for requests. Default ALLOW.</summary>
    public HeadersWithUnderscoresAction Underscores { get; init; }

    /// <summary>enable_trailers. Default false: trailers are read and dropped, and none are written.</summary>
    public bool EnableTrailers { get; init; }

    /// <summary>allow_absolute_url. Default true: <c>http://host/path</c> as the target of a request.</summary>
    public bool AllowAbsoluteUrl { get; init; } = true;

    /// <summary>allow_chunked_length. Default false: a message with both lengths is refused; true: content-length is dropped.</summary>
    public bool AllowChunkedLength { get; init; }

    /// <summary>allow_custom_methods. Default false: only the methods that are registered.</summary>
    public bool AllowCustomMethods { get; init; }

    /// <summary>accept_http_10. Default false: requests of HTTP/1.0 are refused with 426.</summary>
    public bool AcceptHttp10 { get; init; }

    /// <summary>default_host_for_http_10: the host of a request of HTTP/1.0 that has none. Default empty: such a request is refused.</summary>
    public string DefaultHostForHttp10 { get; init; } = "";

    /// <summary>header_key_format.proper_case_words. Default false: names are written in lower case.</summary>
    public bool ProperCaseWords { get; init; }

    /// <summary>send_fully_qualified_url of a cluster. Default false: requests are written with their path alone.</summary>
    public bool SendFullyQualifiedUrl { get; init; }
}

/// <summary>headers_with_underscores_action.</summary>
public enum HeadersWithUnderscoresAction : byte
{
    Allow,
    RejectRequest,
    DropHeader,
}
