using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>A running proxy: one main thread, worker threads, an admin server. The core decides; this carries bytes.</summary>
public sealed class LiveProxy : IAsyncDisposable
{
    private readonly ProxySnapshot snapshot;
    private readonly LiveProxyOptions options;
    private readonly LiveClock clock = new();
    private readonly List<WorkerLoop> workers = [];
    private readonly ConcurrentDictionary<string, Socket[]> sockets = new(StringComparer.Ordinal);
    private readonly AccessLogs accessLogs;
    private readonly StreamWriter? recording;
    private readonly ProxyShared shared;
    private readonly MainLoop main;
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AdminServer? admin;

    private LiveProxy(ProxySnapshot snapshot, string configuration, LiveProxyOptions options)
    {
        this.snapshot = snapshot = snapshot with { LocalAddress = SocketAddresses.OfMachine() };
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

        main = new MainLoop(
            clock,
            new ProxyMain(snapshot, source, clock.EpochUnixNs),
            options,
            workers,
            OpenOrClose,
            accessLogs,
            new EndpointReader(snapshot, options.Report),
            Recorder("main")
        );
    }

    /// <summary>The addresses listeners are bound to, by listener name; a configured port 0 shows the port it became.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Listeners =>
        sockets.ToDictionary(static entry => entry.Key, static entry => (IPEndPoint)entry.Value[0].LocalEndPoint!, StringComparer.Ordinal);

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

        var proxy = new LiveProxy(snapshot, configuration, options);
        try
        {
            proxy.BindAll();
            if (snapshot.Admin is { } address)
            {
                proxy.admin = await AdminServer
                    .StartAsync(address, new AdminSource(proxy.snapshot, proxy.shared, proxy.main, proxy.workers, proxy.clock))
                    .ConfigureAwait(false);
            }

            foreach (var worker in proxy.workers)
            {
                worker.Events.Start();
            }

            proxy.main.Events.Start();
            proxy.main.Events.Post(proxy.main.Start);
            await proxy.main.Events.Ask(static () => true).ConfigureAwait(false);
            if (!snapshot.Listeners.IsEmpty)
            {
                await proxy.listening.Task.ConfigureAwait(false);
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

    /// <summary>Stops accepting, lets requests under way end, and returns when they have or drain time is over.</summary>
    public async Task DrainAsync()
    {
        main.Events.Post(main.Drain);
        foreach (var worker in workers)
        {
            worker.Events.Post(worker.Driver.Drain);
        }

        using var limit = new CancellationTokenSource(options.DrainTime);
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

        foreach (var socket in sockets.Values.SelectMany(static all => all))
        {
            socket.Dispose();
        }

        accessLogs.Dispose();
        if (recording is not null)
        {
            await recording.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void BindAll()
    {
        foreach (var listener in snapshot.Listeners)
        {
            try
            {
                var first = ListenerSocket.Bind(listener.Address);
                var address = new NetworkAddress(listener.Address.Ip, ((IPEndPoint)first.LocalEndPoint!).Port);
                sockets[listener.Name] = [first, .. Enumerable.Range(1, workers.Count - 1).Select(_ => ListenerSocket.Bind(address))];
            }
            catch (SocketException e)
            {
                throw new LiveProxyStartException($"listener '{listener.Name}': cannot bind '{listener.Address}': {e.Message}", e);
            }
        }
    }

    private void OpenOrClose(ListenerSnapshot listener, bool open)
    {
        for (var i = 0; i < workers.Count; i++)
        {
            var worker = workers[i];
            var socket = sockets[listener.Name][i];
            worker.Events.Post(() =>
            {
                if (open)
                {
                    worker.Open(listener, socket);
                }
                else
                {
                    worker.CloseListener(listener.Name);
                }
            });
        }

        _ = listening.TrySetResult();
    }

    private MachineRecorder? Recorder(string machine) => recording is null ? null : new MachineRecorder(recording, machine);

    private StreamWriter OpenRecording(string configuration)
    {
        try
        {
            var file = new StreamWriter(options.RecordPath!, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
            foreach (var line in new RecordingHeader(options.Seed, clock.EpochUnixNs, options.Concurrency, snapshot.LocalAddress.Ip, configuration).Lines)
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
