using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>Something that lives in a simulated mesh: takes events one by one and sends others. Owned by one partition.</summary>
internal abstract class Entity(int id, string name, World world)
{
    private long sequence;

    public int Id => id;

    public string Name => name;

    protected World World => world;

    /// <summary>Randomness of this entity alone; a stream for each purpose.</summary>
    protected RandomSource Random { get; } = world.Random.DeriveSource("entity", name);

    private RandomStream? network;

    public Partition Partition { get; set; } = null!;

    protected long NowNs => Partition.NowNs;

    protected MonotonicTime Now => new(NowNs);

    /// <summary>Called once, before the first event.</summary>
    public abstract void Begin();

    public abstract void Handle(in SimEvent e);

    /// <summary>An event for this entity itself.</summary>
    protected EventHandle Schedule(long timeNs, EventKind kind, long a = 0, long b = 0, int c = 0) =>
        Partition.Schedule(new SimEvent(timeNs, id, sequence++, id, kind, a, b, c));

    /// <summary>A message over the network: at least the latency floor away, and not before <paramref name="notBeforeNs"/>. Returns when it arrives.</summary>
    protected long Send(int target, EventKind kind, long a = 0, long b = 0, int c = 0, long notBeforeNs = 0)
    {
        var arrival = Math.Max(NowNs + DelayNs(), notBeforeNs);
        Partition.Send(new SimEvent(arrival, id, sequence++, target, kind, a, b, c));
        return arrival;
    }

    /// <summary>One way over a link.</summary>
    protected long DelayNs() => world.Scenario.Network.SampleNs(network ??= Random.Derive("network"));
}
