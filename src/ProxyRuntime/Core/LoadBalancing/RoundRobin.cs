namespace MeshSim.ProxyRuntime.Core;

/// <summary>ROUND_ROBIN: in turn from a random start, which goes on over changes of the hosts.</summary>
/// <param name="seed">Where the turn starts: the same for all lists of one balancer.</param>
internal sealed class RoundRobin(SlowStart? slowStart, ulong seed) : ScheduledPicker(slowStart, seed)
{
    private ulong turn = seed;

    protected override HostState ChoosePlainly() => Hosts[unchecked(turn++) % (ulong)Hosts.Length];

    protected override double Weight(HostState host) => host.Snapshot.Weight;
}
