using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>
/// The main thread of a live proxy: drives <see cref="ProxyMain"/>, resolves names, reads files of endpoints and listeners, carries health checks, hands hosts and
/// listeners to the workers.
/// </summary>
internal sealed class MainLoop : ISocketLoop, IDisposable
{
    private readonly EffectBuffer effects = new();
    private readonly Dictionary<UpstreamConnectionId, ProbeSocket> probes = [];
    private readonly List<LoopSocket> touched = [];
    private readonly AccessLogs logs;
    private readonly WatchedFiles files;
    private readonly EndpointReader endpoints;
    private readonly LiveListeners listeners;
    private readonly FileSourceSnapshot? lds;
    private readonly ProxyMain main;
    private readonly TaskCompletionSource live = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LiveProxyOptions options;
    private readonly IReadOnlyList<WorkerLoop> workers;
    private readonly MachineRecorder? recorder;

    public MainLoop(
        LiveClock clock,
        ProxyMain main,
        LiveProxyOptions options,
        IReadOnlyList<WorkerLoop> workers,
        LiveListeners listeners,
        AccessLogs logs,
        ProxySnapshot snapshot,
        MachineRecorder? recorder
    )
    {
        this.main = main;
        this.options = options;
        this.workers = workers;
        this.listeners = listeners;
        this.logs = logs;
        this.recorder = recorder;
        Events = new EventLoop("main", clock)
        {
            NextDeadline = () => main.NextDeadline,
            OnDeadline = Advance,
            BeforeWait = FlushTouched,
        };
        lds = snapshot.Lds;
        endpoints = new EndpointReader(snapshot, options.Report);
        files = new WatchedFiles(Events);
        foreach (var worker in workers)
        {
            worker.TellMain = report => Events.Post(() => OnReport(report));
        }
    }

    public EventLoop Events { get; }

    public BufferPool Buffers { get; } = new();

    public ProxyMain Main => main;

    /// <summary>Completes when listeners have been told to open.</summary>
    public Task Live => live.Task;

    public void Start() => Input("Start", now => main.Start(now, effects));

    public void Drain() => Input("Drain", now => main.Drain(now, effects));

    public void Touched(LoopSocket socket) => touched.Add(socket);

    public void Forget(ProbeSocket probe) => probes.Remove(probe.Id);

    public void OnProbe(UpstreamConnectionId connection, in ProbeEvent found)
    {
        var now = Events.Clock.Now;
        recorder?.Input(InputText.Probe(now, connection, found));
        main.Probe(now, connection, found, effects);
        Finish();
    }

    /// <summary>Ends the loop, then whatever connections are left.</summary>
    public void Dispose()
    {
        Events.Dispose();
        files.Dispose();
        foreach (var probe in probes.Values)
        {
            probe.Abandon();
        }
    }

    private void Advance() => Input("Advance", now => main.Advance(now, effects));

    private void Input(string name, Action<MonotonicTime> input)
    {
        var now = Events.Clock.Now;
        recorder?.Input(InputText.Plain(name, now, ""));
        input(now);
        Finish();
    }

    private void OnDnsAnswer(DnsQuery query, DnsAnswer answer)
    {
        var now = Events.Clock.Now;
        recorder?.Input(InputText.DnsResult(now, query, answer));
        main.DnsResult(now, query, answer, effects);
        Finish();
    }

    private void ReadEndpoints(ClusterSnapshot cluster)
    {
        var answer = endpoints.Read(cluster);
        var now = Events.Clock.Now;
        recorder?.Input(InputText.EndpointsUpdate(now, cluster.Name, answer));
        main.EndpointsUpdate(now, cluster.Name, answer, effects);
        Finish();
    }

    private void ReadListeners()
    {
        var answer = listeners.Read(main.View.Listeners);
        var now = Events.Clock.Now;
        recorder?.Input(InputText.ListenersUpdate(now, answer));
        main.ListenersUpdate(now, answer, effects);
        Finish();
        listeners.ReleaseUnused();
    }

    /// <summary>A worker has something to tell.</summary>
    private void OnReport(in Effect report)
    {
        var now = Events.Clock.Now;
        var cluster = report.Cluster!.Name;
        switch (report.Kind)
        {
            case EffectKind.OutlierDetected:
                recorder?.Input(InputText.OutlierDetected(now, cluster, report.Host!, (EjectionType)report.Bytes));
                main.OutlierDetected(now, cluster, report.Host!, (EjectionType)report.Bytes, effects);
                break;
            case EffectKind.ImmediateHealthCheckFail:
                recorder?.Input(InputText.ImmediateHealthCheckFail(now, cluster, report.Host!));
                main.ImmediateHealthCheckFail(now, cluster, report.Host!, effects);
                break;
            case EffectKind.HostCreated:
                recorder?.Input(InputText.HostCreated(now, cluster, report.Host!));
                main.HostCreated(now, cluster, report.Host!, effects);
                break;
            default:
                recorder?.Input(InputText.TrafficBegan(now, cluster));
                main.TrafficBegan(now, cluster, effects);
                break;
        }

        Finish();
    }

    private void Finish()
    {
        recorder?.Outcome(effects, main.NextDeadline);
        for (var i = 0; i < effects.Count; i++)
        {
            CarryOut(effects[i]);
        }

        effects.Clear();
        if (main.View.State == ServerState.Live)
        {
            _ = live.TrySetResult();
        }
    }

    private void CarryOut(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.ResolveDns:
                _ = ResolveAsync(effect.Dns!);
                break;
            case EffectKind.WatchEndpoints:
                var watched = effect.Cluster!;
                files.Watch(watched.Eds!, () => ReadEndpoints(watched));
                break;
            case EffectKind.WatchListeners:
                files.Watch(lds!, ReadListeners);
                break;
            case EffectKind.HostUpdate:
                var membership = effect.Membership!;
                foreach (var worker in workers)
                {
                    worker.Events.Post(() => worker.Driver.HostUpdate(membership));
                }

                break;
            case EffectKind.HostFailed:
                var (cluster, host) = (effect.Cluster!.Name, effect.Host!);
                foreach (var worker in workers)
                {
                    worker.Events.Post(() => worker.Driver.HostFailed(cluster, host));
                }

                break;
            case EffectKind.OpenProbe:
                if (ProbeSocket.Connect(this, effect) is { } opened)
                {
                    probes[effect.Upstream] = opened;
                }

                break;
            case EffectKind.SendProbe:
                probes.GetValueOrDefault(effect.Upstream)?.Send(effect);
                break;
            case EffectKind.CancelProbe:
                break; // Only HTTP/2 has requests that end before their connection.
            case EffectKind.CloseProbe:
                probes.GetValueOrDefault(effect.Upstream)?.Close();
                break;
            case EffectKind.LogEvent:
                logs.Append(effect.File!, effect.Body.Span);
                break;
            case EffectKind.OpenListener:
                listeners.Open(effect.Listener!);
                break;
            case EffectKind.CloseListener:
                listeners.Close(effect.Listener!, removed: false);
                break;
            case EffectKind.RemoveListener:
                listeners.Close(effect.Listener!, removed: true);
                break;
            default:
                throw new InvalidOperationException($"The main machine has no effect {effect.Kind}.");
        }
    }

    private void FlushTouched()
    {
        for (var i = 0; i < touched.Count; i++)
        {
            touched[i].FlushTouched();
        }

        touched.Clear();
    }

    private async Task ResolveAsync(DnsQuery query)
    {
        DnsAnswer answer;
        try
        {
            answer = options.Resolver is { } resolver ? resolver(query.Name) : new DnsAnswer(true, await LookUpAsync(query).ConfigureAwait(false));
        }
        catch (SocketException)
        {
            answer = DnsAnswer.Failure;
        }

        Events.Post(() => OnDnsAnswer(query, answer));
    }

    private async Task<ImmutableArray<string>> LookUpAsync(DnsQuery query)
    {
        var name = options.Resolve.GetValueOrDefault(query.Name, query.Name);
        if (IPAddress.TryParse(name, out var literal))
        {
            return [literal.ToString()];
        }

        var found = await Dns.GetHostAddressesAsync(name).ConfigureAwait(false);
        var v4 = found.Where(static ip => ip.AddressFamily == AddressFamily.InterNetwork);
        var v6 = found.Where(static ip => ip.AddressFamily == AddressFamily.InterNetworkV6);
        var chosen = query.Family switch
        {
            DnsLookupFamily.V4Only => v4,
            DnsLookupFamily.V6Only => v6,
            DnsLookupFamily.All => v6.Concat(v4),
            DnsLookupFamily.V4Preferred => v4.Any() ? v4 : v6,
            _ => v6.Any() ? v6 : v4,
        };
        return [.. chosen.Select(static ip => ip.ToString())];
    }
}
