namespace MeshSim.ProxyRuntime.Core;

/// <summary>ROUND_ROBIN: in turn from a random start, which goes on over changes of the hosts.</summary>
/// <param name="start">Where the turn starts: the same for all lists of one balancer.</param>
internal sealed class RoundRobin(SlowStart? slowStart, ScheduleStart start, Peeks peeks) : ScheduledPicker(slowStart, start)
{
    private ulong turn = start.Seed;

    protected override HostState ChoosePlainly()
    {
        peeks.Turns -= peeks.Turns > 0 ? 1UL : 0;
        return At(turn++);
    }

    protected override HostState PeekPlainly() => At(turn + peeks.Turns++);

    protected override double Weight(HostState host) => host.Snapshot.Weight;

    private HostState At(ulong turn) => Hosts[turn % (ulong)Hosts.Length];
}
