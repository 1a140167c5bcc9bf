using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// One simulated proxy: its main machine, its workers, and the events that reach them. Every decision is the core's, in the very
/// machines that serve live traffic.
/// </summary>
internal sealed partial class ProxyEntity : Entity
{
    /// <summary>How long a message between threads of one proxy takes.</summary>
    private const long CrossThreadNs = 1_000;

    /// <summary>So many events are kept; later ones are not.</summary>
    private const int MaxEvents = 100_000;

    private readonly ProxyRole role;
    private readonly ProxyShared shared;
    private readonly ProxyMain main;
    private readonly SimWorker[] workers;
    private readonly SimProber prober;
    private readonly WorkerThread[] threads;
    private readonly List<ProxyEvent> events = [];
    private readonly Wake[] wakes;
    private readonly Dictionary<ConnectionId, int> workerOf = [];
    private readonly Dictionary<DownstreamPeer, ConnectionId> fromProxies = [];
    private readonly Kept<(DnsQuery Query, DnsAnswer Answer)> answers = new();
    private readonly Dictionary<string, int> dnsCounts = new(StringComparer.Ordinal);
    private readonly Kept<Action<SimWorker>> messages = new();
    private readonly Kept<Action> reports = new();
    private readonly IEndpointSource endpoints;
    private readonly Dictionary<string, EndpointAssignment> assignments = new(StringComparer.Ordinal);
    private readonly RandomStream workerChoice;
    private readonly AccessLogWriter? accessLogs;
    private readonly SheetSeries[] series;
    private readonly KeptLines? keptLog;
    private readonly HashSet<string> closed = new(StringComparer.Ordinal);
    private ProxyRecorder recorder = null!;
    private long proxyConnections;

    public ProxyEntity(int id, string name, World world, ProxyRole role)
        : base(id, name, world)
    {
        this.role = role = world.Recorded(role);
        endpoints = world.Endpoints ?? new ScenarioEndpoints(world.Scenario);
        shared = new ProxyShared(role.Snapshot);
        main = new ProxyMain(role.Snapshot, Random, world.EpochUnixNs);
        workers = [.. Enumerable.Range(0, role.Concurrency).Select(i => new SimWorker(this, world, Machine(i), i))];
        prober = new SimProber(this, world, role.Concurrency);
        threads = role.CpuPerRequestNs > 0 ? Threads() : [];
        wakes = new Wake[role.Concurrency + 1];
        Array.Fill(wakes, Wake.None);
        keptLog = world.AccessLogOf is { } logged && (logged == name || logged == role.Name) ? new KeptLines() : null;
        accessLogs = (world.AccessLog ?? keptLog) is { } sink ? new AccessLogWriter(sink) : null;
        workerChoice = Random.Derive("worker-choice");
        series = [.. Sheets.Select(sheet => new SheetSeries(sheet, world.RecordsDetails))];
        if (world.RecordsDetails)
        {
            Array.ForEach(workers, static worker => worker.Machine.KeepAttempts());
        }
    }

    /// <summary>Responses by status and flags.</summary>
    public OutcomeCounts Responses => recorder.Responses;

    public SimulatedProxyView View =>
        new(Name, role.Snapshot, shared, main.View, [.. workers.Select(static worker => worker.Machine.View)])
        {
            EpochUnixNs = World.EpochUnixNs,
            Events = events,
        };

    /// <summary>The statistics of its machines, and those they share.</summary>
    public IEnumerable<StatSheet> Sheets => workers.Select(static worker => worker.Machine.View.Stats).Append(main.View.Stats).Append(shared.Stats);

    /// <summary>What compared statistics gained in each second, up to the end of the run; for when it is over.</summary>
    /// <param name="endNs">When it ended.</param>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> CountSeconds(long endNs)
    {
        NoteSecond(endNs - 1);
        return SheetSeries.Sum(series);
    }

    /// <summary>What a report shows, after <see cref="CountSeconds"/>; null if it was not written down.</summary>
    public ProxyDetails? Details() =>
        World.RecordsDetails
            ? ProxyRecorder.Details([recorder], series) with
            {
                Addresses = World.AddressesOf(Id),
                Pod = World.NeighboursOf(Id),
                Hosts = HostTotals.Of(main.View.Clusters),
                AccessLog = keptLog?.Lines ?? [],
                AccessLogLost = keptLog?.Lost ?? 0,
            }
            : null;

    private EffectBuffer Effects => Partition.Effects;

    /// <summary>The moment of the event under way.</summary>
    public MonotonicTime Time => Now;

    public override void Begin()
    {
        recorder = new ProxyRecorder(Name, World.RecordsDetails ? Partition.Sample : null, World.Scenario.WarmUpNs);
        _ = Schedule(0, EventKind.Start);
        ScheduleSecond(1);
        for (var i = 0; i < World.Scenario.RouteChanges.Length; i++)
        {
            if (World.Scenario.RouteChanges[i] is var push && push.Proxy == role.Name)
            {
                _ = Schedule(push.AtNs, EventKind.RoutesCome, i);
            }
        }
    }

    public override void Handle(in SimEvent e)
    {
        if (threads.Length > 0 && ThreadOf(e) is >= 0 and var thread)
        {
            threads[thread].Take(e);
        }
        else
        {
            Carry(e);
        }
    }

    private void Carry(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.ThreadFree:
                threads[e.A].Free();
                break;
            case EventKind.Start:
                main.Start(Now, Effects);
                CarryOutMain();
                break;
            case EventKind.Wake:
                OnWake((int)e.A);
                break;
            case EventKind.DnsAnswer:
                var (query, answer) = answers.Take(e.A);
                main.DnsResult(Now, query, answer, Effects);
                CarryOutMain();
                break;
            case EventKind.EndpointsRead:
                var cluster = role.Snapshot.Clusters[(int)e.A];
                UpdateEndpoints(cluster.Name, endpoints.Read(role, cluster, NowNs));
                CarryOutMain();
                break;
            case EventKind.RoutesCome:
                TellRoutes(World.Scenario.RouteChanges[(int)e.A].Routes);
                break;
            case EventKind.Command:
                Obey(Partition.Command(e.A));
                break;
            case EventKind.MainMessage:
                messages.Take(e.B)(workers[e.A]);
                break;
            case EventKind.DnsChanged:
                dnsCounts[World.Scenario.Services[(int)e.A].Name] = (int)e.B;
                break;
            case EventKind.SecondEnds:
                NoteSecond(NowNs - 1);
                ScheduleSecond((NowNs / MonotonicTime.NanosecondsPerSecond) + 1);
                break;
            case EventKind.WorkerReport:
                reports.Take(e.A)();
                CarryOutMain();
                break;
            case EventKind.DownstreamOpen:
                if (IsClosed((int)e.B))
                {
                    _ = Send(e.Source, EventKind.ClientClosed, e.A);
                }
                else
                {
                    Open(Connection(e), new DownstreamPeer(e.Source, e.A), (int)e.B, speaksBytes: e.C > 0, World.Tls?.OfferOf(Math.Max(0, e.C - 1)));
                }

                break;
            case EventKind.DownstreamRequest:
                var template = RequestFacts.Take(Partition.Contents, (int)e.B, out var requestId);
                WorkerOf(Connection(e))
                    ?.Request(Connection(e), Partition.Templates.Request(template, e.C), requestId, Partition.Templates.RequestBytes(template, e.C));
                break;
            case EventKind.DownstreamBytes:
                Receive(Connection(e.Source, e.B), Partition.Contents.Take(e.A));
                break;
            case EventKind.DownstreamGone:
                Gone(Connection(e));
                break;
            case EventKind.Connect:
                OnProxyConnect(new DownstreamPeer(e.Source, e.B, (int)e.A), e.C);
                break;
            case EventKind.RequestBytes:
                var bytes = Partition.Contents.Take(e.A);
                if (fromProxies.TryGetValue(new DownstreamPeer(e.Source, e.B, e.C), out var receiver))
                {
                    Receive(receiver, bytes);
                }

                break;
            case EventKind.Gone:
                if (fromProxies.Remove(new DownstreamPeer(e.Source, e.B, (int)e.A), out var gone))
                {
                    Gone(gone);
                }

                break;
            default:
                HandleUpstream(e);
                break;
        }
    }

    /// <summary>A message over the network, in the name of one of the workers.</summary>
    public long SendMessage(int target, EventKind kind, long a, long b, int c, long notBeforeNs) => Send(target, kind, a, b, c, notBeforeNs);

    /// <summary>Nobody is at that address.</summary>
    public void RefuseConnection(int worker, UpstreamConnectionId connection) =>
        _ = Schedule(NowNs + DelayNs() + DelayNs(), EventKind.UpstreamRefused, worker, connection.Value);

    /// <summary>A worker gives up a connection from downstream and waits for its client to close it.</summary>
    public void CloseLater(int worker, ConnectionId connection, long delayNs) => _ = Schedule(NowNs + delayNs, EventKind.CloseDue, worker, connection.Value);

    /// <summary>A worker closed a connection from downstream; it learns of the end as of any other.</summary>
    public void CloseConnection(int worker, ConnectionId connection, DownstreamPeer peer)
    {
        _ = workerOf.Remove(connection);
        _ = fromProxies.Remove(peer);
        _ = Schedule(NowNs, EventKind.DownstreamClosed, worker, connection.Value);
    }

    /// <summary>One wake of each machine is pending at most: it moves forward, but not back, as one that comes too early finds nothing to do.</summary>
    public void Rearm(int machine, MonotonicTime? deadline)
    {
        if (deadline is { } next && next.Nanoseconds < wakes[machine].TimeNs)
        {
            Partition.Cancel(wakes[machine].Event);
            var timeNs = Math.Max(next.Nanoseconds, NowNs);
            wakes[machine] = new Wake(timeNs, Schedule(timeNs, EventKind.Wake, machine));
        }
    }

    /// <summary>A worker has something to tell the main machine.</summary>
    public void Report(in Effect report)
    {
        var (cluster, host, type) = (report.Cluster!.Name, report.Host, (EjectionType)report.Bytes);
        var number = reports.Put(
            report.Kind switch
            {
                EffectKind.OutlierDetected => () => main.OutlierDetected(Now, cluster, host!, type, Effects),
                EffectKind.ImmediateHealthCheckFail => () => main.ImmediateHealthCheckFail(Now, cluster, host!, Effects),
                EffectKind.HostCreated => () => main.HostCreated(Now, cluster, host!, Effects),
                _ => () => main.TrafficBegan(Now, cluster, Effects),
            }
        );
        _ = Schedule(NowNs + CrossThreadNs, EventKind.WorkerReport, number);
    }

    /// <param name="logs">Which access logs take the line, a bit each.</param>
    public void Log(StreamInfo info, long logs)
    {
        if (info.TcpProxy is null)
        {
            recorder.Ended(info, info.Start.Nanoseconds, NowNs);
        }

        accessLogs?.Write(info, logs);
    }

    /// <summary>A run that has no end is not counted by the second.</summary>
    private void ScheduleSecond(long second)
    {
        if (World.Scenario.DurationNs is var duration and < long.MaxValue && second * MonotonicTime.NanosecondsPerSecond < duration)
        {
            _ = Schedule(second * MonotonicTime.NanosecondsPerSecond, EventKind.SecondEnds);
        }
    }

    private void NoteSecond(long timeNs)
    {
        foreach (var sheet in series)
        {
            sheet.Note(timeNs);
        }
    }

    private Worker Machine(int index) =>
        new(role.Snapshot, shared, Random.DeriveSource("worker", index.ToString(CultureInfo.InvariantCulture)), World.EpochUnixNs);

    /// <summary>Something happened on a connection for health checks.</summary>
    public void OnProbe(UpstreamConnectionId connection, in ProbeEvent found)
    {
        main.Probe(Now, connection, found, Effects);
        CarryOutMain();
    }

    private void HandleUpstream(in SimEvent e)
    {
        if (MachineOf(e) == prober.Index)
        {
            HandleProbe(e);
            return;
        }

        var connection = new UpstreamConnectionId(e.B);
        switch (e.Kind)
        {
            case EventKind.UpstreamConnected:
                workers[e.A].Connected(connection, e.C);
                break;
            case EventKind.UpstreamRefused:
                workers[e.A].Refused(connection, e.C);
                break;
            case EventKind.CloseDue:
                workers[e.A].FinishClose(new ConnectionId(e.B));
                break;
            case EventKind.DownstreamClosed:
                workers[e.A].Closed(new ConnectionId(e.B));
                break;
            case EventKind.UpstreamResponse:
                workers[MachineOf(e)].Answer(new AttemptId(e.B), Partition.Templates.Answer(e.C, ServiceAnswer.BytesOf(e.A)));
                break;
            case EventKind.Told:
                workers[e.C].Answer(new AttemptId(e.B), ServiceAnswer.Read(Partition.Contents.Take(e.A)));
                break;
            case EventKind.UpstreamBytes:
                workers[e.C].Receive(connection, Partition.Contents.Take(e.A));
                break;
            case EventKind.UpstreamClosed:
                workers[e.A].PeerClosed(connection);
                break;
            default:
                throw new InvalidOperationException($"A proxy has no event {e.Kind}.");
        }
    }

    /// <summary>The worker, or the prober, that an event from upstream is for.</summary>
    private static int MachineOf(in SimEvent e) =>
        e.Kind switch
        {
            EventKind.UpstreamBytes or EventKind.Told => e.C,
            EventKind.UpstreamResponse => ServiceAnswer.WorkerOf(e.A),
            _ => (int)e.A,
        };

    private void HandleProbe(in SimEvent e)
    {
        var connection = new UpstreamConnectionId(e.B);
        switch (e.Kind)
        {
            case EventKind.UpstreamConnected:
                prober.Connected(connection);
                break;
            case EventKind.UpstreamRefused:
                prober.Refused(connection);
                break;
            case EventKind.UpstreamResponse:
                prober.Answered(new AttemptId(e.B), e.C & 0xFFFF);
                break;
            case EventKind.UpstreamBytes:
                prober.Receive(connection, Partition.Contents.Take(e.A));
                break;
            case EventKind.UpstreamClosed:
                prober.PeerClosed(connection);
                break;
            default:
                throw new InvalidOperationException($"A main machine has no event {e.Kind}.");
        }
    }

    private void OnProxyConnect(DownstreamPeer peer, int listener)
    {
        if (IsClosed(listener))
        {
            _ = Send(peer.Entity, EventKind.UpstreamRefused, peer.Worker, peer.Number);
            return;
        }

        var id = Connection(Id, ++proxyConnections); // No client has this proxy's own number.
        fromProxies[peer] = id;
        Open(id, peer, listener, speaksBytes: true);
    }

    private bool IsClosed(int listener) => closed.Contains(role.Snapshot.Listeners[listener].Name);

    private void Open(ConnectionId id, DownstreamPeer peer, int listener, bool speaksBytes, TlsClientParty? client = null)
    {
        var worker = (int)workerChoice.NextModulo(workers.Length);
        var at = role.Snapshot.Listeners[listener];
        workerOf[id] = worker;
        DownstreamLink link = speaksBytes ? new WireDownstream(workers[worker], peer, id) { Client = client } : new LoadDownstream(workers[worker], peer);
        workers[worker].Open(id, link, at, new ConnectionInfo(at.Name, World.AddressOf(peer.Entity), at.Address));
    }

    private void Receive(ConnectionId id, ReadOnlySpan<byte> bytes) => WorkerOf(id)?.Receive(id, bytes);

    private void Gone(ConnectionId id)
    {
        WorkerOf(id)?.Gone(id);
        _ = workerOf.Remove(id);
    }

    private void CarryOutMain()
    {
        for (var i = 0; i < Effects.Count; i++)
        {
            CarryOutMain(Effects[i]);
        }

        Effects.Clear();
        Rearm(workers.Length, main.NextDeadline);
    }

    private void CarryOutMain(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.ResolveDns:
                var query = effect.Dns!;
                var answered = answers.Put((query, World.Resolve(query.Name, NowNs, dnsCounts)));
                _ = Schedule(NowNs + DelayNs() + DelayNs(), EventKind.DnsAnswer, answered);
                break;
            case EffectKind.WatchEndpoints:
                WatchEndpoints(effect.Cluster!.Name);
                break;
            case EffectKind.HostUpdate:
                var membership = effect.Membership!;
                TellWorkers(worker => worker.HostUpdate(membership));
                break;
            case EffectKind.HostFailed:
                var (cluster, host) = (effect.Cluster!.Name, effect.Host!);
                TellWorkers(worker => worker.HostFailed(cluster, host));
                break;
            case EffectKind.OpenProbe:
                prober.Open(effect);
                break;
            case EffectKind.SendProbe:
                prober.Send(effect);
                break;
            case EffectKind.CancelProbe:
                prober.Cancel(effect.Upstream);
                break;
            case EffectKind.CloseProbe:
                prober.Close(effect.Upstream);
                break;
            case EffectKind.LogEvent when events.Count < MaxEvents:
                events.Add(new ProxyEvent(effect.File!, Encoding.UTF8.GetString(effect.Body.Span).TrimEnd('\n')));
                break;
            case EffectKind.CloseListener:
                _ = closed.Add(effect.Listener!.Name);
                break;
            default:
                break; // Listeners of a simulated proxy are open from the begin.
        }
    }

    private void UpdateEndpoints(string cluster, EndpointsAnswer answer)
    {
        if (answer.Assignment is { } assignment)
        {
            assignments[cluster] = assignment;
        }

        main.EndpointsUpdate(Now, cluster, answer, Effects);
    }

    private void Obey(EntityCommand command)
    {
        switch (command)
        {
            case AssignmentCommand(var cluster, var assignment, var version):
                UpdateEndpoints(cluster, EndpointsAnswer.Of(assignment, version));
                break;
            case AssignmentEdit edit:
                UpdateEndpoints(edit.Cluster, EndpointsAnswer.Of(edit.Apply(assignments.GetValueOrDefault(edit.Cluster, new EndpointAssignment()))));
                break;
            case RoutesCommand(var routes):
                TellRoutes(routes);
                break;
            case DrainCommand:
                main.Drain(Now, Effects);
                TellWorkers(static worker => worker.Drain());
                break;
            default:
                throw new InvalidOperationException($"A proxy has no command {command}.");
        }

        CarryOutMain();
    }

    private void TellRoutes(RouteTable routes) => TellWorkers(worker => worker.RoutesUpdate(routes));

    /// <summary>They are read at once, and again whenever it is known that they change.</summary>
    private void WatchEndpoints(string name)
    {
        for (var i = 0; i < role.Snapshot.Clusters.Length; i++)
        {
            if (role.Snapshot.Clusters[i].Name == name)
            {
                foreach (var time in endpoints.Changes(role, role.Snapshot.Clusters[i]).Prepend(NowNs))
                {
                    _ = Schedule(time, EventKind.EndpointsRead, i);
                }
            }
        }
    }

    private void TellWorkers(Action<SimWorker> message)
    {
        for (var worker = 0; worker < workers.Length; worker++)
        {
            _ = Schedule(NowNs + CrossThreadNs, EventKind.MainMessage, worker, messages.Put(message));
        }
    }

    private void OnWake(int machine)
    {
        wakes[machine] = Wake.None;
        if (machine == workers.Length)
        {
            main.Advance(Now, Effects);
            CarryOutMain();
        }
        else
        {
            workers[machine].Advance();
        }
    }

    /// <summary>The worker of a connection; null if it was closed while a message was on its way.</summary>
    private SimWorker? WorkerOf(ConnectionId id) => workerOf.TryGetValue(id, out var worker) ? workers[worker] : null;

    private static ConnectionId Connection(in SimEvent e) => Connection(e.Source, e.A);

    private static ConnectionId Connection(int client, long number) => new(((long)client << 32) | number);

    /// <summary>When a machine is woken.</summary>
    private readonly record struct Wake(long TimeNs, EventHandle Event)
    {
        public static Wake None => new(long.MaxValue, default);
    }
}
