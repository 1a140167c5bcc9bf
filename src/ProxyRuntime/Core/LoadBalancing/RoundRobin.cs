namespace MeshSim.ProxyRuntime.Core;

/// <summary>ROUND_ROBIN: in turn from a random start while weights are equal, by earliest deadline first when they differ.</summary>
internal sealed class RoundRobin(RandomStream random) : ILoadBalancer
{
    /// <summary>Envoy's bound on how many picks a rebuilt schedule is wound forward.</summary>
    private const ulong MaxWindUp = 429_496_729;

    private readonly ulong seed = random.NextUInt64();
    private ulong? turn;
    private HostState[] hosts = [];
    private EdfScheduler? schedule;

    /// <summary>The turn goes on over a change of hosts; a schedule is built anew, wound forward so that light hosts are not always last.</summary>
    public void Update(HostState[] hosts)
    {
        this.hosts = hosts;
        var equal = Array.TrueForAll(hosts, host => host.Snapshot.Weight == hosts[0].Snapshot.Weight);
        schedule = equal ? null : EdfScheduler.Build(hosts, (uint)seed % MaxWindUp);
    }

    public HostState? ChooseHost()
    {
        if (schedule is not null)
        {
            return hosts[schedule.Next()];
        }

        if (hosts.Length == 0)
        {
            return null;
        }

        var index = turn ?? seed;
        turn = unchecked(index + 1);
        return hosts[index % (ulong)hosts.Length];
    }
}
