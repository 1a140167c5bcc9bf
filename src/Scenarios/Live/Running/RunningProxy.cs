using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Core;
using MeshSim.ProxyRuntime.Live;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>One live proxy of a run, with what is counted of it.</summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    private readonly LiveProxy proxy;
    private readonly ProxyRecorder[] recorders;
    private readonly EventLogs events;
    private readonly Dictionary<StatSheet, SheetSeries> series = [];
    private bool ended;

    private RunningProxy(PlannedProxy planned, LiveProxy proxy, ProxyRecorder[] recorders, EventLogs events)
    {
        Planned = planned;
        this.proxy = proxy;
        this.recorders = recorders;
        this.events = events;
    }

    public PlannedProxy Planned { get; }

    /// <summary>Completes when a thread of the proxy has failed.</summary>
    public Task Failed => proxy.Failed;

    /// <param name="logs">Its access logs are kept.</param>
    /// <exception cref="LiveRunException">It cannot start.</exception>
    public static async Task<RunningProxy> StartAsync(PlannedProxy planned, LoopbackPlan plan, ulong seed, RunClock clock, long warmUpNs, bool logs)
    {
        var files = new EventLogs();
        var writers = Enumerable.Range(0, planned.Role.Concurrency).Select(_ => new ProxyRecorder(planned.Name, new RequestSample(), warmUpNs)).ToArray();
        var observed = planned with { Role = planned.Role with { Snapshot = EventCapture.Of(planned.Role.Snapshot) } };
        var options = new LiveProxyOptions
        {
            Concurrency = planned.Role.Concurrency,
            Seed = StableHash.Of(planned.Name, seed),
            Resolver = plan.Resolve,
            KeepAttempts = true,
            RequestEnded = (worker, info) =>
            {
                if (clock.IsRunning)
                {
                    writers[worker].Ended(info, info.StartUnixNs - clock.BeginUnixNs, clock.NowNs);
                }
            },
        };
        try
        {
            var started = await LiveProxy
                .StartAsync(LoopbackSnapshot.Of(observed, plan, files.FileFor, logs ? files.AccessLogFile : null), planned.Role.Configuration, options)
                .ConfigureAwait(false);
            return new RunningProxy(planned, started, writers, files);
        }
        catch (LiveProxyStartException e)
        {
            files.Dispose();
            throw new LiveRunException($"proxy '{planned.Name}': {e.Message}", e);
        }
    }

    /// <summary>Counts compared statistics from here on.</summary>
    public Task BeginAsync() => NoteAsync(0);

    /// <summary>What was counted since the last call happened in the second that <paramref name="timeNs"/> is in.</summary>
    public Task NoteAsync(long timeNs) =>
        proxy.ReadStatsAsync(sheet =>
        {
            SheetSeries? known;
            lock (series)
            {
                if (!series.TryGetValue(sheet, out known))
                {
                    series[sheet] = known = new SheetSeries(sheet, withDetails: true);
                }
            }

            known.Note(timeNs);
            return true;
        });

    /// <summary>Ends it. Returns what it counted.</summary>
    public async Task<ProxyRecord> EndAsync()
    {
        var totals = new StatTotals();
        _ = await proxy.ReadStatsAsync(sheet => Add(totals, sheet)).ConfigureAwait(false);
        var hosts = HostTotals.Of(await proxy.ReadClustersAsync().ConfigureAwait(false));
        var machines = await proxy.ReadStatsAsync(sheet => ProxyRecord.Of(Planned.Name, [sheet], OutcomeCounts.Sum()).Stats).ConfigureAwait(false);
        await EndProxyAsync().ConfigureAwait(false); // Its threads count no more.
        var stats = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, value) in machines.SelectMany(static machine => machine))
        {
            stats[name] = stats.GetValueOrDefault(name) + value;
        }

        var accessLog = events.ReadAccessLog(out var lost);
        return new ProxyRecord(
            Planned.Name,
            stats.Where(static entry => entry.Value != 0).ToImmutableSortedDictionary(StringComparer.Ordinal),
            OutcomeCounts.Sum(recorders.Select(static recorder => recorder.Responses))
        )
        {
            StatsBySecond = SheetSeries.Sum(series.Values),
            Events = events.Read(),
            Details = ProxyRecorder.Details(recorders, series.Values) with
            {
                Addresses = [.. Planned.Listeners.Select(static listener => listener.ToString())],
                Hosts = hosts,
                Stats = StatsPage.Text(totals, usedOnly: true, filter: null),
                AccessLog = accessLog,
                AccessLogLost = lost,
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await EndProxyAsync().ConfigureAwait(false);
        events.Dispose();
    }

    /// <summary>Machines are read in their own threads.</summary>
    private static bool Add(StatTotals totals, StatSheet sheet)
    {
        lock (totals)
        {
            totals.Add(sheet);
        }

        return true;
    }

    private async Task EndProxyAsync()
    {
        if (!ended)
        {
            ended = true;
            await proxy.DisposeAsync().ConfigureAwait(false);
        }
    }
}
