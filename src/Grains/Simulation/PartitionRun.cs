using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Grains.Simulation;

/// <summary>The state of a partition in a run: its entities, how far they are, what it told its peers.</summary>
internal sealed class PartitionRun : IDisposable
{
    /// <summary>Events in one slice: a few milliseconds, so that inspection calls are answered soon.</summary>
    private const int SliceEvents = 20_000;

    /// <summary>The share of the machine's memory that a run may take.</summary>
    private const double MemoryShare = 0.8;

    private static readonly long MaxMemoryBytes = (long)(MemoryShare * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    private readonly RunRequest request;
    private readonly Scenario scenario;
    private readonly WindowRunner runner;
    private readonly KeptMessages?[] kept;
    private readonly List<RecordedCommand> commands = [];
    private int injected;

    public PartitionRun(RunRequest request, int index)
    {
        this.request = request;
        Index = index;
        scenario = ScenarioBundle.Load(request);
        var world = new World(scenario, request.Seed) { RecordsDetails = request.RecordsDetails, AccessLogOf = request.AccessLogOf };
        runner = new WindowRunner(new Partition(world, index, request.Partitions), request.Partitions, new WindowClock(scenario));
        kept = [.. Enumerable.Range(0, request.Partitions).Select(peer => request.KeepsBatches && peer != index ? new KeptMessages() : null)];
    }

    public int Index { get; }

    public Partition Partition => runner.Partition;

    public long DurationNs => scenario.DurationNs;

    public long Window => runner.Window;

    public long ReachedNs => runner.ReachedNs;

    public long NextNs => runner.WindowEndNs;

    /// <summary>Nothing is left before the end of the run.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why it cannot go on; null if it can.</summary>
    public string? Failure { get; private set; }

    /// <summary>Batches of events that were not empty.</summary>
    public long Batches { get; private set; }

    public RecordedCommand[] Commands => [.. commands];

    /// <summary>Takes over commands that are new to it.</summary>
    public void Add(RecordedCommand[] all)
    {
        for (var i = commands.Count; i < all.Length; i++)
        {
            commands.Add(all[i]);
        }
    }

    /// <summary>Handles one slice of events. What goes wrong in it ends the run.</summary>
    public WindowStep Step(long goalNs)
    {
        try
        {
            Inject();
            var step = runner.Step(goalNs, SliceEvents);
            IsOver = step == WindowStep.Over;
            if (IsOver)
            {
                Partition.Check();
            }

            if (Partition.Events > request.MaxEvents)
            {
                Fail(string.Create(CultureInfo.InvariantCulture, $"more than {request.MaxEvents} events"));
            }
            else if (step == WindowStep.More && GC.GetTotalMemory(forceFullCollection: false) > MaxMemoryBytes)
            {
                Fail(string.Create(CultureInfo.InvariantCulture, $"more than {MaxMemoryBytes >> 20} MiB of memory"));
            }

            return step;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail($"{e.GetType().Name}: {e.Message}");
            return WindowStep.Over;
        }
    }

    /// <summary>What to tell a peer about the window that was just finished.</summary>
    public WindowBytes TakeMessage(int peer)
    {
        var message = runner.TakeMessage(peer);
        var bytes = new WindowBytes(message.Window, message.NextTimeNs, message.Events);
        Batches += message.Events.Length > 0 ? 1 : 0;
        kept[peer]?.Add(bytes);
        return bytes;
    }

    public void Receive(int sender, WindowBytes message) => runner.Receive(sender, new WindowMessage(message.Window, message.NextTimeNs, message.Events));

    /// <summary>Whether a peer's message about the window is missing.</summary>
    public bool IsMissing(int peer) => peer != Index && runner.IsMissing(peer);

    /// <summary>Whether all peers have told what the next window needs.</summary>
    public bool IsReady => runner.IsReady;

    public WindowBytes[] Kept(int receiver, long fromWindow, int maxBytes) => kept[receiver]?.Read(fromWindow, maxBytes) ?? [];

    /// <summary>What was counted, in the codec.</summary>
    public byte[] Collect(long endedNs)
    {
        var result = Partition.Collect(endedNs);
        var proxies = result.Proxies.ToImmutableSortedDictionary(static entry => entry.Key, entry => WithPage(entry.Value));
        return PartitionResultCodec.Encode(result with { Proxies = proxies });
    }

    /// <summary>What clients saw so far, in the codec.</summary>
    public byte[] CollectClients() => PartitionResultCodec.Encode(Partition.CollectClients());

    public void Dispose()
    {
        foreach (var messages in kept)
        {
            messages?.Dispose();
        }
    }

    private ProxyRecord WithPage(ProxyRecord proxy) =>
        proxy.Details is { } details ? proxy with { Details = details with { Stats = ProxyPages.Stats(Partition.Proxy(proxy.Name)!) } } : proxy;

    /// <summary>Commands belong to a window, so that a partition that is executed again hears of each at the same point.</summary>
    private void Inject()
    {
        for (; injected < commands.Count && commands[injected].Window <= runner.Window; injected++)
        {
            Partition.Inject(CommandText.Read(scenario, commands[injected]));
        }
    }

    private void Fail(string why) =>
        Failure = string.Create(
            CultureInfo.InvariantCulture,
            $"{why}, in partition {Index} at virtual time {Partition.NextTimeNs / 1e9:0.000000} s, event {Partition.Events}, seed {request.Seed}"
        );
}
