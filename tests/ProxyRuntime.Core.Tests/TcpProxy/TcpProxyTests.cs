using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A connection of a TCP proxy from its first attempt to its log line.</summary>
public class TcpProxyTests
{
    private const int Client = 1;

    [Fact]
    public void Bytes_pass_once_the_host_is_connected_and_both_connections_end_when_both_sides_have()
    {
        var proxy = new TcpWorker();

        Assert.Equal(["OpenConnection U1 10.0.0.1:80 for C1"], proxy.Open());
        Assert.Equal(["PassBytes C1 U1"], proxy.Connected());
        Assert.Equal(1, proxy.Worker.View.UpstreamConnections);
        Assert.Empty(proxy.Data(TcpSide.Downstream, 28));
        Assert.Empty(proxy.Data(TcpSide.Upstream, 38));
        Assert.Empty(proxy.Data(TcpSide.Downstream, 1, end: true));
        Assert.Empty(proxy.Data(TcpSide.Upstream, 2));
        Assert.Equal(["CloseDownstream C1"], proxy.Data(TcpSide.Upstream, 0, end: true));
        Assert.Equal(["CloseConnection U1", "log"], proxy.Closed());

        Assert.Equal(["- svc 10.0.0.1:80 sent=40 received=29 - TcpConnectionEnd"], proxy.Logs);
        Assert.Equal(29, proxy.Stat("tcp.t.downstream_cx_rx_bytes_total"));
        Assert.Equal(40, proxy.Stat("tcp.t.downstream_cx_tx_bytes_total"));
        Assert.Equal(29, proxy.Stat("cluster.svc.upstream_cx_tx_bytes_total"));
        Assert.Equal(40, proxy.Stat("cluster.svc.upstream_cx_rx_bytes_total"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_destroy_remote_with_active_rq"));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void Hosts_take_turns_and_no_connection_is_used_again()
    {
        var proxy = new TcpWorker(clusters: [Snapshots.Cluster("svc", 2)]);
        var hosts = new List<string>();
        for (var i = 1; i <= 4; i++)
        {
            hosts.Add(Assert.Single(proxy.Open(i)).Split(' ')[2]);
            proxy.Connected(i);
            proxy.Closed(i);
        }

        Assert.NotEqual(hosts[0], hosts[1]);
        Assert.Equal(hosts[..2], hosts[2..]);
        Assert.Equal(4, proxy.Stat("cluster.svc.upstream_cx_total"));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void Attempts_end_when_as_many_have_failed_as_may()
    {
        var proxy = new TcpWorker(static settings => settings with { MaxConnectAttempts = 3 });

        proxy.Open();
        Assert.Equal(["OpenConnection U2 10.0.0.1:80 for C1"], proxy.Refused(1));
        Assert.Equal(["OpenConnection U3 10.0.0.1:80 for C1"], proxy.Refused(2));
        Assert.Equal(["CloseDownstream C1 -1"], proxy.Refused(3));
        Assert.Equal(["log"], proxy.Closed());

        Assert.Equal(["UF,URX svc 10.0.0.1:80 sent=0 received=0 - TcpConnectionEnd"], proxy.Logs);
        Assert.Equal(3, proxy.Stat("cluster.svc.upstream_cx_total"));
        Assert.Equal(3, proxy.Stat("cluster.svc.upstream_cx_connect_fail"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_connect_attempts_exceeded"));
        Assert.Equal(3, proxy.Stat("cluster.svc.upstream_rq_pending_failure_eject"));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void A_host_that_does_not_answer_is_given_up_after_connect_timeout()
    {
        var proxy = new TcpWorker(clusters: [Snapshots.Cluster("svc", 1) with { ConnectTimeoutNs = 250 * Snapshots.Millisecond }]);

        proxy.Open();
        Assert.Empty(proxy.Wait(249));
        Assert.Equal(["CloseConnection U1", "CloseDownstream C1 -1"], proxy.Wait(1));
        proxy.Closed();

        Assert.StartsWith("UF,URX svc", Assert.Single(proxy.Logs), StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_connect_timeout"));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void Without_a_host_or_a_cluster_connections_are_closed_at_once()
    {
        var empty = new TcpWorker(clusters: [Snapshots.Cluster("svc", 0)]);
        Assert.Equal(["CloseDownstream C1 -1"], empty.Open());
        empty.Closed();
        Assert.Equal(["UH svc - sent=0 received=0 - TcpConnectionEnd"], empty.Logs);
        Assert.Equal(1, empty.Stat("cluster.svc.upstream_cx_none_healthy"));

        var unknown = new TcpWorker(static settings => settings with { Clusters = [new TcpProxyCluster("other")] });
        Assert.Equal(["CloseDownstream C1 -1"], unknown.Open());
        unknown.Closed();
        Assert.Equal(["NC - - sent=0 received=0 - TcpConnectionEnd"], unknown.Logs);
        Assert.Equal(1, unknown.Stat("tcp.t.downstream_cx_no_route"));
    }

    [Fact]
    public void Max_connections_closes_what_comes_beyond()
    {
        var limits = ThresholdsSnapshot.Default with { MaxConnections = 1 };
        var proxy = new TcpWorker(clusters: [Snapshots.Cluster("svc", 1) with { DefaultThresholds = limits }]);

        proxy.Open();
        proxy.Connected();
        Assert.Equal(["CloseDownstream C2 -1"], proxy.Open(2));
        proxy.Closed(2);
        Assert.Equal(["UO svc - sent=0 received=0 - TcpConnectionEnd"], proxy.Logs);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_overflow"));

        proxy.Closed();
        Assert.Equal(["OpenConnection U2 10.0.0.1:80 for C3"], proxy.Open(3));
    }

    [Fact]
    public void Each_attempt_for_which_nobody_more_may_wait_is_lost()
    {
        var limits = ThresholdsSnapshot.Default with { MaxPendingRequests = 1 };
        var proxy = new TcpWorker(
            static settings => settings with { MaxConnectAttempts = 2 },
            [Snapshots.Cluster("svc", 1) with { DefaultThresholds = limits }]
        );

        proxy.Open();
        Assert.Equal(["CloseDownstream C2 -1"], proxy.Open(2));
        proxy.Closed(2);
        Assert.StartsWith("URX svc 10.0.0.1:80", Assert.Single(proxy.Logs), StringComparison.Ordinal);
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_pending_overflow"));
    }

    [Fact]
    public void A_connection_without_a_byte_for_idle_timeout_is_closed_on_both_sides()
    {
        var proxy = new TcpWorker(static settings => settings with { IdleTimeoutNs = 400 * Snapshots.Millisecond });

        proxy.Open();
        proxy.Wait(1_000); // While it connects it is not idle.
        proxy.Connected();
        proxy.Wait(399);
        proxy.Data(TcpSide.Upstream, 5);
        proxy.Wait(399);
        proxy.Data(TcpSide.Downstream, 0); // Some of what waited has gone.
        Assert.Empty(proxy.Wait(399));
        Assert.Equal(["CloseConnection U1", "CloseDownstream C1 -1"], proxy.Wait(1));
        Assert.Equal(["log"], proxy.Closed());

        Assert.Equal(["- svc 10.0.0.1:80 sent=5 received=0 - TcpConnectionEnd"], proxy.Logs);
        Assert.Equal(1, proxy.Stat("tcp.t.idle_timeout"));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void Idle_timeout_is_an_hour_and_may_be_off()
    {
        var usual = new TcpWorker();
        usual.Open();
        usual.Connected();
        Assert.Empty(usual.Wait(3_599_999));
        Assert.NotEmpty(usual.Wait(1));

        var off = new TcpWorker(static settings => settings with { IdleTimeoutNs = 0 });
        off.Open();
        off.Connected();
        Assert.Null(off.Worker.NextDeadline);
    }

    [Fact]
    public void No_connection_lives_longer_than_it_may()
    {
        var proxy = new TcpWorker(static settings => settings with { MaxDownstreamConnectionDurationNs = Snapshots.Second });

        proxy.Open();
        proxy.Connected();
        proxy.Wait(900);
        proxy.Data(TcpSide.Upstream, 5);
        Assert.Equal(["CloseConnection U1", "CloseDownstream C1 -1"], proxy.Wait(100));
        proxy.Closed();

        Assert.Equal(["DT svc 10.0.0.1:80 sent=5 received=0 - TcpConnectionEnd"], proxy.Logs);
        Assert.Equal(1, proxy.Stat("tcp.t.max_downstream_connection_duration"));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void What_a_client_that_has_gone_had_sent_goes_before_its_host_is_closed()
    {
        var proxy = new TcpWorker(static settings => settings with { IdleTimeoutNs = Snapshots.Second });

        proxy.Open();
        proxy.Connected();
        proxy.Data(TcpSide.Downstream, 100);
        Assert.Equal(["CloseConnection U1 end", "log"], proxy.Closed(unsent: 70));
        Assert.Equal(1, proxy.Stat("tcp.t.upstream_flush_total"));
        Assert.Equal(1, proxy.Stat("tcp.t.upstream_flush_active"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_active"));
        Assert.Empty(proxy.UpstreamClosed());
        AssertNothingIsLeft(proxy);

        proxy.Open(2);
        proxy.Connected(2);
        proxy.Closed(2, unsent: 1);
        Assert.Equal(["CloseConnection U2"], proxy.Wait(1_000));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void A_host_that_breaks_off_ends_the_connection_of_its_client()
    {
        var proxy = new TcpWorker();

        proxy.Open();
        proxy.Connected();
        proxy.Data(TcpSide.Upstream, 9);
        Assert.Equal(["CloseDownstream C1"], proxy.UpstreamClosed());
        Assert.Equal(["log"], proxy.Closed());
        Assert.Equal(["- svc 10.0.0.1:80 sent=9 received=0 - TcpConnectionEnd"], proxy.Logs);
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void A_client_that_goes_while_its_host_is_connected_leaves_nothing()
    {
        var proxy = new TcpWorker();

        proxy.Open();
        Assert.Equal(["CloseConnection U1", "log"], proxy.Closed());
        Assert.Empty(proxy.Connected());
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_cancelled"));
        AssertNothingIsLeft(proxy);
    }

    [Fact]
    public void Clusters_are_chosen_by_weight()
    {
        var proxy = new TcpWorker(
            static settings => settings with { Clusters = [new TcpProxyCluster("a", 3), new TcpProxyCluster("b")], AccessLogs = [] },
            [Snapshots.Cluster("a", 1), Snapshots.Cluster("b", 1, net: 1)]
        );
        for (var i = 1; i <= 400; i++)
        {
            proxy.Open(i);
        }

        Assert.InRange(proxy.Stat("cluster.a.upstream_cx_total"), 270, 330);
        Assert.Equal(400, proxy.Stat("cluster.a.upstream_cx_total") + proxy.Stat("cluster.b.upstream_cx_total"));
    }

    [Fact]
    public void By_source_ip_a_client_comes_to_the_same_host_each_time()
    {
        var cluster = Snapshots.Cluster("svc", 8, new RingHashPolicy());
        var proxy = new TcpWorker(static settings => settings with { HashesSourceIp = true, AccessLogs = [] }, [cluster]);
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        for (var client = 0; client < 20; client++)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"192.0.2.{client}");
            var found = Enumerable.Range(0, 3).Select(i => proxy.Open((client * 10) + i + 1, address)[0].Split(' ')[2]).ToHashSet(StringComparer.Ordinal);
            hosts.Add(Assert.Single(found));
        }

        Assert.InRange(hosts.Count, 3, 8);
    }

    [Fact]
    public void Failures_in_a_row_are_told_and_a_connection_ends_the_row()
    {
        var outliers = new OutlierDetectionSnapshot { ConsecutiveGatewayFailure = 2 };
        var proxy = new TcpWorker(clusters: [Snapshots.Cluster("svc", 1) with { OutlierDetection = outliers }]);
        void Attempt(int number, bool connects)
        {
            proxy.Open(number);
            _ = connects ? proxy.Connected(number) : proxy.Refused(number);
        }

        Attempt(1, connects: false);
        Attempt(2, connects: true);
        Attempt(3, connects: false);
        proxy.Open(4);

        Assert.Contains(proxy.Refused(4), static line => line.StartsWith("OutlierDetected", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_where_it_is_wanted_a_failed_host_loses_its_connections()
    {
        foreach (var wanted in (bool[])[false, true])
        {
            var proxy = new TcpWorker(clusters: [Snapshots.Cluster("svc", 1) with { CloseConnectionsOnHostHealthFailure = wanted }]);
            proxy.Open();
            proxy.Connected();
            var host = proxy.Memberships[0].Hosts[0];

            var lines = proxy.Do(buffer => proxy.Worker.HostFailed(proxy.Now, "svc", host, buffer));

            Assert.Equal(wanted ? ["CloseConnection U1", "CloseDownstream C1"] : [], lines);
        }
    }

    [Fact]
    public void A_listener_that_is_gone_closes_its_connections_when_the_drain_is_over()
    {
        var proxy = new TcpWorker();
        proxy.Open();
        proxy.Connected();
        proxy.Do(buffer => proxy.Worker.ListenerRemoved(proxy.Now, "main", buffer));

        Assert.Empty(proxy.Wait(599_999));
        Assert.Equal(["CloseConnection U1", "CloseDownstream C1 -1"], proxy.Wait(1));
    }

    [Fact]
    public void So_does_a_proxy_that_ends()
    {
        var proxy = new TcpWorker();
        proxy.Open();
        proxy.Connected();
        Assert.Empty(proxy.Do(buffer => proxy.Worker.Drain(proxy.Now, buffer)));

        Assert.Empty(proxy.Wait(599_999));
        Assert.Equal(["CloseConnection U1", "CloseDownstream C1 -1"], proxy.Wait(1));
    }

    [Fact]
    public void Reading_that_pauses_is_counted_on_the_side_it_is_for()
    {
        var proxy = new TcpWorker();
        proxy.Open();
        proxy.Connected();
        foreach (var side in (TcpSide[])[TcpSide.Downstream, TcpSide.Upstream])
        {
            proxy.Do(buffer => proxy.Worker.TcpFlowControl(proxy.Now, new ConnectionId(Client), side, paused: true, buffer));
        }

        proxy.Do(buffer => proxy.Worker.TcpFlowControl(proxy.Now, new ConnectionId(Client), TcpSide.Downstream, paused: false, buffer));

        Assert.Equal(1, proxy.Stat("tcp.t.downstream_flow_control_paused_reading_total"));
        Assert.Equal(1, proxy.Stat("tcp.t.downstream_flow_control_resumed_reading_total"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_flow_control_backed_up_total"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_flow_control_paused_reading_total"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_flow_control_resumed_reading_total"));
    }

    [Fact]
    public void Requests_are_nothing_to_it()
    {
        var proxy = new TcpWorker();
        proxy.Open();
        var head = proxy.Worker.RentHeaders();

        Assert.Empty(proxy.Do(buffer => proxy.Worker.RequestHeaders(proxy.Now, new StreamId(new ConnectionId(Client), 0), head, endStream: true, buffer)));
        Assert.Equal(0, proxy.Worker.HeadersInUse);
    }

    [Fact]
    public void Bytes_that_pass_allocate_nothing()
    {
        var proxy = new TcpWorker();
        proxy.Open();
        proxy.Connected();
        var effects = new EffectBuffer();
        var connection = new ConnectionId(Client);

        Assert.Equal(
            0,
            Allocation.Of(() =>
            {
                for (var i = 0; i < 1_000; i++)
                {
                    proxy.Worker.TcpData(proxy.Now, connection, TcpSide.Upstream, 1_000, endStream: false, effects);
                }
            })
        );
    }

    private static void AssertNothingIsLeft(TcpWorker proxy)
    {
        foreach (var gauge in (string[])["upstream_cx_active", "upstream_rq_active", "upstream_rq_pending_active"])
        {
            Assert.Equal(0, proxy.Stat($"cluster.svc.{gauge}"));
        }

        Assert.Equal(0, proxy.Stat("tcp.t.upstream_flush_active"));
        Assert.Equal(0, proxy.Worker.View.UpstreamConnections);
        Assert.Equal(0, proxy.Worker.View.DownstreamConnections);
        Assert.Null(proxy.Worker.NextDeadline);
        Assert.All(proxy.Memberships[0].Hosts, static host => Assert.Equal((0, 0, 0), (host.Stats.CxActive, host.Stats.RqActive, host.Stats.RqPendingActive)));
    }
}
