namespace MeshSim.Scenarios.Engine;

/// <summary>An entity outside the proxy that speaks bytes: a server at an address, or all the clients, with timers of their own.</summary>
internal sealed class WireHost(int id, string name, World world, IWireServer? server) : Entity(id, name, world)
{
    private readonly Dictionary<long, WireConnection> toProxy = [];
    private readonly Dictionary<(int Worker, long Number), WireConnection> fromProxy = [];
    private readonly Dictionary<long, Action> timers = [];
    private long lastConnection;
    private long lastTimer;

    public override void Begin() { }

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.ClientConnected:
                if (toProxy.TryGetValue(e.A, out var connected) && connected.IsOpen)
                {
                    connected.Tls = World.Tls?.ConclusionOf(e.C);
                    connected.Peer.OnConnected(connected);
                }

                break;
            case EventKind.ClientBytes:
                Deliver(toProxy.GetValueOrDefault(e.B), Partition.Contents.Take(e.A));
                break;
            case EventKind.ClientClosed:
                if (toProxy.Remove(e.A, out var ended))
                {
                    ended.OnClosed();
                }

                break;
            case EventKind.Connect:
                OnConnect(e.Source, (int)e.A, e.B, e.C);
                break;
            case EventKind.RequestBytes:
                Deliver(fromProxy.GetValueOrDefault((e.C, e.B)), Partition.Contents.Take(e.A));
                break;
            case EventKind.Gone:
                if (fromProxy.Remove(((int)e.A, e.B), out var gone))
                {
                    gone.OnClosed();
                }

                break;
            case EventKind.Timer:
                if (timers.Remove(e.A, out var action))
                {
                    action();
                }

                break;
            default:
                throw new InvalidOperationException($"A peer has no event {e.Kind}.");
        }
    }

    /// <summary>Begins to connect to a listener of the proxy.</summary>
    /// <param name="tls">Null for plain text.</param>
    public WireConnection Connect(int proxy, int listener, IWirePeer peer, TlsClientParty? tls)
    {
        var offer = tls is null ? 0 : World.Tls!.Offer(tls);
        var connection = new WireConnection(this, peer) { Proxy = proxy, Number = ++lastConnection };
        toProxy[connection.Number] = connection;
        connection.LastArrivalNs = Send(proxy, EventKind.DownstreamOpen, connection.Number, listener, 1 + offer);
        return connection;
    }

    public void After(long delayNs, Action action)
    {
        timers[++lastTimer] = action;
        _ = Schedule(NowNs + delayNs, EventKind.Timer, lastTimer);
    }

    /// <summary>Has a proxy read the endpoints of a cluster again.</summary>
    public void Tell(int proxy, int cluster) => _ = Send(proxy, EventKind.EndpointsRead, cluster);

    public void SendBytes(WireConnection connection, ReadOnlySpan<byte> bytes)
    {
        var content = Partition.Contents.Put(bytes);
        connection.LastArrivalNs =
            connection.Worker < 0
                ? Send(connection.Proxy, EventKind.DownstreamBytes, content, connection.Number, 0, connection.LastArrivalNs)
                : Send(connection.Proxy, EventKind.UpstreamBytes, content, connection.Number, connection.Worker, connection.LastArrivalNs);
    }

    public void SendClose(WireConnection connection)
    {
        if (connection.Worker < 0)
        {
            _ = toProxy.Remove(connection.Number);
            _ = Send(connection.Proxy, EventKind.DownstreamGone, connection.Number, notBeforeNs: connection.LastArrivalNs);
        }
        else
        {
            _ = fromProxy.Remove((connection.Worker, connection.Number));
            _ = Send(connection.Proxy, EventKind.UpstreamClosed, connection.Worker, connection.Number, notBeforeNs: connection.LastArrivalNs);
        }
    }

    /// <param name="offer">What the proxy brings into a TLS handshake; below 0 what its client does, which it passes on; 0 for plain text.</param>
    private void OnConnect(int proxy, int worker, long number, int offer)
    {
        if (server is not { IsListening: true })
        {
            _ = Send(proxy, EventKind.UpstreamRefused, worker, number);
            return;
        }

        var conclusion = 0;
        if (World.Tls?.OfferOf(Math.Abs(offer)) is { } client && server.Tls is { } own)
        {
            conclusion = World.Tls.Conclude(client, own, NowNs);
            if (offer > 0 && !World.Tls.ConclusionOf(conclusion)!.IsDone)
            {
                _ = Send(proxy, EventKind.UpstreamRefused, worker, number, conclusion);
                return;
            }
        }

        var connection = new WireConnection(this, server.Accept())
        {
            Proxy = proxy,
            Number = number,
            Worker = worker,
            Tls = World.Tls?.ConclusionOf(conclusion),
            AwaitsHandshake = server.Tls is not null && offer == 0,
        };
        fromProxy[(worker, number)] = connection;
        if (offer > 0 && server.Tls is null)
        {
            return; // What the proxy says first is no request: it gets no answer.
        }

        connection.LastArrivalNs = Send(proxy, EventKind.UpstreamConnected, worker, number, conclusion);
        connection.Peer.OnConnected(connection);
    }

    private static void Deliver(WireConnection? connection, ReadOnlySpan<byte> bytes)
    {
        if (connection is { IsOpen: true, AwaitsHandshake: true })
        {
            connection.Close();
        }
        else if (connection is { IsOpen: true })
        {
            connection.Peer.OnBytes(connection, bytes);
        }
    }
}
