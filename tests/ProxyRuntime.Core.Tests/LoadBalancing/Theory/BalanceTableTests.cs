using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The tables of Envoy's documentation on priorities, panic and localities, as <c>meshsim lb</c> gives them.</summary>
public class BalanceTableTests
{
    /// <summary>
    /// Of a hundred hosts in each priority so many are healthy. The documentation rounds shares as fractions; Envoy cuts them and gives what
    /// is left to the first priority, so that they differ by up to one.
    /// </summary>
    [Theory]
    [InlineData("100 100", "100 0", "100 0", "")]
    [InlineData("72 72", "100 0", "100 0", "")]
    [InlineData("71 71", "99 1", "99 1", "")]
    [InlineData("50 50", "70 30", "70 30", "")]
    [InlineData("25 100", "35 65", "35 65", "")]
    [InlineData("25 25", "50 50", "50 50", "0 1")]
    [InlineData("0 100", "0 100", "0 100", "")]
    [InlineData("5 65", "8 92", "7 93", "0")]
    [InlineData("25 25 20", "34 33 33", "34 33 33", "0 1 2")]
    public void Priorities_and_panic(string healthy, string loads, string documented, string panic)
    {
        var balance = Explain(Priorities(Numbers(healthy)), new LoadBalancingSnapshot());

        Assert.Equal(Numbers(loads), balance.Priorities.Select(static priority => priority.Load));
        Assert.All(Numbers(loads).Zip(Numbers(documented)), static pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        Assert.Equal(Numbers(panic), Enumerable.Range(0, balance.Priorities.Length).Where(i => balance.Priorities[i].InPanic));
        for (var i = 0; i < balance.Priorities.Length; i++)
        {
            var share = balance.Hosts.Where(host => host.Host.Priority == i).Sum(static host => host.Share);
            Assert.Equal(Numbers(loads).ElementAt(i) / 100.0, share, 12);
        }
    }

    /// <summary>Three levels of which none has enough, were there no panic: 36, 36 and 28 in the documentation.</summary>
    [Fact]
    public void Without_panic_priorities_share_by_their_health()
    {
        var balance = Explain(Priorities([25, 25, 20]), new LoadBalancingSnapshot { HealthyPanicThreshold = 0 });

        Assert.Equal([37, 35, 28], balance.Priorities.Select(static priority => priority.Load));
        Assert.Equal(98, balance.TotalHealth);
        Assert.DoesNotContain(balance.Priorities, static priority => priority.InPanic);
    }

    /// <summary>In panic unhealthy hosts get as much as the others, else nothing.</summary>
    [Fact]
    public void Panic_sends_to_all_hosts_of_the_priority_alike()
    {
        var balance = Explain(Priorities([5, 65]), new LoadBalancingSnapshot());

        Assert.All(balance.Hosts.Where(static host => host.Host.Priority == 0), static host => Assert.Equal(0.08 / 100, host.Share, 12));
        Assert.All(balance.Hosts.Where(static host => host.Host.Priority == 1), static host => Assert.Equal(host.Health == 0 ? 0.92 / 65 : 0, host.Share, 12));
    }

    /// <summary>Locality X weighs 1 and has so many of a hundred hosts healthy, Y weighs 2 and is well.</summary>
    [Theory]
    [InlineData(100, 33.3333, 33)]
    [InlineData(70, 32.8859, 33)]
    [InlineData(69, 32.5691, 32)]
    [InlineData(50, 25.9259, 26)]
    [InlineData(25, 14.8936, 15)]
    [InlineData(0, 0, 0)]
    public void Localities(int healthy, double percent, int documented)
    {
        var hosts = Hosts(0, 100, healthy, "x", 1).Concat(Hosts(1, 100, 100, "y", 2)).Select(static host => host with { Priority = 0 });
        var balance = Explain(hosts, new LoadBalancingSnapshot { Localities = new LocalityWeightedBalancing() });
        var share = 100 * balance.Hosts.Where(static host => host.Host.Locality.Zone == "x").Sum(static host => host.Share);

        Assert.Equal(percent, share, 4);
        Assert.InRange(share - documented, -1, 1);
        Assert.Equal(share, 100 * balance.Localities[0].Share, 9);
    }

    /// <summary>Envoy's own table of LEAST_REQUEST: weights, requests under way, shares in percent; computed, or of a hundred thousand choices.</summary>
    [Theory]
    [InlineData("1 1 1", "0 0 0", true, new[] { 33.3333, 33.3333, 33.3333 })]
    [InlineData("1 1 1", "10 0 0", false, new[] { 11.1111, 44.4444, 44.4444 })]
    [InlineData("1 1", "10 0", false, new[] { 25.0, 75.0 })]
    [InlineData("2 1", "0 0", true, new[] { 66.6667, 33.3333 })]
    [InlineData("2 1", "1 0", true, new[] { 50.0, 50.0 })]
    [InlineData("2 2 2", "0 0 0", true, new[] { 33.3333, 33.3333, 33.3333 })]
    public void Least_request(string weights, string active, bool exact, double[] percent)
    {
        var hosts = Numbers(weights).Select(static (weight, i) => Host(i, 0) with { Weight = (uint)weight });
        var balance = Explain(
            hosts,
            new LoadBalancingSnapshot { Policy = new LeastRequestPolicy() },
            new BalanceQuestion { Active = [.. Numbers(active).Select(static (requests, i) => (i, requests))], Seed = 9 }
        );

        // Half of the 99.9 % interval of a half, of a hundred thousand choices, is 0.52 %.
        var slack = exact ? 0.0001 : 0.52;
        Assert.Equal(exact, balance.IsExact);
        Assert.All(balance.Hosts.Zip(percent), pair => Assert.InRange((100 * pair.First.Share) - pair.Second, -slack, slack));
    }

    [Fact]
    public void Draining_hosts_do_not_count_and_ejected_ones_do()
    {
        var hosts = Enumerable.Range(0, 4).Select(static i => Host(i, 0));
        var balance = Explain(
            hosts,
            new LoadBalancingSnapshot(),
            new BalanceQuestion { Conditions = [(0, HostCondition.Draining), (1, HostCondition.Ejected)] }
        );

        Assert.Equal(new PriorityBalance(4, 2, 0, 1, 93, 0, 100, 0, false), balance.Priorities.Single());
        Assert.Equal([0, 0, 0.5, 0.5], balance.Hosts.Select(static host => host.Share));
    }

    [Fact]
    public void Without_hosts_there_is_none()
    {
        Assert.Equal(1, Explain([], new LoadBalancingSnapshot()).None);
        Assert.Equal(1, Explain([], new LoadBalancingSnapshot { Policy = new MaglevPolicy() }).None);
        Assert.Equal(1, Explain([Host(1, 0)], new LoadBalancingSnapshot { Subsets = new SubsetSnapshot() }).None);
    }

    private static IEnumerable<EndpointSnapshot> Priorities(IEnumerable<int> healthy) =>
        healthy.SelectMany(static (count, priority) => Hosts(priority, 100, count, "", 0));

    private static IEnumerable<EndpointSnapshot> Hosts(int priority, int count, int healthy, string zone, uint weight) =>
        Enumerable
            .Range(0, count)
            .Select(i =>
                Host(i, priority) with
                {
                    Health = i < healthy ? EdsHealth.Unknown : EdsHealth.Unhealthy,
                    Locality = zone.Length == 0 ? LocalitySnapshot.None : new LocalitySnapshot("", zone, ""),
                    LocalityWeight = weight,
                }
            );

    private static EndpointSnapshot Host(int number, int priority) =>
        new()
        {
            Address = string.Create(CultureInfo.InvariantCulture, $"10.0.{priority}.{number}"),
            Port = 80,
            Priority = priority,
        };

    private static ClusterBalance Explain(IEnumerable<EndpointSnapshot> hosts, LoadBalancingSnapshot settings, BalanceQuestion? question = null)
    {
        var cluster = Snapshots.Cluster("svc", 0) with { Endpoints = [.. hosts], LoadBalancing = settings };
        return BalanceExplainer.Explain(Snapshots.Proxy(cluster: cluster), cluster, question ?? new BalanceQuestion());
    }

    private static IEnumerable<int> Numbers(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static number => int.Parse(number, CultureInfo.InvariantCulture));
}
