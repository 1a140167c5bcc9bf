using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Grains.Contracts;
using MeshSim.ProxyRuntime.Admin;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Grains.Simulation;

/// <summary>Runs one partition. It never waits for its peers' calls: batches come into its mailbox, and slices leave room for other calls.</summary>
internal sealed class PartitionGrain : Grain, IPartitionGrain
{
    /// <summary>Events in one slice: a few milliseconds, so that inspection calls are answered soon.</summary>
    private const int SliceEvents = 50_000;

    private readonly List<byte[]> mailbox = [];
    private Partition? partition;
    private RunRequest? run;
    private int received;
    private TaskCompletionSource? waiting;
    private int waitingFor;

    public Task<PartitionReport> Start(RunRequest request, int index)
    {
        run = request;
        var world = new World(ScenarioBundle.Load(request), request.Seed) { RecordsDetails = true, AccessLogOf = request.AccessLogOf };
        partition = new Partition(world, index, request.Partitions);
        return Task.FromResult(Report(windowDone: true, new int[request.Partitions], long.MaxValue));
    }

    public async Task<PartitionReport> RunSlice(long untilNs, int batchesDue)
    {
        await BatchesIn(batchesDue);
        foreach (var batch in mailbox)
        {
            partition!.Deliver(batch);
        }

        mailbox.Clear();
        var more = partition!.RunSlice(untilNs, SliceEvents);
        var sentTo = new int[run!.Partitions];
        return more ? Report(windowDone: false, sentTo, long.MaxValue) : Report(windowDone: true, sentTo, SendBatches(sentTo));
    }

    public Task Deliver(EventBytes batch)
    {
        mailbox.Add(batch.Bytes);
        received++;
        if (waiting is not null && received >= waitingFor)
        {
            waiting.SetResult();
            waiting = null;
        }

        return Task.CompletedTask;
    }

    public Task<EventBytes> Collect(long endNs)
    {
        var result = partition!.Collect(endNs);
        var proxies = result.Proxies.ToImmutableSortedDictionary(
            static entry => entry.Key,
            entry => entry.Value with { Details = entry.Value.Details! with { Stats = Stats(partition.Proxy(entry.Value.Name)!) } }
        );
        return Task.FromResult(new EventBytes(PartitionResultCodec.Encode(result with { Proxies = proxies })));
    }

    public Task<EventBytes> CollectClients() => Task.FromResult(new EventBytes(PartitionResultCodec.Encode(partition!.CollectClients())));

    public Task<string?> ProxyPage(string proxy, string page)
    {
        if (partition?.Proxy(proxy) is not { } view)
        {
            return Task.FromResult<string?>(null);
        }

        if (page == "clusters")
        {
            return Task.FromResult<string?>(ClustersPage.Text(view.Snapshot, view.Main.Clusters, view.Main.OutlierRates));
        }

        return Task.FromResult<string?>(Stats(view));
    }

    public Task<EndpointStatus?> EndpointStatus(string endpoint) =>
        Task.FromResult(
            partition?.Endpoint(endpoint) is { } found
                ? new EndpointStatus(found.Record.Address, found.Record.Arrivals, found.Record.Answered, found.Record.Errors, found.Waiting)
                : null
        );

    private static string Stats(SimulatedProxyView view)
    {
        var totals = new StatTotals();
        totals.Add(view.Main.Stats);
        totals.Add(view.Shared.Stats);
        foreach (var worker in view.Workers)
        {
            totals.Add(worker.Stats);
        }

        return StatsPage.Text(totals, usedOnly: true, filter: null);
    }

    private Task BatchesIn(int due)
    {
        if (received >= due)
        {
            return Task.CompletedTask;
        }

        waitingFor = due;
        waiting = new TaskCompletionSource();
        return waiting.Task;
    }

    /// <summary>Sends every batch one way; returns the time of the earliest event in them.</summary>
    private long SendBatches(int[] sentTo)
    {
        var earliest = partition!.TakeEarliestSentNs();
        for (var peer = 0; peer < sentTo.Length; peer++)
        {
            if (partition.TakeOutbox(peer) is { Length: > 0 } batch)
            {
                sentTo[peer]++;
                _ = GrainFactory.GetGrain<IPartitionGrain>(PartitionKey(run!.RunId, peer)).Deliver(new EventBytes(batch));
            }
        }

        return earliest;
    }

    private PartitionReport Report(bool windowDone, int[] sentTo, long earliestSentNs) =>
        new(partition!.NextTimeNs, partition.Events, windowDone, sentTo, earliestSentNs);

    internal static string PartitionKey(string run, int index) => string.Create(CultureInfo.InvariantCulture, $"{run}/{index}");
}
