namespace MeshSim.ProxyRuntime.Core.Tests;

public class LeastRequestTests
{
    [Fact]
    public void Of_the_hosts_drawn_the_one_with_fewer_requests_wins()
    {
        var hosts = Hosts(1, 1);
        hosts[0].Stats.RequestStarted();
        var picker = Picker(new LeastRequestPolicy(ChoiceCount: 2), hosts);

        // The busy one only if it is drawn twice: a quarter of the time.
        var busy = Enumerable.Range(0, 10_000).Count(_ => picker.ChooseHost(0) == hosts[0]);

        Assert.InRange(busy, 2_358, 2_642);
    }

    [Fact]
    public void More_draws_find_the_idle_host_more_often()
    {
        var hosts = Hosts(1, 1);
        hosts[0].Stats.RequestStarted();
        var picker = Picker(new LeastRequestPolicy(ChoiceCount: 5), hosts);

        var busy = Enumerable.Range(0, 10_000).Count(_ => picker.ChooseHost(0) == hosts[0]);

        Assert.InRange(busy, 255, 370);
    }

    [Fact]
    public void A_full_scan_takes_the_least_and_those_that_tie_alike()
    {
        var hosts = Hosts(1, 1, 1, 1);
        hosts[1].Stats.RequestStarted();
        var picker = Picker(new LeastRequestPolicy(FullScan: true), hosts);

        var picks = Enumerable.Range(0, 9_000).GroupBy(_ => Array.IndexOf(hosts, picker.ChooseHost(0))).ToDictionary(static g => g.Key, static g => g.Count());

        Assert.False(picks.ContainsKey(1));
        Assert.All(picks.Values, static count => Assert.InRange(count, 2_853, 3_147));
    }

    /// <summary>Weights 1 and 2: with a request under way the second weighs 2 / 2 and they take turns; with bias 0 it has two thirds in any case.</summary>
    [Theory]
    [InlineData(1.0, 300)]
    [InlineData(0.0, 400)]
    public void Where_weights_differ_they_shrink_with_the_requests_under_way(double bias, int second)
    {
        var hosts = Hosts(1, 2);
        hosts[1].Stats.RequestStarted();
        var picker = Picker(new LeastRequestPolicy(ActiveRequestBias: bias), hosts);

        Assert.InRange(Enumerable.Range(0, 600).Count(_ => picker.ChooseHost(0) == hosts[1]), second - 1, second + 1);
    }

    [Fact]
    public void Without_hosts_there_is_none() => Assert.Null(Picker(new LeastRequestPolicy(), []).ChooseHost(0));

    private static LeastRequest Picker(LeastRequestPolicy policy, HostState[] hosts)
    {
        var picker = new LeastRequest(new RandomStream(17), policy, slowStart: null, new ScheduleStart(0));
        picker.Update(hosts);
        return picker;
    }

    private static HostState[] Hosts(params uint[] weights) =>
        [.. weights.Select(static (weight, i) => new HostState(new HostSnapshot { Address = new NetworkAddress("10.0.0.1", 80 + i), Weight = weight }))];
}
