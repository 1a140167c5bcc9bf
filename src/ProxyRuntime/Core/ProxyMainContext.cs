namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the parts of the main machine have in common while it handles an input.</summary>
internal sealed class ProxyMainContext
{
    private long lastProbeConnection;
    private long lastProbe;

    public ProxyMainContext(ProxySnapshot snapshot, RandomSource random, long epochUnixNs)
    {
        EpochUnixNs = epochUnixNs;
        Stats = new StatSheet(snapshot.StatNames);
        OutlierEventLogPath = snapshot.OutlierEventLogPath;
        Node = snapshot.Node;
        Runtime = snapshot.Runtime;
        Random = random;
        ClusterUpdated = Stats.Counter("cluster_manager.cluster_updated");
        ClusterUpdatedViaMerge = Stats.Counter("cluster_manager.cluster_updated_via_merge");
        UpdateMergeCancelled = Stats.Counter("cluster_manager.update_merge_cancelled");
        UpdateOutOfMergeWindow = Stats.Counter("cluster_manager.update_out_of_merge_window");
    }

    /// <summary>Wall time at the zero of the clock, in nanoseconds since the Unix epoch.</summary>
    public long EpochUnixNs { get; }

    /// <summary>Where ejections are written down; empty for nowhere.</summary>
    public string OutlierEventLogPath { get; }

    public NodeSnapshot Node { get; }

    public RuntimeSnapshot Runtime { get; }

    public RandomSource Random { get; }

    /// <summary>Changes of hosts that were told at once, counted by priority.</summary>
    public Counter ClusterUpdated { get; }

    /// <summary>Changes of health that were held back and then told.</summary>
    public Counter ClusterUpdatedViaMerge { get; }

    /// <summary>Changes of health that were told with the coming or going of hosts.</summary>
    public Counter UpdateMergeCancelled { get; }

    /// <summary>Changes of health that were told at once.</summary>
    public Counter UpdateOutOfMergeWindow { get; }

    public MonotonicTime Now { get; private set; }

    /// <summary>Wall time of the input under way, in nanoseconds since the Unix epoch.</summary>
    public long UnixNs => EpochUnixNs + Now.Nanoseconds;

    public EffectBuffer Effects { get; private set; } = null!;

    public TimerQueue Timers { get; } = new();

    public StatSheet Stats { get; }

    /// <summary>For one text under construction; nobody keeps a part of it.</summary>
    public ByteBuffer Scratch { get; } = new();

    /// <summary>Open connections for health checks, and whose they are.</summary>
    public Dictionary<UpstreamConnectionId, HealthCheckSession> Probes { get; } = [];

    public UpstreamConnectionId NextProbeConnection() => new(++lastProbeConnection);

    public AttemptId NextProbe() => new(++lastProbe);

    public void Begin(MonotonicTime now, EffectBuffer effects)
    {
        Now = now;
        Effects = effects;
    }
}
