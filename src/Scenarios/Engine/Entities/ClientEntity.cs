using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>An open-loop client: Poisson arrivals over as many keep-alive connections as it takes.</summary>
internal sealed class ClientEntity(int id, string name, World world, int load) : Entity(id, name, world)
{
    private readonly LoadModel model = world.Scenario.Load[load];
    private readonly Dictionary<long, ClientConnection> connections = [];
    private readonly Stack<long> idle = new();
    private readonly ZipfSampler? zipf = world.Scenario.Load[load].Zipf is { } header ? new ZipfSampler(header.Keys, header.Exponent) : null;
    private PoissonArrivals arrivals = null!;
    private RandomStream keys = null!;
    private int[] proxies = [];
    private int turn;
    private long lastConnection;

    /// <summary>What this client saw.</summary>
    public ClientRecorder Recorder { get; } = new(world.Scenario.WarmUpNs);

    public override void Begin()
    {
        arrivals = new PoissonArrivals(model, Random.Derive("arrivals"));
        keys = Random.Derive("keys");
        proxies = World.Proxies[model.To];
        ScheduleNext();
    }

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.NextArrival:
                Recorder.Sent(NowNs);
                Send();
                ScheduleNext();
                break;
            case EventKind.ClientConnected:
                if (connections.TryGetValue(e.A, out var connected))
                {
                    Request(e.A, connected);
                }

                break;
            case EventKind.ClientResponse:
                OnResponse(e.A, e.C);
                break;
            case EventKind.ClientClosed:
                OnClosed(e.A);
                break;
            case EventKind.GiveUp:
                OnGiveUp(e.A);
                break;
            default:
                throw new InvalidOperationException($"A client has no event {e.Kind}.");
        }
    }

    private void ScheduleNext()
    {
        if (arrivals.NextNs() is { } next)
        {
            _ = Schedule(next, EventKind.NextArrival);
        }
    }

    private void Send()
    {
        if (idle.TryPop(out var reused))
        {
            var connection = connections[reused];
            connection.SentNs = NowNs;
            connection.Key = DrawKey();
            Arm(reused, connection);
            Request(reused, connection);
            return;
        }

        var opened = new ClientConnection(proxies[turn++ % proxies.Length]) { SentNs = NowNs, Key = DrawKey() };
        var number = ++lastConnection;
        connections[number] = opened;
        Arm(number, opened);
        _ = Send(opened.Proxy, EventKind.DownstreamOpen, number);
    }

    private void Arm(long number, ClientConnection connection) => connection.GiveUp = Schedule(NowNs + model.TimeoutNs, EventKind.GiveUp, number);

    private void Request(long number, ClientConnection connection) => _ = Send(connection.Proxy, EventKind.DownstreamRequest, number, load, connection.Key);

    private int DrawKey() => zipf?.Draw(keys) ?? 0;

    private void Answered(ClientConnection connection, int status)
    {
        Recorder.Answered(connection.SentNs, NowNs, status);
        World.Observer?.Answered(connection.SentNs, NowNs, status);
    }

    private void OnResponse(long number, int status)
    {
        if (connections.TryGetValue(number, out var connection))
        {
            Partition.Cancel(connection.GiveUp);
            Answered(connection, status);
            idle.Push(number);
        }
    }

    private void OnClosed(long number)
    {
        if (!connections.Remove(number, out var connection))
        {
            return;
        }

        // Closed while it was idle, or in the middle of a request.
        if (!Forget(number))
        {
            Partition.Cancel(connection.GiveUp);
            Answered(connection, status: 0);
        }
    }

    private void OnGiveUp(long number)
    {
        if (connections.Remove(number, out var connection))
        {
            Answered(connection, status: 0);
            _ = Send(connection.Proxy, EventKind.DownstreamGone, number);
        }
    }

    /// <summary>Takes a connection out of the idle ones; rare, so the stack is rebuilt.</summary>
    private bool Forget(long number)
    {
        if (!idle.Contains(number))
        {
            return false;
        }

        var kept = idle.Where(other => other != number).Reverse().ToArray();
        idle.Clear();
        foreach (var other in kept)
        {
            idle.Push(other);
        }

        return true;
    }

    private sealed class ClientConnection(int proxy)
    {
        public int Proxy => proxy;

        public long SentNs { get; set; }

        /// <summary>Which of the keys of the load's header the request under way has; 0 where there are none.</summary>
        public int Key { get; set; }

        public EventHandle GiveUp { get; set; }
    }
}
