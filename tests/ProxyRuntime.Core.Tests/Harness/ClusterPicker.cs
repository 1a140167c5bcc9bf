using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Picks hosts of one cluster as a worker does, without requests.</summary>
internal sealed class ClusterPicker : IBalancedRequest
{
    private readonly WorkerContext context;
    private readonly ClusterState cluster;
    private readonly LoadBalancerContext choice = new();
    private readonly EffectBuffer effects = new();
    private ulong? hash;

    public ClusterPicker(ClusterSnapshot snapshot, ulong seed = 5, Func<ProxySnapshot, ProxySnapshot>? change = null)
    {
        var proxy = Snapshots.Proxy(cluster: snapshot);
        proxy = change is null ? proxy : change(proxy);
        context = new WorkerContext(proxy, new ProxyShared(proxy), new RandomSource(seed), WorkerHarness.EpochUnixNs);
        context.Begin(new MonotonicTime(1_000_003), effects);
        cluster = context.Clusters[snapshot.Name];
        Apply([.. snapshot.Endpoints.Select(New)]);
    }

    public ImmutableArray<HostState> Hosts => cluster.Hosts;

    public ClusterStats Stats => cluster.Stats;

    public StatSheet Sheet => context.Stats;

    public static HostState New(EndpointSnapshot endpoint) =>
        new(
            new HostSnapshot
            {
                Address = new NetworkAddress(endpoint.Address, endpoint.Port),
                Hostname = endpoint.Hostname,
                Weight = endpoint.Weight,
                Priority = endpoint.Priority,
                Locality = endpoint.Locality,
                LocalityWeight = endpoint.LocalityWeight,
                EdsHealth = endpoint.Health,
                Metadata = endpoint.Metadata,
            }
        );

    /// <summary>The hosts are these now.</summary>
    public void Apply(ImmutableArray<HostState> hosts) => cluster.Apply(new ClusterMembership(cluster.Snapshot.Name, hosts));

    /// <summary>The hosts of another cluster are these now.</summary>
    public void ApplyTo(string name, ImmutableArray<HostState> hosts) => context.Clusters[name].Apply(new ClusterMembership(name, hosts));

    /// <summary>What each host gets.</summary>
    public BalanceShares Shares()
    {
        choice.Begin(null, this);
        return cluster.Shares(choice);
    }

    /// <param name="match">What the request says under <c>envoy.lb</c>.</param>
    /// <param name="hashed">The request's hash; null for none.</param>
    public HostState? Pick(MetadataValue? match = null, ulong? hashed = null)
    {
        hash = hashed;
        choice.Begin(null, this);
        choice.MetadataMatch = match;
        return cluster.ChooseHost(choice);
    }

    public HeaderMap Headers { get; } = new();

    public DynamicMetadata Metadata { get; } = new();

    OverrideHost? IBalancedRequest.OverrideHost => null;

    ulong? IBalancedRequest.ComputeHash() => hash;
}
