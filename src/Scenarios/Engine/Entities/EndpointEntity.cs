using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// One replica of a service: so many workers, a queue, first come, first served. It does not notice that a caller gave up: the request
/// is served to its end and holds its worker.
/// </summary>
internal sealed class EndpointEntity(int id, string name, World world, ServiceRole service, int replica, string address) : Entity(id, name, world)
{
    private readonly Queue<(int Proxy, long Worker, long Attempt, int Kind)> waiting = new();
    private RandomStream serviceTimes = null!;
    private RandomStream errors = null!;
    private int busy;

    private long Arrivals { get; set; }

    private long Answered { get; set; }

    private long Errors { get; set; }

    private long MaxQueue { get; set; }

    /// <summary>Requests that wait for a worker now.</summary>
    public int Waiting => waiting.Count;

    public EndpointRecord Record => new(Name, address, Arrivals, Answered, Errors, MaxQueue);

    public override void Begin()
    {
        serviceTimes = Random.Derive("service-time");
        errors = Random.Derive("errors");
    }

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Connect:
                _ = Send(e.Source, EventKind.UpstreamConnected, e.A, e.B);
                break;
            case EventKind.Request:
                Arrivals++;
                if (busy < service.Workers)
                {
                    Serve(e.Source, e.A, e.B, e.C);
                }
                else
                {
                    waiting.Enqueue((e.Source, e.A, e.B, e.C));
                    MaxQueue = Math.Max(MaxQueue, waiting.Count);
                }

                break;
            case EventKind.Gone:
                break; // It does not notice.
            case EventKind.ServiceEnds:
                Answer(e.C, e.A & 0xFFFF, e.B, (int)(e.A >> 16));
                break;
            default:
                throw new InvalidOperationException($"An endpoint has no event {e.Kind}.");
        }
    }

    private void Serve(int proxy, long worker, long attempt, int kind)
    {
        busy++;
        _ = Schedule(NowNs + service.ServiceTime.SampleNs(serviceTimes), EventKind.ServiceEnds, worker | ((long)kind << 16), attempt, proxy);
    }

    private void Answer(int proxy, long worker, long attempt, int kind)
    {
        busy--;
        var status = Status();
        Answered++;
        Errors += status >= 500 ? 1 : 0;
        _ = Send(proxy, EventKind.UpstreamResponse, worker, attempt, ServiceAnswer.Code(kind, status));
        if (waiting.TryDequeue(out var next))
        {
            Serve(next.Proxy, next.Worker, next.Attempt, next.Kind);
        }
    }

    /// <summary>Faults are looked at when service ends; each that acts draws for itself.</summary>
    private int Status()
    {
        foreach (var fault in World.Scenario.Faults)
        {
            if (fault.Acts(service.Name, replica, NowNs) && errors.NextDouble() < fault.Rate)
            {
                return fault.Status;
            }
        }

        return 200;
    }
}
