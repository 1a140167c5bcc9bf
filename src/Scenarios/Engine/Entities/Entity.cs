using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>Something that lives in a simulated mesh: takes events one by one and sends others. Owned by one partition.</summary>
internal abstract class Entity(int id, string name, World world)
{
    private long sequence;
    private RandomStream? network;

    public int Id => id;

    public string Name => name;

    public Partition Partition { get; set; } = null!;

    /// <summary>The moment of the event under way, nanoseconds.</summary>
    public long NowNs => Partition.NowNs;

    protected World World => world;

    /// <summary>Randomness of this entity alone; a stream for each purpose.</summary>
    protected RandomSource Random { get; } = world.Random.DeriveSource("entity", name);

    protected MonotonicTime Now => new(NowNs);

    private RandomStream Network => network ??= Random.Derive("network");

    /// <summary>Called once, before the first event.</summary>
    public abstract void Begin();

    public abstract void Handle(in SimEvent e);

    /// <summary>Called at the end of a run: holds what it counted against what must be.</summary>
    /// <exception cref="InvalidOperationException">It does not agree.</exception>
    public virtual void Check() { }

    /// <summary>An event for this entity itself.</summary>
    public EventHandle Schedule(long timeNs, EventKind kind, long a = 0, long b = 0, int c = 0) =>
        Partition.Schedule(new SimEvent(timeNs, id, sequence++, id, kind, a, b, c));

    /// <summary>A message over the network: at least the latency floor away, and not before <paramref name="notBeforeNs"/>. Returns when it arrives.</summary>
    public long Send(int target, EventKind kind, long a = 0, long b = 0, int c = 0, long notBeforeNs = 0)
    {
        var arrival = Math.Max(NowNs + DelayNs(target, Bytes(kind, a, b, c)), notBeforeNs);
        Partition.Send(new SimEvent(arrival, id, sequence++, target, kind, a, b, c));
        return arrival;
    }

    /// <summary>A message that no network carries, such as between a machine and what runs on it: as soon as one may arrive.</summary>
    public void SendWithin(int target, EventKind kind, long a) =>
        Partition.Send(new SimEvent(NowNs + world.Scenario.Network.SmallestFloorNs, id, sequence++, target, kind, a));

    /// <summary>One way to somebody who is nowhere in particular: a name server, an address where nobody is.</summary>
    protected long DelayNs() => world.Scenario.Network.SampleNs(Network);

    /// <summary>One way to another entity.</summary>
    protected long DelayNs(int target, int bytes = 0) => world.Links.DelayNs(NowNs, id, target, bytes, Network);

    /// <summary>How long a message is, where that counts.</summary>
    private int Bytes(EventKind kind, long a, long b, int c) =>
        !world.Links.CountsBytes ? 0
        : kind is EventKind.ClientBytes or EventKind.DownstreamBytes or EventKind.UpstreamBytes or EventKind.RequestBytes or EventKind.Asked or EventKind.Told
            ? Partition.Contents.Length(a)
        : kind == EventKind.UpstreamResponse ? ServiceAnswer.BytesOf(a)
        : kind == EventKind.DownstreamRequest ? world.RequestBytes(RequestFacts.Number(Partition.Contents, (int)b), c)
        : 0;
}
