namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Outlier detection as the main machine does it: what workers report, sweeps, and what it tells them.</summary>
public class OutlierDetectionTests
{
    private static readonly OutlierDetectionSnapshot Anything = new()
    {
        MaxEjectionPercent = 100,
        IntervalNs = Seconds(10),
        BaseEjectionTimeNs = Seconds(30),
    };

    private readonly EffectBuffer effects = new();
    private MonotonicTime now = new(1_000_003);

    [Fact]
    public void A_count_in_a_row_is_told_when_it_equals_its_threshold_and_not_again()
    {
        var monitor = new HostMonitor(new OutlierDetectionSnapshot { Consecutive5xx = 3, ConsecutiveGatewayFailure = 2 });

        Assert.Equal(Detections.None, monitor.PutResponse(503));
        Assert.Equal(Detections.GatewayFailure, monitor.PutResponse(503));
        Assert.Equal(Detections.FiveXx, monitor.PutResponse(500));
        Assert.Equal(Detections.None, monitor.PutResponse(500));
        Assert.Equal(Detections.None, monitor.PutResponse(499));
        Assert.Equal((0, 0), (monitor.Consecutive5xx, monitor.ConsecutiveGatewayFailures));
    }

    [Fact]
    public void Local_failures_count_as_answers_unless_they_are_told_apart()
    {
        var together = new HostMonitor(new OutlierDetectionSnapshot { Consecutive5xx = 1 });
        Assert.Equal(Detections.FiveXx, together.PutLocalOriginFailure(503));

        var apart = new HostMonitor(
            new OutlierDetectionSnapshot
            {
                SplitsLocalOrigin = true,
                ConsecutiveLocalOriginFailure = 2,
                Consecutive5xx = 1,
            }
        );
        Assert.Equal(Detections.None, apart.PutLocalOriginFailure(503));
        apart.PutLocalOriginSuccess();
        Assert.Equal(Detections.None, apart.PutLocalOriginFailure(503));
        Assert.Equal(Detections.LocalOriginFailure, apart.PutLocalOriginFailure(503));
        Assert.Equal((0, 2), (apart.Consecutive5xx, apart.ConsecutiveLocalFailures));
    }

    [Fact]
    public void A_worker_reports_a_host_that_fails_too_often()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { OutlierDetection = new OutlierDetectionSnapshot { Consecutive5xx = 2 } };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        proxy.Get();
        proxy.Connected(1);
        Assert.Equal(["headers 500 end", "log"], proxy.Answer(1, 500));
        proxy.Get();

        Assert.Equal(["Consecutive5xx of 10.0.0.1:80", "headers 500 end", "log"], proxy.Answer(2, 500));
    }

    [Fact]
    public void An_ejected_host_is_unhealthy_and_connections_to_it_are_to_end()
    {
        var (main, hosts) = Start(2, Anything);

        Assert.Equal(["HostUpdate", "HostFailed"], Detect(main, hosts[0]));
        Assert.Equal(HealthFlags.FailedOutlierCheck, hosts[0].Health);
        AssertStats(main, ("ejections_active", 1), ("ejections_enforced_total", 1), ("ejections_enforced_consecutive_5xx", 1), ("ejections_total", 1));
        Assert.Equal(1, main.View.Stats.Value("cluster.svc.membership_healthy"));
        Assert.Empty(Detect(main, hosts[0]));
    }

    /// <summary>One more than are out must not be more than the percentage: with the default of ten, fewer than ten hosts never are.</summary>
    [Theory]
    [InlineData(5, 10, false, 0)]
    [InlineData(9, 10, false, 0)]
    [InlineData(10, 10, false, 1)]
    [InlineData(5, 10, true, 1)]
    [InlineData(5, 40, false, 2)]
    [InlineData(5, 100, false, 5)]
    public void No_more_than_max_ejection_percent_are_ejected(int count, uint percent, bool always, int ejected)
    {
        var (main, hosts) = Start(count, Anything with { MaxEjectionPercent = percent, AlwaysEjectOneHost = always });
        foreach (var host in hosts)
        {
            Detect(main, host);
        }

        AssertStats(main, ("ejections_active", ejected), ("ejections_overflow", count - ejected), ("ejections_detected_consecutive_5xx", count));
    }

    [Fact]
    public void What_is_not_enforced_is_detected_all_the_same()
    {
        var (main, hosts) = Start(2, Anything with { EnforcingConsecutive5xx = 0 });
        for (var i = 0; i < 5; i++)
        {
            hosts[0].Monitor.PutResponse(500);
        }

        Assert.Empty(Detect(main, hosts[0]));
        Assert.Equal(0, hosts[0].Monitor.Consecutive5xx);
        AssertStats(main, ("ejections_detected_consecutive_5xx", 1), ("ejections_enforced_total", 0), ("ejections_active", 0));
    }

    /// <summary>A deprecated counter for two kinds, and one of all ejections that are allowed for these two.</summary>
    [Theory]
    [InlineData(EjectionType.Consecutive5xx, "consecutive_5xx", 1, 0, 1)]
    [InlineData(EjectionType.ConsecutiveGatewayFailure, "consecutive_gateway_failure", 0, 0, 0)]
    [InlineData(EjectionType.ConsecutiveLocalOriginFailure, "consecutive_local_origin_failure", 0, 0, 0)]
    public void Each_kind_is_counted_under_its_name(EjectionType type, string name, long consecutive5xx, long successRate, long total)
    {
        var (main, hosts) = Start(2, Anything with { EnforcingConsecutiveGatewayFailure = 100 });
        main.OutlierDetected(now, "svc", hosts[0], type, effects);

        AssertStats(
            main,
            ($"ejections_detected_{name}", 1),
            ($"ejections_enforced_{name}", 1),
            ("ejections_enforced_total", 1),
            ("ejections_consecutive_5xx", consecutive5xx),
            ("ejections_success_rate", successRate),
            ("ejections_total", total)
        );
    }

    [Fact]
    public void All_of_Envoys_statistics_are_there_from_the_begin()
    {
        const string Prefix = "cluster.svc.outlier_detection.";
        var (main, _) = Start(1, Anything);
        string[] kinds =
        [
            "consecutive_5xx",
            "consecutive_gateway_failure",
            "consecutive_local_origin_failure",
            "failure_percentage",
            "local_origin_failure_percentage",
            "local_origin_success_rate",
            "success_rate",
        ];
        string[] others = ["consecutive_5xx", "detected_degradation", "enforced_total", "overflow", "success_rate", "total"];

        Assert.Equal(
            others.Concat(kinds.SelectMany(static kind => new[] { $"detected_{kind}", $"enforced_{kind}" })).Order(StringComparer.Ordinal),
            main.View.Stats.Counters.Select(static counter => counter.Name)
                .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(static name => name[(Prefix.Length + "ejections_".Length)..])
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Sweeps are at 10, 20, 30 s …: ejected at 0 for 30 s it is back at 30; then for 60.</summary>
    [Fact]
    public void A_host_comes_back_with_the_first_sweep_after_its_time_and_is_out_longer_the_next_time()
    {
        var (main, hosts) = Start(2, Anything);
        Detect(main, hosts[0]);

        Assert.Equal(30, SecondsUntilBack(main, hosts[0]));
        Detect(main, hosts[0]);
        Assert.Equal(60, SecondsUntilBack(main, hosts[0]));
        AssertStats(main, ("ejections_active", 0), ("ejections_enforced_total", 2));
    }

    /// <summary>Back at 30 s, forgiven at 40, ejected at 41: over at 71, back with the sweep at 80. Unforgiven it were 110.</summary>
    [Fact]
    public void Each_interval_without_ejection_forgives_one()
    {
        var (main, hosts) = Start(2, Anything);
        Detect(main, hosts[0]);
        SecondsUntilBack(main, hosts[0]);
        Wait(main, 11);

        Detect(main, hosts[0]);

        Assert.Equal(39, SecondsUntilBack(main, hosts[0]));
    }

    [Fact]
    public void Ejections_never_last_longer_than_the_maximum()
    {
        var (main, hosts) = Start(2, Anything with { MaxEjectionTimeNs = Seconds(40) });
        for (var i = 0; i < 5; i++)
        {
            Detect(main, hosts[0]);
            Assert.InRange(SecondsUntilBack(main, hosts[0]), 30, 40);
        }
    }

    /// <summary>Of ten seconds and at most twenty, three are counted: within three intervals all are forgiven.</summary>
    [Fact]
    public void Ejections_beyond_the_maximum_are_not_counted()
    {
        var (main, hosts) = Start(2, Anything with { IntervalNs = Seconds(1), BaseEjectionTimeNs = Seconds(10), MaxEjectionTimeNs = Seconds(20) });
        for (var i = 0; i < 6; i++)
        {
            Detect(main, hosts[0]);
            SecondsUntilBack(main, hosts[0]);
        }

        Wait(main, 3.5);
        Detect(main, hosts[0]);

        Assert.Equal(11, SecondsUntilBack(main, hosts[0]));
    }

    [Fact]
    public void Jitter_makes_each_ejection_last_longer_by_chance_up_to_its_maximum()
    {
        var (main, hosts) = Start(20, Anything with { IntervalNs = Seconds(1), MaxEjectionTimeJitterNs = Seconds(20) });
        foreach (var host in hosts)
        {
            Detect(main, host);
        }

        List<int> back = [];
        for (var second = 1; second <= 60; second++)
        {
            Wait(main, 1);
            back.AddRange(Enumerable.Repeat(second, hosts.Count(static host => host.Health == HealthFlags.None) - back.Count));
        }

        Assert.Equal(20, back.Count);
        Assert.All(back, static second => Assert.InRange(second, 30, 51));
        Assert.InRange(back[0], 30, 39);
        Assert.InRange(back[^1], 41, 51);
    }

    [Fact]
    public void That_a_host_is_back_is_told_to_the_workers()
    {
        var (main, hosts) = Start(2, Anything);
        Detect(main, hosts[0]);

        Assert.Equal(["HostUpdate"], Wait(main, 30));
        Assert.Equal(HealthFlags.None, main.View.Clusters[0].Health[0]);
    }

    [Fact]
    public void A_host_that_leaves_while_it_is_ejected_is_ejected_no_more()
    {
        var cluster = Snapshots.Cluster("svc", 1) with
        {
            Type = DiscoveryType.StrictDns,
            Endpoints = [new EndpointSnapshot { Address = "name", Port = 80 }],
            DnsRefreshRateNs = Seconds(1),
            OutlierDetection = Anything,
        };
        var main = new ProxyMain(Snapshots.Proxy(cluster: cluster), new RandomSource(3));
        main.Start(now, effects);
        Resolve("10.0.0.1", "10.0.0.2", "10.0.0.3");
        Detect(main, main.View.Clusters[0].Hosts[0]);
        AssertStats(main, ("ejections_active", 1));

        Resolve("10.0.0.1", "10.0.0.2");
        AssertStats(main, ("ejections_active", 1));
        Resolve("10.0.0.2");
        AssertStats(main, ("ejections_active", 0));

        void Resolve(params string[] addresses)
        {
            main.DnsResult(now, new DnsQuery("svc", "name", DnsLookupFamily.Auto), new DnsAnswer(true, [.. addresses]), effects);
            Assert.Equal(addresses.Length, main.View.Clusters[0].Hosts.Length);
            Wait(main, 1);
        }
    }

    [Fact]
    public void A_success_rate_is_compared_with_the_mean_less_deviations() =>
        Assert.Equal(52, SuccessRates.Of([50, 100, 100, 100, 100], 1.9).Threshold, precision: 9);

    /// <summary>One of five that fails, the others being perfect, is two deviations below the mean however seldom it fails.</summary>
    [Theory]
    [InlineData(0, 1900, 0)]
    [InlineData(1, 1900, 1)]
    [InlineData(60, 1900, 1)]
    [InlineData(60, 2001, 0)]
    public void A_host_below_the_others_is_ejected_at_the_end_of_the_interval(int failures, uint factor, int ejected)
    {
        var (main, hosts) = Start(5, Anything with { SuccessRateStdevFactor = factor });
        Answer(hosts[0], 100 - failures, failures);
        foreach (var host in hosts.Skip(1))
        {
            Answer(host, 100, 0);
        }

        Wait(main, 10);

        Assert.Equal([100 - failures, 100, 100, 100, 100], hosts.Select(static host => host.Monitor.SuccessRate));
        AssertStats(
            main,
            ("ejections_enforced_success_rate", ejected),
            ("ejections_active", ejected),
            ("ejections_detected_success_rate", ejected),
            ("ejections_success_rate", ejected),
            ("ejections_consecutive_5xx", 0)
        );
    }

    [Fact]
    public void Connections_have_rates_of_their_own_where_local_failures_are_told_apart()
    {
        var (main, hosts) = Start(5, Anything with { SplitsLocalOrigin = true, SuccessRateRequestVolume = 10 });
        foreach (var host in hosts)
        {
            for (var i = 0; i < 10; i++)
            {
                if (host == hosts[0])
                {
                    host.Monitor.PutLocalOriginFailure(503);
                }
                else
                {
                    host.Monitor.PutLocalOriginSuccess();
                }
            }
        }

        Wait(main, 10);
        Assert.Equal([0, 100, 100, 100, 100], hosts.Select(static host => host.Monitor.LocalOriginSuccessRate));
        Assert.All(hosts, static host => Assert.Equal(-1, host.Monitor.SuccessRate));
        var rates = main.View.OutlierRates[0]!;
        Assert.Equal((-1, -1, 80), (rates.Average, rates.EjectionThreshold, rates.LocalOriginAverage));
        Assert.Equal(4, rates.LocalOriginEjectionThreshold, precision: 9);
        AssertStats(main, ("ejections_enforced_local_origin_success_rate", 1), ("ejections_success_rate", 1), ("ejections_total", 0));

        Wait(main, 10);
        Assert.Equal(OutlierRates.None, main.View.OutlierRates[0]);
        Assert.All(hosts, static host => Assert.Equal(-1, host.Monitor.LocalOriginSuccessRate));
    }

    /// <summary>A minimum of nought does not make a rate of nothing.</summary>
    [Fact]
    public void Hosts_that_are_not_asked_have_no_rate()
    {
        var (main, hosts) = Start(6, Anything with { SuccessRateMinimumHosts = 0, SuccessRateRequestVolume = 0 });
        Wait(main, 10);
        Assert.Equal(OutlierRates.None, main.View.OutlierRates[0]);

        Answer(hosts[0], 0, 10);
        foreach (var host in hosts.Skip(2))
        {
            Answer(host, 10, 0);
        }

        Wait(main, 10);
        Assert.Equal([0, -1, 100, 100, 100, 100], hosts.Select(static host => host.Monitor.SuccessRate));
        AssertStats(main, ("ejections_enforced_success_rate", 1));
    }

    [Theory]
    [InlineData(84, 0)]
    [InlineData(85, 1)]
    public void A_host_that_fails_more_often_than_the_limit_is_ejected(int failures, int ejected)
    {
        var settings = Anything with
        {
            EnforcingFailurePercentage = 100,
            EnforcingSuccessRate = 0,
            FailurePercentageRequestVolume = 100,
            SuccessRateRequestVolume = 1_000,
        };
        var (main, hosts) = Start(5, settings);
        foreach (var host in hosts.Skip(1))
        {
            Answer(host, 100, 0);
        }

        Answer(hosts[0], 100 - failures, failures);
        Wait(main, 10);

        AssertStats(
            main,
            ("ejections_enforced_failure_percentage", ejected),
            ("ejections_active", ejected),
            ("ejections_detected_failure_percentage", ejected)
        );
    }

    [Fact]
    public void Too_few_requests_or_hosts_say_nothing()
    {
        var (main, hosts) = Start(5, Anything);
        foreach (var host in hosts)
        {
            Answer(host, 0, 99);
        }

        var (few, two) = Start(2, Anything);
        Answer(two[0], 0, 1_000);
        Answer(two[1], 1_000, 0);
        Wait(main, 10);
        Wait(few, 10);

        AssertStats(main, ("ejections_detected_success_rate", 0));
        AssertStats(few, ("ejections_detected_success_rate", 0), ("ejections_detected_failure_percentage", 0));
    }

    [Fact]
    public void Fewer_hosts_than_any_comparison_needs_have_no_rates()
    {
        var (main, hosts) = Start(4, Anything);
        Answer(hosts[0], 1_000, 0);
        Wait(main, 10);

        Assert.Equal(-1, hosts[0].Monitor.SuccessRate);
    }

    // The merge window.

    [Fact]
    public void The_first_change_of_health_is_told_at_once_those_within_a_second_together_a_second_later()
    {
        var (main, hosts) = Start(3, Anything);
        Assert.Equal(["HostUpdate", "HostFailed"], Detect(main, hosts[0]));
        now = now.Plus(Seconds(1) / 2);
        Assert.Equal(["HostFailed"], Detect(main, hosts[1]));
        Assert.Equal(["HostFailed"], Detect(main, hosts[2]));
        Assert.Equal(HealthFlags.None, main.View.Clusters[0].Health[1]);

        Assert.Equal(["HostUpdate"], Wait(main, 1));
        Assert.Equal(HealthFlags.FailedOutlierCheck, main.View.Clusters[0].Health[1]);
        Assert.Equal(1, main.View.Stats.Value("cluster_manager.cluster_updated_via_merge"));
        Assert.Equal(1, main.View.Stats.Value("cluster_manager.update_out_of_merge_window"));
    }

    [Fact]
    public void Without_window_every_change_is_told_at_once()
    {
        var (main, hosts) = Start(3, Anything, windowNs: 0);

        Assert.All(hosts, host => Assert.Equal(["HostUpdate", "HostFailed"], Detect(main, host)));
    }

    private (ProxyMain Main, HostState[] Hosts) Start(int count, OutlierDetectionSnapshot settings, long windowNs = 1_000_000_000)
    {
        var cluster = Snapshots.Cluster("svc", count) with { OutlierDetection = settings, UpdateMergeWindowNs = windowNs };
        var main = new ProxyMain(Snapshots.Proxy(cluster: cluster), new RandomSource(3));
        main.Start(now, effects);
        effects.Clear();
        return (main, [.. main.View.Clusters[0].Hosts]);
    }

    private string[] Detect(ProxyMain main, HostState host)
    {
        main.OutlierDetected(now, "svc", host, EjectionType.Consecutive5xx, effects);
        return Take();
    }

    private string[] Wait(ProxyMain main, double seconds)
    {
        var end = now.Plus(Seconds(seconds));
        List<string> lines = [];
        while (main.NextDeadline is { } deadline && deadline <= end)
        {
            now = deadline;
            main.Advance(now, effects);
            lines.AddRange(Take());
        }

        now = end;
        return [.. lines];
    }

    private int SecondsUntilBack(ProxyMain main, HostState host)
    {
        var seconds = 0;
        for (; (host.Health & HealthFlags.FailedOutlierCheck) != 0; seconds++)
        {
            Wait(main, 1);
        }

        return seconds;
    }

    private string[] Take()
    {
        var kinds = effects.Span.ToArray().Select(static effect => effect.Kind.ToString()).ToArray();
        effects.Clear();
        return kinds;
    }

    private static void Answer(HostState host, int good, int bad)
    {
        for (var i = 0; i < good + bad; i++)
        {
            host.Monitor.PutResponse(i < good ? 200 : 500);
        }
    }

    private static void AssertStats(ProxyMain main, params (string Name, long Value)[] expected) =>
        Assert.Equal(expected, expected.Select(entry => (entry.Name, main.View.Stats.Value($"cluster.svc.outlier_detection.{entry.Name}"))));

    private static long Seconds(double seconds) => (long)(seconds * MonotonicTime.NanosecondsPerSecond);
}
