namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which share of its choices each host gets from a balancer in the long run, as things are now: the balancer adds them up itself.</summary>
internal sealed class BalanceShares
{
    private readonly Dictionary<HostState, double> ofHosts = [];

    /// <summary>The share of choices without a host.</summary>
    public double None { get; private set; }

    /// <summary>False where it depends on requests under way: then choices must be made and counted.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>What the priorities went by; null if no balancer came to that.</summary>
    public PriorityLoads? Loads { get; private set; }

    /// <summary>The hosts by priority that were chosen from.</summary>
    public HostSet[] Sets { get; private set; } = [];

    public double Of(HostState host) => ofHosts.GetValueOrDefault(host);

    public void Add(HostState host, double share) => ofHosts[host] = Of(host) + share;

    public void AddNone(double share) => None += share;

    public void AddEvenly(HostState[] hosts, double share)
    {
        foreach (var host in hosts)
        {
            Add(host, share / hosts.Length);
        }

        None += hosts.Length == 0 ? share : 0;
    }

    public void NotExact() => IsExact = false;

    public void Explain(PriorityLoads loads, HostSet[] sets)
    {
        Loads = loads;
        Sets = sets;
    }
}
