using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Choices among localities, by whole requests of a worker.</summary>
public class LocalityTests
{
    [Fact]
    public void Localities_get_traffic_by_their_weights_however_many_hosts_they_have()
    {
        var proxy = Proxy(new LocalityWeightedBalancing(), [.. Hosts("a", 3, weight: 1), .. Hosts("b", 1, weight: 3)]);

        Assert.Equal([("a", 100), ("b", 300)], Zones(proxy, 400));
    }

    [Fact]
    public void A_locality_without_weight_gets_nothing()
    {
        var proxy = Proxy(new LocalityWeightedBalancing(), [.. Hosts("a", 2, weight: 0), .. Hosts("b", 1, weight: 3)]);

        Assert.Equal([("b", 50)], Zones(proxy, 50));
    }

    /// <summary>One of two hosts is healthy: 140 % of a half is 0.7 of the weight.</summary>
    [Fact]
    public void A_locality_with_unhealthy_hosts_carries_less_than_its_weight()
    {
        EndpointSnapshot[] sick = [.. Hosts("a", 2, weight: 10)];
        sick[0] = sick[0] with { Health = EdsHealth.Unhealthy };
        var proxy = Proxy(new LocalityWeightedBalancing(), [.. sick, .. Hosts("b", 2, weight: 10)]);

        Assert.Equal([("a", 700), ("b", 1000)], Zones(proxy, 1700));
    }

    [Fact]
    public void Where_as_many_hosts_as_proxies_are_in_the_zone_all_stays_there()
    {
        var proxy = Proxy(new ZoneAwareBalancing(), [.. Hosts("a", 3), .. Hosts("b", 3)], locals: [.. Hosts("a", 1), .. Hosts("b", 1)]);

        Assert.Equal([("a", 200)], Zones(proxy, 200));
        Assert.Equal(200, proxy.Stat("cluster.svc.lb_zone_routing_all_directly"));
    }

    /// <summary>Proxies 40, 40 and 20 %, hosts 25, 50 and 25 %: 62.5 % stays, the rest goes to the others as 10 to 5.</summary>
    [Fact]
    public void Where_a_zone_has_too_few_hosts_the_rest_goes_where_there_is_room()
    {
        var proxy = Proxy(
            new ZoneAwareBalancing(),
            [.. Hosts("a", 2), .. Hosts("b", 4), .. Hosts("c", 2)],
            locals: [.. Hosts("a", 2), .. Hosts("b", 2), .. Hosts("c", 1)]
        );

        var zones = Zones(proxy, 8_000).ToDictionary(static entry => entry.Zone, static entry => entry.Count);

        Assert.InRange(zones["a"], 4_857, 5_143);
        Assert.InRange(zones["b"], 1_872, 2_128);
        Assert.InRange(zones["c"], 902, 1_098);
        Assert.Equal(zones["a"], proxy.Stat("cluster.svc.lb_zone_routing_sampled"));
        Assert.Equal(zones["b"] + zones["c"], proxy.Stat("cluster.svc.lb_zone_routing_cross_zone"));
    }

    [Fact]
    public void Small_clusters_are_not_divided_by_zone()
    {
        var proxy = Proxy(new ZoneAwareBalancing(), [.. Hosts("a", 2), .. Hosts("b", 2)], locals: [.. Hosts("a", 1), .. Hosts("b", 1)]);

        Assert.Equal([("a", 10), ("b", 10)], Zones(proxy, 20));
        Assert.True(proxy.Stat("cluster.svc.lb_zone_cluster_too_small") > 0);
    }

    [Fact]
    public void A_zone_can_be_forced()
    {
        var proxy = Proxy(
            new ZoneAwareBalancing { MinClusterSize = 1, ForceLocalZoneMinSize = 1 },
            [.. Hosts("a", 1), .. Hosts("b", 9)],
            locals: [.. Hosts("a", 5)]
        );

        Assert.Equal([("a", 20)], Zones(proxy, 20));
    }

    [Fact]
    public void A_proxy_that_is_in_no_zone_of_its_own_cluster_divides_nothing()
    {
        var proxy = Proxy(new ZoneAwareBalancing(), [.. Hosts("a", 3), .. Hosts("b", 3)], locals: [.. Hosts("b", 1), .. Hosts("c", 1)]);

        Assert.Equal([("a", 30), ("b", 30)], Zones(proxy, 60));
        Assert.True(proxy.Stat("cluster.svc.lb_local_cluster_not_ok") > 0);
    }

    [Fact]
    public void Traffic_can_fail_on_panic()
    {
        EndpointSnapshot[] sick = [.. Hosts("a", 3).Select(static endpoint => endpoint with { Health = EdsHealth.Unhealthy })];
        var proxy = Proxy(new ZoneAwareBalancing { FailTrafficOnPanic = true }, [.. sick]);

        Assert.Equal(
            ["reply 503 end", "log"],
            proxy.Get().Select(static line => line.StartsWith("reply 503", StringComparison.Ordinal) ? "reply 503 end" : line)
        );
        Assert.Equal(1, proxy.Stat("cluster.svc.lb_healthy_panic"));
    }

    private static WorkerHarness Proxy(
        LocalityBalancing localities,
        ImmutableArray<EndpointSnapshot> endpoints,
        ImmutableArray<EndpointSnapshot>? locals = null
    )
    {
        var cluster = Snapshots.Cluster("svc", 1) with
        {
            Endpoints = endpoints,
            LoadBalancing = LoadBalancingSnapshot.Default with { Localities = localities },
            DefaultThresholds = new ThresholdsSnapshot(100_000, 100_000, 100_000, 3),
        };
        var proxies = Snapshots.Cluster("proxies", 1) with { Endpoints = locals ?? [] };
        return new WorkerHarness(
            Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc")))], [cluster, proxies]) with
            {
                Node = new NodeSnapshot("", "", "a"),
                LocalCluster = locals is null ? "" : "proxies",
            }
        );
    }

    private static IEnumerable<EndpointSnapshot> Hosts(string zone, int count, uint weight = 0) =>
        Enumerable
            .Range(1, count)
            .Select(i => new EndpointSnapshot
            {
                Address = $"10.0.{zone[0] - 'a'}.{i}",
                Port = 80,
                Locality = new LocalitySnapshot("", zone, ""),
                LocalityWeight = weight,
            });

    /// <summary>To which zones so many requests go: by the connections they open.</summary>
    private static IEnumerable<(string Zone, int Count)> Zones(WorkerHarness proxy, int requests) =>
        Enumerable
            .Range(0, requests)
            .Select(_ => proxy.Get()[0].Split(' ')[2].Split('.')[2])
            .GroupBy(static net => net, StringComparer.Ordinal)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => ($"{(char)('a' + group.Key[0] - '0')}", group.Count()));
}
