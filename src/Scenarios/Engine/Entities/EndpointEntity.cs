using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>One replica of a service in virtual time: connections, and the way of requests to a <see cref="ServiceReplica{TCall}"/> and back.</summary>
internal sealed class EndpointEntity : Entity
{
    private readonly ServiceRole service;
    private readonly string address;
    private readonly CallerConnections connections = new();
    private readonly List<Fault> commanded = [];
    private long recoveredNs;
    private readonly JobPool jobs = new();
    private readonly ServiceReplica<EndpointJob> state;

    public EndpointEntity(int id, string name, World world, ServiceRole service, int replica, string address)
        : base(id, name, world)
    {
        this.service = service;
        this.address = address;
        state = new ServiceReplica<EndpointJob>(service, replica, world.Scenario.Faults, Random);
    }

    /// <summary>Requests that wait for a worker now.</summary>
    public int Waiting => state.Waiting;

    public EndpointRecord Record => state.Record(Name, address);

    public override void Begin()
    {
        foreach (var fault in state.DownFaults)
        {
            ScheduleDown(fault);
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
                OnRequest(e.Source, ServiceCall.Of(e.A), e.B, RequestTraits.Of(e.C));
                break;
            case EventKind.Gone:
                connections.Remove(e.Source, (int)e.A, e.B);
                break;
            case EventKind.ServiceEnds:
                if (jobs.Find(e.A, e.B) is { } served)
                {
                    End(served);
                }

                break;
            case EventKind.GoesDown:
                GoDown(crashes: e.A > 0);
                break;
            case EventKind.ComesUp when e.A >= recoveredNs:
                state.Start(NowNs);
                break;
            case EventKind.ComesUp:
                break; // It came up when it recovered.
            case EventKind.Command:
                Obey(Partition.Command(e.A));
                break;
            default:
                throw new InvalidOperationException($"An endpoint has no event {e.Kind}.");
        }
    }

    private void Obey(EntityCommand command)
    {
        switch (command)
        {
            case FaultCommand(var fault):
                Commanded(fault with { FromNs = NowNs, UntilNs = fault.UntilNs > long.MaxValue - NowNs ? long.MaxValue : NowNs + fault.UntilNs });
                break;
            case DrainCommand:
                Commanded(new RefuseFault(service.Name, [], NowNs, long.MaxValue));
                break;
            case RecoverCommand:
                Recover();
                break;
            default:
                throw new InvalidOperationException($"An endpoint has no command {command}.");
        }
    }

    private void Commanded(Fault fault)
    {
        commanded.Add(fault);
        state.Add(fault);
        ScheduleDown(fault);
    }

    private void Recover()
    {
        var isCrashed = commanded.Exists(fault => fault is CrashFault && fault.ActsAt(NowNs));
        commanded.ForEach(fault => state.End(fault, NowNs));
        commanded.Clear();
        if (isCrashed)
        {
            recoveredNs = NowNs;
            state.Start(NowNs);
        }
    }

    private void ScheduleDown(Fault fault)
    {
        if (fault is not (DownFault or CrashFault))
        {
            return;
        }

        var crashes = fault is CrashFault;
        _ = Schedule(fault.FromNs, EventKind.GoesDown, crashes ? 1 : 0);
        if (crashes)
        {
            _ = Schedule(fault.UntilNs, EventKind.ComesUp, fault.FromNs);
        }
    }

    private void OnConnect(int proxy, int worker, long number)
    {
        if (state.Refuses(NowNs))
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

    private void OnRequest(int caller, ServiceCall call, long attempt, RequestTraits traits)
    {
        if (!connections.IsOpen(caller, call.Worker, call.Connection, out _))
        {
            return; // The connection was reset while the request was on its way.
        }

        World.Observer?.Arrived(Name, NowNs);
        var job = jobs.Rent();
        (job.Caller, job.Call, job.Attempt) = (caller, call, attempt);
        (job.Route, job.Priority) = (traits.Route, traits.Priority);
        var arrival = state.Arrive(NowNs, job);
        switch (arrival.Kind)
        {
            case ArrivalKind.Begins:
                Serve(job, arrival.EndsNs);
                break;
            case ArrivalKind.Refused:
                Answer(job, state.Refuse(NowNs));
                break;
            case ArrivalKind.Swallowed:
                jobs.Return(job);
                break;
        }
    }

    private void Serve(EndpointJob job, long endsNs) => Schedule(endsNs, EventKind.ServiceEnds, job.Number, job.Use);

    private void End(EndpointJob job)
    {
        Answer(job, state.End(NowNs, job));
        if (state.TryNext(NowNs, out var next, out var endsNs))
        {
            Serve(next, endsNs);
        }
    }

    /// <summary>The answer goes out, if there is still somebody to take it.</summary>
    private void Answer(EndpointJob job, ServiceReply reply)
    {
        var (caller, call) = (job.Caller, job.Call);
        if (connections.IsOpen(caller, call.Worker, call.Connection, out var lastArrival))
        {
            var whole = ServiceAnswer.WorkerAndBytes(call.Worker, reply.Bytes);
            var arrival = Send(caller, EventKind.UpstreamResponse, whole, job.Attempt, ServiceAnswer.Code(call.Kind, reply.Status), lastArrival);
            connections.Add(caller, call.Worker, call.Connection, arrival);
        }

        jobs.Return(job);
    }

    /// <summary>Connections are reset. A process that crashes loses what it had.</summary>
    private void GoDown(bool crashes)
    {
        foreach (var ((caller, worker, number), lastArrival) in connections.TakeAll())
        {
            _ = Send(caller, EventKind.UpstreamClosed, worker, number, notBeforeNs: lastArrival);
        }

        if (crashes)
        {
            _ = state.Stop();
            jobs.Clear();
        }
    }
}
