using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class SubsetTests
{
    private static readonly EndpointSnapshot[] Versions =
    [
        SubsetProxy.Host(1, "v=1 stage=prod"),
        SubsetProxy.Host(2, "v=1 stage=dev"),
        SubsetProxy.Host(3, "v=2 stage=prod"),
        SubsetProxy.Host(4, "stage=prod"),
    ];

    private static readonly SubsetSnapshot ByVersion = new() { Selectors = [SubsetProxy.Selector("v"), SubsetProxy.Selector("stage v")] };

    [Fact]
    public void A_request_gets_the_hosts_with_the_values_it_asks_for()
    {
        var proxy = new SubsetProxy(ByVersion, [.. Ask("v=1", "v=1 stage=prod", "v=2")], Versions);

        Assert.Equal([1, 1, 2, 2], proxy.Picks(4, 0));
        Assert.Equal([1, 1], proxy.Picks(2, 1));
        Assert.Equal([3, 3], proxy.Picks(2, 2));
        Assert.Equal(8, proxy.Worker.Stat("cluster.svc.lb_subsets_selected"));
        Assert.Equal(0, proxy.Worker.Stat("cluster.svc.lb_subsets_fallback"));
    }

    /// <summary>v=1, v=2, and three of stage and v together.</summary>
    [Fact]
    public void Each_combination_of_values_is_one_subset()
    {
        var proxy = new SubsetProxy(ByVersion, [], Versions);

        Assert.Equal(5, proxy.Worker.Stat("cluster.svc.lb_subsets_active"));
        Assert.Equal(5, proxy.Worker.Stat("cluster.svc.lb_subsets_created"));
    }

    [Theory]
    [InlineData(SubsetFallback.NoFallback, new[] { 0, 0, 0, 0 }, 0)]
    [InlineData(SubsetFallback.AnyEndpoint, new[] { 1, 2, 3, 4 }, 4)]
    [InlineData(SubsetFallback.DefaultSubset, new[] { 1, 1, 3, 3 }, 4)]
    public void What_matches_no_subset_falls_back_as_the_cluster_says(SubsetFallback fallback, int[] hosts, long counted)
    {
        var settings = ByVersion with { Fallback = fallback, DefaultSubset = SubsetProxy.Fields("stage=prod"), Selectors = [SubsetProxy.Selector("v")] };
        var proxy = new SubsetProxy(settings, Ask("v=9"), Versions[..3].Append(SubsetProxy.Host(4, "stage=dev")));

        Assert.Equal(hosts, proxy.Picks(4, 0));
        Assert.Equal(counted, proxy.Worker.Stat("cluster.svc.lb_subsets_fallback"));
    }

    [Fact]
    public void A_request_that_says_nothing_falls_back_too()
    {
        Assert.Equal([1, 2, 3, 4], new SubsetProxy(ByVersion with { Fallback = SubsetFallback.AnyEndpoint }, [], Versions).Picks(4));
        Assert.Equal([0], new SubsetProxy(ByVersion, [], Versions).Picks(1));
    }

    [Fact]
    public void A_key_too_many_matches_nothing_unless_redundant_keys_are_allowed()
    {
        Assert.Equal([0], new SubsetProxy(ByVersion, Ask("v=2 x=7"), Versions).Picks(1, 0));
        Assert.Equal([3], new SubsetProxy(ByVersion with { AllowRedundantKeys = true }, Ask("v=2 x=7"), Versions).Picks(1, 0));
    }

    [Theory]
    [InlineData(SubsetFallback.NotDefined, new[] { 1, 2, 3, 4 })]
    [InlineData(SubsetFallback.NoFallback, new[] { 0, 0, 0, 0 })]
    [InlineData(SubsetFallback.AnyEndpoint, new[] { 1, 2, 3, 4 })]
    [InlineData(SubsetFallback.DefaultSubset, new[] { 2, 2, 2, 2 })]
    [InlineData(SubsetFallback.KeysSubset, new[] { 3, 3, 3, 3 })]
    public void The_fallback_of_a_selector_comes_before_that_of_the_cluster(SubsetFallback fallback, int[] hosts)
    {
        var settings = new SubsetSnapshot
        {
            Selectors = [SubsetProxy.Selector("v"), SubsetProxy.Selector("stage v", fallback, fallback == SubsetFallback.KeysSubset ? "v" : "")],
            Fallback = SubsetFallback.AnyEndpoint,
            DefaultSubset = SubsetProxy.Fields("stage=dev"),
        };
        var proxy = new SubsetProxy(settings, Ask("v=2 stage=dev"), Versions);

        Assert.Equal(hosts, proxy.Picks(4, 0));
        Assert.Equal(fallback == SubsetFallback.NotDefined ? 4 : 0, proxy.Worker.Stat("cluster.svc.lb_subsets_fallback"));
    }

    /// <summary>Envoy notes the fallback of a selector where its last key comes up first: a longer selector before it has taken that place.</summary>
    [Fact]
    public void The_fallback_of_a_selector_is_lost_behind_one_that_begins_with_its_keys()
    {
        SubsetSelectorSnapshot longer = SubsetProxy.Selector("a b"),
            shorter = SubsetProxy.Selector("a", SubsetFallback.AnyEndpoint);
        EndpointSnapshot[] hosts = [SubsetProxy.Host(1, "a=1 b=1")];

        Assert.Equal([1], new SubsetProxy(new SubsetSnapshot { Selectors = [shorter, longer] }, Ask("a=9"), hosts).Picks(1, 0));
        Assert.Equal([0], new SubsetProxy(new SubsetSnapshot { Selectors = [longer, shorter] }, Ask("a=9"), hosts).Picks(1, 0));
    }

    [Fact]
    public void With_a_list_of_wishes_the_first_that_gives_a_host_counts()
    {
        var wishes = MetadataValue.Of([
            KeyValuePair.Create("v", MetadataValue.Of("9")),
            KeyValuePair.Create("fallback_list", MetadataValue.Of([SubsetProxy.Fields("v=8"), SubsetProxy.Fields("v=2"), SubsetProxy.Fields("v=1")])),
        ]);
        var settings = ByVersion with { FallbackList = true };

        Assert.Equal([3, 3], new SubsetProxy(settings, [wishes], Versions).Picks(2, 0));
        Assert.Equal([0, 0], new SubsetProxy(ByVersion, [wishes], Versions).Picks(2, 0));
        Assert.Equal([3], new SubsetProxy(settings, Ask("v=2"), Versions).Picks(1, 0));
    }

    [Fact]
    public void In_panic_any_host_will_do_if_the_fallback_has_none()
    {
        var settings = ByVersion with { Fallback = SubsetFallback.DefaultSubset, DefaultSubset = SubsetProxy.Fields("v=7"), PanicModeAny = true };
        var proxy = new SubsetProxy(settings, Ask("v=9"), Versions);

        Assert.Equal([1, 2, 3, 4], proxy.Picks(4, 0));
        Assert.Equal(4, proxy.Worker.Stat("cluster.svc.lb_subsets_fallback_panic"));
        Assert.Equal(0, proxy.Worker.Stat("cluster.svc.lb_subsets_fallback"));
    }

    [Fact]
    public void A_list_is_one_value_or_any_of_its_items()
    {
        EndpointSnapshot[] hosts = [SubsetProxy.Host(1, "v=1,2"), SubsetProxy.Host(2, "v=2")];
        var plain = new SubsetSnapshot { Selectors = [SubsetProxy.Selector("v")] };

        Assert.Equal([2, 2], new SubsetProxy(plain, Ask("v=2"), hosts).Picks(2, 0));
        Assert.Equal([1, 1], new SubsetProxy(plain, Ask("v=1,2"), hosts).Picks(2, 0));
        Assert.Equal([1, 2], new SubsetProxy(plain with { ListAsAny = true }, Ask("v=2"), hosts).Picks(2, 0));
        Assert.Equal([1], new SubsetProxy(plain with { ListAsAny = true }, Ask("v=1"), hosts).Picks(1, 0));
    }

    [Fact]
    public void Of_a_subset_for_a_single_host_only_the_first_counts()
    {
        var settings = new SubsetSnapshot { Selectors = [SubsetProxy.Selector("v") with { SingleHostPerSubset = true }] };
        var proxy = new SubsetProxy(settings, Ask("v=1"), [.. Versions, SubsetProxy.Host(5, "v=1", EdsHealth.Unhealthy)]);

        Assert.Equal([1, 1, 1], proxy.Picks(3, 0));
        Assert.Equal(2, proxy.Worker.Stat("cluster.svc.lb_subsets_active"));
    }

    /// <summary>Of each version one of three is left: too few, though of the cluster half are well.</summary>
    [Fact]
    public void Each_subset_panics_by_its_own_hosts()
    {
        EndpointSnapshot[] hosts =
        [
            SubsetProxy.Host(1, "v=1"),
            SubsetProxy.Host(2, "v=1", EdsHealth.Unhealthy),
            SubsetProxy.Host(3, "v=1", EdsHealth.Unhealthy),
            SubsetProxy.Host(4, "v=2"),
            SubsetProxy.Host(5, "v=2"),
            SubsetProxy.Host(6, "v=2", EdsHealth.Unhealthy),
        ];
        var proxy = new SubsetProxy(ByVersion, Ask("v=1", "v=2"), hosts);

        Assert.Equal([1, 2, 3], proxy.Picks(3, 0));
        Assert.Equal(3, proxy.Worker.Stat("cluster.svc.lb_healthy_panic"));
        Assert.Equal([4, 4, 5, 5], proxy.Picks(4, 1));
        Assert.Equal(3, proxy.Worker.Stat("cluster.svc.lb_healthy_panic"));
    }

    [Fact]
    public void Each_subset_has_priorities_of_its_own()
    {
        EndpointSnapshot[] hosts =
        [
            SubsetProxy.Host(1, "v=1"),
            SubsetProxy.Host(2, "v=2", EdsHealth.Unhealthy),
            SubsetProxy.Host(3, "v=1", priority: 1),
            SubsetProxy.Host(4, "v=2", priority: 1),
        ];
        var proxy = new SubsetProxy(ByVersion, Ask("v=1", "v=2"), hosts);

        Assert.Equal([1, 1, 1], proxy.Picks(3, 0));
        Assert.Equal([4, 4, 4], proxy.Picks(3, 1));
    }

    /// <summary>All hosts of the subset are down and nothing panics: there is none, and no fallback for it either.</summary>
    [Fact]
    public void A_subset_with_hosts_decides_even_if_none_of_them_will_do()
    {
        var settings = ByVersion with { Fallback = SubsetFallback.AnyEndpoint };
        EndpointSnapshot[] hosts = [SubsetProxy.Host(1, "v=1", EdsHealth.Draining), SubsetProxy.Host(2, "v=2")];
        var proxy = new SubsetProxy(settings, Ask("v=1"), hosts);

        // Draining hosts do not count at all, so the subset panics over its one host.
        Assert.Equal([1], proxy.Picks(1, 0));
        Assert.Equal(0, proxy.Worker.Stat("cluster.svc.lb_subsets_fallback"));
    }

    /// <summary>Zone a weighs 2, half of its hosts are of version 1; zone b weighs 12, a quarter.</summary>
    [Theory]
    [InlineData(false, false, 350, 350)]
    [InlineData(true, false, 100, 600)]
    [InlineData(true, true, 175, 525)]
    public void Localities_keep_their_weights_within_a_subset_where_asked_to(bool aware, bool scaled, int first, int third)
    {
        static EndpointSnapshot In(string zone, uint weight, int number, string version) =>
            SubsetProxy.Host(number, $"v={version}") with
            {
                Locality = new LocalitySnapshot("", zone, ""),
                LocalityWeight = weight,
            };
        EndpointSnapshot[] hosts = [In("a", 2, 1, "1"), In("a", 2, 2, "2"), In("b", 12, 3, "1"), In("b", 12, 4, "2"), In("b", 12, 5, "2"), In("b", 12, 6, "2")];
        foreach (BalancingPolicy policy in new BalancingPolicy[] { new RoundRobinPolicy(), new MaglevPolicy(701) })
        {
            var proxy = new ClusterPicker(
                Snapshots.Cluster("svc", 0) with
                {
                    Endpoints = [.. hosts],
                    LoadBalancing = new LoadBalancingSnapshot
                    {
                        Policy = policy,
                        Localities = new LocalityWeightedBalancing(),
                        Subsets = ByVersion with { LocalityWeightAware = aware, ScaleLocalityWeight = scaled },
                    },
                }
            );

            // Of Maglev the slots are counted: each hash once.
            var slack = policy is MaglevPolicy ? 2 : 0;
            var match = SubsetProxy.Fields("v=1");
            var picks = Enumerable.Range(0, slack == 0 ? 700 : 701).Select(i => proxy.Pick(match, (ulong)i)).ToArray();
            Assert.InRange(picks.Count(host => host == proxy.Hosts[0]), first - slack, first + slack);
            Assert.InRange(picks.Count(host => host == proxy.Hosts[2]), third - slack, third + slack);
        }
    }

    /// <summary>A turn goes on apart from the others' and over updates; a subset that lost all its hosts begins anew.</summary>
    [Fact]
    public void Subsets_come_and_go_with_their_hosts()
    {
        var proxy = new SubsetProxy(ByVersion, Ask("v=1", "v=2"), Versions);
        proxy.Update(Versions[..2]);

        Assert.Equal([0], proxy.Picks(1, 1));
        Assert.Equal((3, 5, 2), Counts(proxy));

        proxy.Update(Versions);
        Assert.Equal([3], proxy.Picks(1, 1));
        Assert.Equal((5, 7, 2), Counts(proxy));
    }

    [Fact]
    public void What_a_weighted_cluster_says_counts_over_its_route()
    {
        var weighted = new WeightedClusters
        {
            Clusters =
            [
                new WeightedCluster
                {
                    Name = "svc",
                    Weight = 1,
                    MetadataMatch = SubsetProxy.Fields("v=2"),
                },
            ],
        };
        var action = new RouteAction { WeightedClusters = weighted, MetadataMatch = SubsetProxy.Fields("v=1 stage=prod") };
        var cluster = Snapshots.Cluster("svc", 0) with
        {
            Endpoints = [.. Versions],
            LoadBalancing = new LoadBalancingSnapshot { Subsets = ByVersion },
        };

        Assert.StartsWith("open U1 10.0.0.3:80", new WorkerHarness(Snapshots.Proxy(action, cluster)).Get()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Choosing_within_subsets_allocates_nothing()
    {
        var settings = ByVersion with { FallbackList = true, AllowRedundantKeys = true, Fallback = SubsetFallback.AnyEndpoint, PanicModeAny = true };
        var proxy = new ClusterPicker(
            Snapshots.Cluster("svc", 0) with
            {
                Endpoints = [.. Versions],
                LoadBalancing = new LoadBalancingSnapshot { Subsets = settings },
            }
        );
        MetadataValue[] asked = [.. Ask("v=1", "v=2 stage=prod", "v=2 x=1", "v=9")];
        void PickAll()
        {
            foreach (var match in asked)
            {
                Assert.NotNull(proxy.Pick(match));
            }
        }

        PickAll();
        Assert.Equal(0, Allocation.Of(PickAll));
    }

    [Theory]
    [InlineData("ring")]
    [InlineData("maglev")]
    [InlineData("random")]
    [InlineData("least")]
    public void Every_policy_chooses_within_a_subset(string name)
    {
        BalancingPolicy policy = name switch
        {
            "ring" => new RingHashPolicy(),
            "maglev" => new MaglevPolicy(251),
            "random" => new RandomPolicy(),
            _ => new LeastRequestPolicy(),
        };
        var proxy = new SubsetProxy(ByVersion, Ask("v=1", "v=2"), Versions, new LoadBalancingSnapshot { Policy = policy });

        Assert.Equal([1, 2], proxy.Picks(100, 0).Distinct());
        Assert.Equal([3], proxy.Picks(20, 1).Distinct());
    }

    private static (long Active, long Created, long Removed) Counts(SubsetProxy proxy) =>
        (
            proxy.Worker.Stat("cluster.svc.lb_subsets_active"),
            proxy.Worker.Stat("cluster.svc.lb_subsets_created"),
            proxy.Worker.Stat("cluster.svc.lb_subsets_removed")
        );

    private static ImmutableArray<MetadataValue> Ask(params string[] texts) => [.. texts.Select(SubsetProxy.Fields)];
}
