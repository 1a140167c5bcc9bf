using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>One cluster, with the worker that picks its hosts.</summary>
internal sealed class BalancerSide : IBalancedRequest
{
    private readonly ClusterState cluster;
    private readonly LoadBalancerContext choice = new();
    private ulong hash;

    public BalancerSide(BenchmarkedPolicy policy, int hosts)
    {
        var snapshot = Snapshot(policy, hosts);
        var proxy = new ProxySnapshot { Clusters = [snapshot] };
        var context = new WorkerContext(proxy, new ProxyShared(proxy), new RandomSource(1), 0);
        var effects = new EffectBuffer();
        context.Begin(new MonotonicTime(1), effects);
        new ProxyMain(proxy, new RandomSource(1)).Start(new MonotonicTime(1), effects);
        cluster = context.Clusters[snapshot.Name];
        cluster.Apply(effects[0].Membership!);
        choice.Begin(null, this);
        choice.MetadataMatch = policy == BenchmarkedPolicy.Subset ? Version(3) : null;
    }

    public HostState[] Hosts => [.. cluster.Hosts];

    public HeaderMap Headers { get; } = new();

    public DynamicMetadata Metadata { get; } = new();

    public OverrideHost? OverrideHost => null;

    public ulong? ComputeHash() => hash;

    public HostState? Pick(ulong hashed)
    {
        hash = hashed;
        return cluster.ChooseHost(choice);
    }

    public static HostWeights Weights(int hosts) =>
        HostWeights.Of(
            HostSet.BuildAll(
                new ClusterMembership(
                    "c",
                    [.. Enumerable.Range(0, hosts).Select(static i => new HostState(new HostSnapshot { Address = new NetworkAddress(Address(i), 8080) }))]
                ),
                LocalitySnapshot.None
            )[0],
            panic: false,
            byLocality: false
        );

    public static MetadataValue Version(int number) =>
        MetadataValue.Of([KeyValuePair.Create("v", MetadataValue.Of(string.Create(CultureInfo.InvariantCulture, $"{number}")))]);

    private static ClusterSnapshot Snapshot(BenchmarkedPolicy policy, int hosts) =>
        new()
        {
            Name = "c",
            StatName = "c",
            LoadBalancing = new LoadBalancingSnapshot
            {
                Policy = policy switch
                {
                    BenchmarkedPolicy.Random => new RandomPolicy(),
                    BenchmarkedPolicy.LeastRequest or BenchmarkedPolicy.WeightedLeastRequest => new LeastRequestPolicy(),
                    BenchmarkedPolicy.RingHash => new RingHashPolicy(),
                    BenchmarkedPolicy.Maglev => new MaglevPolicy(),
                    _ => new RoundRobinPolicy(),
                },
                Subsets = policy == BenchmarkedPolicy.Subset ? new SubsetSnapshot { Selectors = [new SubsetSelectorSnapshot(["v"])] } : null,
            },
            Endpoints =
            [
                .. Enumerable
                    .Range(0, hosts)
                    .Select(i => new EndpointSnapshot
                    {
                        Address = Address(i),
                        Port = 8080,
                        Weight = policy is BenchmarkedPolicy.WeightedRoundRobin or BenchmarkedPolicy.WeightedLeastRequest ? 1 + (uint)(i % 3) : 1,
                        Metadata = new MetadataMap([KeyValuePair.Create("envoy.lb", Version(i % 5))]),
                    }),
            ],
        };

    private static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}");
}

/// <summary>Which balancer picks.</summary>
public enum BenchmarkedPolicy
{
    RoundRobin,

    /// <summary>Weights 1, 2 and 3 by turns.</summary>
    WeightedRoundRobin,
    Random,
    LeastRequest,

    /// <summary>Weights 1, 2 and 3 by turns.</summary>
    WeightedLeastRequest,
    RingHash,
    Maglev,

    /// <summary>Round robin within one of five subsets.</summary>
    Subset,
}
