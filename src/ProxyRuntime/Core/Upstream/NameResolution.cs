namespace MeshSim.ProxyRuntime.Core;

/// <summary>How a DNS cluster comes to its hosts: from names resolved again and again.</summary>
internal sealed class NameResolution
{
    private readonly ClusterSnapshot cluster;
    private readonly ClusterMembers members;
    private readonly ResolveTarget[] targets;

    public NameResolution(ProxyMainContext context, ClusterSnapshot cluster, ClusterMembers members)
    {
        this.cluster = cluster;
        this.members = members;
        Refresh = new DnsRefresh(cluster, context.Random.Derive("dns", cluster.Name));
        targets =
        [
            .. cluster
                .Endpoints.GroupBy(static e => e.Address, StringComparer.Ordinal)
                .Select(group => new ResolveTarget(context, this, new DnsQuery(cluster.Name, group.Key, cluster.DnsLookupFamily), [.. group])),
        ];
    }

    public DnsRefresh Refresh { get; }

    /// <summary>It has one host, whatever its name resolves to.</summary>
    public bool IsLogical => cluster.Type == DiscoveryType.LogicalDns;

    public MembershipStats Stats => members.Stats;

    private bool IsResolved => Array.TrueForAll(targets, static target => target.Answered);

    public void Start()
    {
        foreach (var target in targets)
        {
            target.Resolve();
        }

        if (IsResolved || !cluster.WaitForWarmOnInit)
        {
            members.OnDiscovered();
        }
    }

    public void OnAnswer(DnsQuery query, DnsAnswer answer)
    {
        if (Array.Find(targets, target => target.Query == query) is { } target && target.OnAnswer(answer))
        {
            members.Update(Hosts(), cluster.Policy);
        }

        if (IsResolved)
        {
            members.OnDiscovered();
        }
    }

    private IEnumerable<HostSnapshot> Hosts() => targets.SelectMany(target => target.Hosts(cluster.Type));
}
