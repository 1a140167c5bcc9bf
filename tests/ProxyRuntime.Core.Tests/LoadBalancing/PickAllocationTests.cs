namespace MeshSim.ProxyRuntime.Core.Tests;

public class PickAllocationTests
{
    private static readonly SortedDictionary<string, BalancingPolicy> Policies = new(StringComparer.Ordinal)
    {
        ["round robin"] = new RoundRobinPolicy(),
        ["slow start"] = new RoundRobinPolicy(new SlowStartSnapshot(60 * Snapshots.Second)),
        ["random"] = new RandomPolicy(),
        ["least request"] = new LeastRequestPolicy(),
        ["full scan"] = new LeastRequestPolicy(FullScan: true),
        ["ring hash"] = new RingHashPolicy(),
        ["Maglev"] = new MaglevPolicy(251),
        ["bounded load"] = new MaglevPolicy(251, BalanceFactor: 200),
    };

    [Theory]
    [InlineData("round robin")]
    [InlineData("slow start")]
    [InlineData("random")]
    [InlineData("least request")]
    [InlineData("full scan")]
    [InlineData("ring hash")]
    [InlineData("Maglev")]
    [InlineData("bounded load")]
    public void No_pick_allocates(string name)
    {
        foreach (LocalityBalancing localities in new LocalityBalancing[] { new ZoneAwareBalancing(), new LocalityWeightedBalancing() })
        {
            foreach (var weights in (uint[])[1, 3])
            {
                var cluster = Snapshots.Cluster("svc", 20);
                cluster = cluster with
                {
                    LoadBalancing = new LoadBalancingSnapshot { Policy = Policies[name], Localities = localities },
                    Endpoints =
                    [
                        .. cluster.Endpoints.Select(
                            (host, i) =>
                                host with
                                {
                                    Weight = 1 + ((uint)i % weights),
                                    Priority = i / 10,
                                    Health = i % 4 == 0 ? EdsHealth.Unhealthy : EdsHealth.Unknown,
                                    Locality = new LocalitySnapshot("", $"z{i % 2}", ""),
                                    LocalityWeight = 1,
                                }
                        ),
                    ],
                };
                var picker = new ClusterPicker(cluster);
                void PickMany()
                {
                    for (var i = 0UL; i < 200; i++)
                    {
                        Assert.NotNull(picker.Pick(null, StableHash.Mix(i)));
                    }
                }

                PickMany();
                Assert.Equal(0, Allocation.Of(PickMany));
            }
        }
    }
}
