using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What comes of assignments: which hosts there are, which of them are still the same, when workers learn of it, what is counted.</summary>
public class EndpointsUpdateTests
{
    private static readonly LocalitySnapshot Here = new("r", "z", "s");

    [Fact]
    public void A_cluster_is_ready_with_its_first_assignment()
    {
        var cluster = Unchecked();
        Assert.Equal(["WatchEndpoints"], cluster.Start());
        Assert.Equal(ServerState.Initializing, cluster.Main.View.State);

        Assert.Equal(["hosts healthy healthy", "listen"], cluster.Endpoints(At(1), At(2)));
        Assert.Equal((1, 1, 1, 2), (Attempts(cluster), cluster.Stat("update_success"), cluster.Stat("membership_change"), cluster.Stat("membership_total")));
    }

    [Theory]
    [InlineData(EndpointsOutcome.Rejected, "update_rejected")]
    [InlineData(EndpointsOutcome.Failed, "update_failure")]
    [InlineData(EndpointsOutcome.Empty, "update_empty")]
    public void Whatever_is_no_assignment_ends_the_wait_and_changes_no_hosts(EndpointsOutcome outcome, string counted)
    {
        var cluster = Unchecked();
        cluster.Start();
        Assert.Equal(["hosts ", "listen"], cluster.Endpoints(new EndpointsAnswer(outcome)));
        cluster.Endpoints(At(1));
        Assert.Empty(cluster.Endpoints(new EndpointsAnswer(outcome)));

        Assert.Equal("10.0.0.1:80", Assert.Single(cluster.Hosts).Address.Text);
        Assert.Equal((3, 2), (Attempts(cluster), cluster.Stat(counted)));
        Assert.Equal(outcome == EndpointsOutcome.Empty ? 3 : 1, cluster.Stat("update_success"));
    }

    [Fact]
    public void Without_any_answer_the_wait_ends_after_initial_fetch_timeout()
    {
        var cluster = Unchecked(static eds => eds with { InitialFetchTimeoutNs = 2 * Snapshots.Second });
        cluster.Start();
        Assert.Empty(cluster.Wait(1_999));
        Assert.Equal(["hosts ", "listen"], cluster.Wait(1));
        Assert.Equal(1, cluster.Stat("init_fetch_timeout"));

        var patient = Unchecked(static eds => eds with { InitialFetchTimeoutNs = 0 });
        patient.Start();
        Assert.Null(patient.Main.NextDeadline);
        Assert.Equal(15 * Snapshots.Second, new EdsSnapshot("c", "/p").InitialFetchTimeoutNs);
    }

    [Fact]
    public void The_same_assignment_again_rebuilds_nothing()
    {
        var cluster = Ready(At(1), At(2));

        Assert.Empty(cluster.Endpoints(At(1), At(2)));
        Assert.Equal((1, 2, 1), (cluster.Stat("update_no_rebuild"), cluster.Stat("update_success"), cluster.Stat("membership_change")));
    }

    [Fact]
    public void Of_endpoints_with_the_same_address_the_first_counts()
    {
        var cluster = Ready(At(1) with { Weight = 2 }, At(1) with { Weight = 3, Priority = 1 });

        Assert.Equal((2u, 0), (Assert.Single(cluster.Hosts).Snapshot.Weight, cluster.Hosts[0].Snapshot.Priority));
    }

    /// <summary>Weight, metadata, health and priority change in the same host; its name and its ejections stay.</summary>
    [Fact]
    public void A_host_stays_the_same_while_what_is_said_of_it_changes()
    {
        var cluster = Ready(At(1) with { Hostname = "first" }, At(2));
        var host = cluster.Hosts[0];
        cluster.Eject(0);
        cluster.Endpoints(At(1) with { Hostname = "second", Weight = 7, Priority = 1, Metadata = Canary, Health = EdsHealth.Degraded }, At(2));

        Assert.Same(host, cluster.Hosts[1]);
        Assert.Equal(("first", 7u, 1, true), (host.Snapshot.Hostname, host.Snapshot.Weight, host.Snapshot.Priority, host.Snapshot.IsCanary));
        Assert.Equal("/failed_outlier_check/degraded_eds_health", HostHealth.Text(host.Health));
        // It left one priority and came to another.
        Assert.Equal((3, 2), (cluster.Stat("membership_change"), cluster.Stat("membership_total")));
    }

    [Fact]
    public void Elsewhere_it_is_another_host()
    {
        var cluster = Ready(At(1));
        var host = cluster.Hosts[0];
        cluster.Endpoints(At(1) with { Locality = Here });

        Assert.NotSame(host, Assert.Single(cluster.Hosts));
        Assert.Equal(2, cluster.Stat("membership_change"));
    }

    [Theory]
    [InlineData(EdsHealth.Unknown, "healthy", 2, 0, 0)]
    [InlineData(EdsHealth.Healthy, "healthy", 2, 0, 0)]
    [InlineData(EdsHealth.Unhealthy, "/failed_eds_health", 1, 0, 0)]
    [InlineData(EdsHealth.Timeout, "/failed_eds_health", 1, 0, 0)]
    [InlineData(EdsHealth.Draining, "/eds_status_draining", 1, 0, 1)]
    [InlineData(EdsHealth.Degraded, "/degraded_eds_health", 1, 1, 0)]
    public void Health_is_what_the_assignment_says(EdsHealth health, string text, int healthy, int degraded, int excluded)
    {
        var cluster = Ready(At(1), At(2));
        cluster.Endpoints(At(1) with { Health = health }, At(2));

        Assert.Equal($"{text} healthy", cluster.Health);
        Assert.Equal(
            (healthy, degraded, excluded),
            (cluster.Stat("membership_healthy"), cluster.Stat("membership_degraded"), cluster.Stat("membership_excluded"))
        );
        Assert.Equal(1, cluster.Stat("membership_change"));
        cluster.Endpoints(At(1), At(2));
        Assert.Equal("healthy healthy", cluster.Health);
    }

    /// <summary>Hosts that come are told at once; other changes wait for the window, and go along with whatever is told before.</summary>
    [Fact]
    public void Changes_wait_for_the_merge_window_hosts_that_come_or_go_do_not()
    {
        var cluster = Unchecked(windowNs: Snapshots.Second);
        cluster.Start();
        cluster.Endpoints(At(1), At(2));
        Assert.Equal(["hosts /failed_eds_health healthy"], cluster.Endpoints(At(1) with { Health = EdsHealth.Unhealthy }, At(2)));
        Assert.Empty(cluster.Endpoints(At(1) with { Health = EdsHealth.Unhealthy }, At(2) with { Health = EdsHealth.Unhealthy }));
        Assert.Equal(["hosts /failed_eds_health /failed_eds_health"], cluster.Wait(1_000));
        Assert.Equal(1, cluster.Main.View.Stats.Value("cluster_manager.cluster_updated_via_merge"));

        Assert.Empty(cluster.Endpoints(At(1), At(2) with { Health = EdsHealth.Unhealthy }));
        Assert.Equal(["hosts healthy healthy healthy"], cluster.Endpoints(At(1), At(2), At(3)));
        Assert.Empty(cluster.Wait(2_000));
        Assert.Equal(1, cluster.Main.View.Stats.Value("cluster_manager.update_merge_cancelled"));
        Assert.Equal(["hosts healthy healthy"], cluster.Endpoints(At(1), At(2)));
    }

    [Fact]
    public void In_another_priority_workers_go_on_with_what_they_were_told()
    {
        var cluster = Unchecked(windowNs: Snapshots.Second);
        cluster.Start();
        cluster.Endpoints(At(1));
        cluster.Endpoints(At(1) with { Weight = 2 });
        var sick = At(1) with { Weight = 2, Health = EdsHealth.Unhealthy };

        Assert.Equal(["hosts healthy healthy"], cluster.Endpoints(sick, At(2) with { Priority = 1 }));
        Assert.Equal(["hosts /failed_eds_health healthy"], cluster.Wait(1_000));
    }

    [Fact]
    public void What_the_policy_says_is_told_with_the_hosts()
    {
        var cluster = Ready(At(1));
        var policy = new EndpointPolicy { OverprovisioningFactor = 100, WeightedPriorityHealth = true };

        Assert.Equal(["hosts healthy"], Assign(cluster, policy, At(1)));
        Assert.Equal(policy, cluster.Main.View.Clusters[0].Policy);

        // Dropping alone changes no hosts: workers hear of it with the next change.
        var dropping = policy with
        {
            DropOverload = 0.4f,
        };
        Assert.Empty(Assign(cluster, dropping, At(1)));
        Assert.Equal(policy, cluster.Main.View.Clusters[0].Policy);
        Assign(cluster, dropping, At(1), At(2));
        Assert.Equal(dropping, cluster.Main.View.Clusters[0].Policy);
    }

    [Fact]
    public void Weights_of_localities_belong_to_the_assignment()
    {
        var cluster = Ready(At(1) with { Locality = Here });
        var assignment = new EndpointAssignment { Endpoints = [At(1) with { Locality = Here }], LocalityWeights = [new LocalityWeight(0, Here, 5)] };

        Assert.Equal(["hosts healthy"], cluster.Endpoints(EndpointsAnswer.Of(assignment)));
        Assert.Equal(5u, cluster.Hosts[0].Snapshot.LocalityWeight);
        Assert.Empty(cluster.Endpoints(EndpointsAnswer.Of(assignment)));
        Assert.Equal(["hosts healthy"], cluster.Endpoints(At(1) with { Locality = Here }));
        Assert.Equal(0u, cluster.Hosts[0].Snapshot.LocalityWeight);
    }

    [Fact]
    public void The_largest_weight_and_the_version_are_told()
    {
        var cluster = Ready();
        cluster.Wait(500);
        cluster.Endpoints(EndpointsAnswer.Of(new EndpointAssignment { Endpoints = [At(1) with { Weight = 9 }, At(2)] }, "7"));

        Assert.Equal(9, cluster.Stat("max_host_weight"));
        Assert.Equal(unchecked((long)XxHash64.Of("7"u8)), cluster.Stat("version"));
        Assert.Equal(1_767_225_600_501, cluster.Stat("update_time"));
    }

    [Fact]
    public void Endpoints_that_nobody_confirms_are_gone_after_endpoint_stale_after()
    {
        var cluster = Ready();
        var stale = EndpointsAnswer.Of(new EndpointAssignment { Endpoints = [At(1)], StaleAfterNs = 3 * Snapshots.Second });
        cluster.Endpoints(stale);
        cluster.Wait(2_000);
        cluster.Endpoints(stale);
        Assert.Empty(cluster.Wait(2_999));
        Assert.Equal(["hosts "], cluster.Wait(1));
        Assert.Equal((2, 1), (cluster.Stat("assignment_timeout_received"), cluster.Stat("assignment_stale")));

        // Without it they stay for good.
        cluster.Endpoints(stale);
        cluster.Endpoints(At(1));
        Assert.Empty(cluster.Wait(60_000));
    }

    /// <summary>Only what belongs to the subscription itself is a matter of clusters that have one.</summary>
    [Theory]
    [InlineData(DiscoveryType.Static, false)]
    [InlineData(DiscoveryType.Eds, true)]
    public void Every_cluster_has_the_names_of_discovery(DiscoveryType type, bool subscribes)
    {
        var cluster = type == DiscoveryType.Eds ? Eds(Snapshots.Cluster("svc", 1)) : Snapshots.Cluster("svc", 1);
        var stats = new ProxyMain(Snapshots.Proxy(cluster: cluster), new RandomSource(1)).View.Stats;
        var names = stats
            .Counters.Select(static counter => counter.Name)
            .Concat(stats.Gauges.Select(static gauge => gauge.Name))
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(
            ["assignment_stale", "assignment_timeout_received", "update_empty", "max_host_weight", "version", "warming_state"],
            name => Assert.Contains($"cluster.svc.{name}", names)
        );
        Assert.Equal(subscribes, names.Contains("cluster.svc.update_rejected"));
    }

    // Checked hosts.

    [Fact]
    public void A_host_that_left_stays_until_its_check_fails()
    {
        var cluster = Passing();
        Assert.Empty(cluster.Endpoints());
        Assert.Equal("/pending_dynamic_removal", cluster.Health);
        Assert.Equal((1, 1), (cluster.Stat("update_no_rebuild"), cluster.Stat("membership_healthy")));
        cluster.Wait(100);
        cluster.Connect(cluster.Connection);
        Assert.Single(cluster.Hosts);

        cluster.Wait(100);
        Assert.Equal(["hosts ", "failed 10.0.0.1:80"], cluster.Close(cluster.Connection));
        Assert.Equal((2, 0, 0), (cluster.Stat("membership_change"), cluster.Stat("membership_total"), cluster.Stat("health_check.healthy")));
        Assert.Empty(cluster.Wait(1_000));
    }

    [Theory]
    [InlineData(true, EdsHealth.Unknown, 0)]
    [InlineData(false, EdsHealth.Unhealthy, 0)]
    [InlineData(false, EdsHealth.Draining, 1)]
    public void It_goes_at_once_where_health_does_not_count_or_discovery_called_it_unhealthy(bool ignores, EdsHealth health, int left)
    {
        var cluster = Passing(cluster => cluster with { IgnoreHealthOnHostRemoval = ignores });
        cluster.Endpoints(At(1) with { Health = health });
        cluster.Endpoints();

        Assert.Equal(left, cluster.Hosts.Length);
    }

    [Fact]
    public void It_comes_back_as_the_same_host()
    {
        var cluster = Passing();
        var host = cluster.Hosts[0];
        cluster.Endpoints();
        cluster.Endpoints(At(1));

        Assert.Same(host, Assert.Single(cluster.Hosts));
        Assert.Equal("healthy", cluster.Health);
    }

    [Fact]
    public void With_another_locality_it_keeps_what_its_checks_found()
    {
        var cluster = Passing();
        var host = cluster.Hosts[0];
        cluster.Endpoints(At(1) with { Locality = Here });

        Assert.NotSame(host, Assert.Single(cluster.Hosts));
        Assert.Equal(("healthy", 1), (cluster.Health, cluster.Stat("health_check.healthy")));
    }

    /// <summary>The former host passes its checks where it was checked before: it stays beside the new one until it fails.</summary>
    [Fact]
    public void Checked_at_another_address_it_is_another_host()
    {
        var cluster = Passing();
        cluster.Endpoints(At(1) with { HealthCheck = new HostHealthCheckSnapshot { Port = 81 } });
        Assert.Equal("/failed_active_hc /pending_dynamic_removal", cluster.Health);

        cluster.Endpoints(
            At(1) with
            {
                HealthCheck = new HostHealthCheckSnapshot { Port = 81, IsDisabled = true },
            }
        );
        Assert.Equal("healthy", cluster.Health);
    }

    [Fact]
    public void A_checked_cluster_is_ready_when_its_first_hosts_have_had_results()
    {
        var cluster = Checked();
        cluster.Start();
        Assert.Equal(["open U1 10.0.0.1:80", "open U2 10.0.0.2:80"], cluster.Endpoints(At(1), At(2)));
        cluster.Connect(1);
        Assert.Equal(ServerState.Initializing, cluster.Main.View.State);
        Assert.Equal(["hosts healthy /failed_active_hc", "listen"], cluster.Close(2));
    }

    // Recording.

    [Fact]
    public void An_assignment_can_be_read_back_from_a_recording()
    {
        var endpoint = At(1) with
        {
            Hostname = "a;b, c=%",
            Weight = 3,
            Priority = 2,
            Locality = new LocalitySnapshot("", "z 1", ""),
            LocalityWeight = 4,
            Health = EdsHealth.Timeout,
            HealthCheck = new HostHealthCheckSnapshot
            {
                Address = "::1",
                Port = 9,
                Hostname = "h",
                IsDisabled = true,
            },
            Metadata = Canary,
        };
        var assignment = new EndpointAssignment
        {
            Endpoints = [endpoint, At(2) with { Address = "fe80::2" }],
            LocalityWeights = [new LocalityWeight(1, Here, 8)],
            Policy = new EndpointPolicy
            {
                OverprovisioningFactor = 99,
                WeightedPriorityHealth = true,
                DropOverload = 0.3f,
            },
            StaleAfterNs = 5,
        };
        var read = AssignmentText.Parse([.. AssignmentText.Words(assignment)]);

        Assert.Equal<EndpointSnapshot>(assignment.Endpoints, read.Endpoints);
        Assert.Equal<LocalityWeight>(assignment.LocalityWeights, read.LocalityWeights);
        Assert.Equal((assignment.Policy, assignment.StaleAfterNs), (read.Policy, read.StaleAfterNs));
        Assert.Empty(AssignmentText.Parse([.. AssignmentText.Words(new EndpointAssignment())]).Endpoints);
    }

    [Fact]
    public void A_recorded_answer_replays_to_the_same_effects()
    {
        var cluster = Eds(Snapshots.Cluster("svc", 0));
        var snapshot = Snapshots.Proxy(cluster: cluster);
        var main = new ProxyMain(snapshot, new RandomSource(9));
        var effects = new EffectBuffer();
        List<string> lines = [];
        void Record(string input, Action carryOut)
        {
            carryOut();
            lines.Add("main " + input);
            lines.AddRange(effects.Span.ToArray().Select(static effect => "main " + EffectText.Of(effect)));
            lines.Add("main " + EffectText.Deadline(main.NextDeadline));
            effects.Clear();
        }

        var now = new MonotonicTime(5);
        Record(InputText.Plain("Start", now, ""), () => main.Start(now, effects));
        EndpointsAnswer[] answers =
        [
            new EndpointsAnswer(EndpointsOutcome.Empty, ""),
            EndpointsAnswer.Of(new EndpointAssignment { Endpoints = [At(1), At(2)] }, "v 1"),
            EndpointsAnswer.Rejection,
            EndpointsAnswer.Of(new EndpointAssignment { StaleAfterNs = 7 }),
        ];
        foreach (var answer in answers)
        {
            Record(InputText.EndpointsUpdate(now, "svc", answer), () => main.EndpointsUpdate(now, "svc", answer, effects));
        }

        var replay = new Replay(new RecordingHeader(9, 0, 1, snapshot.LocalAddress.Ip, ""), snapshot);
        Assert.Null(replay.Run(lines));
        Assert.Equal(5, replay.Inputs);
        Assert.Contains("main < WatchEndpoints svc", lines);
        lines[^2] = lines[^2] + " more";
        Assert.NotNull(new Replay(new RecordingHeader(9, 0, 1, snapshot.LocalAddress.Ip, ""), snapshot).Run(lines));
    }

    private static MetadataMap Canary => new([KeyValuePair.Create("envoy.lb", MetadataValue.Of([KeyValuePair.Create("canary", MetadataValue.Of(true))]))]);

    private static EndpointSnapshot At(int number) => new() { Address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number}"), Port = 80 };

    private static long Attempts(CheckedCluster cluster) => cluster.Stat("update_attempt");

    private static string[] Assign(CheckedCluster cluster, EndpointPolicy policy, params ImmutableArray<EndpointSnapshot> endpoints) =>
        cluster.Endpoints(EndpointsAnswer.Of(new EndpointAssignment { Endpoints = endpoints, Policy = policy }));

    private static ClusterSnapshot Eds(ClusterSnapshot cluster) =>
        cluster with
        {
            Type = DiscoveryType.Eds,
            Endpoints = [],
            Eds = new EdsSnapshot("svc", "/eds.yaml"),
        };

    private static CheckedCluster Checked(Func<ClusterSnapshot, ClusterSnapshot>? change = null) =>
        new(HealthChecks.Tcp() with { HealthyThreshold = 1, UnhealthyThreshold = 1 }, change: cluster => Eds(change?.Invoke(cluster) ?? cluster));

    private static CheckedCluster Unchecked(Func<EdsSnapshot, EdsSnapshot>? change = null, long windowNs = 0) =>
        new(
            HealthChecks.Tcp(),
            change: cluster =>
            {
                var discovered = Eds(cluster);
                return discovered with
                {
                    HealthChecks = [],
                    UpdateMergeWindowNs = windowNs,
                    Eds = change?.Invoke(discovered.Eds!) ?? discovered.Eds,
                    OutlierDetection = new OutlierDetectionSnapshot { MaxEjectionPercent = 100, IntervalNs = 1_000 * Snapshots.Second },
                };
            }
        );

    private static CheckedCluster Ready(params EndpointSnapshot[] endpoints)
    {
        var cluster = Unchecked();
        cluster.Start();
        cluster.Endpoints(endpoints);
        return cluster;
    }

    /// <summary>One host, whose first check has passed.</summary>
    private static CheckedCluster Passing(Func<ClusterSnapshot, ClusterSnapshot>? change = null)
    {
        var cluster = Checked(change);
        cluster.Start();
        cluster.Endpoints(At(1));
        cluster.Connect();
        return cluster;
    }
}
