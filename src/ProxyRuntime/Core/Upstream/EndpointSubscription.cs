namespace MeshSim.ProxyRuntime.Core;

/// <summary>How a cluster of type EDS comes to its hosts: takes over assignments as they are read, and gives them up when they are stale.</summary>
internal sealed class EndpointSubscription(ProxyMainContext context, ClusterSnapshot cluster, ClusterMembers members) : ITimerOwner
{
    private readonly SubscriptionStats stats = new(context.Stats, $"cluster.{cluster.StatName}.");
    private TimerHandle initialFetch;
    private TimerHandle stale;

    public void Start()
    {
        context.Effects.Add(EffectKind.WatchEndpoints).Cluster = cluster;
        var timeoutNs = cluster.Eds!.InitialFetchTimeoutNs;
        if (timeoutNs > 0)
        {
            initialFetch = context.Timers.Arm(context.Now.Plus(timeoutNs), TimerKind.InitialFetchTimeout, this);
        }
    }

    /// <summary>Whatever came of it, the cluster waits no longer: what is refused leaves the hosts as they were.</summary>
    public void OnAnswer(EndpointsAnswer answer)
    {
        context.Timers.Cancel(ref initialFetch);
        members.Stats.UpdateAttempt.Increment();
        switch (answer.Outcome)
        {
            case EndpointsOutcome.Accepted:
                Take(answer.Assignment!);
                Succeed(answer);
                break;
            case EndpointsOutcome.Empty:
                members.Stats.UpdateEmpty.Increment();
                Succeed(answer);
                break;
            case EndpointsOutcome.Rejected:
                stats.UpdateRejected.Increment();
                break;
            default:
                members.Stats.UpdateFailure.Increment();
                break;
        }

        members.OnDiscovered();
    }

    public void OnTimer(TimerKind kind)
    {
        if (kind == TimerKind.InitialFetchTimeout)
        {
            initialFetch = default;
            stats.InitFetchTimeout.Increment();
            members.OnDiscovered();
            return;
        }

        stale = default;
        Update(new EndpointAssignment { Policy = EndpointPolicy.Default with { DropOverload = members.Policy.DropOverload } });
        members.Stats.AssignmentStale.Increment();
    }

    private void Take(EndpointAssignment assignment)
    {
        context.Timers.Cancel(ref stale);
        if (assignment.StaleAfterNs > 0)
        {
            members.Stats.AssignmentTimeoutReceived.Increment();
            stale = context.Timers.Arm(context.Now.Plus(assignment.StaleAfterNs), TimerKind.EndpointsStale, this);
        }

        Update(assignment);
    }

    private void Update(EndpointAssignment assignment) =>
        members.Update(
            assignment.Endpoints.Select(static endpoint => endpoint.HostAt(endpoint.Address, endpoint.Hostname)),
            assignment.Policy,
            assignment.LocalityWeights
        );

    private void Succeed(EndpointsAnswer answer)
    {
        members.Stats.UpdateSuccess.Increment();
        stats.Succeeded(context.UnixNs, answer.Version);
    }
}
