using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>A running proxy: one main thread, worker threads, an admin server. The core decides; this carries bytes.</summary>
public sealed class LiveProxy : IAsyncDisposable
{
    /// <summary>Connections of TCP proxies are closed when drain time is over: that much longer it may take.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(100);

    private readonly ProxySnapshot snapshot;
    private readonly LiveProxyOptions options;
    private readonly LiveClock clock = new();
    private readonly List<WorkerLoop> workers = [];
    private readonly LiveListeners listeners;
    private readonly AccessLogs accessLogs;
    private readonly StreamWriter? recording;
    private readonly ProxyShared shared;
    private readonly MainLoop main;
    private AdminServer? admin;

    private LiveProxy(ProxySnapshot snapshot, string configuration, LiveProxyOptions options)
    {
        this.snapshot = snapshot = snapshot with
        {
            LocalAddress = SocketAddresses.OfMachine(),
            Drain = new DrainSnapshot(options.DrainTime.Ticks * TimeSpan.NanosecondsPerTick, options.DrainsAtOnce),
        };
        this.options = options;
        accessLogs = new AccessLogs(snapshot, options.FileFlushInterval);
        recording = options.RecordPath is null ? null : OpenRecording(configuration);
        shared = new ProxyShared(snapshot);
        var source = new RandomSource(options.Seed);
        for (var i = 0; i < options.Concurrency; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            var worker = new Worker(snapshot, shared, source.DeriveSource("worker", name), clock.EpochUnixNs);
            if (options.KeepAttempts)
            {
                worker.KeepAttempts();
            }

            var number = i;
            Action<StreamInfo>? ended = options.RequestEnded is { } told ? info => told(number, info) : null;
            workers.Add(new WorkerLoop($"worker_{name}", clock, worker, accessLogs, ended, Recorder(name)));
        }

        listeners = new LiveListeners(snapshot.Listeners, workers, accessLogs, options.Listeners, options.Report);
        main = new MainLoop(clock, new ProxyMain(snapshot, source, clock.EpochUnixNs), options, workers, listeners, accessLogs, snapshot, Recorder("main"));
    }

    /// <summary>The addresses listeners are bound to, by listener name; a configured port 0 shows the port it became.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Listeners => listeners.Addresses;

    /// <summary>Where the admin interface answers; null when there is none.</summary>
    public IPEndPoint? Admin => admin?.Address;

    /// <summary>The value of a statistic, all workers together, for tests.</summary>
    internal async Task<long> StatAsync(string name) =>
        (await Task.WhenAll(workers.Select(worker => worker.Events.Ask(() => worker.Driver.Worker.View.Stats.Value(name)))).ConfigureAwait(false)).Sum();

    /// <summary>Bytes that the threads of the workers have allocated so far, for tests.</summary>
    internal async Task<long> AllocatedAsync() =>
        (await Task.WhenAll(workers.Select(static worker => worker.Events.Ask(GC.GetAllocatedBytesForCurrentThread))).ConfigureAwait(false)).Sum();

    /// <summary>Completes when a thread of the proxy has failed; never in a healthy run.</summary>
    public Task Failed => Task.WhenAny([main.Events.Stopped, .. workers.Select(static worker => worker.Events.Stopped)]).Unwrap();

    /// <summary>Binds every address, starts the threads and returns once all clusters are ready and listeners accept.</summary>
    /// <param name="configuration">The configuration as text, kept in recordings.</param>
    /// <exception cref="LiveProxyStartException">An address is taken, a file cannot be written, a folder is not there, or it takes a protocol that is not spoken over sockets yet.</exception>
    public static async Task<LiveProxy> StartAsync(ProxySnapshot snapshot, string configuration, LiveProxyOptions options)
    {
        if (SpokenProtocols.FirstUnspoken(snapshot) is { } unspoken)
        {
            throw new LiveProxyStartException(unspoken);
        }

        if (snapshot.Clusters.FirstOrDefault(static cluster => cluster.Eds is { Folder: var folder } && !Directory.Exists(folder)) is { } unwatched)
        {
            throw new LiveProxyStartException($"cluster '{unwatched.Name}': unable to add filesystem watch: there is no folder '{unwatched.Eds!.Folder}'");
        }

        if (snapshot.Lds is { Folder: var missing } && !Directory.Exists(missing))
        {
            throw new LiveProxyStartException($"lds_config: unable to add filesystem watch: there is no folder '{missing}'");
        }

        var proxy = new LiveProxy(snapshot, configuration, options);
        try
        {
            proxy.listeners.BindConfigured();
            if (snapshot.Admin is { } address)
            {
                proxy.admin = await AdminServer
                    .StartAsync(address, new AdminSource(proxy.snapshot, proxy.shared, proxy.main, proxy.workers, proxy.listeners, proxy.clock))
                    .ConfigureAwait(false);
            }

            foreach (var worker in proxy.workers)
            {
                worker.Events.Start();
            }

            proxy.main.Events.Start();
            proxy.main.Events.Post(proxy.main.Start);
            await proxy.main.Events.Ask(static () => true).ConfigureAwait(false);
            if (!snapshot.Listeners.IsEmpty || snapshot.Lds is not null)
            {
                await proxy.main.Live.ConfigureAwait(false);
            }

            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asked to quit through the admin interface.</summary>
    public Task QuitRequested => admin?.QuitRequested ?? new TaskCompletionSource().Task;

    /// <summary>Has the statistics of each machine read in its own thread: workers, main machine, and what they share.</summary>
    public async Task<T[]> ReadStatsAsync<T>(Func<StatSheet, T> read)
    {
        var asked = workers.Select(worker => worker.Events.Ask(() => read(worker.Driver.Worker.View.Stats))).ToList();
        asked.Add(main.Events.Ask(() => read(main.Main.View.Stats)));
        return [.. await Task.WhenAll(asked).ConfigureAwait(false), read(shared.Stats)];
    }

    /// <summary>Every cluster with its hosts as they are now, read in the main thread.</summary>
    public Task<ImmutableArray<ClusterMembership>> ReadClustersAsync() => main.Events.Ask(() => main.Main.View.Clusters);

    /// <summary>Access and event logs go to new files of the same names: the old ones have been moved away.</summary>
    public void ReopenLogs() => accessLogs.Reopen();

    /// <summary>
    /// Stops accepting, lets requests under way end, and returns when they have or drain time is over; what workers close then is closed, and logged.
    /// </summary>
    public async Task DrainAsync()
    {
        main.Events.Post(main.Drain);
        foreach (var worker in workers)
        {
            worker.Events.Post(worker.Driver.Drain);
        }

        using var limit = new CancellationTokenSource(options.DrainTime + ClosingTime);
        try
        {
            while (!limit.IsCancellationRequested)
            {
                var open = await Task.WhenAll(workers.Select(static worker => worker.Events.Ask(() => worker.OpenConnections))).ConfigureAwait(false);
                if (open.Sum() == 0)
                {
                    return;
                }

                await Task.Delay(20, limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Drain time is over; what is left ends now.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (admin is not null)
        {
            await admin.DisposeAsync().ConfigureAwait(false);
        }

        main.Dispose();
        foreach (var worker in workers)
        {
            worker.Dispose();
        }

        listeners.Dispose();

        accessLogs.Dispose();
        if (recording is not null)
        {
            await recording.DisposeAsync().ConfigureAwait(false);
        }
    }

    private MachineRecorder? Recorder(string machine) => recording is null ? null : new MachineRecorder(recording, machine);

    private RecordingHeader Header(string configuration) =>
        new(options.Seed, clock.EpochUnixNs, options.Concurrency, snapshot.LocalAddress.Ip, configuration) { Drain = snapshot.Drain };

    private StreamWriter OpenRecording(string configuration)
    {
        try
        {
            var file = new StreamWriter(options.RecordPath!, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
            foreach (var line in Header(configuration).Lines)
            {
                file.WriteLine(line);
            }

            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LiveProxyStartException($"cannot write the recording '{options.RecordPath}': {e.Message}", e);
        }
    }
}
