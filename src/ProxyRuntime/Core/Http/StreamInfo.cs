using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What is known of one request, or of one connection of a TCP proxy: the source of access-log operators and of formatted headers. Grows while
/// it lives.
/// </summary>
/// <remarks>Reused; what a driver gets is valid only while the effects it came with are carried out.</remarks>
public sealed class StreamInfo
{
    private static readonly HeaderMap NoHeaders = new HeaderMap().Freeze();
    private readonly WorkerContext? context;
    private readonly List<HostState> attemptedHosts = [];
    private readonly List<UpstreamConnectionId> attemptedConnections = [];
    private readonly List<AttemptRecord> attempts = [];
    private UpstreamInfo own = new();

    /// <param name="context">The worker that runs the request; null where nobody asks for the time or for random numbers.</param>
    internal StreamInfo(WorkerContext? context = null)
    {
        this.context = context;
        Upstream = own;
    }

    public StreamId Stream { get; internal set; }

    public ConnectionInfo Connection { get; internal set; } = null!;

    /// <summary>The listener that accepted the connection; null for requests of the proxy's own.</summary>
    public ListenerSnapshot? Listener { get; internal set; }

    /// <summary>The filter chain of the connection; null for requests of the proxy's own.</summary>
    public FilterChainSnapshot? FilterChain { get; internal set; }

    /// <summary>When the connection began.</summary>
    public MonotonicTime ConnectionStart { get; internal set; } = MonotonicTime.Never;

    /// <summary>Null for a connection of a TCP proxy.</summary>
    public HttpConnectionManagerSnapshot ConnectionManager { get; internal set; } = null!;

    /// <summary>The TCP proxy whose connection this is; null for a request.</summary>
    public TcpProxySnapshot? TcpProxy { get; private set; }

    /// <summary>The access logs there are for it.</summary>
    public ImmutableArray<AccessLogSnapshot> AccessLogs { get; private set; } = [];

    /// <summary>Wall-clock start in nanoseconds since the Unix epoch.</summary>
    public long StartUnixNs { get; internal set; }

    public MonotonicTime Start { get; internal set; }

    /// <summary>When the headers of the request were complete; <see cref="MonotonicTime.Never"/> if they were not.</summary>
    public MonotonicTime RequestHeadersComplete { get; internal set; }

    /// <summary>When the last request byte came; <see cref="MonotonicTime.Never"/> if it did not.</summary>
    public MonotonicTime RequestComplete { get; internal set; }

    /// <summary>What is known of the attempt that counts: the one that answered, else the last.</summary>
    public UpstreamInfo Upstream { get; private set; }

    /// <summary>The hosts of all attempts that got or failed to get a connection, in order.</summary>
    public IReadOnlyList<HostState> AttemptedHosts => attemptedHosts;

    /// <summary>The connections of all attempts, in order.</summary>
    public IReadOnlyList<UpstreamConnectionId> AttemptedConnections => attemptedConnections;

    /// <summary>Attempts that are over, in the order they ended; empty unless <see cref="Worker.KeepAttempts"/> was called.</summary>
    public IReadOnlyList<AttemptRecord> Attempts => attempts;

    /// <summary>When the first byte went downstream; <see cref="MonotonicTime.Never"/> if none did.</summary>
    public MonotonicTime DownstreamFirstByteSent { get; internal set; }

    /// <summary>When the last byte went downstream; <see cref="MonotonicTime.Never"/> if the response broke off.</summary>
    public MonotonicTime DownstreamLastByteSent { get; internal set; }

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

    /// <summary>The client's side of the request on the wire.</summary>
    public BytesMeter DownstreamBytes { get; } = new();

    /// <summary>All attempts together on the wire.</summary>
    public BytesMeter UpstreamBytes { get; } = new();

    /// <summary>How often a route was looked for.</summary>
    public int RouteResolutions { get; internal set; }

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

    /// <summary>Why the attempt that counts got no connection; empty if it got one.</summary>
    public string UpstreamTransportFailureReason => Upstream.TransportFailureReason;

    /// <summary>The request is a health check of this proxy: left out of most statistics.</summary>
    public bool IsHealthCheck { get; internal set; }

    /// <summary>Whether the request is traced, and why.</summary>
    public TraceReason TraceReason { get; internal set; }

    /// <summary>The number of the request id that sampling goes by; null if the id has none.</summary>
    public ulong? RequestIdNumber { get; internal set; }

    /// <summary>The body that a body_format is being applied to; empty at any other time.</summary>
    public ReadOnlyMemory<byte> LocalReplyBody { get; internal set; }

    /// <summary>Which moment of the request is being logged, if any is.</summary>
    public LogEntryType LogType { get; internal set; }

    public DynamicMetadata DynamicMetadata { get; } = new();

    public FilterState FilterState { get; } = new();

    /// <summary>The moment of the input under way; the end of a request that is over.</summary>
    internal MonotonicTime Now => End != MonotonicTime.Never ? End : context?.Now ?? Start;

    /// <summary>Random numbers of the worker; null without one.</summary>
    internal RandomStream? Random => context?.FormatRandom;

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
        AccessLogs = manager.AccessLogs;
        Start = now;
        StartUnixNs = unixNs;
        RequestHeaders = requestHeaders;
        RemoteAddress = connection.Remote;
        RequestHeadersComplete = RequestComplete = DownstreamFirstByteSent = DownstreamLastByteSent = End = MonotonicTime.Never;
        own.Clear();
        Upstream = own;
        attemptedHosts.Clear();
        attemptedConnections.Clear();
        attempts.Clear();
        DownstreamBytes.Clear();
        UpstreamBytes.Clear();
        ResponseHeaders = ResponseTrailers = null;
        ResponseCode = AttemptCount = RouteResolutions = 0;
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
        LogType = LogEntryType.NotSet;
        DynamicMetadata.Clear();
        FilterState.Clear();
    }

    /// <summary>A connection of a TCP proxy; this is its only use.</summary>
    internal void BeginTcp(ConnectionId connection, ConnectionInfo info, TcpProxySnapshot proxy, MonotonicTime now, long unixNs)
    {
        Stream = new StreamId(connection, 0);
        Connection = info;
        TcpProxy = proxy;
        AccessLogs = proxy.AccessLogs;
        Start = ConnectionStart = now;
        StartUnixNs = unixNs;
        RequestHeaders = NoHeaders;
        RemoteAddress = info.Remote;
        RequestHeadersComplete = RequestComplete = DownstreamFirstByteSent = DownstreamLastByteSent = End = MonotonicTime.Never;
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
        RequestHeadersComplete = Now;
        DownstreamBytes.CopyFrom(former.DownstreamBytes);
    }

    /// <summary>From now on this attempt counts; it writes down what happens to it.</summary>
    internal void Follow(UpstreamInfo attempt) => Upstream = attempt;

    /// <summary>The pool has given an attempt a connection, or refused it.</summary>
    internal void Attempted(UpstreamInfo attempt)
    {
        attempt.PoolAnswered = Now;
        attemptedHosts.Add(attempt.Host!);
        if (attempt.Connection != default)
        {
            attemptedConnections.Add(attempt.Connection);
        }
    }

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

    internal void Ended(in AttemptRecord attempt) => attempts.Add(attempt);

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
