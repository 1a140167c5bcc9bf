using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>One replica of a service in virtual time: connections, and the way of requests to a <see cref="ServiceReplica{TCall}"/> and back.</summary>
internal sealed class EndpointEntity : Entity
{
    private readonly ServiceRole service;
    private readonly string address;
    private readonly CallerConnections connections = new();
    private readonly ServiceReplica<(int Proxy, long Call, long Attempt)> state;

    public EndpointEntity(int id, string name, World world, ServiceRole service, int replica, string address)
        : base(id, name, world)
    {
        this.service = service;
        this.address = address;
        state = new ServiceReplica<(int Proxy, long Call, long Attempt)>(service, replica, world.Scenario.Faults, Random);
    }

    /// <summary>Requests that wait for a worker now.</summary>
    public int Waiting => state.Waiting;

    public EndpointRecord Record => state.Record(Name, address);

    public override void Begin()
    {
        foreach (var fault in state.DownFaults)
        {
            _ = Schedule(fault.FromNs, EventKind.GoesDown);
        }
    }

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Connect:
                OnConnect(e.Source, (int)e.A, e.B);
                break;
            case EventKind.Request:
                OnRequest(e.Source, e.A, e.B);
                break;
            case EventKind.Gone:
                connections.Remove(e.Source, (int)e.A, e.B);
                break;
            case EventKind.ServiceEnds:
                Answer(e.C, e.A, e.B);
                break;
            case EventKind.GoesDown:
                ResetConnections();
                break;
            default:
                throw new InvalidOperationException($"An endpoint has no event {e.Kind}.");
        }
    }

    private void OnConnect(int proxy, int worker, long number)
    {
        if (state.IsDown(NowNs))
        {
            _ = Send(proxy, EventKind.UpstreamRefused, worker, number);
        }
        else
        {
            connections.Add(proxy, worker, number, Send(proxy, EventKind.UpstreamConnected, worker, number, notBeforeNs: NowNs + HandshakeNs()));
        }
    }

    /// <summary>What goes back and forth before the message that makes the connection ready; the first way has been gone.</summary>
    private long HandshakeNs()
    {
        var ways = 0L;
        for (var i = 1; i < service.HandshakeRoundTrips; i++)
        {
            ways += DelayNs() + DelayNs();
        }

        return ways == 0 ? 0 : ways + DelayNs();
    }

    private void OnRequest(int proxy, long code, long attempt)
    {
        var call = ServiceCall.Of(code);
        if (!connections.IsOpen(proxy, call.Worker, call.Connection, out _))
        {
            return; // The connection was reset while the request was on its way.
        }

        World.Observer?.Arrived(Name, NowNs);
        if (state.Arrive(NowNs, (proxy, code, attempt)) is { } endsNs)
        {
            Serve(proxy, code, attempt, endsNs);
        }
    }

    private void Serve(int proxy, long call, long attempt, long endsNs) => Schedule(endsNs, EventKind.ServiceEnds, call, attempt, proxy);

    private void Answer(int proxy, long code, long attempt)
    {
        var status = state.End(NowNs);
        var call = ServiceCall.Of(code);
        if (connections.IsOpen(proxy, call.Worker, call.Connection, out var lastArrival))
        {
            var arrival = Send(proxy, EventKind.UpstreamResponse, call.Worker, attempt, ServiceAnswer.Code(call.Kind, status), lastArrival);
            connections.Add(proxy, call.Worker, call.Connection, arrival);
        }

        if (state.TryNext(NowNs, out var next, out var endsNs))
        {
            Serve(next.Proxy, next.Call, next.Attempt, endsNs);
        }
    }

    private void ResetConnections()
    {
        foreach (var ((proxy, worker, number), lastArrival) in connections.TakeAll())
        {
            _ = Send(proxy, EventKind.UpstreamClosed, worker, number, notBeforeNs: lastArrival);
        }
    }
}
