namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the parts of one worker have in common while it handles an input.</summary>
internal sealed class WorkerContext
{
    private readonly List<ActiveStream> finished = [];
    private readonly List<UpstreamRequest> retired = [];
    private readonly Stack<UpstreamRequest> freeAttempts = new();
    private int concluded;
    private long lastAttempt;
    private long lastUpstreamConnection;

    public WorkerContext(ProxySnapshot snapshot, ProxyShared shared, RandomSource random, long epochUnixNs)
    {
        EpochUnixNs = epochUnixNs;
        Random = random;
        RequestIds = new RequestIds(random.Derive("request-id"));
        Date = new DateHeader(epochUnixNs);
        foreach (var cluster in snapshot.Clusters)
        {
            Clusters[cluster.Name] = new ClusterState(this, cluster, shared.Resources(cluster.Name));
        }
    }

    public MonotonicTime Now { get; private set; }

    public EffectBuffer Effects { get; private set; } = null!;

    public long EpochUnixNs { get; }

    public RandomSource Random { get; }

    public RequestIds RequestIds { get; }

    public DateHeader Date { get; }

    public HeaderPool Headers { get; } = new();

    public TimerQueue Timers { get; } = new();

    public StatSheet Stats { get; } = new();

    public Dictionary<string, ClusterState> Clusters { get; } = new(StringComparer.Ordinal);

    public Dictionary<StreamId, ActiveStream> Streams { get; } = [];

    public Dictionary<AttemptId, UpstreamRequest> Attempts { get; } = [];

    public Dictionary<UpstreamConnectionId, UpstreamConnection> UpstreamConnections { get; } = [];

    public bool Draining { get; set; }

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
    public void Finish(ActiveStream stream)
    {
        if (Streams.Remove(stream.Id))
        {
            finished.Add(stream);
        }
    }

    public UpstreamConnectionId NextUpstreamConnection() => new(++lastUpstreamConnection);
}
