using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// One replica of a service in virtual time: connections, the way of requests to a <see cref="ServiceReplica{TJob}"/>, the calls it makes
/// for them (<see cref="PlanRunner"/>), and the way back.
/// </summary>
internal sealed class EndpointEntity : Entity
{
    /// <summary>What goes with <see cref="EventKind.ComesUp"/> where it is not back from a crash, but there from now on.</summary>
    public const int Begins = 1;

    /// <summary>What goes with <see cref="EventKind.GoesDown"/> for good; 1 is a crash, 0 a port that is closed for a while.</summary>
    public const int Ends = 2;

    /// <summary>What goes with <see cref="EventKind.ComesUp"/> after a crash that was commanded.</summary>
    private const int Commanded = 1;

    private readonly ServiceRole service;
    private readonly string address;
    private readonly ReplicaLife life;
    private readonly CallerConnections connections = new();
    private readonly List<Fault> commanded = [];
    private readonly JobPool jobs = new();
    private readonly ServiceReplica<EndpointJob> state;
    private readonly PlanRunner plan;
    private readonly IJudgement? judgement;
    private CpuShare? cpu;
    private bool isUp;
    private long recoveredNs;
    private long begun;
    private long toldBusyNs;

    public EndpointEntity(int id, string name, World world, ServiceRole service, ReplicaLife life, string address)
        : base(id, name, world)
    {
        this.service = service;
        this.address = address;
        this.life = life;
        state = new ServiceReplica<EndpointJob>(service, life.Replica, world.Faults, Random) { Dropped = jobs.Return };
        judgement = service.Judge?.Begin(Random);
        plan = new PlanRunner(this, world, service, state, jobs, Random.Derive("calls"), End);
    }

    /// <summary>Requests that wait for a worker now.</summary>
    public int Waiting => state.Waiting;

    public EndpointRecord Record => state.Record(Name, address);

    public override void Begin()
    {
        isUp = life.ListensFromNs == 0;
        cpu = World.NodeOf(service, life.Replica) is var (node, sliceNs) ? new CpuShare(this, node, sliceNs) : null;
        if (life.ListensFromNs is > 0 and < long.MaxValue)
        {
            _ = Schedule(life.ListensFromNs, EventKind.ComesUp, Begins);
        }

        if (life.ListensUntilNs < long.MaxValue)
        {
            _ = Schedule(life.ListensUntilNs, EventKind.GoesDown, Ends);
        }

        foreach (var fault in state.DownFaults)
        {
            ScheduleDown(fault);
        }
    }

    public override void Check() => jobs.Check(Name, NowNs);

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Connect:
                OnConnect(e.Source, (int)e.A, e.B);
                break;
            case EventKind.Request:
                var traits = RequestTraits.Of(RequestFacts.Take(Partition.Contents, e.C, out var requestId));
                OnRequest(e.Source, ServiceCall.Of(e.A), e.B, traits, requestId);
                break;
            case EventKind.Asked:
                OnAsked(e.Source, e.B, Partition.Contents.Take(e.A));
                break;
            case EventKind.Gone:
                OnGone(e.Source, (int)e.A, e.B);
                break;
            case EventKind.Cancelled:
                OnCancelled(e.Source, ServiceCall.Of(e.A), e.B);
                break;
            case EventKind.ServiceEnds:
                if (jobs.Find(e.A, e.B) is { } served)
                {
                    cpu?.Done(served);
                    plan.Proceed(served);
                }

                break;
            case EventKind.DeadlineEnds:
                if (jobs.Find(e.A, e.B) is { } late)
                {
                    OnDeadline(late);
                }

                break;
            case EventKind.TellsCpu:
                cpu!.OnSlice();
                break;
            case EventKind.GetsCpu:
                cpu!.Become(BitConverter.Int64BitsToDouble(e.A));
                break;
            case EventKind.IdleEnds:
                OnIdle(e.C, (int)e.A, e.B);
                break;
            case EventKind.GoesDown:
                if (e.A < Ends || e.B >= begun) // Else it has begun anew since that was decided.
                {
                    isUp &= e.A < Ends;
                    GoDown(crashes: e.A > 0);
                }

                break;
            case EventKind.Command:
                Obey(Partition.Command(e.A));
                break;
            case EventKind.ComesUp when e.C == Commanded && e.B < recoveredNs:
                break; // It came up when it recovered.
            case EventKind.ComesUp:
                if (e.A == Begins)
                {
                    (isUp, begun) = (true, e.B);
                }

                state.Start(NowNs);
                break;
            case EventKind.AsksBusy:
                var busy = state.BusyNs(NowNs);
                _ = Send(e.Source, EventKind.TellsBusy, busy - toldBusyNs);
                toldBusyNs = busy;
                break;
            default:
                if (!plan.Handle(e))
                {
                    throw new InvalidOperationException($"An endpoint has no event {e.Kind}.");
                }

                break;
        }
    }

    /// <summary>Own work of a request begins; <see cref="EventKind.ServiceEnds"/> tells of its end.</summary>
    /// <param name="endsNs">When it is done on a CPU of its own.</param>
    public void BeginWork(EndpointJob job, long endsNs)
    {
        if (cpu is null)
        {
            _ = Schedule(endsNs, EventKind.ServiceEnds, job.Number, job.Use);
        }
        else
        {
            cpu.Begin(job, endsNs);
        }
    }

    private void Obey(EntityCommand command)
    {
        switch (command)
        {
            case FaultCommand(var fault):
                Begin(fault with { FromNs = NowNs, UntilNs = fault.UntilNs > long.MaxValue - NowNs ? long.MaxValue : NowNs + fault.UntilNs });
                break;
            case DrainCommand:
                Begin(new RefuseFault(service.Name, [], NowNs, long.MaxValue));
                break;
            case RecoverCommand:
                Recover();
                break;
            default:
                throw new InvalidOperationException($"An endpoint has no command {command}.");
        }
    }

    private void Begin(Fault fault)
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
            _ = Schedule(fault.UntilNs, EventKind.ComesUp, b: fault.FromNs, c: commanded.Contains(fault) ? Commanded : 0);
        }
    }

    private void OnConnect(int caller, int worker, long number)
    {
        if (!isUp || state.Refuses(NowNs))
        {
            _ = Send(caller, EventKind.UpstreamRefused, worker, number);
            return;
        }

        var connection = connections.Add(caller, worker, number);
        connection.LastArrivalNs = Send(caller, EventKind.UpstreamConnected, worker, number, notBeforeNs: NowNs + HandshakeNs(caller));
        ExpectIdle(caller, worker, number, connection);
    }

    /// <summary>What goes back and forth before the message that makes the connection ready; the first way has been gone.</summary>
    private long HandshakeNs(int caller)
    {
        var ways = 0L;
        for (var i = 1; i < service.HandshakeRoundTrips; i++)
        {
            ways += DelayNs(caller) + DelayNs(caller);
        }

        return ways == 0 ? 0 : ways + DelayNs(caller);
    }

    /// <summary>A request whose answer depends on what it says.</summary>
    private void OnAsked(int caller, long attempt, ReadOnlySpan<byte> bytes)
    {
        var (call, head, body) = QuestionBytes.Read(bytes);
        OnRequest(caller, ServiceCall.Of(call), attempt, RequestTraits.Read(service, head), head.Get(HeaderName.XRequestId), (head, body));
    }

    private void OnRequest(
        int caller,
        ServiceCall call,
        long attempt,
        RequestTraits traits,
        ReadOnlySpan<byte> requestId,
        (HeaderMap Head, byte[] Body)? question = null
    )
    {
        if (connections.Find(caller, call.Worker, call.Connection) is not { } connection)
        {
            return; // The connection was closed while the request was on its way.
        }

        World.Observer?.Arrived(Name, NowNs);
        var job = jobs.Rent(NowNs);
        (job.Caller, job.Call, job.Attempt) = (caller, call, attempt);
        (job.Route, job.Priority) = (traits.Route, traits.Priority);
        job.Question = question;
        job.Keep(requestId);
        connection.Requests++;
        connection.UnderWay.Add(job);
        var arrival = state.Arrive(NowNs, job);
        switch (arrival.Kind)
        {
            case ArrivalKind.Begins:
                plan.Begin(job, arrival.EndsNs);
                break;
            case ArrivalKind.Refused:
                Answer(job, state.Refuse(NowNs));
                return;
            case ArrivalKind.Swallowed:
                return; // It stays under way until its connection ends.
        }

        if (service.HonoursDeadline && traits.TimeoutMs > 0)
        {
            job.DeadlineNs = NowNs + (traits.TimeoutMs * 1_000_000L);
            _ = Schedule(job.DeadlineNs, EventKind.DeadlineEnds, job.Number, job.Use);
        }
    }

    /// <summary>The whole plan of a request is done, or a call failed.</summary>
    private void End(EndpointJob job, int failedWith)
    {
        Answer(job, state.End(NowNs, job, failedWith));
        Next();
    }

    private void Next()
    {
        while (state.TryNext(NowNs, out var next, out var endsNs))
        {
            plan.Begin(next, endsNs);
        }
    }

    /// <summary>The answer goes out, if there is still somebody to take it.</summary>
    private void Answer(EndpointJob job, ServiceReply reply)
    {
        var (caller, call) = (job.Caller, job.Call);
        if (connections.Find(caller, call.Worker, call.Connection) is { } connection && connection.UnderWay.Remove(job))
        {
            connection.LastArrivalNs = Judge(job, reply) is { } judged
                ? Send(
                    caller,
                    EventKind.Told,
                    Partition.Contents.Put(ServiceAnswer.Write(judged, call.Kind)),
                    job.Attempt,
                    call.Worker,
                    connection.LastArrivalNs
                )
                : Send(
                    caller,
                    EventKind.UpstreamResponse,
                    ServiceAnswer.WorkerAndBytes(call.Worker, reply.Bytes),
                    job.Attempt,
                    ServiceAnswer.Code(call.Kind, reply.Status),
                    connection.LastArrivalNs
                );
            if (service.MaxRequestsPerConnection is > 0 and var most && connection.Requests >= most && connection.UnderWay.Count == 0)
            {
                Close(caller, call.Worker, call.Connection);
            }
            else
            {
                ExpectIdle(caller, call.Worker, call.Connection, connection);
            }
        }

        jobs.End(job, NowNs);
        jobs.Return(job);
    }

    /// <summary>What it says where all went well; null where the reply says all.</summary>
    private JudgedAnswer? Judge(EndpointJob job, ServiceReply reply) =>
        reply.Status == service.Status && job.Question is var (head, body) ? judgement!.Judge(NowNs, head, body) : null;

    private void OnDeadline(EndpointJob job)
    {
        const int gatewayTimeout = 504;
        if (job.State == JobState.Served)
        {
            cpu?.Withdraw(job);
            plan.AbandonCalls(job);
            End(job, gatewayTimeout);
        }
        else if (GiveUp(job))
        {
            Next();
        }
    }

    /// <summary>A caller closed its connection. What was under way on it goes on, or stops where the service cancels.</summary>
    private void OnGone(int caller, int worker, long number)
    {
        if (connections.Remove(caller, worker, number) is not { } connection)
        {
            return;
        }

        foreach (var job in connection.UnderWay)
        {
            if (service.Cancels || job.State == JobState.None) // One that hangs is nowhere else.
            {
                _ = GiveUp(job);
            }
        }

        Next();
    }

    private void OnCancelled(int caller, ServiceCall call, long attempt)
    {
        var connection = connections.Find(caller, call.Worker, call.Connection);
        if (connection?.UnderWay.Find(job => job.Attempt == attempt) is { } job)
        {
            _ = connection.UnderWay.Remove(job);
            _ = GiveUp(job);
            Next();
        }
    }

    /// <summary>A request is dropped. Returns whether that freed a worker.</summary>
    private bool GiveUp(EndpointJob job)
    {
        cpu?.Withdraw(job);
        plan.AbandonCalls(job);
        var waited = job.State == JobState.Waiting;
        var freed = state.Withdraw(NowNs, job);
        jobs.End(job, NowNs);
        if (!waited) // Else it is in the queue still, and given back from there.
        {
            jobs.Return(job);
        }

        return freed;
    }

    private void ExpectIdle(int caller, int worker, long number, CallerConnection connection)
    {
        connection.IdleSinceNs = NowNs;
        if (service.IdleTimeoutNs > 0)
        {
            _ = Schedule(NowNs + service.IdleTimeoutNs, EventKind.IdleEnds, worker, number, caller);
        }
    }

    private void OnIdle(int caller, int worker, long number)
    {
        if (connections.Find(caller, worker, number) is { UnderWay.Count: 0 } connection && connection.IdleSinceNs + service.IdleTimeoutNs <= NowNs)
        {
            Close(caller, worker, number);
        }
    }

    /// <summary>From here on what comes on the connection is dropped; the caller learns of it when the message is there.</summary>
    private void Close(int caller, int worker, long number)
    {
        if (connections.Remove(caller, worker, number) is { } closed)
        {
            _ = Send(caller, EventKind.UpstreamClosed, worker, number, notBeforeNs: closed.LastArrivalNs);
        }
    }

    /// <summary>Connections are reset. A process that crashes loses what it had.</summary>
    private void GoDown(bool crashes)
    {
        foreach (var ((caller, worker, number), connection) in connections.TakeAll())
        {
            _ = Send(caller, EventKind.UpstreamClosed, worker, number, notBeforeNs: connection.LastArrivalNs);
        }

        if (crashes)
        {
            _ = state.Stop(NowNs);
            plan.Stop();
            cpu?.Clear();
            jobs.Clear(NowNs);
        }
    }
}
