using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Some of the entities of a world with their pending events. Runs by itself up to a time; what it sends to other partitions gathers
/// in batches, which whoever runs the partitions carries over.
/// </summary>
public sealed class Partition
{
    /// <summary>Commands come after all that entities make at the same time.</summary>
    private const int OutsideSource = int.MaxValue;

    private readonly EventQueue queue = new();

    /// <summary>By number; null for those of other partitions.</summary>
    private readonly Entity?[] entities;

    /// <summary>Those that live here, in order of their numbers.</summary>
    private readonly List<Entity> own = [];
    private readonly EventBatch[] outboxes;
    private readonly List<EntityCommand> commands = [];
    private readonly World world;
    private readonly int[] placement;
    private long earliestSent = long.MaxValue;
    private byte[] zeros = [];

    /// <param name="index">Which of the partitions, from 0.</param>
    /// <param name="count">How many there are.</param>
    public Partition(World world, int index, int count)
    {
        this.world = world;
        placement = world.Placement(count);
        Index = index;
        Templates = new SimTemplates(world.Scenario, world.Synthetic);
        outboxes = [.. Enumerable.Range(0, count).Select(static _ => new EventBatch())];
        entities = new Entity?[world.EntityCount];
        for (var id = 0; id < entities.Length; id++)
        {
            if (placement[id] == index)
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
    /// <param name="endNs">When the run ended; null: when the scenario does.</param>
    public PartitionResult Collect(long? endNs = null) => PartitionResult.Collect(Index, Events, endNs ?? world.Scenario.DurationNs, own);

    /// <summary>Whether what its entities counted agrees with itself, at the end of a run.</summary>
    /// <exception cref="InvalidOperationException">It does not: a defect of this program, and figures are not to be trusted.</exception>
    public void Check() => own.ForEach(static entity => entity.Check());

    /// <summary>What its clients saw so far, and nothing else.</summary>
    public PartitionResult CollectClients() => PartitionResult.Collect(Index, Events, 0, [.. own.OfType<ClientEntity>()]);

    /// <summary>A command from outside; those for entities of other partitions are not taken.</summary>
    public void Inject(TimedCommand command)
    {
        if (own.Find(entity => entity.Name == command.Target) is { } entity)
        {
            commands.Add(command.Command);
            _ = queue.Schedule(new SimEvent(command.TimeNs, OutsideSource, command.Number, entity.Id, EventKind.Command, commands.Count - 1));
        }
    }

    /// <summary>What an event of kind <see cref="EventKind.Command"/> asks for.</summary>
    internal EntityCommand Command(long number) => commands[(int)number];

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

    /// <summary>Arrays for bytes that connections are about to read or have just written: one after the other, they use the same few.</summary>
    internal BufferPool Buffers { get; } = new();

    /// <summary>What a machine asks for, until its driver has carried it out: one at a time, so all share one.</summary>
    internal EffectBuffer Effects { get; } = new();

    /// <summary>Bytes for a body of which only the length is known.</summary>
    internal ReadOnlySpan<byte> Zeros(int count)
    {
        if (zeros.Length < count)
        {
            zeros = new byte[Math.Max(count, 2 * zeros.Length)];
        }

        return zeros.AsSpan(0, count);
    }

    /// <summary>Which requests its proxies keep by chance.</summary>
    internal RequestSample Sample { get; } = new();

    /// <summary>The header maps of simulated messages.</summary>
    internal SimTemplates Templates { get; }

    /// <summary>Lets virtual time pass up to a moment before which nothing is pending any more.</summary>
    internal void AdvanceTo(long timeNs) => NowNs = Math.Max(NowNs, timeNs);

    internal EventHandle Schedule(in SimEvent e) => queue.Schedule(e);

    internal void Cancel(EventHandle handle) => queue.Cancel(handle);

    internal void Send(in SimEvent e)
    {
        var partition = placement[e.Target];
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
