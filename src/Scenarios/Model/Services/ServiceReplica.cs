using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// One replica of a service: so many workers, a queue, service times by route, with the faults that concern it. Whether it notices that a
/// caller gave up is the driver's: what is not withdrawn is served to its end and holds its worker.
/// </summary>
/// <remarks>
/// Decides and counts; carries nothing. A driver – the simulator's event loop, or sockets in real time – says what arrives, comes back
/// when work ends, and hands answers over. Times are nanoseconds since the run began and never go back. What comes before the begin
/// (below 0) is served, but not counted.
/// </remarks>
/// <typeparam name="TJob">A request, with what the driver needs to answer it.</typeparam>
public sealed class ServiceReplica<TJob>
    where TJob : ServiceJob
{
    private readonly ServiceRole service;
    private readonly ServiceRoute[] routes;
    private readonly JobQueue<TJob> waiting;
    private readonly List<Fault> known;
    private ReplicaFaults faults;
    private readonly RandomStream serviceTimes;
    private readonly RandomStream errors;
    private readonly SecondCounts arrivals = new();
    private long startedNs;
    private long busyNs;
    private long busySinceNs;
    private readonly SecondCounts answers = new();
    private readonly SecondCounts failures = new();
    private readonly SecondPeaks queue = new();
    private long answered;
    private long failed;
    private long maxQueue;

    /// <param name="faults">Those of the scenario, each with one begin and one end.</param>
    /// <param name="random">The replica's own randomness.</param>
    public ServiceReplica(ServiceRole service, int replica, IEnumerable<Fault> faults, RandomSource random)
    {
        this.service = service;
        routes = [.. service.AllRoutes];
        known = [.. faults.Where(fault => fault.Concerns(service.Name, replica))];
        this.faults = new ReplicaFaults(known);
        waiting = new JobQueue<TJob>(service.Discipline, job => Dropped(job));
        serviceTimes = random.Derive("service-time");
        errors = random.Derive("errors");
        startedNs = service.WarmUp is { AtBegin: true } ? 0 : long.MinValue / 2;
    }

    /// <summary>Told of a request that was withdrawn while it waited, when its place in the queue is gone, too.</summary>
    public Action<TJob> Dropped { get; init; } = static _ => { };

    /// <summary>Requests that wait for a worker now.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Workers that are held now.</summary>
    public int Busy { get; private set; }

    /// <summary>For how long workers were held so far, summed over them, nanoseconds.</summary>
    public long BusyNs(long nowNs) => busyNs + (Busy * (nowNs - busySinceNs));

    /// <summary>When it goes down, and until when. All its connections are reset at the begin of each.</summary>
    public IReadOnlyList<Fault> DownFaults => faults.Downs;

    /// <summary>Nobody listens: connections are refused.</summary>
    public bool IsDown(long nowNs) => faults.IsDown(nowNs);

    /// <summary>New connections are refused; open ones go on.</summary>
    public bool Refuses(long nowNs) => faults.IsDown(nowNs) || faults.Refuses(nowNs);

    /// <summary>A fault that nobody knew of at the begin.</summary>
    public void Add(Fault fault)
    {
        known.Add(fault);
        faults = new ReplicaFaults(known);
    }

    /// <summary>A fault that was added is over.</summary>
    public void End(Fault fault, long nowNs)
    {
        if (known.Remove(fault) && fault.FromNs < nowNs)
        {
            known.Add(fault with { UntilNs = Math.Min(fault.UntilNs, nowNs) });
        }

        faults = new ReplicaFaults(known);
    }

    /// <summary>A request arrives.</summary>
    public Arrival Arrive(long nowNs, TJob job)
    {
        arrivals.Add(nowNs, 1);
        if (faults.Hangs(nowNs))
        {
            return new Arrival(ArrivalKind.Swallowed);
        }

        if (Busy < service.Workers)
        {
            return new Arrival(ArrivalKind.Begins, Begin(nowNs, job));
        }

        if (waiting.Count >= service.QueueLimit)
        {
            return new Arrival(ArrivalKind.Refused);
        }

        waiting.Add(job);
        maxQueue = Math.Max(maxQueue, waiting.Count);
        queue.Note(nowNs, waiting.Count);
        return new Arrival(ArrivalKind.Waits);
    }

    /// <summary>The answer where the queue is full.</summary>
    public ServiceReply Refuse(long nowNs) => Count(nowNs, new ServiceReply(service.QueueFullStatus, 0));

    /// <summary>All is done: its worker is free.</summary>
    /// <param name="failedWith">The status where something it called failed; 0 for nothing.</param>
    public ServiceReply End(long nowNs, TJob job, int failedWith = 0)
    {
        Free(nowNs, job);
        var route = routes[job.Route];
        var status = failedWith > 0 ? failedWith : Status(nowNs, route);
        return Count(nowNs, new ServiceReply(status, route.ResponseBytes));
    }

    /// <summary>It is given up, waiting or served: whoever asked has gone. Returns whether a worker is free now.</summary>
    public bool Withdraw(long nowNs, TJob job)
    {
        switch (job.State)
        {
            case JobState.Waiting:
                waiting.Withdraw(job);
                return false;
            case JobState.Served:
                Free(nowNs, job);
                return true;
            default:
                return false;
        }
    }

    /// <summary>After a worker became free: the next request takes it. Returns false if none waits.</summary>
    /// <param name="endsNs">When its own work is done.</param>
    public bool TryNext(long nowNs, out TJob job, out long endsNs)
    {
        endsNs = 0;
        queue.Note(nowNs, waiting.Count);
        if (Busy >= service.Workers || !waiting.TryTake(out job!))
        {
            job = null!;
            return false;
        }

        endsNs = Begin(nowNs, job);
        return true;
    }

    /// <summary>When further own work of a request is done that begins now.</summary>
    public long WorkEndsNs(long nowNs, TimeModel work) => faults.FinishNs(nowNs, Slowed(nowNs, work.SampleNs(serviceTimes)));

    /// <summary>The process ends: nobody is served or waits any more. Returns those who waited.</summary>
    public List<TJob> Stop(long nowNs)
    {
        Count(nowNs, -Busy);
        return waiting.TakeAll();
    }

    /// <summary>A new process begins, and has to warm up.</summary>
    public void Start(long nowNs) => startedNs = nowNs;

    /// <summary>What it counted.</summary>
    public EndpointRecord Record(string name, string address) =>
        new(name, address, arrivals.Sum, answered, failed, maxQueue)
        {
            ArrivalsBySecond = arrivals.ToArray(),
            AnsweredBySecond = answers.ToArray(),
            ErrorsBySecond = failures.ToArray(),
            MaxQueueBySecond = queue.ToArray(),
        };

    /// <summary>Slow faults are looked at when service begins; overhead is what no fault changes.</summary>
    private long Begin(long nowNs, TJob job)
    {
        Count(nowNs, 1);
        job.State = JobState.Served;
        return WorkEndsNs(nowNs, routes[job.Route].ServiceTime) + service.OverheadNs;
    }

    private long Slowed(long nowNs, long drawnNs)
    {
        foreach (var fault in faults.Slows)
        {
            drawnNs = fault.ActsAt(nowNs) ? (long)(drawnNs * fault.Factor) : drawnNs;
        }

        return service.WarmUp is { } warmUp ? (long)(drawnNs * warmUp.FactorAt(nowNs - startedNs)) : drawnNs;
    }

    /// <summary>So many more workers are held from now on.</summary>
    private void Count(long nowNs, int more)
    {
        busyNs = BusyNs(nowNs);
        busySinceNs = nowNs;
        Busy += more;
    }

    private void Free(long nowNs, TJob job)
    {
        if (job.State == JobState.Served)
        {
            Count(nowNs, -1);
            job.State = JobState.None;
        }
    }

    private ServiceReply Count(long nowNs, ServiceReply reply)
    {
        answered += nowNs >= 0 ? 1 : 0;
        failed += nowNs >= 0 && reply.Status >= 500 ? 1 : 0;
        answers.Add(nowNs, 1);
        failures.Add(nowNs, reply.Status >= 500 ? 1 : 0);
        return reply;
    }

    /// <summary>Error faults are looked at when service ends; each that acts draws for itself.</summary>
    private int Status(long nowNs, ServiceRoute route)
    {
        foreach (var fault in faults.Errors)
        {
            if (fault.ActsAt(nowNs) && errors.NextDouble() < fault.Rate)
            {
                return fault.Status;
            }
        }

        return route.ErrorRate > 0 && errors.NextDouble() < route.ErrorRate ? route.ErrorStatus : route.Status;
    }
}
