using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// One simulated proxy: the simulator's driver of the core. It carries effects out as events and gives facts back as inputs; every
/// decision is the core's, in the very machines that serve live traffic.
/// </summary>
internal sealed class ProxyEntity : Entity
{
    /// <summary>How long a message between threads of one proxy takes.</summary>
    private const long CrossThreadNs = 1_000;

    private readonly ProxyRole role;
    private readonly EffectBuffer effects = new();
    private readonly ProxyMain main;
    private readonly Worker[] workers;
    private readonly long[] wakes;
    private readonly Dictionary<ConnectionId, SimConnection> connections = [];
    private readonly Dictionary<(int Worker, long Connection), int> upstreams = [];
    private readonly List<(DnsQuery Query, DnsAnswer Answer)> answers = [];
    private readonly List<ClusterMembership> memberships = [];
    private readonly SimTemplates templates;
    private readonly RandomStream workerChoice;
    private readonly string listener;

    public ProxyEntity(int id, string name, World world, ProxyRole role)
        : base(id, name, world)
    {
        this.role = role;
        templates = new SimTemplates(world.Scenario);
        var shared = new ProxyShared(role.Snapshot);
        main = new ProxyMain(role.Snapshot);
        workers =
        [
            .. Enumerable
                .Range(0, role.Concurrency)
                .Select(i => new Worker(role.Snapshot, shared, Random.DeriveSource("worker", i.ToString(CultureInfo.InvariantCulture)), 0)),
        ];
        wakes = new long[role.Concurrency + 1];
        Array.Fill(wakes, long.MaxValue);
        workerChoice = Random.Derive("worker-choice");
        listener = role.Snapshot.Listeners[0].Name;
    }

    /// <summary>Responses by status and flags, in the order first seen.</summary>
    public SortedDictionary<string, long> Responses { get; } = new(StringComparer.Ordinal);

    public SimulatedProxyView View => new(Name, role.Snapshot, main.View, [.. workers.Select(static worker => worker.View)]);

    public override void Begin() => Schedule(0, EventKind.Start);

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Start:
                main.Start(Now, effects);
                CarryOutMain();
                break;
            case EventKind.Wake:
                OnWake((int)e.A, e.TimeNs);
                break;
            case EventKind.DnsAnswer:
                var (query, answer) = answers[(int)e.A];
                main.DnsResult(Now, query, answer, effects);
                CarryOutMain();
                break;
            case EventKind.HostUpdate:
                workers[e.A].HostUpdate(Now, memberships[(int)e.B], effects);
                CarryOut((int)e.A);
                break;
            case EventKind.DownstreamOpen:
                OnOpen(e.Source, e.A);
                break;
            case EventKind.DownstreamRequest:
                OnRequest(Connection(e.Source, e.A), (int)e.B);
                break;
            case EventKind.DownstreamGone:
                OnGone(Connection(e.Source, e.A));
                break;
            default:
                HandleWorker(e);
                break;
        }
    }

    private void HandleWorker(in SimEvent e)
    {
        var worker = (int)e.A;
        switch (e.Kind)
        {
            case EventKind.UpstreamConnected:
                workers[worker].ConnectionResult(Now, new UpstreamConnectionId(e.B), ConnectOutcome.Connected, "", null, effects);
                break;
            case EventKind.UpstreamRefused:
                workers[worker]
                    .ConnectionResult(Now, new UpstreamConnectionId(e.B), ConnectOutcome.RemoteFailure, "delayed connect error: Connection refused", null, effects);
                break;
            case EventKind.DownstreamClosed:
                workers[worker].DownstreamClosed(Now, new ConnectionId(e.B), effects);
                break;
            case EventKind.UpstreamResponse:
                OnResponse(worker, new AttemptId(e.B), e.C, World.ResponseBytes(e.Source));
                return;
            default:
                throw new InvalidOperationException($"A proxy has no event {e.Kind}.");
        }

        CarryOut(worker);
    }

    // Facts from downstream.

    private void OnOpen(int client, long number)
    {
        var worker = (int)workerChoice.NextModulo(workers.Length);
        var id = Connection(client, number);
        connections[id] = new SimConnection(client, number, worker);
        workers[worker].DownstreamConnection(Now, id, new ConnectionInfo(listener, World.ClientAddress, role.Snapshot.Listeners[0].Address), effects);
        CarryOut(worker);
        if (connections.TryGetValue(id, out var open))
        {
            open.LastArrivalNs = Send(client, EventKind.ClientConnected, number, notBeforeNs: open.LastArrivalNs);
        }
    }

    private void OnRequest(ConnectionId id, int load)
    {
        if (!connections.TryGetValue(id, out var connection))
        {
            return; // It was closed while the request was on its way.
        }

        var head = workers[connection.Worker].RentHeaders();
        head.ResetTo(templates.Request(load));
        workers[connection.Worker].RequestHeaders(Now, new StreamId(id, connection.Streams++), head, endStream: true, effects);
        CarryOut(connection.Worker);
    }

    private void OnGone(ConnectionId id)
    {
        if (connections.Remove(id, out var connection))
        {
            workers[connection.Worker].DownstreamClosed(Now, id, effects);
            CarryOut(connection.Worker);
        }
    }

    // Facts from upstream.

    private void OnResponse(int worker, AttemptId attempt, int status, int bytes)
    {
        var head = workers[worker].RentHeaders();
        head.ResetTo(templates.Response(status, bytes));
        workers[worker].ResponseHeaders(Now, attempt, head, endStream: bytes == 0, effects);
        CarryOut(worker);
        if (bytes > 0)
        {
            workers[worker].ResponseData(Now, attempt, bytes, endStream: true, effects);
            CarryOut(worker);
        }
    }

    // Effects.

    private void CarryOut(int worker)
    {
        for (var i = 0; i < effects.Count; i++)
        {
            CarryOut(worker, effects[i]);
        }

        effects.Clear();
        Rearm(worker, workers[worker].NextDeadline);
    }

    private void CarryOut(int worker, in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                Connect(worker, effect.Upstream, effect.Host!.Address);
                break;
            case EffectKind.StartAttempt:
                _ = Send(upstreams[(worker, effect.Upstream.Value)], EventKind.Request, worker, effect.Attempt.Value);
                break;
            case EffectKind.CloseConnection:
            case EffectKind.CancelAttempt:
                _ = upstreams.Remove((worker, effect.Upstream.Value));
                break;
            case EffectKind.LocalReply:
            case EffectKind.ForwardHeaders:
                connections.GetValueOrDefault(effect.Stream.Connection)?.Status = effect.Head!.StatusCode();
                if (effect.EndStream)
                {
                    Respond(effect.Stream.Connection);
                }

                break;
            case EffectKind.ForwardData when effect.EndStream:
            case EffectKind.ForwardTrailers:
                Respond(effect.Stream.Connection);
                break;
            case EffectKind.ResetDownstream:
                Close(worker, effect.Stream.Connection);
                break;
            case EffectKind.CloseDownstream:
                Close(worker, effect.Connection);
                break;
            case EffectKind.LogAccess:
                Count(effect.Log!);
                break;
            default:
                break; // Bodies are counts here; they travel with their heads.
        }
    }

    private void CarryOutMain()
    {
        for (var i = 0; i < effects.Count; i++)
        {
            if (effects[i].Kind == EffectKind.ResolveDns)
            {
                var query = effects[i].Dns!;
                answers.Add((query, World.Resolve(query.Name)));
                _ = Schedule(NowNs + DelayNs() + DelayNs(), EventKind.DnsAnswer, answers.Count - 1);
            }
            else if (effects[i].Kind == EffectKind.HostUpdate)
            {
                memberships.Add(effects[i].Membership!);
                for (var worker = 0; worker < workers.Length; worker++)
                {
                    _ = Schedule(NowNs + CrossThreadNs, EventKind.HostUpdate, worker, memberships.Count - 1);
                }
            }
        }

        effects.Clear();
        Rearm(workers.Length, main.NextDeadline);
    }

    private void Connect(int worker, UpstreamConnectionId connection, NetworkAddress address)
    {
        var endpoint = World.EndpointAt(address.Text);
        if (endpoint < 0)
        {
            _ = Schedule(NowNs + DelayNs() + DelayNs(), EventKind.UpstreamRefused, worker, connection.Value);
            return;
        }

        upstreams[(worker, connection.Value)] = endpoint;
        _ = Send(endpoint, EventKind.Connect, worker, connection.Value);
    }

    private void Respond(ConnectionId id)
    {
        if (connections.TryGetValue(id, out var connection))
        {
            connection.LastArrivalNs = Send(connection.Client, EventKind.ClientResponse, connection.Number, 0, connection.Status, connection.LastArrivalNs);
        }
    }

    private void Close(int worker, ConnectionId id)
    {
        if (connections.Remove(id, out var connection))
        {
            _ = Send(connection.Client, EventKind.ClientClosed, connection.Number, notBeforeNs: connection.LastArrivalNs);
            _ = Schedule(NowNs, EventKind.DownstreamClosed, worker, id.Value);
        }
    }

    /// <summary>One pending wake a machine at most moves forward; a wake that comes too early finds nothing to do.</summary>
    private void Rearm(int machine, MonotonicTime? deadline)
    {
        if (deadline is { } next && next.Nanoseconds < wakes[machine])
        {
            wakes[machine] = Math.Max(next.Nanoseconds, NowNs);
            _ = Schedule(wakes[machine], EventKind.Wake, machine);
        }
    }

    private void OnWake(int machine, long timeNs)
    {
        if (timeNs != wakes[machine])
        {
            return; // An earlier one took its place.
        }

        wakes[machine] = long.MaxValue;
        if (machine == workers.Length)
        {
            main.Advance(Now, effects);
            CarryOutMain();
        }
        else
        {
            workers[machine].Advance(Now, effects);
            CarryOut(machine);
        }
    }

    private void Count(StreamInfo info)
    {
        var key = templates.Outcome(info);
        Responses[key] = Responses.GetValueOrDefault(key) + 1;
    }

    private static ConnectionId Connection(int client, long number) => new(((long)client << 32) | number);

    private sealed class SimConnection(int client, long number, int worker)
    {
        public int Client => client;

        public long Number => number;

        public int Worker => worker;

        public int Streams { get; set; }

        public int Status { get; set; }

        /// <summary>When the last message to the client arrives; a connection keeps the order.</summary>
        public long LastArrivalNs { get; set; }
    }
}
