using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// One replica of a service: so many workers, a queue, first come, first served, with the faults that concern it. It does not notice that
/// a caller gave up: the request is served to its end and holds its worker.
/// </summary>
/// <remarks>
/// Decides and counts; carries nothing. A driver – the simulator's event loop, or sockets in real time – says what arrives, comes back
/// when service ends, and hands answers over. Times are nanoseconds since the run began and never go back. What comes before the begin
/// (below 0) is served, but not counted.
/// </remarks>
/// <typeparam name="TCall">What the driver needs to answer a request.</typeparam>
public sealed class ServiceReplica<TCall>
{
    private readonly ServiceRole service;
    private readonly Queue<TCall> waiting = new();
    private readonly ErrorRateFault[] errorFaults;
    private readonly SlowFault[] slowFaults;
    private readonly DownFault[] downFaults;
    private readonly RandomStream serviceTimes;
    private readonly RandomStream errors;
    private readonly SecondCounts arrivals = new();
    private readonly SecondCounts answers = new();
    private readonly SecondCounts failures = new();
    private readonly SecondPeaks queue = new();
    private int busy;
    private long answered;
    private long failed;
    private long maxQueue;

    /// <param name="random">The replica's own randomness.</param>
    public ServiceReplica(ServiceRole service, int replica, IEnumerable<Fault> faults, RandomSource random)
    {
        this.service = service;
        Fault[] concerned = [.. faults.Where(fault => fault.Concerns(service.Name, replica))];
        errorFaults = [.. concerned.OfType<ErrorRateFault>()];
        slowFaults = [.. concerned.OfType<SlowFault>()];
        downFaults = [.. concerned.OfType<DownFault>()];
        serviceTimes = random.Derive("service-time");
        errors = random.Derive("errors");
    }

    /// <summary>Requests that wait for a worker now.</summary>
    public int Waiting => waiting.Count;

    /// <summary>When it goes down, and until when. All its connections are reset at the begin of each.</summary>
    public IReadOnlyList<DownFault> DownFaults => downFaults;

    /// <summary>Nobody listens: connections are refused.</summary>
    public bool IsDown(long nowNs) => Array.Exists(downFaults, fault => fault.ActsAt(nowNs));

    /// <summary>A request arrives. Returns when its service ends, or null: it waits for a worker.</summary>
    public long? Arrive(long nowNs, TCall call)
    {
        arrivals.Add(nowNs, 1);
        if (busy < service.Workers)
        {
            return Begin(nowNs);
        }

        waiting.Enqueue(call);
        maxQueue = Math.Max(maxQueue, waiting.Count);
        queue.Note(nowNs, waiting.Count);
        return null;
    }

    /// <summary>A service ends: its worker is free. Returns the status of the answer.</summary>
    public int End(long nowNs)
    {
        busy--;
        var status = Status(nowNs);
        answered += nowNs >= 0 ? 1 : 0;
        failed += nowNs >= 0 && status >= 500 ? 1 : 0;
        answers.Add(nowNs, 1);
        failures.Add(nowNs, status >= 500 ? 1 : 0);
        return status;
    }

    /// <summary>After an end: the request that has waited longest takes the worker. Returns false if none waits.</summary>
    /// <param name="endsNs">When its service ends.</param>
    public bool TryNext(long nowNs, out TCall call, out long endsNs)
    {
        endsNs = 0;
        queue.Note(nowNs, waiting.Count);
        if (!waiting.TryDequeue(out call!))
        {
            return false;
        }

        endsNs = Begin(nowNs);
        return true;
    }

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
    private long Begin(long nowNs)
    {
        busy++;
        var drawn = service.ServiceTime.SampleNs(serviceTimes);
        foreach (var fault in slowFaults)
        {
            drawn = fault.ActsAt(nowNs) ? (long)(drawn * fault.Factor) : drawn;
        }

        return nowNs + drawn + service.OverheadNs;
    }

    /// <summary>Error faults are looked at when service ends; each that acts draws for itself.</summary>
    private int Status(long nowNs)
    {
        foreach (var fault in errorFaults)
        {
            if (fault.ActsAt(nowNs) && errors.NextDouble() < fault.Rate)
            {
                return fault.Status;
            }
        }

        return 200;
    }
}
