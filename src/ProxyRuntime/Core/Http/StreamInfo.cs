namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of one request: the source of access-log operators and of formatted headers. Grows while the request lives.</summary>
/// <remarks>Reused; what a driver gets is valid only while the effects it came with are carried out.</remarks>
public sealed class StreamInfo
{
    private UpstreamInfo own = new();

    public StreamInfo() => Upstream = own;

    public StreamId Stream { get; internal set; }

    public ConnectionInfo Connection { get; internal set; } = null!;

    public HttpConnectionManagerSnapshot ConnectionManager { get; internal set; } = null!;

    /// <summary>Wall-clock start in nanoseconds since the Unix epoch.</summary>
    public long StartUnixNs { get; internal set; }

    public MonotonicTime Start { get; internal set; }

    /// <summary>When the last request byte came; <see cref="MonotonicTime.Never"/> if it did not.</summary>
    public MonotonicTime RequestComplete { get; internal set; }

    /// <summary>What is known of the attempt that counts: the one that answered, else the last.</summary>
    public UpstreamInfo Upstream { get; private set; }

    /// <summary>When the first byte went downstream; <see cref="MonotonicTime.Never"/> if none did.</summary>
    public MonotonicTime DownstreamFirstByteSent { get; internal set; }

    /// <summary>When the stream was over; <see cref="MonotonicTime.Never"/> while it lives.</summary>
    public MonotonicTime End { get; internal set; }

    public HeaderMap RequestHeaders { get; internal set; } = null!;

    /// <summary>As sent downstream, or about to be; null when no response went out.</summary>
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

    /// <summary>Names and values of the request as it came.</summary>
    public long RequestHeadersBytes { get; internal set; }

    /// <summary>0 if no host was chosen; 1 for the first attempt.</summary>
    public int AttemptCount { get; internal set; }

    /// <summary>The client as far as it can be trusted: from x-forwarded-for with port 0, else the peer.</summary>
    public NetworkAddress RemoteAddress { get; internal set; } = null!;

    /// <summary>The route that was found; null for none.</summary>
    public Route? Route { get; internal set; }

    public VirtualHost? VirtualHost { get; internal set; }

    /// <summary>The name of the route; empty for none.</summary>
    public string RouteName => Route?.Name ?? "";

    /// <summary>The name of the virtual cluster; empty for none.</summary>
    public string VirtualClusterName { get; internal set; } = "";

    /// <summary>The route's cluster; null without a route that forwards, or for an unknown cluster.</summary>
    public ClusterSnapshot? UpstreamCluster { get; internal set; }

    /// <summary>The host of the attempt that counts; null before the first.</summary>
    public HostState? UpstreamHost => Upstream.Host;

    /// <summary>The proxy's own address on the connection of the attempt that counts; null if unknown.</summary>
    public NetworkAddress? UpstreamLocalAddress => Upstream.LocalAddress;

    /// <summary>Why the attempt that counts got no connection; empty if it got one.</summary>
    public string UpstreamTransportFailureReason => Upstream.TransportFailureReason;

    /// <summary>The request is a health check of this proxy: left out of most statistics.</summary>
    public bool IsHealthCheck { get; internal set; }

    /// <summary>Whether the request is traced, and why.</summary>
    public TraceReason TraceReason { get; internal set; }

    /// <summary>The number of the request id that sampling goes by; null if the id has none.</summary>
    public ulong? RequestIdNumber { get; internal set; }

    /// <summary>The body of the proxy's own reply, before local_reply_config; empty for none.</summary>
    public ReadOnlyMemory<byte> LocalReplyBody { get; internal set; }

    public DynamicMetadata DynamicMetadata { get; } = new();

    public FilterState FilterState { get; } = new();

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
        RemoteAddress = connection.Remote;
        RequestComplete = DownstreamFirstByteSent = End = MonotonicTime.Never;
        own.Clear();
        Upstream = own;
        ResponseHeaders = ResponseTrailers = null;
        ResponseCode = AttemptCount = 0;
        BytesReceived = BytesSent = RequestHeadersBytes = 0;
        ResponseCodeDetails = VirtualClusterName = "";
        Flags = default;
        Route = null;
        VirtualHost = null;
        UpstreamCluster = null;
        IsHealthCheck = false;
        TraceReason = TraceReason.NotTraceable;
        RequestIdNumber = null;
        LocalReplyBody = default;
        DynamicMetadata.Clear();
        FilterState.Clear();
    }

    /// <summary>
    /// A redirect within the proxy: what is known of the client's side goes on. As in Envoy the trusted address and the decision to trace do
    /// not, and the body is received once more.
    /// </summary>
    internal void BeginRecreated(StreamInfo former)
    {
        Start = former.Start;
        StartUnixNs = former.StartUnixNs;
        RequestComplete = former.RequestComplete;
        RequestIdNumber = former.RequestIdNumber;
        BytesReceived = former.BytesReceived;
        RequestHeadersBytes = former.RequestHeadersBytes;
    }

    /// <summary>From now on this attempt counts; it writes down what happens to it.</summary>
    internal void Follow(UpstreamInfo attempt) => Upstream = attempt;

    /// <summary>An attempt is over: what is known of it stays here if it counts. Returns what the attempt may use the next time.</summary>
    internal UpstreamInfo Keep(UpstreamInfo attempt)
    {
        if (!ReferenceEquals(Upstream, attempt))
        {
            return attempt;
        }

        var free = own;
        own = attempt;
        return free;
    }

    internal void SetFlag(ResponseFlag flag)
    {
        var flags = Flags;
        flags.Set(flag);
        Flags = flags;
    }
}

/// <summary>Why a request is traced.</summary>
public enum TraceReason : byte
{
    NotTraceable,
    Sampling,
    ServiceForced,
    ClientForced,
    HealthCheck,
}
