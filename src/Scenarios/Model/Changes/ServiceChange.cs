namespace MeshSim.Scenarios.Model;

/// <summary>The replicas of a service become others.</summary>
/// <param name="AtNs">When that is asked for.</param>
/// <param name="StartupNs">How long a new replica takes until it listens.</param>
/// <param name="PreStopNs">How long one that is to go still listens; then its connections are reset. 0 for not at all.</param>
/// <param name="DnsDelayNs">How much later DNS says so, of those that come and those that go.</param>
public abstract record ServiceChange(string Service, long AtNs, long StartupNs, long PreStopNs, long DnsDelayNs);

/// <summary>There are so many from now on: new ones come, or those that came last go.</summary>
public sealed record ScaleChange(string Service, long AtNs, int Replicas, long StartupNs, long PreStopNs, long DnsDelayNs)
    : ServiceChange(Service, AtNs, StartupNs, PreStopNs, DnsDelayNs);

/// <summary>Every replica is replaced by a new one, some at a time, as a Kubernetes deployment does.</summary>
/// <param name="Surge">So many more than usual at once.</param>
/// <param name="Unavailable">So many fewer than usual that listen; one of both is above 0.</param>
public sealed record RolloutChange(string Service, long AtNs, int Surge, int Unavailable, long StartupNs, long PreStopNs, long DnsDelayNs)
    : ServiceChange(Service, AtNs, StartupNs, PreStopNs, DnsDelayNs);

/// <summary>When a replica is there.</summary>
/// <param name="ListensFromNs">0 for one that is there at the begin.</param>
/// <param name="ListensUntilNs"><see cref="long.MaxValue"/> for one that stays.</param>
/// <param name="KnownFromNs">From when on DNS says its address.</param>
public sealed record ReplicaLife(int Replica, long ListensFromNs, long ListensUntilNs, long KnownFromNs, long KnownUntilNs)
{
    public bool ListensAt(long nowNs) => nowNs >= ListensFromNs && nowNs < ListensUntilNs;

    public bool IsKnownAt(long nowNs) => nowNs >= KnownFromNs && nowNs < KnownUntilNs;
}
