namespace MeshSim.ProxyRuntime.Core.Tests;

public class BalancingTests
{
    /// <summary>Shares of P0 and P1 (and P2) for healthy hosts of all hosts: the published examples.</summary>
    [Theory]
    [InlineData("1/1 1/1", "100 0")]
    [InlineData("2/4 2/4", "70 30")]
    [InlineData("1/4 2/2", "35 65")]
    [InlineData("1/4 1/4", "50 50")]
    [InlineData("1/4 1/4 1/4", "35 35 30")]
    [InlineData("1/5 1/5 1/5", "34 33 33")]
    [InlineData("0/5 0/5 4/5", "0 0 100")]
    [InlineData("0/5 0/5 2/5", "34 33 33")]
    public void Priorities_share_traffic_by_their_health(string hosts, string loads)
    {
        var counts = hosts.Split(' ').Select(pair => pair.Split('/').Select(int.Parse).ToArray()).Select(n => new PriorityCounts(n[1], n[0], 0, 0)).ToArray();
        var priorities = new PriorityLoads(counts, counts, 140, 50);

        var picked = Enumerable.Range(1, 100).GroupBy(draw => priorities.Choose(draw).Priority).ToDictionary(g => g.Key, g => g.Count());

        Assert.Equal(loads.Split(' ').Select(int.Parse), Enumerable.Range(0, counts.Length).Select(i => picked.GetValueOrDefault(i)));
    }

    [Theory]
    [InlineData("1/4 1/4", true)]
    [InlineData("1/4 2/2", false)]
    [InlineData("0/1", true)]
    [InlineData("1/2", false)]
    public void A_priority_panics_when_few_are_healthy_and_others_cannot_help(string hosts, bool panic)
    {
        var counts = hosts.Split(' ').Select(pair => pair.Split('/').Select(int.Parse).ToArray()).Select(n => new PriorityCounts(n[1], n[0], 0, 0)).ToArray();

        Assert.Equal(panic, new PriorityLoads(counts, counts, 140, 50).InPanic(0));
    }

    [Theory]
    [InlineData(new uint[] { 1, 2 }, "1 0 1 1 0 1")]
    [InlineData(new uint[] { 1, 2, 3 }, "2 1 2 0 1 2")]
    [InlineData(new uint[] { 1, 4 }, "1 1 1 0 1")]
    public void Earliest_deadline_first_spreads_picks_by_weight(uint[] weights, string picks)
    {
        var schedule = EdfScheduler.Build(weights.Length, i => weights[i], picks: 0);

        Assert.Equal(picks, string.Join(' ', Enumerable.Range(0, picks.Split(' ').Length).Select(_ => schedule.Next())));
    }

    [Fact]
    public void A_schedule_wound_forward_is_the_schedule_after_that_many_picks()
    {
        double[] weights = [5, 1, 3];
        var stepped = EdfScheduler.Build(3, i => weights[i], 0);
        for (var i = 0; i < 1_000; i++)
        {
            _ = stepped.Next();
        }

        var jumped = EdfScheduler.Build(3, i => weights[i], 1_000);
        var expected = Enumerable.Range(0, 90).GroupBy(_ => stepped.Next()).ToDictionary(g => g.Key, g => g.Count());
        var actual = Enumerable.Range(0, 90).GroupBy(_ => jumped.Next()).ToDictionary(g => g.Key, g => g.Count());

        Assert.Equal(expected.OrderBy(e => e.Key), actual.OrderBy(e => e.Key));
    }

    /// <summary>Weights 100 and 10: before Envoy 1.30 the first nine picks of every balancer were of the heavy host; now a first pick is the light one's in 1/11 of the cases.</summary>
    [Theory]
    [InlineData("false", 0, 0)]
    [InlineData("true", 61, 121)]
    [InlineData("", 61, 121)]
    public void A_schedule_starts_anywhere_unless_the_runtime_says_as_before(string guard, int atLeast, int atMost)
    {
        var runtime =
            guard.Length == 0
                ? RuntimeSnapshot.Empty
                : new RuntimeSnapshot([
                    KeyValuePair.Create("envoy.reloadable_features.edf_lb_host_scheduler_init_fix", new RuntimeValue(guard, Bool: bool.Parse(guard))),
                ]);
        var seeds = new RandomStream(5);
        HostState[] hosts = [Host(100), Host(10)];
        var light = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var balancer = new RoundRobin(null, ScheduleStart.Of(seeds.NextUInt64(), runtime), new Peeks(new RandomStream(1)));
            balancer.Update(hosts);
            light += balancer.ChooseHost(0) == hosts[1] ? 1 : 0;
        }

        // 1000/11 ± 3.29 deviations of a binomial count.
        Assert.InRange(light, atLeast, atMost);
    }

    [Fact]
    public void Round_robin_takes_hosts_in_turn_and_keeps_its_turn_over_updates()
    {
        var balancer = new RoundRobin(null, new ScheduleStart(9), new Peeks(new RandomStream(1)));
        HostState[] hosts = [Host(1), Host(1), Host(1)];
        balancer.Update(hosts);
        var first = Array.IndexOf(hosts, balancer.ChooseHost(0));

        balancer.Update(hosts);

        Assert.Same(hosts[(first + 1) % 3], balancer.ChooseHost(0));
        Assert.Same(hosts[(first + 2) % 3], balancer.ChooseHost(0));
    }

    [Fact]
    public void Panic_sends_traffic_to_all_hosts_and_counts_it()
    {
        var cluster = Snapshots.Cluster("svc", 3);
        var sick = cluster with { Endpoints = [cluster.Endpoints[0], .. cluster.Endpoints.Skip(1).Select(e => e with { Health = EdsHealth.Unhealthy })] };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: sick));

        var hosts = Enumerable.Range(0, 6).Select(_ => proxy.Get()[0].Split(' ')[2]).Distinct(StringComparer.Ordinal).Count();

        Assert.Equal(3, hosts);
        Assert.Equal(6, proxy.Stat("cluster.svc.lb_healthy_panic"));
    }

    private static HostState Host(uint weight) => new(new HostSnapshot { Address = new NetworkAddress($"10.1.0.{weight}", 80), Weight = weight });
}
