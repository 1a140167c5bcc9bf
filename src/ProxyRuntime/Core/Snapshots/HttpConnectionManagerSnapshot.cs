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

    /// <summary>server_name: value of the response header <c>server</c>. Default <c>envoy</c>.</summary>
    public string ServerName { get; init; } = "envoy";

    /// <summary>use_remote_address. Default false.</summary>
    public bool UseRemoteAddress { get; init; }

    /// <summary>generate_request_id. Default true.</summary>
    public bool GenerateRequestId { get; init; } = true;

    /// <summary>preserve_external_request_id. Default false.</summary>
    public bool PreserveExternalRequestId { get; init; }

    /// <summary>always_set_request_id_in_response. Default false.</summary>
    public bool AlwaysSetRequestIdInResponse { get; init; }

    /// <summary>stream_idle_timeout in nanoseconds, 0 = off. Default five minutes.</summary>
    public long StreamIdleTimeoutNs { get; init; } = DefaultStreamIdleTimeoutNs;

    /// <summary>request_timeout in nanoseconds: the whole request must have come by then. Default 0 = off.</summary>
    public long RequestTimeoutNs { get; init; }

    /// <summary>common_http_protocol_options.idle_timeout in nanoseconds, 0 = off. Default one hour.</summary>
    public long IdleTimeoutNs { get; init; } = DefaultIdleTimeoutNs;

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
}

/// <summary>One HTTP filter: the name it goes by in the configuration and its validated settings.</summary>
/// <param name="Name">HttpFilter.name, the key of per-route settings.</param>
/// <param name="Settings">The filter's own snapshot; its type tells which filter it is.</param>
public sealed record HttpFilterSnapshot(string Name, IHttpFilterSettings Settings);

/// <summary>Marks the validated settings of one kind of HTTP filter.</summary>
public interface IHttpFilterSettings;

/// <summary>envoy.filters.http.router.</summary>
public sealed record RouterSettings : IHttpFilterSettings
{
    /// <summary>dynamic_stats. Default true.</summary>
    public bool DynamicStats { get; init; } = true;

    /// <summary>suppress_envoy_headers. Default false.</summary>
    public bool SuppressEnvoyHeaders { get; init; }
}

/// <summary>One access log: where its lines go and how they are made.</summary>
/// <param name="Sink">File, standard output or standard error.</param>
/// <param name="Path">The file; empty for the other sinks.</param>
/// <param name="Format">How a line is made.</param>
public sealed record AccessLogSnapshot(AccessLogSink Sink, string Path, SubstitutionFormat Format);

public enum AccessLogSink : byte
{
    File,
    Stdout,
    Stderr,
}
