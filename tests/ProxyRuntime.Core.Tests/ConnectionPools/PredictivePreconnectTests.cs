namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>predictive_preconnect_ratio: connections to the hosts that the next choices will give, made as a request begins.</summary>
public class PredictivePreconnectTests
{
    [Fact]
    public void The_hosts_whose_turn_comes_next_are_connected_before_the_one_that_is_needed()
    {
        var proxy = Proxy(hosts: 4, ratio: 2);

        var hosts = Opened(proxy.Get());
        Assert.Equal(3, hosts.Length);
        Assert.Equal([Next(hosts[2], 4), Next(hosts[0], 4)], hosts[..2]);
    }

    [Fact]
    public void What_was_looked_at_is_what_is_chosen()
    {
        var proxy = Proxy(hosts: 4, ratio: 2);
        var hosts = Opened(proxy.Get());
        proxy.Connected(1);

        // The second request goes to the first host that was looked at, whose connection is there; two more are seen to.
        var effects = proxy.Get();
        Assert.Contains(effects, static effect => effect.StartsWith("start A2 on U1", StringComparison.Ordinal));
        Assert.Equal(Next(hosts[1], 4), Opened(effects)[0]);
    }

    [Fact]
    public void Room_at_other_hosts_counts()
    {
        var proxy = Proxy(hosts: 4, ratio: 1.5f);
        Assert.Equal(3, Opened(proxy.Get()).Length); // (0 + 1) × 1.5 is more than 0, more than 1, but not more than 2.
        proxy.Connected(1);
        proxy.Connected(2);
        proxy.Connected(3);
        proxy.Answer(1, 200);

        // Three connections wait, one request comes.
        Assert.Equal(["start A2 on U1 end"], proxy.Get());
    }

    [Fact]
    public void By_default_none_is_made() => Assert.Single(Opened(Proxy(hosts: 4, ratio: 1).Get()));

    [Fact]
    public void No_more_choices_are_looked_at_than_there_are_healthy_hosts()
    {
        // Three times one request would be room for three; the two turns that are looked at end at the host that is needed now.
        Assert.Equal(2, Opened(Proxy(hosts: 2, ratio: 3).Get()).Length);
        Assert.Equal(4, Opened(Proxy(hosts: 4, ratio: 3).Get()).Length);
    }

    [Theory]
    [InlineData("least request")]
    [InlineData("ring hash")]
    [InlineData("maglev")]
    public void Balancers_that_cannot_know_connect_none(string policy)
    {
        BalancingPolicy balancing = policy switch
        {
            "least request" => new LeastRequestPolicy(),
            "ring hash" => new RingHashPolicy(),
            _ => new MaglevPolicy(251),
        };
        Assert.Single(Opened(Proxy(hosts: 4, ratio: 3, balancing).Get()));
    }

    [Fact]
    public void A_schedule_by_weight_gives_what_was_looked_at_first()
    {
        double[] weights = [1, 2, 3];
        var plain = EdfScheduler.Build(3, i => weights[i], 0);
        var peeked = EdfScheduler.Build(3, i => weights[i], 0);
        int[] ahead = [peeked.Peek(), peeked.Peek()];
        int[] expected = [.. Enumerable.Range(0, 12).Select(_ => plain.Next())];

        Assert.Equal(expected[..2], ahead);
        Assert.Equal(expected, Enumerable.Range(0, 12).Select(_ => peeked.Next()));
    }

    [Fact]
    public void Random_hosts_are_those_looked_at()
    {
        var proxy = Proxy(hosts: 1000, ratio: 2, new RandomPolicy());
        var hosts = Opened(proxy.Get());
        proxy.Connected(1);
        Assert.Equal(3, hosts.Length);
        Assert.Contains("start A2 on U1 end", proxy.Get());
    }

    private static WorkerHarness Proxy(int hosts, float ratio, BalancingPolicy? policy = null) =>
        new(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", hosts, policy) with { PredictivePreconnectRatio = ratio }));

    /// <summary>By the last number of their addresses.</summary>
    private static int[] Opened(IEnumerable<string> effects) =>
        [
            .. effects
                .Where(static effect => effect.StartsWith("open ", StringComparison.Ordinal))
                .Select(static effect =>
                    int.Parse(effect[(effect.LastIndexOf('.') + 1)..effect.LastIndexOf(':')], System.Globalization.CultureInfo.InvariantCulture)
                ),
        ];

    private static int Next(int host, int hosts) => (host % hosts) + 1;
}
