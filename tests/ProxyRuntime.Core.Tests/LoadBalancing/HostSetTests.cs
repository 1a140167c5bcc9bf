namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The hosts of a cluster by priority, health and locality.</summary>
public class HostSetTests
{
    [Fact]
    public void There_is_a_set_for_each_priority_up_to_the_highest_even_without_hosts()
    {
        HostState[] hosts = [Host(2, "a"), Host(0, "a"), Host(2, "a")];

        Assert.Equal([1, 0, 2], Sets(hosts).Select(static set => set.All.Length));
        Assert.Equal([0], Sets([]).Select(static set => set.All.Length));
    }

    [Fact]
    public void Hosts_are_sorted_by_the_health_that_was_told()
    {
        HostState[] hosts =
        [
            Host(0, "a"),
            Host(0, "a", HealthFlags.DegradedEdsHealth),
            Host(0, "a", HealthFlags.FailedOutlierCheck),
            Host(0, "a", HealthFlags.EdsStatusDraining),
        ];
        var set = Sets(hosts)[0];
        hosts[0].SetHealth(HealthFlags.FailedActiveHc);

        Assert.Equal([hosts[0]], set.Healthy);
        Assert.Equal([hosts[1]], set.Degraded);
        Assert.Equal([hosts[3]], set.Excluded);
        Assert.Equal(hosts, set.All);
    }

    /// <summary>Regions come before zones and these before sub-zones.</summary>
    [Theory]
    [InlineData("-", "a/z/s b/a/t b/b/a b/b/b", false)]
    [InlineData("b/b/a", "b/b/a a/z/s b/a/t b/b/b", true)]
    [InlineData("b/b/c", "a/z/s b/a/t b/b/a b/b/b", false)]
    public void The_proxys_own_locality_is_the_first_if_hosts_are_in_it(string own, string order, bool hasLocal)
    {
        HostState[] hosts = [Host(0, "b/b/b"), Host(0, "b/a/t"), Host(0, "a/z/s"), Host(0, "b/b/a"), Host(0, "b/b/b")];

        var set = Sets(hosts, own == "-" ? null : Locality(own))[0];

        Assert.Equal(order, string.Join(' ', set.Localities.Select(static one => $"{one.Locality.Region}/{one.Locality.Zone}/{one.Locality.SubZone}")));
        Assert.Equal(hasLocal, set.HasLocal);
    }

    /// <summary>140 % of the healthy part of those that count, at most all.</summary>
    [Theory]
    [InlineData(4, 0, 1, 3.5)]
    [InlineData(4, 0, 3, 10)]
    [InlineData(4, 2, 1, 7)]
    [InlineData(2, 2, 0, 0)]
    public void A_locality_weighs_as_much_as_its_hosts_can_carry(int hosts, int excluded, int eligible, double weight)
    {
        var all = Enumerable.Range(0, hosts).Select(i => Host(0, "a", i < excluded ? HealthFlags.EdsStatusDraining : HealthFlags.None)).ToArray();

        Assert.Equal(weight, Sets(all)[0].Localities[0].EffectiveWeight(eligible, 140), precision: 9);
    }

    private static HostSet[] Sets(HostState[] hosts, LocalitySnapshot? own = null) =>
        HostSet.BuildAll(new ClusterMembership("svc", [.. hosts]), own ?? LocalitySnapshot.None);

    /// <param name="locality"><c>REGION/ZONE/SUB_ZONE</c>, which has the weight 10.</param>
    private static HostState Host(int priority, string locality, HealthFlags health = HealthFlags.None)
    {
        var host = new HostState(
            new HostSnapshot
            {
                Address = new NetworkAddress("10.0.0.1", 80),
                Priority = priority,
                Locality = Locality(locality),
                LocalityWeight = 10,
            }
        );
        host.SetHealth(health);
        return host;
    }

    private static LocalitySnapshot Locality(string text)
    {
        var parts = $"{text}//".Split('/');
        return new LocalitySnapshot(parts[0], parts[1], parts[2]);
    }
}
