using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// A scenario over real sockets on loopback: a live proxy for each of its proxies, a backend for each replica of its services, a client for
/// each load, faults at their times. Arrivals, services and randomness are those of a simulation with the same seed; time is real.
/// </summary>
public sealed class LiveRun : IAsyncDisposable
{
    /// <summary>What a request crosses four times: client to proxy, proxy to service, and back.</summary>
    private const int Sides = 2;

    /// <summary>From the moment all is up to the begin.</summary>
    private const long LeadNs = 50 * MonotonicTime.NanosecondsPerMillisecond;

    private readonly Scenario scenario;
    private readonly ImmutableArray<Fault> faultsAsWritten;
    private readonly LiveRunOptions options;
    private readonly LoopbackNetwork network;
    private readonly RunClock clock = new();
    private readonly TimedLoop backendLoop;
    private readonly TimedLoop loadLoop;
    private readonly List<ServiceBackend> backends = [];
    private readonly List<RunningProxy> proxies = [];
    private readonly List<LoadClient> clients = [];
    private readonly ClientRecorder recorder;
    private readonly LatencyHistogram lateness = new();

    private LiveRun(Scenario scenario, LiveRunOptions options)
    {
        faultsAsWritten = scenario.Faults;
        this.scenario = scenario with { Faults = FaultSchedule.Of(scenario, options.Seed) };
        this.options = options;
        network = LoopbackNetwork.Take();
        Plan = new LoopbackPlan(scenario, network.Number);
        recorder = new ClientRecorder(scenario.WarmUpNs);
        backendLoop = new TimedLoop("backends", clock.Loop);
        loadLoop = new TimedLoop("load", clock.Loop);
    }

    /// <summary>Who has which address.</summary>
    public LoopbackPlan Plan { get; }

    /// <summary>Starts backends and proxies; returns when all listen.</summary>
    /// <exception cref="LiveRunException">Something of the scenario does not run over sockets, or an address is taken.</exception>
    public static async Task<LiveRun> StartAsync(Scenario scenario, LiveRunOptions options)
    {
        if (!scenario.NotLive.IsEmpty)
        {
            throw new LiveRunException(string.Join('\n', scenario.NotLive.Select(static problem => problem.ToString())));
        }

        foreach (var role in scenario.Proxies)
        {
            if ((SpokenProtocols.FirstUnspoken(role.Snapshot) ?? LoopbackSnapshot.FirstUnserved(role.Snapshot)) is { } unserved)
            {
                throw new LiveRunException($"proxy '{role.Name}': {unserved}");
            }
        }

        var run = new LiveRun(scenario, options);
        try
        {
            await run.StartAllAsync().ConfigureAwait(false);
            return run;
        }
        catch
        {
            await run.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs the scenario, once. When cancelled it ends early, with what was measured until then.</summary>
    public async Task<RunResult> RunAsync(CancellationToken cancellation)
    {
        clock.Begin(LeadNs, scenario.DurationNs);
        await backendLoop.Events.Ask(() => Each(backends, static backend => backend.Begin())).ConfigureAwait(false);
        await loadLoop.Events.Ask(() => Each(clients, static client => client.Begin())).ConfigureAwait(false);
        await Task.WhenAll(proxies.Select(static proxy => proxy.BeginAsync())).ConfigureAwait(false);
        var failed = Task.WhenAny([backendLoop.Events.Stopped, loadLoop.Events.Stopped, .. proxies.Select(static proxy => proxy.Failed)]);
        var endNs = await WaitAsync(failed, cancellation).ConfigureAwait(false);
        if (failed.IsCompleted)
        {
            await (await failed.ConfigureAwait(false)).ConfigureAwait(false);
        }

        clock.End(endNs);
        await loadLoop.Events.Ask(() => Each(clients, static client => client.Stop())).ConfigureAwait(false);
        await Task.WhenAll(proxies.Select(proxy => proxy.NoteAsync(endNs - 1))).ConfigureAwait(false);
        var endpoints = await backendLoop.Events.Ask(() => backends.Select(static backend => backend.Record).ToImmutableArray()).ConfigureAwait(false);
        var records = ImmutableArray.CreateBuilder<ProxyRecord>();
        foreach (var proxy in proxies)
        {
            records.Add(await proxy.EndAsync().ConfigureAwait(false));
        }

        return RunResult.Of(
            scenario with
            {
                DurationNs = endNs,
                WarmUpNs = Math.Min(scenario.WarmUpNs, endNs),
                Faults = faultsAsWritten,
            },
            options.Seed,
            recorder,
            records.ToImmutable(),
            endpoints
        ) with
        {
            BeginUnixNs = clock.BeginUnixNs,
            Machine = new MachineRecord(options.MachineNs, LateNs(0.5), LateNs(0.99), lateness.MaxUs * 1000),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in proxies)
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }

        await loadLoop.EndAsync(() => Each(clients, static client => client.Close())).ConfigureAwait(false);
        await backendLoop.EndAsync(() => Each(backends, static backend => backend.Close())).ConfigureAwait(false);
        network.Dispose();
    }

    private async Task StartAllAsync()
    {
        var random = new RandomSource(options.Seed);
        foreach (var endpoint in Plan.Endpoints)
        {
            backends.Add(
                new ServiceBackend(
                    backendLoop,
                    clock,
                    scenario,
                    endpoint.Service,
                    endpoint.Replica,
                    endpoint.Address,
                    random.DeriveSource("entity", endpoint.Name),
                    options.MachineNs / Sides
                )
            );
        }

        _ = await backendLoop.Events.Ask(() => Each(backends, Open)).ConfigureAwait(false);

        // All at once: one may wait for another that its health checks ask.
        var starting = Plan.Proxies.Select(proxy => RunningProxy.StartAsync(proxy, Plan, options.Seed, clock, scenario.WarmUpNs, IsLogged(proxy))).ToArray();
        try
        {
            _ = await Task.WhenAll(starting).ConfigureAwait(false);
        }
        finally
        {
            proxies.AddRange(starting.Where(static task => task.IsCompletedSuccessfully).Select(static task => task.Result));
        }

        for (var i = 0; i < scenario.Load.Length; i++)
        {
            AddClient(random, i);
        }
    }

    private bool IsLogged(PlannedProxy proxy) => options.AccessLogOf is { } logged && (proxy.Name == logged || proxy.Role.Name == logged);

    private static void Open(ServiceBackend backend)
    {
        try
        {
            backend.Open();
        }
        catch (SocketException e)
        {
            throw new LiveRunException($"endpoint '{backend.Name}': cannot bind {backend.Address}: {e.Message}", e);
        }
    }

    /// <summary>Load goes to one listener of a proxy, to its replicas in turn.</summary>
    private void AddClient(RandomSource random, int number)
    {
        var load = scenario.Load[number];
        var own = random.DeriveSource("entity", string.Create(CultureInfo.InvariantCulture, $"client-{number}"));
        var target = new LoadTarget(
            load,
            [.. Plan.Proxies.Where(proxy => proxy.Role.Name == load.To).Select(proxy => proxy.Listeners[proxy.Role.ListenerOf(load.Listener) ?? 0])]
        )
        {
            Requests =
            [
                .. scenario
                    .Templates.Where(template => template.Load is not null && template.Number == number)
                    .Select(template => template.Heads(template.Synthetic(random))),
            ],
        };
        var link = new LinkTime(scenario.Network, options.MachineNs / Sides, own.Derive("network"));
        clients.Add(new LoadClient(loadLoop, clock, target, link, own, recorder, lateness));
    }

    /// <summary>Second by second to the end, or until something ends it. Returns when it ended.</summary>
    private async Task<long> WaitAsync(Task failed, CancellationToken cancellation)
    {
        for (var second = 1L; ; second++)
        {
            var until = Math.Min(second * MonotonicTime.NanosecondsPerSecond, scenario.DurationNs);
            if (await Task.WhenAny(ComesAsync(until, cancellation), failed).ConfigureAwait(false) == failed)
            {
                return Math.Max(1, clock.NowNs);
            }

            if (cancellation.IsCancellationRequested)
            {
                return Math.Clamp(clock.NowNs, 1, scenario.DurationNs);
            }

            if (until == scenario.DurationNs)
            {
                return until;
            }

            await Task.WhenAll(proxies.Select(proxy => proxy.NoteAsync(until - 1))).ConfigureAwait(false);
            options.Progress(until);
        }
    }

    /// <summary>Not before that time has come; the system's timers are up to two milliseconds early.</summary>
    private async Task ComesAsync(long timeNs, CancellationToken cancellation)
    {
        while (clock.NowNs is var now && now < timeNs)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((timeNs - now) / 1e6)), cancellation).ConfigureAwait(false);
        }
    }

    private long LateNs(double quantile) => (long)(lateness.QuantileUs(quantile) * 1000);

    private static bool Each<T>(List<T> items, Action<T> action)
    {
        items.ForEach(action);
        return true;
    }
}
