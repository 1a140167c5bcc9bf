using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>How traffic is shared among priorities and when they panic, by counts of hosts: healthy and degraded ones of all.</summary>
public class PriorityLoadsTests
{
    /// <summary>Shares of the healthy and of the degraded hosts of each priority. Overprovisioning is 140 %; nothing panics below 0 %.</summary>
    [Theory]
    [InlineData("1+1/2", "70+30")]
    [InlineData("0+2/2", "0+100")]
    [InlineData("1+1/4 1+1/2", "35+0 65+0")]
    [InlineData("1+3/4 1+0/4", "35+30 35+0")]
    [InlineData("0+1/4 1+0/4 0+1/2", "0+35 35+0 0+30")]
    public void Degraded_hosts_get_what_the_healthy_ones_of_all_priorities_leave(string hosts, string shares) =>
        Assert.Equal(shares, Shares(Loads(hosts, panicThreshold: 0), hosts));

    /// <summary>Three times 33 %: the hundredth request.</summary>
    [Theory]
    [InlineData("0+0/7 1+0/7 1+0/7 1+0/7", "0+0 34+0 33+0 33+0")]
    [InlineData("0+0/7 0+1/7 0+1/7 0+1/7", "0+0 0+34 0+33 0+33")]
    [InlineData("0+1/7 1+0/7 0+1/7", "0+33 34+0 0+33")]
    [InlineData("0+1/7 0+1/7 1+0/7", "0+33 0+33 34+0")]
    public void What_rounding_leaves_goes_to_the_first_healthy_priority_else_to_the_first_degraded(string hosts, string shares) =>
        Assert.Equal(shares, Shares(Loads(hosts, panicThreshold: 0), hosts));

    [Theory]
    [InlineData("1+0/4-2 1+0/1", "70+0 30+0")]
    [InlineData("0+1/4-2 1+0/4", "0+65 35+0")]
    [InlineData("0+0/2-2 1+0/1", "0+0 100+0")]
    public void Hosts_that_are_left_out_are_not_missing(string hosts, string shares) => Assert.Equal(shares, Shares(Loads(hosts), hosts));

    /// <summary>Panic below 50 % of healthy and degraded hosts, as long as all priorities together are not fully healthy.</summary>
    [Theory]
    [InlineData("1+0/2", "-")]
    [InlineData("0+1/2", "-")]
    [InlineData("1+0/4-2", "-")]
    [InlineData("1+1/5-1", "-")]
    [InlineData("1+0/3", "p")]
    [InlineData("1+1/5", "p")]
    [InlineData("0+0/2-2", "p")]
    [InlineData("1+0/10 1+0/2", "p-")]
    [InlineData("0+0/5 5+0/7", "--")]
    [InlineData("0+0/7 5+0/7 0+0/1", "---")]
    [InlineData("0+0/100 70+0/100 1+0/100", "p-p")]
    [InlineData("0+0/100 71+0/100 1+0/100", "---")]
    public void A_priority_panics_when_too_few_of_its_hosts_are_there_and_others_cannot_help(string hosts, string panic)
    {
        var loads = Loads(hosts);

        Assert.Equal(panic, string.Concat(hosts.Split(' ').Select((_, i) => loads.InPanic(i) ? 'p' : '-')));
    }

    /// <summary>Health says nothing then; what rounding leaves goes to the first priority that has hosts.</summary>
    [Theory]
    [InlineData("1+0/10 0+0/5 1+0/30", "23+0 11+0 66+0")]
    [InlineData("1+2/10 0+0/30", "25+0 75+0")]
    [InlineData("0+0/0 0+0/5 0+0/10", "0+0 34+0 66+0")]
    [InlineData("0+0/0 0+0/0", "100+0 0+0")]
    public void Where_all_priorities_panic_each_gets_its_part_of_all_hosts(string hosts, string shares) => Assert.Equal(shares, Shares(Loads(hosts), hosts));

    [Theory]
    [InlineData("1+0/4 2+0/2", 1, "0+0 100+0")]
    [InlineData("1+0/4 1+0/4 1+0/4", 1, "0+0 50+0 50+0")]
    [InlineData("1+0/4 1+0/4 1+0/4", 2, "50+0 0+0 50+0")]
    [InlineData("1+0/4 1+0/4 1+0/4", 5, "0+0 100+0 0+0")]
    [InlineData("1+0/7 1+0/7 1+0/7 1+0/7", 1, "0+0 34+0 33+0 33+0")]
    [InlineData("0+1/7 0+1/7 0+1/7 0+1/7", 1, "0+0 0+34 0+33 0+33")]
    [InlineData("1+1/4 0+1/4", 1, "0+0 0+100")]
    [InlineData("1+0/4 1+1/2", 1, "0+0 70+30")]
    [InlineData("1+0/4 1+3/4 1+0/4", 1, "0+0 35+30 35+0")]
    public void Without_some_priorities_the_others_share_by_their_health(string hosts, int excluded, string shares) =>
        Assert.Equal(shares, Shares(Loads(hosts).Without((UInt128)excluded)!, hosts));

    [Fact]
    public void Nothing_is_left_without_the_priorities_that_have_hosts_to_use()
    {
        Assert.Null(Loads("1+0/4 0+0/4").Without(1));
        Assert.Null(Loads("1+0/4 0+1/4").Without(3));
        Assert.NotNull(Loads("0+0/4 0+1/4").Without(1));
    }

    [Fact]
    public void A_priority_in_panic_still_is_when_others_are_left_out()
    {
        var loads = Loads("1+0/10 1+0/2").Without(2)!;

        Assert.Equal((true, false), (loads.InPanic(0), loads.InPanic(1)));
    }

    [Fact]
    public void Health_may_be_measured_by_the_weights_of_hosts()
    {
        // Left out are pending and failed hosts that weigh 2; of four others one is healthy and one degraded, by weight 3 and 4 of 10.
        HostState[] hosts =
        [
            Host(0, 3),
            Host(0, 1, HealthFlags.FailedActiveHc),
            Host(0, 2, HealthFlags.FailedActiveHc),
            Host(0, 4, HealthFlags.DegradedActiveHc),
            Host(0, 2, HealthFlags.FailedActiveHc | HealthFlags.PendingActiveHc),
            Host(1, 1, HealthFlags.DegradedActiveHc),
        ];
        var membership = new ClusterMembership("svc", [.. hosts]);
        var sets = HostSet.BuildAll(membership, LocalitySnapshot.None);
        var byWeight = HostSet.BuildAll(membership with { Policy = new EndpointPolicy { WeightedPriorityHealth = true } }, LocalitySnapshot.None);

        Assert.Equal("35+35 0+30", Shares(PriorityLoads.Of(sets, LoadBalancingSnapshot.Default, RuntimeSnapshot.Empty), "0 1"));
        Assert.Equal("42+56 0+2", Shares(PriorityLoads.Of(byWeight, LoadBalancingSnapshot.Default, RuntimeSnapshot.Empty), "0 1"));
    }

    [Fact]
    public void The_panic_threshold_is_the_runtimes_and_at_most_100()
    {
        var settings = LoadBalancingSnapshot.Default with { HealthyPanicThreshold = 30 };

        Assert.Equal(30u, PriorityLoads.PanicThreshold(settings, RuntimeSnapshot.Empty));
        Assert.Equal(7u, PriorityLoads.PanicThreshold(settings, Snapshots.Runtime(("upstream.healthy_panic_threshold", 7))));
        Assert.Equal(100u, PriorityLoads.PanicThreshold(settings, Snapshots.Runtime(("upstream.healthy_panic_threshold", 101))));
    }

    private static HostState Host(int priority, uint weight, HealthFlags health = HealthFlags.None)
    {
        var host = new HostState(
            new HostSnapshot
            {
                Address = new NetworkAddress("10.0.0.1", 80),
                Priority = priority,
                Weight = weight,
            }
        );
        host.SetHealth(health);
        return host;
    }

    /// <param name="hosts">For each priority <c>HEALTHY+DEGRADED/ALL</c>, and behind a dash how many of all are left out.</param>
    private static PriorityLoads Loads(string hosts, double panicThreshold = 50)
    {
        var counts = hosts
            .Split(' ')
            .Select(static one => Array.ConvertAll($"{one}-0".Split('+', '/', '-'), static number => int.Parse(number, CultureInfo.InvariantCulture)))
            .Select(static n => new PriorityCounts(n[2], n[0], n[1], n[3]))
            .ToArray();
        return new PriorityLoads(counts, counts, 140, panicThreshold);
    }

    /// <summary>For each priority its shares of the hundred draws.</summary>
    private static string Shares(PriorityLoads loads, string hosts)
    {
        var chosen = Enumerable.Range(1, 100).Select(loads.Choose).ToArray();
        return string.Join(
            ' ',
            hosts.Split(' ').Select((_, priority) => $"{chosen.Count(one => one == (priority, false))}+{chosen.Count(one => one == (priority, true))}")
        );
    }
}
