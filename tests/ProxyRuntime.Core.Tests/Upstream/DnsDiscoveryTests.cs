namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>When names are asked for, and what comes of the answers.</summary>
public class DnsDiscoveryTests
{
    private static readonly DnsQuery Query = new("svc", "name", DnsLookupFamily.Auto);

    private readonly EffectBuffer effects = new();
    private MonotonicTime now = new(1_000_003);

    [Fact]
    public void After_an_answer_the_name_is_asked_for_again_at_the_refresh_rate()
    {
        var main = Start(Cluster());

        Assert.Equal(5_000, Answer(main, "10.0.0.1"));
        Assert.Equal(5_000, AskAndAnswer(main));
    }

    [Fact]
    public void Jitter_comes_on_top_and_stays_below_its_bound()
    {
        var main = Start(Cluster() with { DnsJitterNs = 3 * Snapshots.Millisecond });
        var waits = Enumerable.Range(0, 40).Select(_ => AskAndAnswer(main, "10.0.0.1")).ToArray();

        Assert.Equal([5_000, 5_001, 5_002], waits.Distinct().Order());
    }

    /// <summary>The least of all addresses; of a logical host, the first address alone. What holds for 0 s is no reason to hurry.</summary>
    [Theory]
    [InlineData(DiscoveryType.StrictDns, true, new uint[] { 30, 7, 60 }, 7_000)]
    [InlineData(DiscoveryType.StrictDns, true, new uint[] { 30, 0, 60 }, 5_000)]
    [InlineData(DiscoveryType.StrictDns, true, new uint[] { 4_000_000_000, 4_000_000_001 }, 4_000_000_000_000)]
    [InlineData(DiscoveryType.StrictDns, true, new uint[] { }, 5_000)]
    [InlineData(DiscoveryType.StrictDns, false, new uint[] { 30, 7, 60 }, 5_000)]
    [InlineData(DiscoveryType.LogicalDns, true, new uint[] { 30, 7, 60 }, 30_000)]
    [InlineData(DiscoveryType.LogicalDns, true, new uint[] { 0, 7 }, 5_000)]
    public void Answers_hold_as_long_as_they_say_where_that_is_respected(DiscoveryType type, bool respected, uint[] ttlsS, long waitMs)
    {
        var main = Start(Cluster() with { Type = type, RespectDnsTtl = respected });

        main.DnsResult(now, Query, new DnsAnswer(true, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]) { TtlsS = [.. ttlsS] }, effects);
        Assert.Equal(waitMs, WaitMs(main));
    }

    [Fact]
    public void Jitter_comes_on_top_of_how_long_an_answer_holds()
    {
        var main = Start(Cluster() with { RespectDnsTtl = true, DnsJitterNs = 3 * Snapshots.Millisecond });
        List<long> waits = [];
        for (var i = 0; i < 40; i++)
        {
            Ask(main);
            main.DnsResult(now, Query, new DnsAnswer(true, ["10.0.0.1"]) { TtlsS = [30] }, effects);
            waits.Add(WaitMs(main));
        }

        Assert.Equal([30_000, 30_001, 30_002], waits.Distinct().Order());
    }

    [Fact]
    public void A_replay_hears_how_long_answers_hold()
    {
        var snapshot = Snapshots.Proxy(cluster: Cluster() with { RespectDnsTtl = true });
        var main = new ProxyMain(snapshot, new RandomSource(9).DeriveSource("proxy", ""));
        List<string> lines = [];
        Record(InputText.Plain("Start", now, ""), () => main.Start(now, effects));
        foreach (
            var answer in (DnsAnswer[])[new(true, []), DnsAnswer.Failure, new(true, ["10.0.0.1"]), new(true, ["10.0.0.1", "10.0.0.2"]) { TtlsS = [30, 7] }]
        )
        {
            Record(InputText.DnsResult(now, Query, answer), () => main.DnsResult(now, Query, answer, effects));
            now = main.NextDeadline!.Value;
            Record(InputText.Plain("Advance", now, ""), () => main.Advance(now, effects));
        }

        var replay = new Replay(new RecordingHeader(9, 0, 1, snapshot.LocalAddress.Ip, ""), snapshot);
        Assert.Null(replay.Run(lines));
        Assert.Equal(9, replay.Inputs);
        var last = lines.FindLastIndex(static line => line.Contains("DnsResult", StringComparison.Ordinal));
        Assert.EndsWith(" 10.0.0.1,10.0.0.2 30,7", lines[last], StringComparison.Ordinal);

        lines[last] = lines[last][..^1] + "6";
        Assert.NotNull(new Replay(new RecordingHeader(9, 0, 1, snapshot.LocalAddress.Ip, ""), snapshot).Run(lines));

        void Record(string input, Action carryOut)
        {
            carryOut();
            lines.Add("main " + input);
            lines.AddRange(effects.Span.ToArray().Select(static effect => "main " + EffectText.Of(effect)));
            lines.Add("main " + EffectText.Deadline(main.NextDeadline));
            effects.Clear();
        }
    }

    [Fact]
    public void Every_cluster_has_a_version_and_tells_whether_it_is_waited_for()
    {
        var main = Start(Cluster());
        Assert.Equal(1, main.View.Stats.Value("cluster.svc.warming_state"));

        Answer(main, "10.0.0.1");
        Assert.Equal(0, main.View.Stats.Value("cluster.svc.warming_state"));
        Assert.Contains("cluster.svc.version", main.View.Stats.Gauges.Select(static gauge => gauge.Name));
    }

    [Fact]
    public void The_listener_manager_tells_what_it_did()
    {
        var main = Start(Cluster());
        Assert.Equal((1, 0), (main.View.Stats.Value("listener_manager.total_listeners_active"), main.View.Stats.Value("listener_manager.workers_started")));

        Answer(main, "10.0.0.1");
        Assert.Equal((1, 0), (main.View.Stats.Value("listener_manager.workers_started"), main.View.Stats.Value("listener_manager.listener_stopped")));

        main.Drain(now, effects);
        Assert.Equal(1, main.View.Stats.Value("listener_manager.listener_stopped"));
    }

    /// <summary>Windows of 100, 200, 400, 500 and 500 ms; a success begins them anew.</summary>
    [Fact]
    public void Failures_are_followed_by_a_jittered_back_off()
    {
        var main = Start(Cluster() with { DnsFailureRefresh = new DnsFailureRefreshSnapshot(100, 500) });
        long[] windows = [100, 200, 400, 500, 500];
        List<long> waits = [];
        for (var round = 0; round < 40; round++)
        {
            Assert.All(windows, window => Assert.InRange(AskAndFail(main, waits), 0, window - 1));
            Assert.Equal(5_000, AskAndAnswer(main, "10.0.0.1"));
        }

        Assert.InRange(waits.Max(), 400, 499);
        Assert.Equal(200, main.View.Stats.Value("cluster.svc.update_failure"));
    }

    [Fact]
    public void Without_back_off_failures_wait_for_the_refresh_rate_and_hosts_stay()
    {
        var main = Start(Cluster());
        Answer(main, "10.0.0.1");

        Assert.Equal(5_000, AskAndFail(main, []));
        Assert.Equal("10.0.0.1:80", main.View.Clusters[0].Hosts.Single().Address.Text);
    }

    [Theory]
    [InlineData(DiscoveryType.StrictDns, 0, 2, 0)]
    [InlineData(DiscoveryType.LogicalDns, 1, 1, 1)]
    public void An_empty_answer_takes_the_hosts_away_unless_the_host_is_logical(DiscoveryType type, int hosts, int successes, int failures)
    {
        var main = Start(Cluster() with { Type = type });
        Answer(main, "10.0.0.1");
        AskAndAnswer(main);

        Assert.Equal(hosts, main.View.Clusters[0].Hosts.Length);
        Assert.Equal(
            (successes, failures, 0),
            (
                main.View.Stats.Value("cluster.svc.update_success"),
                main.View.Stats.Value("cluster.svc.update_failure"),
                main.View.Stats.Value("cluster.svc.update_empty")
            )
        );
    }

    [Theory]
    [InlineData(true, ServerState.Initializing)]
    [InlineData(false, ServerState.Live)]
    public void Listeners_wait_for_the_first_answer_unless_told_not_to(bool waits, ServerState state)
    {
        var main = Start(Cluster() with { WaitForWarmOnInit = waits });

        Assert.Equal(state, main.View.State);
        Answer(main, "10.0.0.1");
        Assert.Equal(ServerState.Live, main.View.State);
        Assert.Single(main.View.Clusters[0].Hosts);
    }

    private static ClusterSnapshot Cluster() =>
        Snapshots.Cluster("svc", 1) with
        {
            Type = DiscoveryType.StrictDns,
            Endpoints = [new EndpointSnapshot { Address = "name", Port = 80 }],
        };

    private ProxyMain Start(ClusterSnapshot cluster)
    {
        var main = new ProxyMain(Snapshots.Proxy(cluster: cluster), new RandomSource(3));
        main.Start(now, effects);
        effects.Clear();
        return main;
    }

    private long AskAndAnswer(ProxyMain main, params string[] addresses)
    {
        Ask(main);
        return Answer(main, addresses);
    }

    private long AskAndFail(ProxyMain main, List<long> waits)
    {
        Ask(main);
        main.DnsResult(now, Query, DnsAnswer.Failure, effects);
        waits.Add(WaitMs(main));
        return waits[^1];
    }

    /// <summary>Goes on to when the name is asked for again.</summary>
    private void Ask(ProxyMain main)
    {
        if (main.NextDeadline is { } deadline)
        {
            now = deadline;
            main.Advance(now, effects);
            Assert.Contains(effects.Span.ToArray(), static effect => effect.Kind == EffectKind.ResolveDns);
            effects.Clear();
        }
    }

    private long Answer(ProxyMain main, params string[] addresses)
    {
        main.DnsResult(now, Query, new DnsAnswer(true, [.. addresses]), effects);
        return WaitMs(main);
    }

    private long WaitMs(ProxyMain main)
    {
        effects.Clear();
        return main.NextDeadline!.Value.Since(now) / Snapshots.Millisecond;
    }
}
