namespace MeshSim.ProxyRuntime.Core;

/// <summary>A policy that is fair by weight: by earliest deadline first where weights differ or a host is in slow start, else in its own plain way.</summary>
internal abstract class ScheduledPicker(SlowStart? slowStart, ScheduleStart start) : HostPicker
{
    private EdfScheduler? schedule;

    protected HostState[] Hosts { get; private set; } = [];

    /// <summary>A schedule is built anew with each list, wound forward so that light hosts are not always last.</summary>
    public override void Update(HostState[] hosts)
    {
        Hosts = hosts;
        slowStart?.Admit(hosts);
        var equal = Array.TrueForAll(hosts, host => host.Snapshot.Weight == hosts[0].Snapshot.Weight);
        schedule = hosts.Length <= 1 || (equal && slowStart?.IsUnderWay != true) ? null : EdfScheduler.Build(hosts.Length, WeightAt, start.Picks(hosts.Length));
    }

    public override HostState? ChooseHost(ulong draw) =>
        Hosts.Length == 0 ? null
        : schedule is not null ? Hosts[schedule.Next()]
        : ChoosePlainly();

    public override HostState? PeekHost(ulong draw) =>
        Hosts.Length == 0 ? null
        : schedule is not null ? Hosts[schedule.Peek()]
        : PeekPlainly();

    public override void AddShares(double share, int[] draws, BalanceShares shares)
    {
        if (schedule is null)
        {
            AddPlainShares(share, shares);
            return;
        }

        var parts = schedule.Shares();
        for (var i = 0; i < Hosts.Length; i++)
        {
            shares.Add(Hosts[i], share * parts[i]);
        }
    }

    /// <summary>As <see cref="AddShares"/> when all weigh the same.</summary>
    protected virtual void AddPlainShares(double share, BalanceShares shares) => shares.AddEvenly(Hosts, share);

    /// <summary>The host when all weigh the same; there is at least one.</summary>
    protected abstract HostState ChoosePlainly();

    /// <summary>The host of a choice to come when all weigh the same; null where it depends on what happens until then.</summary>
    protected abstract HostState? PeekPlainly();

    /// <summary>The weight of a host before slow start.</summary>
    protected abstract double Weight(HostState host);

    private double WeightAt(int index)
    {
        var host = Hosts[index];
        var weight = Weight(host);
        return slowStart?.IsUnderWay == true ? weight * slowStart.Factor(host) : weight;
    }
}
