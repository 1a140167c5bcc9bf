namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a codec found wrong with a request before or within it; the worker answers and closes. http1 details in the names Envoy logs.</summary>
public enum RequestError : byte
{
    /// <summary>400 <c>Bad Request</c>, details <c>http1.codec_error</c>.</summary>
    Malformed,

    /// <summary>431, details <c>http1.headers_too_large</c>.</summary>
    HeadersTooLarge,

    /// <summary>431, details <c>http1.too_many_headers</c>.</summary>
    TooManyHeaders,

    /// <summary>501 <c>Not Implemented</c>, details <c>http1.invalid_transfer_encoding</c>.</summary>
    InvalidTransferEncoding,

    /// <summary>426 <c>Upgrade Required</c>, details <c>low_version</c>.</summary>
    LowVersion,
}
