using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One DNS name of a cluster: asked at start and again some time after each answer.</summary>
internal sealed class ResolveTarget(ProxyMainContext context, NameResolution cluster, DnsQuery query, ImmutableArray<EndpointSnapshot> endpoints) : ITimerOwner
{
    private DnsAnswer last = DnsAnswer.Failure;
    private TimerHandle refresh;
    private bool asked;

    public DnsQuery Query => query;

    public bool Answered { get; private set; }

    /// <summary>The hosts of the last answer, in its order; a logical host has the first address only.</summary>
    public IEnumerable<HostSnapshot> Hosts(DiscoveryType type) =>
        endpoints.SelectMany(endpoint => type == DiscoveryType.LogicalDns ? last.HostsOf(endpoint).Take(1) : last.HostsOf(endpoint));

    public void Resolve()
    {
        asked = true;
        cluster.Stats.UpdateAttempt.Increment();
        context.Effects.Add(EffectKind.ResolveDns).Subject = query;
    }

    /// <summary>Returns whether the cluster's hosts are to be computed again. A failed query keeps the old addresses.</summary>
    public bool OnAnswer(DnsAnswer answer)
    {
        if (!asked)
        {
            return false;
        }

        // A logical host keeps its address where there is no other.
        var succeeded = answer.Succeeded && !(cluster.IsLogical && answer.Addresses.IsEmpty);
        asked = false;
        Answered = true;
        context.Timers.Cancel(ref refresh);
        refresh = context.Timers.Arm(context.Now.Plus(cluster.Refresh.NextNs(succeeded, answer)), TimerKind.DnsRefresh, this);
        if (!succeeded)
        {
            cluster.Stats.UpdateFailure.Increment();
            return false;
        }

        cluster.Stats.UpdateSuccess.Increment();
        last = answer;
        return true;
    }

    public void OnTimer(TimerKind kind)
    {
        refresh = default;
        Resolve();
    }
}
