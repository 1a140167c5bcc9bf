using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;
using MeshSim.ProxyRuntime.Live;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// One replica of a service on a real socket. What it decides – who is served when, what the answer is – is the
/// <see cref="ServiceReplica{TJob}"/> of the simulation; faults close its port and reset its connections for real.
/// </summary>
internal sealed class ServiceBackend : ISocketHandler
{
    private const int Backlog = 512;
    private const int AcceptsAtOnce = 64;

    private readonly TimedLoop loop;
    private readonly RunClock clock;
    private readonly ServiceRole service;
    private readonly LinkTime link;
    private readonly ServiceReplica<BackendCall> state;
    private readonly SortedDictionary<(int Status, int Bytes), HeaderMap> heads = [];
    private readonly byte[] body;
    private readonly HashSet<BackendConnection> connections = [];
    private Socket? listener;

    /// <param name="random">The replica's own randomness.</param>
    /// <param name="machineNs">What the machine takes of the way from the proxy and back.</param>
    public ServiceBackend(
        TimedLoop loop,
        RunClock clock,
        Scenario scenario,
        ServiceRole service,
        int replica,
        IPEndPoint address,
        RandomSource random,
        long machineNs
    )
    {
        this.loop = loop;
        this.clock = clock;
        this.service = service;
        Name = service.ReplicaName(replica);
        Address = address;
        link = new LinkTime(scenario.Network, machineNs, random.Derive("network"));
        state = new ServiceReplica<BackendCall>(service, replica, scenario.Faults, random);
        body = new byte[service.AllRoutes.Max(static route => route.ResponseBytes)];
    }

    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    public EndpointRecord Record => state.Record(Name, Address.ToString());

    /// <summary>Begins to listen; in the loop's thread.</summary>
    /// <exception cref="SocketException">The address is taken.</exception>
    public void Open()
    {
        var socket = new Socket(Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            const int solSocket = 1;
            const int soReuseAddress = 2;
            socket.SetRawSocketOption(solSocket, soReuseAddress, BitConverter.GetBytes(1));
            socket.Bind(Address);
            socket.Listen(Backlog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        listener = socket;
        loop.Events.Register(socket, this, Epoll.In);
    }

    /// <summary>The run has begun: faults come at their times.</summary>
    public void Begin()
    {
        foreach (var fault in state.DownFaults)
        {
            loop.At(clock.ToLoopNs(fault.FromNs), _ => GoDown());
            loop.At(clock.ToLoopNs(fault.UntilNs), _ => ComeBack(fault.UntilNs));
        }
    }

    /// <summary>Closes everything.</summary>
    public void Close() => GoDown();

    public void OnReady(bool readable, bool writable)
    {
        for (var i = 0; i < AcceptsAtOnce && listener is not null; i++)
        {
            Socket accepted;
            try
            {
                accepted = listener.Accept();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.TooManyOpenSockets)
            {
                return;
            }
            catch (SocketException)
            {
                continue; // That one is gone again.
            }

            accepted.Blocking = false;
            accepted.NoDelay = true;
            _ = connections.Add(new BackendConnection(loop, this, accepted));
        }
    }

    public void OnGone(BackendConnection connection) => connections.Remove(connection);

    /// <summary>
    /// A request has come. The link it would have crossed still holds it up; on a new connection the handshake, too, whose way back and
    /// forth loopback does not have.
    /// </summary>
    public void OnRequest(BackendConnection connection, HeaderMap head)
    {
        var traits = RequestTraits.Read(service, head);
        var handshake = 0L;
        for (var way = 0; connection.Requests == 1 && way < 2 * service.HandshakeRoundTrips; way++)
        {
            handshake += link.WholeNs();
        }

        var there = link.ThereNs(out var debt);
        loop.At(loop.NowNs + handshake + there, now => Arrive(now, new BackendCall(connection, debt) { Route = traits.Route, Priority = traits.Priority }));
    }

    private void Arrive(long nowNs, BackendCall call)
    {
        if (call.Connection.IsReset)
        {
            return; // The connection was reset while the request was on its way.
        }

        var runNs = clock.ToRunNs(nowNs);
        var arrival = state.Arrive(runNs, call);
        switch (arrival.Kind)
        {
            case ArrivalKind.Begins:
                Serve(call, nowNs + (arrival.EndsNs - runNs));
                break;
            case ArrivalKind.Refused:
                Answer(nowNs, call, state.Refuse(runNs));
                break;
        }
    }

    private void Serve(BackendCall call, long endsNs) => loop.At(endsNs, now => End(now, call));

    private void End(long nowNs, BackendCall call)
    {
        var runNs = clock.ToRunNs(nowNs);
        Answer(nowNs, call, state.End(runNs, call));
        if (state.TryNext(runNs, out var next, out var endsNs))
        {
            Serve(next, nowNs + (endsNs - runNs));
        }
    }

    private void Answer(long nowNs, BackendCall call, ServiceReply reply)
    {
        if (!call.Connection.IsClosed)
        {
            loop.At(nowNs + link.BackNs(call.DebtNs), _ => Answer(call.Connection, reply));
        }
    }

    private void Answer(BackendConnection connection, ServiceReply reply)
    {
        if (!connection.IsClosed)
        {
            connection.Answer(Head(reply), body.AsSpan(0, reply.Bytes));
        }
    }

    private HeaderMap Head(ServiceReply reply)
    {
        if (!heads.TryGetValue((reply.Status, reply.Bytes), out var head))
        {
            head = new HeaderMap();
            head.Set(HeaderName.Status, reply.Status);
            head.Set(HeaderName.ContentLength, reply.Bytes);
            heads[(reply.Status, reply.Bytes)] = head.Freeze();
        }

        return head;
    }

    /// <summary>The port closes, connections are reset. What is being served is served to its end and answered to nobody.</summary>
    private void GoDown()
    {
        if (listener is not null)
        {
            loop.Events.Unregister(listener);
            listener.Dispose();
            listener = null;
        }

        foreach (var connection in connections)
        {
            connection.Reset();
        }

        connections.Clear();
    }

    private void ComeBack(long runNs)
    {
        if (listener is null && !state.IsDown(runNs))
        {
            Open();
        }
    }

    /// <param name="debtNs">What the machine took of the way there beyond what the link takes.</param>
    private sealed class BackendCall(BackendConnection connection, long debtNs) : ServiceJob
    {
        public BackendConnection Connection => connection;

        public long DebtNs => debtNs;
    }
}
