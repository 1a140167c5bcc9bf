using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// One replica of a service: so many workers, a queue, first come, first served. It does not notice that a caller gave up: the request
/// is served to its end and holds its worker.
/// </summary>
internal sealed class EndpointEntity : Entity
{
    private readonly ServiceRole service;
    private readonly string address;
    private readonly Queue<(int Proxy, long Call, long Attempt)> waiting = new();
    private readonly CallerConnections connections = new();
    private readonly ErrorRateFault[] errorFaults;
    private readonly SlowFault[] slowFaults;
    private readonly DownFault[] downFaults;
    private readonly RandomStream serviceTimes;
    private readonly RandomStream errors;
    private int busy;
    private long arrivals;
    private long answered;
    private long failed;
    private long maxQueue;

    public EndpointEntity(int id, string name, World world, ServiceRole service, int replica, string address)
        : base(id, name, world)
    {
        this.service = service;
        this.address = address;
        Fault[] faults = [.. world.Scenario.Faults.Where(fault => fault.Concerns(service.Name, replica))];
        errorFaults = [.. faults.OfType<ErrorRateFault>()];
        slowFaults = [.. faults.OfType<SlowFault>()];
        downFaults = [.. faults.OfType<DownFault>()];
        serviceTimes = Random.Derive("service-time");
        errors = Random.Derive("errors");
    }

    /// <summary>Requests that wait for a worker now.</summary>
    public int Waiting => waiting.Count;

    public EndpointRecord Record => new(Name, address, arrivals, answered, failed, maxQueue);

    private bool IsDown => Array.Exists(downFaults, fault => fault.ActsAt(NowNs));

    public override void Begin()
    {
        foreach (var fault in downFaults)
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
        if (IsDown)
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

        arrivals++;
        World.Observer?.Arrived(Name, NowNs);
        if (busy < service.Workers)
        {
            Serve(proxy, code, attempt);
        }
        else
        {
            waiting.Enqueue((proxy, code, attempt));
            maxQueue = Math.Max(maxQueue, waiting.Count);
        }
    }

    private void Serve(int proxy, long call, long attempt)
    {
        busy++;
        _ = Schedule(NowNs + ServiceTimeNs(), EventKind.ServiceEnds, call, attempt, proxy);
    }

    private long ServiceTimeNs()
    {
        var drawn = service.ServiceTime.SampleNs(serviceTimes);
        foreach (var fault in slowFaults)
        {
            drawn = fault.ActsAt(NowNs) ? (long)(drawn * fault.Factor) : drawn;
        }

        return drawn + service.OverheadNs;
    }

    private void Answer(int proxy, long code, long attempt)
    {
        busy--;
        var status = Status();
        answered++;
        failed += status >= 500 ? 1 : 0;
        var call = ServiceCall.Of(code);
        if (connections.IsOpen(proxy, call.Worker, call.Connection, out var lastArrival))
        {
            var arrival = Send(proxy, EventKind.UpstreamResponse, call.Worker, attempt, ServiceAnswer.Code(call.Kind, status), lastArrival);
            connections.Add(proxy, call.Worker, call.Connection, arrival);
        }

        if (waiting.TryDequeue(out var next))
        {
            Serve(next.Proxy, next.Call, next.Attempt);
        }
    }

    /// <summary>Faults are looked at when service ends; each that acts draws for itself.</summary>
    private int Status()
    {
        foreach (var fault in errorFaults)
        {
            if (fault.ActsAt(NowNs) && errors.NextDouble() < fault.Rate)
            {
                return fault.Status;
            }
        }

        return 200;
    }

    private void ResetConnections()
    {
        foreach (var ((proxy, worker, number), lastArrival) in connections.TakeAll())
        {
            _ = Send(proxy, EventKind.UpstreamClosed, worker, number, notBeforeNs: lastArrival);
        }
    }
}
