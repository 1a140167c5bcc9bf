namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A worker whose one listener has a TCP proxy; the test is the client, the hosts, and the driver. Effects are short lines.</summary>
internal sealed class TcpWorker : ILogLineSink
{
    private readonly EffectBuffer effects = new();
    private readonly AccessLogWriter log;
    private readonly ProxySnapshot snapshot;
    private MonotonicTime now = new(1_000_003);

    /// <param name="proxy">Settings of the TCP proxy beside its statistics <c>t</c> and its log.</param>
    /// <param name="clusters">Their hosts are there at once.</param>
    /// <param name="chain">Changes of its filter chain.</param>
    public TcpWorker(
        Func<TcpProxySnapshot, TcpProxySnapshot>? proxy = null,
        ClusterSnapshot[]? clusters = null,
        Func<FilterChainSnapshot, FilterChainSnapshot>? chain = null
    )
    {
        const string Format = "%RESPONSE_FLAGS% %UPSTREAM_CLUSTER% %UPSTREAM_HOST% sent=%BYTES_SENT% received=%BYTES_RECEIVED% %PROTOCOL% %ACCESS_LOG_TYPE%";
        var settings = new TcpProxySnapshot
        {
            StatPrefix = "t",
            Clusters = [new TcpProxyCluster("svc")],
            AccessLogs = [Snapshots.Log(Format)],
        };
        var last = new FilterChainSnapshot { TcpProxy = proxy?.Invoke(settings) ?? settings };
        Listener = Snapshots.ListenerOf("main", Snapshots.Manager([])) with { FilterChains = [chain?.Invoke(last) ?? last] };
        snapshot = new ProxySnapshot { Listeners = [Listener], Clusters = [.. clusters ?? [Snapshots.Cluster("svc", 1)]] };
        log = new AccessLogWriter(this);
        Worker = new Worker(snapshot, new ProxyShared(snapshot), new RandomSource(7), WorkerHarness.EpochUnixNs);
        Memberships = Start();
        foreach (var membership in Memberships)
        {
            Worker.HostUpdate(now, membership, effects);
        }

        effects.Clear();
    }

    public Worker Worker { get; }

    public ListenerSnapshot Listener { get; }

    public ClusterMembership[] Memberships { get; }

    /// <summary>Lines of the access log.</summary>
    public List<string> Logs { get; } = [];

    public MonotonicTime Now => now;

    public long Stat(string name) => Worker.View.Stats.Value(name);

    public string[] Open(long connection = 1, string client = "192.0.2.7") =>
        Do(buffer => Worker.DownstreamConnection(now, new ConnectionId(connection), Snapshots.Connection(client: client), buffer));

    public string[] Connected(long upstream = 1, ConnectOutcome outcome = ConnectOutcome.Connected) =>
        Do(buffer =>
            Worker.ConnectionResult(
                now,
                new UpstreamConnectionId(upstream),
                outcome,
                outcome == ConnectOutcome.Connected ? "" : "refused",
                Snapshots.ProxySide,
                buffer
            )
        );

    public string[] Refused(long upstream = 1) => Connected(upstream, ConnectOutcome.RemoteFailure);

    public string[] Data(TcpSide from, long bytes, bool end = false, long connection = 1) =>
        Do(buffer => Worker.TcpData(now, new ConnectionId(connection), from, bytes, end, buffer));

    public string[] Closed(long connection = 1, long unsent = 0) => Do(buffer => Worker.DownstreamClosed(now, new ConnectionId(connection), buffer, unsent));

    public string[] UpstreamClosed(long upstream = 1) =>
        Do(buffer => Worker.ConnectionClosed(now, new UpstreamConnectionId(upstream), ResetReason.ConnectionTermination, buffer));

    public string[] Do(Action<EffectBuffer> input)
    {
        input(effects);
        var lines = new List<string>();
        foreach (ref readonly var effect in effects.Span)
        {
            if (effect.Kind == EffectKind.LogAccess)
            {
                log.Write(effect.Log!, effect.Bytes);
                lines.Add("log");
            }
            else if (effect.Kind != EffectKind.UseFilterChain)
            {
                lines.Add(EffectText.Of(effect)[2..]);
            }
        }

        effects.Clear();
        return [.. lines];
    }

    /// <summary>Lets time pass, from deadline to deadline.</summary>
    public string[] Wait(double milliseconds)
    {
        var end = now.Plus((long)(milliseconds * 1e6));
        List<string> lines = [];
        while (Worker.NextDeadline is { } deadline && deadline <= end)
        {
            now = deadline;
            lines.AddRange(Do(buffer => Worker.Advance(now, buffer)));
        }

        now = end;
        return [.. lines];
    }

    void ILogLineSink.Write(AccessLogSnapshot log, ReadOnlySpan<byte> line) => Logs.Add(System.Text.Encoding.Latin1.GetString(line));

    private ClusterMembership[] Start()
    {
        new ProxyMain(snapshot, new RandomSource(1)).Start(now, effects);
        var found = effects.Span.ToArray().Select(static effect => effect.Membership).OfType<ClusterMembership>().ToArray();
        effects.Clear();
        return found;
    }
}
