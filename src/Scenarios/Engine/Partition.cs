using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Some of the entities of a world with their pending events. Runs by itself up to a time; what it sends to other partitions gathers
/// in batches, which whoever runs the partitions carries over.
/// </summary>
public sealed class Partition
{
    private readonly EventQueue queue = new();

    /// <summary>By number; null for those of other partitions.</summary>
    private readonly Entity?[] entities;

    /// <summary>Those that live here, in order of their numbers.</summary>
    private readonly List<Entity> own = [];
    private readonly EventBatch[] outboxes;
    private readonly World world;
    private readonly int count;
    private long earliestSent = long.MaxValue;

    /// <param name="index">Which of the partitions, from 0.</param>
    /// <param name="count">How many there are.</param>
    public Partition(World world, int index, int count)
    {
        this.world = world;
        this.count = count;
        Index = index;
        Templates = new SimTemplates(world.Scenario);
        outboxes = [.. Enumerable.Range(0, count).Select(static _ => new EventBatch())];
        entities = new Entity?[world.EntityCount];
        for (var id = 0; id < entities.Length; id++)
        {
            if (World.PartitionOf(id, count) == index)
            {
                var entity = world.Make(id);
                entity.Partition = this;
                entities[id] = entity;
                own.Add(entity);
            }
        }

        foreach (var entity in own)
        {
            entity.Begin();
        }
    }

    public int Index { get; }

    /// <summary>Events handled so far.</summary>
    public long Events { get; private set; }

    public int EntityCount => own.Count;

    /// <summary>The virtual time of the event under way.</summary>
    internal long NowNs { get; private set; }

    /// <summary>Time of the earliest pending event; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextTimeNs => queue.NextTimeNs;

    /// <summary>Handles events before a time, at most so many. Returns whether more are pending before it.</summary>
    public bool RunSlice(long untilNs, int maxEvents)
    {
        for (var i = 0; i < maxEvents; i++)
        {
            if (!queue.TryTake(untilNs, out var e))
            {
                return false;
            }

            NowNs = e.TimeNs;
            Events++;
            entities[e.Target]!.Handle(e);
        }

        return queue.NextTimeNs < untilNs;
    }

    /// <summary>Time of the earliest event sent to other partitions since this was last asked; <see cref="long.MaxValue"/> for none.</summary>
    public long TakeEarliestSentNs()
    {
        var earliest = earliestSent;
        earliestSent = long.MaxValue;
        return earliest;
    }

    /// <summary>The events for another partition that gathered since the last call, as bytes; empty when there are none.</summary>
    public byte[] TakeOutbox(int partition) => outboxes[partition].IsEmpty ? [] : outboxes[partition].Take();

    /// <summary>Takes in what another partition sent.</summary>
    public void Deliver(ReadOnlySpan<byte> batch) => EventBatch.Deliver(batch, queue, Contents);

    /// <summary>What its entities counted.</summary>
    public PartitionResult Collect() => PartitionResult.Collect(Index, Events, own);

    /// <summary>A simulated proxy of this partition for inspection between slices; null if it is not here.</summary>
    public SimulatedProxyView? Proxy(string name) =>
        own.OfType<ProxyEntity>().FirstOrDefault(proxy => string.Equals(proxy.Name, name, StringComparison.Ordinal))?.View;

    /// <summary>A simulated endpoint of this partition between slices: its counts, and how many requests wait; null if it is not here.</summary>
    public (EndpointRecord Record, int Waiting)? Endpoint(string name) =>
        own.OfType<EndpointEntity>().FirstOrDefault(endpoint => string.Equals(endpoint.Name, name, StringComparison.Ordinal)) is { } found
            ? (found.Record, found.Waiting)
            : null;

    /// <summary>What pending events of this partition carry beyond numbers.</summary>
    internal ContentStore Contents { get; } = new();

    /// <summary>What a machine asks for, until its driver has carried it out: one at a time, so all share one.</summary>
    internal EffectBuffer Effects { get; } = new();

    /// <summary>The header maps of simulated messages.</summary>
    internal SimTemplates Templates { get; }

    /// <summary>Lets virtual time pass up to a moment before which nothing is pending any more.</summary>
    internal void AdvanceTo(long timeNs) => NowNs = Math.Max(NowNs, timeNs);

    internal EventHandle Schedule(in SimEvent e) => queue.Schedule(e);

    internal void Cancel(EventHandle handle) => queue.Cancel(handle);

    internal void Send(in SimEvent e)
    {
        var partition = World.PartitionOf(e.Target, count);
        if (partition == Index)
        {
            _ = queue.Schedule(e);
        }
        else
        {
            outboxes[partition].Add(e, Contents);
            earliestSent = Math.Min(earliestSent, e.TimeNs);
        }
    }
}
