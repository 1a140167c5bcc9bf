namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the parts of one worker have in common while it handles an input.</summary>
internal sealed class WorkerContext
{
    private readonly List<RequestStream> finished = [];
    private readonly List<UpstreamRequest> retired = [];
    private readonly List<HeaderMap> spent = [];
    private readonly Stack<UpstreamRequest> freeAttempts = new();
    private ConnectivityState connectivity;
    private int concluded;
    private long lastAttempt;
    private long lastUpstreamConnection;

    public WorkerContext(ProxySnapshot snapshot, ProxyShared shared, RandomSource random, long epochUnixNs)
    {
        EpochUnixNs = epochUnixNs;
        Stats = new StatSheet(snapshot.StatNames);
        Random = random;
        Shared = shared;
        Node = snapshot.Node;
        LocalCluster = snapshot.LocalCluster;
        Runtime = snapshot.Runtime;
        LocalAddress = snapshot.LocalAddress;
        Drain = snapshot.Drain;
        DrainRandom = random.Derive("drain");
        RequestIds = new RequestIds(random.Derive("request-id"));
        StreamRandom = random.Derive("stream");
        RuntimeRandom = random.Derive("runtime");
        FormatRandom = random.Derive("format");
        Date = new DateHeader(epochUnixNs);
        RouteStats = new RouteStats(Stats);
        Async = new AsyncRequests(this);
        foreach (var cluster in snapshot.Clusters)
        {
            Clusters[cluster.Name] = new ClusterState(this, cluster, shared.Resources(cluster.Name));
        }
    }

    /// <summary>Of all pools of this worker together.</summary>
    public ref ConnectivityState Connectivity => ref connectivity;

    public MonotonicTime Now { get; private set; }

    public EffectBuffer Effects { get; private set; } = null!;

    public long EpochUnixNs { get; }

    /// <summary>Wall time of the input under way, in nanoseconds since the Unix epoch.</summary>
    public long UnixNs => EpochUnixNs + Now.Nanoseconds;

    public ProxyShared Shared { get; }

    public NodeSnapshot Node { get; }

    /// <summary>The cluster of proxies like this one; empty for none.</summary>
    public string LocalCluster { get; }

    public RuntimeSnapshot Runtime { get; }

    /// <summary>The machine's own address, as it stands in x-forwarded-for of requests from the machine itself.</summary>
    public NetworkAddress LocalAddress { get; }

    /// <summary>How connections of listeners that are gone are ended.</summary>
    public DrainSnapshot Drain { get; }

    public RandomSource Random { get; }

    /// <summary>One number for each stream.</summary>
    public RandomStream StreamRandom { get; }

    /// <summary>For shares of the runtime that are drawn anew each time.</summary>
    public RandomStream RuntimeRandom { get; }

    /// <summary>For which responses tell their clients to leave a listener that is gone.</summary>
    public RandomStream DrainRandom { get; }

    /// <summary>For UNIQUE_ID in logs and headers.</summary>
    public RandomStream FormatRandom { get; }

    public RequestIds RequestIds { get; }

    public DateHeader Date { get; }

    public HeaderPool Headers { get; } = new();

    /// <summary>For one value under construction; nobody keeps a part of it.</summary>
    public ByteBuffer Scratch { get; } = new();

    public NameCache Names { get; } = new();

    public ResetReplies ResetReplies { get; } = new();

    public TimerQueue Timers { get; } = new();

    public StatSheet Stats { get; }

    public RouteStats RouteStats { get; }

    public AsyncRequests Async { get; }

    public Dictionary<string, ClusterState> Clusters { get; } = new(StringComparer.Ordinal);

    public Dictionary<StreamId, ActiveStream> Streams { get; } = [];

    public Dictionary<AttemptId, UpstreamRequest> Attempts { get; } = [];

    public Dictionary<UpstreamConnectionId, UpstreamConnection> UpstreamConnections { get; } = [];

    /// <summary>Connections of TCP proxies to their hosts.</summary>
    public Dictionary<UpstreamConnectionId, TcpUpstream> TcpUpstreams { get; } = [];

    public bool Draining { get; set; }

    /// <summary>Attempts of clients' requests are written down in their <see cref="StreamInfo"/>.</summary>
    public bool KeepsAttempts { get; set; }

    /// <summary>Is told what happens to requests; null in normal operation.</summary>
    public IRequestObserver? Observer { get; set; }

    /// <summary>Begins an input. What ended in the former one is free now that its effects are carried out.</summary>
    public void Begin(MonotonicTime now, EffectBuffer effects)
    {
        Now = now;
        Effects = effects;
        foreach (var stream in finished)
        {
            stream.Reclaim();
        }

        finished.Clear();
        concluded = 0;
        foreach (var attempt in retired)
        {
            attempt.Reclaim();
            freeAttempts.Push(attempt);
        }

        retired.Clear();
        foreach (var map in spent)
        {
            Headers.Return(map);
        }

        spent.Clear();
    }

    /// <summary>Ends an input, or one timer of many: streams that are over let go of their attempts and are logged.</summary>
    public void Complete()
    {
        for (; concluded < finished.Count; concluded++)
        {
            finished[concluded].Conclude();
        }
    }

    public UpstreamRequest NewAttempt()
    {
        var attempt = freeAttempts.TryPop(out var free) ? free : new UpstreamRequest(this);
        attempt.Id = new AttemptId(++lastAttempt);
        Attempts[attempt.Id] = attempt;
        return attempt;
    }

    /// <summary>The attempt takes no more inputs; its object is reused after this input.</summary>
    public void Retire(UpstreamRequest attempt)
    {
        if (Attempts.Remove(attempt.Id))
        {
            retired.Add(attempt);
        }
    }

    /// <summary>The stream takes no more inputs; it is logged and reused after this input.</summary>
    public void Finish(RequestStream stream)
    {
        if (stream is ActiveStream)
        {
            _ = Streams.Remove(stream.Id);
        }

        finished.Add(stream);
    }

    /// <summary>The map is free when the effects of this input are carried out.</summary>
    public void ReturnAfterEffects(HeaderMap map) => spent.Add(map);

    public UpstreamConnectionId NextUpstreamConnection() => new(++lastUpstreamConnection);
}
