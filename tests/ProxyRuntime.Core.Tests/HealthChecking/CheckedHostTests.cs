namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What checks mean for a cluster and its hosts: warming, coming and going, ejections, several checks, what workers report.</summary>
public class CheckedHostTests
{
    [Fact]
    public void Listeners_wait_for_the_first_result_of_every_host_and_workers_learn_of_them_then()
    {
        var cluster = new CheckedCluster(HealthChecks.Tcp(), hosts: 3);
        Assert.Equal(["open U1 10.0.0.1:80", "open U2 10.0.0.2:80", "open U3 10.0.0.3:80"], cluster.Start());
        Assert.Equal(["close U1"], cluster.Connect(1));
        Assert.Empty(cluster.Close(2));
        Assert.Equal(ServerState.Initializing, cluster.Main.View.State);

        Assert.Equal(["hosts healthy /failed_active_hc /failed_active_hc/active_hc_timeout", "listen"], cluster.Wait(50)[1..3]);
        Assert.Equal(ServerState.Live, cluster.Main.View.State);
        Assert.Equal((1, 3), (cluster.Stat("membership_healthy"), cluster.Stat("membership_total")));
    }

    [Fact]
    public void A_host_without_checks_is_healthy_and_not_waited_for()
    {
        var cluster = new CheckedCluster(HealthChecks.Tcp(), hosts: 2, Unchecked);

        Assert.Equal(["open U1 10.0.0.2:80"], cluster.Start());
        Assert.Equal(["close U1", "hosts healthy healthy", "listen"], cluster.Connect());
    }

    [Fact]
    public void The_first_check_waits_for_its_jitter()
    {
        var cluster = new CheckedCluster(HealthChecks.Tcp() with { InitialJitterNs = 30 * Snapshots.Millisecond });

        Assert.Empty(cluster.Start());
        Assert.InRange(cluster.NextMs, 1, 29);
        Assert.Equal(["open U1 10.0.0.1:80"], cluster.WaitForNext());
    }

    [Fact]
    public void Without_traffic_checks_are_rare()
    {
        var cluster = new CheckedCluster(
            HealthChecks.Tcp() with
            {
                NoTrafficIntervalNs = 60 * Snapshots.Second,
                NoTrafficHealthyIntervalNs = 70 * Snapshots.Second,
            }
        );
        cluster.Start();
        cluster.Connect();
        Assert.Equal(70_000, cluster.NextMs);
        cluster.Traffic();
        cluster.WaitForNext();
        cluster.Connect(2);

        Assert.Equal(100, cluster.NextMs);
    }

    [Fact]
    public void The_first_connection_of_a_worker_is_told_and_no_other()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { HealthChecks = [HealthChecks.Tcp()] };
        var worker = new Worker(Snapshots.Proxy(cluster: cluster), new ProxyShared(Snapshots.Proxy(cluster: cluster)), new RandomSource(1), 0);
        var effects = new EffectBuffer();
        var now = new MonotonicTime(1);
        worker.HostUpdate(now, new ClusterMembership("svc", [new HostState(new HostSnapshot { Address = new NetworkAddress("10.0.0.1", 80) })]), effects);
        List<EffectKind> seen = [];
        for (var i = 1; i <= 2; i++)
        {
            var id = new ConnectionId(i);
            worker.DownstreamConnection(now, id, Snapshots.Connection(), effects);
            var head = worker.RentHeaders();
            head.Add(":method", "GET");
            head.Add(":path", "/");
            head.Add(":authority", "x");
            worker.RequestHeaders(now, new StreamId(id, 0), head, endStream: true, effects);
            seen.AddRange(effects.Span.ToArray().Select(static effect => effect.Kind));
            effects.Clear();
        }

        Assert.Equal(
            [EffectKind.TrafficBegan, EffectKind.OpenConnection, EffectKind.OpenConnection],
            seen.Where(static kind => kind != EffectKind.UseFilterChain)
        );
    }

    [Fact]
    public void Slow_start_begins_with_the_check_that_makes_a_host_healthy()
    {
        var cluster = Healthy();
        var later = MonotonicTime.FromSeconds(9);
        Assert.Equal(new MonotonicTime(1_000_003), cluster.Hosts[0].HealthySince(later));
        cluster.ImmediateFail(0);
        cluster.Wait(100);
        cluster.Connect(2);
        cluster.Wait(100);
        cluster.Connect(3);

        Assert.Equal(("healthy", new MonotonicTime(201_000_003)), (cluster.Health, cluster.Hosts[0].HealthySince(later)));
    }

    [Theory]
    [InlineData(HealthFlags.None, "healthy", 'h')]
    [InlineData(HealthFlags.FailedActiveHc, "/failed_active_hc", ' ')]
    [InlineData(HealthFlags.FailedOutlierCheck, "/failed_outlier_check", ' ')]
    [InlineData(HealthFlags.FailedEdsHealth, "/failed_eds_health", ' ')]
    [InlineData(HealthFlags.DegradedActiveHc, "/degraded_active_hc", 'd')]
    [InlineData(HealthFlags.DegradedEdsHealth, "/degraded_eds_health", 'd')]
    [InlineData(HealthFlags.PendingDynamicRemoval, "/pending_dynamic_removal", 'h')]
    [InlineData(HealthFlags.PendingActiveHc, "/pending_active_hc", 'x')]
    [InlineData(HealthFlags.ExcludedViaImmediateHcFail, "/excluded_via_immediate_hc_fail", 'x')]
    [InlineData(HealthFlags.ActiveHcTimeout, "/active_hc_timeout", 'h')]
    [InlineData(HealthFlags.EdsStatusDraining, "/eds_status_draining", 'e')]
    [InlineData(HealthFlags.EdsStatusDraining | HealthFlags.FailedActiveHc, "/failed_active_hc/eds_status_draining", 'e')]
    public void Flags_have_a_text_and_a_meaning(HealthFlags flags, string text, char meaning)
    {
        Assert.Equal(text, HostHealth.Text(flags));
        Assert.Equal(meaning is 'h' or 'x', HostHealth.IsHealthy(flags));
        Assert.Equal(meaning == 'd', HostHealth.IsDegraded(flags));
        Assert.Equal(meaning is 'e' or 'x', HostHealth.IsExcluded(flags));
    }

    // Immediate failure.

    [Fact]
    public void A_response_may_take_its_host_out_at_once()
    {
        var cluster = Healthy();
        var due = cluster.NextMs;

        Assert.Equal(["hosts /failed_active_hc/excluded_via_immediate_hc_fail", "failed 10.0.0.1:80"], cluster.ImmediateFail(0));
        Assert.Equal((1, 0), (cluster.Stat("health_check.passive_failure"), cluster.Stat("health_check.network_failure")));
        Assert.Equal(due, cluster.NextMs);
    }

    [Fact]
    public void A_worker_tells_of_the_header_if_the_cluster_is_checked()
    {
        Assert.Contains("ImmediateHealthCheckFail 0", Ask(Unchecked(Snapshots.Cluster("svc", 1)) with { HealthChecks = [HealthChecks.Tcp()] }));
        Assert.DoesNotContain("ImmediateHealthCheckFail 0", Ask(Snapshots.Cluster("svc", 1)));

        static string[] Ask(ClusterSnapshot cluster)
        {
            var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
            proxy.Get();
            proxy.Connected(1);
            return proxy.Answer(1, 200, endStream: true, ("x-envoy-immediate-health-check-fail", "true"));
        }
    }

    // Ejections.

    [Theory]
    [InlineData(true, "healthy")]
    [InlineData(false, "/failed_outlier_check")]
    public void A_check_that_passes_ends_an_ejection(bool unejects, string health)
    {
        var cluster = Healthy(cluster =>
            cluster with
            {
                OutlierDetection = new OutlierDetectionSnapshot { MaxEjectionPercent = 100, SuccessfulActiveHealthCheckUnejectHost = unejects },
            }
        );
        cluster.Eject(0);
        Assert.Equal("/failed_outlier_check", cluster.Health);
        cluster.Wait(100);
        cluster.Connect(2);

        Assert.Equal(health, cluster.Health);
        Assert.Equal(unejects ? 0 : 1, cluster.Stat("outlier_detection.ejections_active"));
    }

    // Coming and going.

    [Fact]
    public void A_new_host_of_a_name_is_checked_before_it_is_used()
    {
        var cluster = Resolved();
        Assert.Equal(["open U2 10.0.0.2:80"], cluster.Dns("10.0.0.1", "10.0.0.2").Where(static line => line.StartsWith("open", StringComparison.Ordinal)));
        Assert.Equal("healthy /failed_active_hc", cluster.Health);

        Assert.Equal(["close U2", "hosts healthy healthy"], cluster.Connect(2));
    }

    [Fact]
    public void A_host_without_a_result_is_left_out_if_so_configured()
    {
        var cluster = Resolved(static cluster => cluster with { IgnoreNewHostsUntilFirstHc = true });
        cluster.Dns("10.0.0.1", "10.0.0.2");
        Assert.Equal(("healthy /failed_active_hc/pending_active_hc", 1), (cluster.Health, cluster.Stat("membership_excluded")));

        cluster.Close(2);
        Assert.Equal(("healthy /failed_active_hc", 0), (cluster.Health, cluster.Stat("membership_excluded")));
    }

    [Fact]
    public void A_host_that_left_stays_while_its_checks_pass()
    {
        var cluster = Resolved();
        cluster.Dns("10.0.0.2");
        Assert.Equal("/failed_active_hc /pending_dynamic_removal", cluster.Health);

        // It comes back, and nothing is said of it any more.
        cluster.Dns("10.0.0.2", "10.0.0.1");
        Assert.Equal("/failed_active_hc healthy", cluster.Health);
    }

    [Fact]
    public void A_host_that_left_goes_when_it_has_failed_or_health_does_not_count()
    {
        var ignoring = Resolved(static cluster => cluster with { IgnoreHealthOnHostRemoval = true });
        ignoring.Dns("10.0.0.2");
        Assert.Equal("/failed_active_hc", ignoring.Health);
        Assert.Equal(0, ignoring.Stat("health_check.healthy"));

        var failing = Resolved();
        failing.Dns("10.0.0.1", "10.0.0.2");
        failing.Close(2);
        failing.Dns("10.0.0.1");
        Assert.Equal("healthy", failing.Health);
    }

    [Fact]
    public void A_logical_host_is_healthy_from_the_begin_and_keeps_its_health_with_another_address()
    {
        var cluster = new CheckedCluster(HealthChecks.Http(), change: static cluster => Named(cluster) with { Type = DiscoveryType.LogicalDns });
        cluster.Start();
        cluster.Dns("10.0.0.1");
        Assert.Equal(("healthy", 1), (cluster.Health, cluster.Stat("health_check.healthy")));
        cluster.AnswerNext(503);
        Assert.Equal("/failed_active_hc", cluster.Health);
        cluster.Dns("10.0.0.9");

        Assert.Equal(("/failed_active_hc", "10.0.0.9:80"), (cluster.Health, cluster.Hosts[0].Address.Text));
        Assert.Equal(0, cluster.Stat("health_check.healthy"));

        cluster.Wait(100);
        cluster.AnswerNext(200);
        cluster.Wait(100);
        cluster.AnswerNext(200);
        Assert.Equal("healthy", cluster.Health);
    }

    [Fact]
    public void A_host_that_goes_is_checked_no_more_and_its_connection_closed()
    {
        var cluster = new CheckedCluster(HealthChecks.Http(), change: static cluster => Named(cluster) with { IgnoreHealthOnHostRemoval = true });
        cluster.Start();
        cluster.Dns("10.0.0.1");
        cluster.AnswerNext(200);
        Assert.Contains("close U1", cluster.Dns("10.0.0.2"));

        var later = cluster.Wait(900);
        Assert.DoesNotContain("send U1 GET /healthz", later);
        Assert.DoesNotContain(
            later,
            static line => line.StartsWith("open", StringComparison.Ordinal) && line.EndsWith(" 10.0.0.1:80", StringComparison.Ordinal)
        );
        Assert.Equal(0, cluster.Stat("health_check.healthy"));
    }

    [Fact]
    public void A_host_that_goes_without_a_result_is_not_waited_for()
    {
        var cluster = new CheckedCluster(HealthChecks.Tcp(), change: Named);
        cluster.Start();
        cluster.Dns("10.0.0.1");
        Assert.Equal("/failed_active_hc", cluster.Health);

        Assert.Contains("listen", cluster.Dns("10.0.0.2"));
    }

    // Several checks.

    [Fact]
    public void Of_several_checks_each_must_have_passed()
    {
        var cluster = new CheckedCluster(
            HealthChecks.Tcp() with
            {
                Name = "a",
                HealthyThreshold = 1,
            },
            change: static cluster => cluster with { HealthChecks = [.. cluster.HealthChecks, HealthChecks.Http() with { Name = "b", HealthyThreshold = 1 }] }
        );
        Assert.Equal(["open U1 10.0.0.1:80", "open U2 10.0.0.1:80"], cluster.Start());
        Assert.Equal(["close U1"], cluster.Connect(1));
        Assert.Equal(("/failed_active_hc", 0), (cluster.Health, cluster.Stat("health_check.healthy")));
        cluster.Connect(2);
        Assert.Equal(["hosts healthy", "listen"], cluster.Answer(200, 2));
        Assert.Equal(1, cluster.Stat("health_check.healthy"));

        cluster.Wait(100);
        cluster.Connect(3);
        Assert.Equal(["hosts /failed_active_hc", "failed 10.0.0.1:80"], cluster.Answer(503, 2));
        cluster.Wait(100);
        cluster.Connect(4);
        Assert.Equal("/failed_active_hc", cluster.Health);
        Assert.Equal(["hosts healthy"], cluster.Answer(200, 2));
    }

    /// <summary>Its first host is not checked.</summary>
    private static ClusterSnapshot Unchecked(ClusterSnapshot cluster) =>
        cluster with
        {
            Endpoints = [cluster.Endpoints[0] with { HealthCheck = new HostHealthCheckSnapshot { IsDisabled = true } }, .. cluster.Endpoints.Skip(1)],
        };

    private static CheckedCluster Healthy(Func<ClusterSnapshot, ClusterSnapshot>? change = null)
    {
        var cluster = new CheckedCluster(HealthChecks.Tcp(), change: change);
        cluster.Start();
        cluster.Connect();
        return cluster;
    }

    /// <summary>A name with one host, which is healthy.</summary>
    private static CheckedCluster Resolved(Func<ClusterSnapshot, ClusterSnapshot>? change = null)
    {
        var cluster = new CheckedCluster(HealthChecks.Tcp(), change: cluster => Named(change?.Invoke(cluster) ?? cluster));
        cluster.Start();
        cluster.Dns("10.0.0.1");
        cluster.Connect();
        return cluster;
    }

    private static ClusterSnapshot Named(ClusterSnapshot cluster) =>
        cluster with
        {
            Type = DiscoveryType.StrictDns,
            DnsRefreshRateNs = Snapshots.Millisecond,
            Endpoints = [new EndpointSnapshot { Address = "name", Port = 80 }],
        };
}
