namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of one request when it is over: the source of access-log operators.</summary>
/// <remarks>Reused; valid only while the effects it came with are carried out.</remarks>
public sealed class StreamInfo
{
    public StreamId Stream { get; internal set; }

    public ConnectionInfo Connection { get; internal set; } = null!;

    public HttpConnectionManagerSnapshot ConnectionManager { get; internal set; } = null!;

    /// <summary>Wall-clock start in nanoseconds since the Unix epoch.</summary>
    public long StartUnixNs { get; internal set; }

    public MonotonicTime Start { get; internal set; }

    /// <summary>When the last request byte came; <see cref="MonotonicTime.Never"/> if it did not.</summary>
    public MonotonicTime RequestComplete { get; internal set; }

    /// <summary>When the first byte came from the upstream that answered; <see cref="MonotonicTime.Never"/> if none did.</summary>
    public MonotonicTime ResponseStart { get; internal set; }

    /// <summary>When the stream was over.</summary>
    public MonotonicTime End { get; internal set; }

    public HeaderMap RequestHeaders { get; internal set; } = null!;

    /// <summary>As sent downstream; null when no response went out.</summary>
    public HeaderMap? ResponseHeaders { get; internal set; }

    public HeaderMap? ResponseTrailers { get; internal set; }

    /// <summary>The final status, 0 if there was none.</summary>
    public int ResponseCode { get; internal set; }

    /// <summary>Envoy's response_code_details; empty if none.</summary>
    public string ResponseCodeDetails { get; internal set; } = "";

    public ResponseFlags Flags { get; internal set; }

    /// <summary>Body bytes received from downstream.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Body bytes sent downstream.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>0 if no host was chosen; 1 for the first attempt.</summary>
    public int AttemptCount { get; internal set; }

    /// <summary>The route's cluster, null without a route or for an unknown cluster.</summary>
    public string? UpstreamCluster { get; internal set; }

    /// <summary>The host of the last attempt.</summary>
    public HostState? UpstreamHost { get; internal set; }

    public string RouteName { get; internal set; } = "";

    /// <summary>Why the last connection to a host failed; empty if it did not.</summary>
    public string UpstreamTransportFailureReason { get; internal set; } = "";

    internal void Begin(
        StreamId stream,
        ConnectionInfo connection,
        HttpConnectionManagerSnapshot manager,
        MonotonicTime now,
        long unixNs,
        HeaderMap requestHeaders
    )
    {
        Stream = stream;
        Connection = connection;
        ConnectionManager = manager;
        Start = now;
        StartUnixNs = unixNs;
        RequestHeaders = requestHeaders;
        RequestComplete = ResponseStart = End = MonotonicTime.Never;
        ResponseHeaders = ResponseTrailers = null;
        ResponseCode = AttemptCount = 0;
        BytesReceived = BytesSent = 0;
        ResponseCodeDetails = RouteName = UpstreamTransportFailureReason = "";
        Flags = default;
        UpstreamCluster = null;
        UpstreamHost = null;
    }

    internal void SetFlag(ResponseFlag flag)
    {
        var flags = Flags;
        flags.Set(flag);
        Flags = flags;
    }
}
