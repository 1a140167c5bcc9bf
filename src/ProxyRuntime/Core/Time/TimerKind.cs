namespace MeshSim.ProxyRuntime.Core;

/// <summary>Every timer of a worker and of the main machine.</summary>
internal enum TimerKind : byte
{
    /// <summary>A stream saw no activity for stream_idle_timeout.</summary>
    StreamIdle,

    /// <summary>The headers of a request were not received within request_headers_timeout.</summary>
    RequestHeaders,

    /// <summary>A request was not wholly received within request_timeout.</summary>
    RequestTimeout,

    /// <summary>A stream lived for max_stream_duration, or for what grpc-timeout says.</summary>
    MaxStreamDuration,

    /// <summary>The inspector of a listener waited for the first bytes of a connection for listener_filters_timeout.</summary>
    ListenerFilters,

    /// <summary>A TLS handshake of a client took longer than transport_socket_connect_timeout.</summary>
    TransportSocketConnect,

    /// <summary>A downstream connection had no stream for idle_timeout.</summary>
    DownstreamIdle,

    /// <summary>A downstream connection lived for max_connection_duration.</summary>
    DownstreamDuration,

    /// <summary>No byte went through a TCP proxy, or out of one that flushes, for idle_timeout.</summary>
    TcpIdle,

    /// <summary>A connection of a TCP proxy lived for max_downstream_connection_duration.</summary>
    TcpDuration,

    /// <summary>The drain_timeout of an idle downstream connection is over.</summary>
    DownstreamDrain,

    /// <summary>The route timeout: all attempts together took too long.</summary>
    GlobalTimeout,

    /// <summary>One attempt took too long.</summary>
    PerTryTimeout,

    /// <summary>One attempt gave no sign for per_try_idle_timeout.</summary>
    PerTryIdleTimeout,

    /// <summary>One attempt lived for max_stream_duration of its cluster, or for what the request says.</summary>
    UpstreamMaxStreamDuration,

    /// <summary>The wait before a retry is over.</summary>
    RetryBackoff,

    /// <summary>The delay of the fault filter is over.</summary>
    FaultDelay,

    /// <summary>The fault filter may send some more of a response.</summary>
    ResponseRateLimit,

    /// <summary>A key set is to be fetched, again or for the first time.</summary>
    JwksRefresh,

    /// <summary>A connection to a host did not come up within connect_timeout.</summary>
    ConnectTimeout,

    /// <summary>An upstream connection had no stream for idle_timeout.</summary>
    UpstreamIdle,

    /// <summary>An upstream connection lived for max_connection_duration.</summary>
    MaxConnectionDuration,

    /// <summary>What is left of a listener that is gone, or of some of its filter chains, is to be closed.</summary>
    ListenerDrain,

    /// <summary>A DNS name is to be resolved again.</summary>
    DnsRefresh,

    /// <summary>A cluster waits no longer for its first endpoints.</summary>
    InitialFetchTimeout,

    /// <summary>Nobody has confirmed the endpoints of a cluster for endpoint_stale_after.</summary>
    EndpointsStale,

    /// <summary>An interval of outlier detection is over.</summary>
    OutlierSweep,

    /// <summary>Hosts that were made on demand and not used lately are to go.</summary>
    OriginalDstCleanup,

    /// <summary>The next health check of a host is due.</summary>
    HealthInterval,

    /// <summary>A health check has had no result within its timeout.</summary>
    HealthTimeout,

    /// <summary>Changes of health that were held back are to be told to the workers.</summary>
    MergeWindow,
}

/// <summary>Receives its timers when they fire. A timer that lost its reason is a no-op there.</summary>
internal interface ITimerOwner
{
    void OnTimer(TimerKind kind);
}
