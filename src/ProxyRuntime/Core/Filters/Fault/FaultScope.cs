using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the fault filters of one chain have in common in one worker: settings, statistics, randomness.</summary>
internal sealed class FaultScope
{
    /// <summary>Names that requests bring; they cannot grow memory without bound.</summary>
    private const int MaxDownstreamClusters = 1024;

    private readonly WorkerContext context;
    private readonly string prefix;
    private readonly Resource active;
    private readonly RandomStream random;
    private readonly Dictionary<string, FaultDownstreamCluster> downstreamClusters = new(StringComparer.Ordinal);

    public FaultScope(WorkerContext context, ConnectionManager manager, FaultSettings settings)
    {
        this.context = context;
        Settings = settings;
        prefix = $"http.{manager.Snapshot.StatPrefix}.fault.";
        Stats = new FaultStats(context.Stats, prefix);
        active = context.Shared.Filters.ActiveFaults(manager.Snapshot.StatPrefix);
        random = context.Random.Derive("fault", manager.Snapshot.StatPrefix);
    }

    public FaultSettings Settings { get; }

    public FaultStats Stats { get; }

    /// <summary>Whether a share of the requests includes this one: fresh randomness each time.</summary>
    public bool Draw(string key, FractionalPercent share) => context.Runtime.FeatureEnabled(key, share, random.NextUInt64());

    public ulong Integer(string key, ulong fallback) => context.Runtime.Integer(key, fallback);

    /// <summary>One more fault is under way, unless there are too many. As Envoy's, the limit may be overshot when workers race.</summary>
    public bool TryBegin(FaultSettings settings)
    {
        if ((ulong)active.Used >= Integer(settings.MaxActiveFaultsKey, settings.MaxActiveFaults ?? ulong.MaxValue))
        {
            Stats.FaultsOverflow.Increment();
            return false;
        }

        active.Increment();
        Stats.ActiveFaults.Increment();
        return true;
    }

    public void End()
    {
        active.Decrement();
        Stats.ActiveFaults.Decrement();
    }

    /// <summary>The downstream cluster that a request names; null for none.</summary>
    public FaultDownstreamCluster? DownstreamCluster(HeaderMap head)
    {
        if (!head.TryGet(HeaderName.XEnvoyDownstreamServiceCluster, out var value))
        {
            return null;
        }

        var name = context.Names.Get(value);
        if (!downstreamClusters.TryGetValue(name, out var cluster))
        {
            cluster = new FaultDownstreamCluster(context.Stats, prefix, name);
            if (downstreamClusters.Count < MaxDownstreamClusters)
            {
                downstreamClusters[name] = cluster;
            }
        }

        return cluster;
    }

    /// <summary>A share that a header may lower, never raise.</summary>
    public static FractionalPercent Share(FractionalPercent configured, bool byHeader, HeaderName header, HeaderMap head) =>
        byHeader && Number(head, header) is { } numerator and <= uint.MaxValue
            ? configured with
            {
                Numerator = Math.Min((uint)numerator, configured.Numerator),
            }
            : configured;

    /// <summary>The first value of a header as a number; null if it is absent or none.</summary>
    public static ulong? Number(HeaderMap head, HeaderName header) =>
        head.TryGet(header, out var text) && Utf8Parser.TryParse(text, out ulong number, out var used) && used == text.Length ? number : null;
}
