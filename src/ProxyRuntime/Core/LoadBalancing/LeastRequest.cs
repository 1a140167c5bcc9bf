namespace MeshSim.ProxyRuntime.Core;

/// <summary>LEAST_REQUEST: of some hosts drawn at random the one with the fewest requests under way, of the whole proxy.</summary>
internal sealed class LeastRequest(RandomStream random, LeastRequestPolicy policy, SlowStart? slowStart, ScheduleStart start)
    : ScheduledPicker(slowStart, start)
{
    protected override HostState ChoosePlainly() => policy.FullScan ? Least() : LeastOfSome();

    /// <summary>Which has the fewest requests then is not known now.</summary>
    protected override HostState? PeekPlainly() => null;

    /// <summary>Hosts that have as many requests under way are as likely.</summary>
    protected override void AddPlainShares(double share, BalanceShares shares)
    {
        if (Array.Exists(Hosts, host => host.StatsSoFar.RqActive != Hosts[0].StatsSoFar.RqActive))
        {
            shares.NotExact();
        }

        base.AddPlainShares(share, shares);
    }

    protected override double Weight(HostState host)
    {
        var bias = policy.ActiveRequestBias;
        return bias == 0
            ? host.Snapshot.Weight
            : host.Snapshot.Weight / (bias == 1 ? host.StatsSoFar.RqActive + 1 : Math.Pow(host.StatsSoFar.RqActive + 1, bias));
    }

    /// <summary>Draws with replacement; a later one wins only if it has fewer.</summary>
    private HostState LeastOfSome()
    {
        var best = Hosts[random.NextModulo(Hosts.Length)];
        for (var i = 1U; i < policy.ChoiceCount; i++)
        {
            var drawn = Hosts[random.NextModulo(Hosts.Length)];
            if (drawn.StatsSoFar.RqActive < best.StatsSoFar.RqActive)
            {
                best = drawn;
            }
        }

        return best;
    }

    /// <summary>Among those that tie, each is as likely as the others.</summary>
    private HostState Least()
    {
        var best = Hosts[0];
        var tied = 1;
        for (var i = 1; i < Hosts.Length; i++)
        {
            var (active, least) = (Hosts[i].StatsSoFar.RqActive, best.StatsSoFar.RqActive);
            if (active < least)
            {
                best = Hosts[i];
                tied = 1;
            }
            else if (active == least && random.NextModulo(++tied) == 0)
            {
                best = Hosts[i];
            }
        }

        return best;
    }
}
