using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// What an application does for the requests that hold its workers: own work, then step by step more work and calls. Calls of a step begin
/// together; the step is over when all have ended, or one has failed that may not.
/// </summary>
internal sealed class PlanRunner
{
    private readonly EndpointEntity endpoint;
    private readonly World world;
    private readonly ServiceReplica<EndpointJob> state;
    private readonly ServiceRole service;
    private readonly JobPool jobs;
    private readonly RandomStream choices;
    private readonly Action<EndpointJob, int> end;
    private readonly PlanStep[][] steps;
    private readonly Dictionary<OutgoingCall, CallTarget> targets = new(ReferenceEqualityComparer.Instance);
    private readonly Caller caller;

    /// <param name="end">Told of a request when all is done, with the status where a call failed, else 0.</param>
    public PlanRunner(
        EndpointEntity endpoint,
        World world,
        ServiceRole service,
        ServiceReplica<EndpointJob> state,
        JobPool jobs,
        RandomStream choices,
        Action<EndpointJob, int> end
    )
    {
        this.endpoint = endpoint;
        this.world = world;
        this.service = service;
        this.state = state;
        this.jobs = jobs;
        this.choices = choices;
        this.end = end;
        steps = [.. service.AllRoutes.Select(static route => route.Steps.ToArray())];
        caller = new Caller(endpoint, world, OnCallDone);
    }

    public bool Handle(in SimEvent e) => caller.Handle(e);

    /// <summary>A request got a worker.</summary>
    public void Begin(EndpointJob job, long endsNs) => endpoint.BeginWork(job, endsNs);

    /// <summary>Work of a request is done, or a step of calls: what comes next?</summary>
    public void Proceed(EndpointJob job)
    {
        var plan = steps[job.Route];
        while (job.Step < plan.Length)
        {
            switch (plan[job.Step++])
            {
                case WorkStep work:
                    Begin(job, state.WorkEndsNs(endpoint.NowNs, work.Time));
                    return;
                case CallStep calls when Start(job, calls):
                    return;
            }
        }

        end(job, 0);
    }

    /// <summary>Nobody waits for its calls any more.</summary>
    public void AbandonCalls(EndpointJob job)
    {
        foreach (var (connection, _) in job.Calls)
        {
            caller.Abandon(connection);
        }

        job.Calls.Clear();
    }

    /// <summary>The process ends, and with it its connections.</summary>
    public void Stop() => caller.Stop();

    /// <summary>Returns whether any call was made.</summary>
    private bool Start(EndpointJob job, CallStep step)
    {
        foreach (var call in step.Calls)
        {
            if (call.Probability >= 1 || choices.NextDouble() < call.Probability)
            {
                var timeout = Math.Max(1, Math.Min(call.TimeoutNs, job.DeadlineNs - endpoint.NowNs));
                job.Calls.Add((caller.Send(Target(call), new OutgoingRequest(world.TemplateOf(call), 0, timeout, job.Number, job.RequestId)), call));
            }
        }

        return job.Calls.Count > 0;
    }

    private CallTarget Target(OutgoingCall call)
    {
        if (!targets.TryGetValue(call, out var target))
        {
            targets[call] = target = new CallTarget(world.PointsOfCall(endpoint.Id, service, call));
        }

        return target;
    }

    private void OnCallDone(long owner, long connection, long sentNs, int status)
    {
        var job = jobs.At(owner);
        var index = job.Calls.FindIndex(call => call.Connection == connection);
        if (index < 0)
        {
            throw new InvalidOperationException($"A call of '{endpoint.Name}' ended that nobody made.");
        }

        var call = job.Calls[index].Call;
        job.Calls.RemoveAt(index);
        if (status is 0 or >= 500 && call.FailsCaller)
        {
            AbandonCalls(job);
            end(job, service.CallFailedStatus);
        }
        else if (job.Calls.Count == 0)
        {
            Proceed(job);
        }
    }
}
