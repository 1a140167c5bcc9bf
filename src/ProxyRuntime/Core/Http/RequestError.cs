namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What a codec found wrong with a request before or within it; the worker answers and closes. Where nothing else is said the answer is
/// 400 <c>Bad Request</c>; the details are those Envoy logs.
/// </summary>
public enum RequestError : byte
{
    /// <summary>Details <c>http1.codec_error</c>: no request line, no header line, no chunk, no length.</summary>
    Malformed,

    /// <summary>431, details <c>http1.headers_too_large</c>.</summary>
    HeadersTooLarge,

    /// <summary>431, details <c>http1.too_many_headers</c>.</summary>
    TooManyHeaders,

    /// <summary>501 <c>Not Implemented</c>, details <c>http1.invalid_transfer_encoding</c>.</summary>
    InvalidTransferEncoding,

    /// <summary>426 <c>Upgrade Required</c>, details <c>low_version</c>.</summary>
    LowVersion,

    /// <summary>Details <c>http1.invalid_characters</c>: control bytes in a header.</summary>
    InvalidCharacters,

    /// <summary>Details <c>http1.unexpected_underscore</c>: headers_with_underscores_action is REJECT_REQUEST.</summary>
    UnexpectedUnderscore,

    /// <summary>Details <c>http1.content_length_and_chunked_not_allowed</c>.</summary>
    ContentLengthAndChunked,

    /// <summary>Details <c>http1.body_disallowed</c>: CONNECT with a length.</summary>
    BodyDisallowed,

    /// <summary>Details <c>http1.connection_header_rejected</c>: it names too much, or what must not be removed.</summary>
    ConnectionHeaderRejected,

    /// <summary>Details <c>http1.invalid_url</c>.</summary>
    InvalidUrl,

    /// <summary>Details <c>http1.invalid_scheme</c>: neither http nor https.</summary>
    InvalidScheme,

    /// <summary>403 <c>Forbidden</c>, details <c>http1.https_url_on_plaintext_connection</c>.</summary>
    HttpsInPlaintext,

    /// <summary>Details <c>http.invalid_authority</c>: a byte that no host has.</summary>
    InvalidAuthority,
}
