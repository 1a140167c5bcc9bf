namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Degraded hosts get requests when healthy ones do not suffice, by whole requests of a worker.</summary>
public class DegradedHostTests
{
    [Fact]
    public void They_get_all_requests_where_none_is_healthy()
    {
        var proxy = Proxy(new ZoneAwareBalancing(), Host(1, EdsHealth.Degraded), Host(2, EdsHealth.Degraded), Host(3, EdsHealth.Unhealthy));

        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80"], Asked(proxy, 4));
        Assert.Equal(0, proxy.Stat("cluster.svc.lb_healthy_panic"));
    }

    [Fact]
    public void They_are_chosen_by_the_weights_of_their_localities_too()
    {
        var proxy = Proxy(
            new LocalityWeightedBalancing(),
            Host(1, EdsHealth.Degraded, "a", weight: 1),
            Host(2, EdsHealth.Degraded, "b", weight: 0),
            Host(3, EdsHealth.Unhealthy, "a", weight: 1)
        );

        Assert.Equal(["10.0.0.1:80"], Asked(proxy, 4));
    }

    [Fact]
    public void They_get_none_while_healthy_hosts_suffice()
    {
        var proxy = Proxy(new ZoneAwareBalancing(), Host(1, EdsHealth.Degraded), Host(2), Host(3), Host(4));

        Assert.Equal(["10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"], Asked(proxy, 30));
    }

    private static WorkerHarness Proxy(LocalityBalancing localities, params EndpointSnapshot[] endpoints) =>
        new(
            Snapshots.Proxy(
                cluster: Snapshots.Cluster("svc", 1) with
                {
                    Endpoints = [.. endpoints],
                    LoadBalancing = LoadBalancingSnapshot.Default with { Localities = localities },
                }
            )
        );

    private static EndpointSnapshot Host(int number, EdsHealth health = EdsHealth.Unknown, string zone = "", uint weight = 0) =>
        new()
        {
            Address = $"10.0.0.{number}",
            Port = 80,
            Health = health,
            Locality = new LocalitySnapshot("", zone, ""),
            LocalityWeight = weight,
        };

    /// <summary>The hosts that so many requests go to: by the connections they open.</summary>
    private static IEnumerable<string> Asked(WorkerHarness proxy, int requests) =>
        Enumerable.Range(0, requests).Select(_ => proxy.Get()[0].Split(' ')[2]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
