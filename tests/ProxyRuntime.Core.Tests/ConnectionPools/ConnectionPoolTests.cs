namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Connections to hosts: reuse, limits, and how they end.</summary>
public class ConnectionPoolTests
{
    [Fact]
    public void The_connection_that_was_used_last_is_used_next()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Get();
        proxy.Connected(1);
        proxy.Connected(2);
        proxy.Answer(1, 200);
        proxy.Answer(2, 200);

        Assert.Equal(["start A3 on U2 end"], proxy.Get());
        Assert.Equal(["start A4 on U1 end"], proxy.Get());
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_cx_total"));
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_pending_total"));
    }

    [Fact]
    public void Requests_wait_in_turn_and_the_first_connection_serves_the_first()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Get();

        Assert.Equal(["start A1 on U2 end"], proxy.Connected(2));
        Assert.Equal(["start A2 on U2 end", "headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_pending_active"));
        Assert.Empty(proxy.Connected(1));
    }

    [Fact]
    public void A_failed_connection_fails_all_that_wait_newest_first()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Get("/second");
        var lines = proxy.Refused(1);

        Assert.Equal(2, lines.Count(static line => line == "log"));
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_pending_failure_eject"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_pending_active"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_active"));
    }

    /// <summary>A filter goes on when its own call has failed, and asks the same pool for a connection.</summary>
    [Fact]
    public void A_request_that_a_failure_brings_about_is_not_failed_with_it()
    {
        List<string> seen = [];
        var calls = new CallsFirst("svc");
        var probe = new Probe("p", seen) { OnHeaders = (filter, _) => calls.Call(filter) };
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager.Before(probe)));
        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());

        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Refused(1));
        Assert.Equal(["start A2 on U2 end"], proxy.Connected(2));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal(503, calls.Status);
    }

    [Fact]
    public void How_long_connecting_takes_and_that_it_fails_is_counted()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Wait(7);
        proxy.Connected(1);
        Assert.Equal((7, 1), proxy.Histogram("cluster.svc.upstream_cx_connect_ms"));

        proxy.Get();
        proxy.Refused(2);
        Assert.Equal((7, 1), proxy.Histogram("cluster.svc.upstream_cx_connect_ms"));
        Assert.Equal((1, 1), (proxy.Host("svc").Stats.CxConnectFail, proxy.Stat("cluster.svc.upstream_cx_connect_fail")));
    }

    [Fact]
    public void A_connection_to_a_host_that_left_is_closed_when_nobody_waits_for_it_any_more()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1)));
        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        Assert.Empty(proxy.Run(buffer => proxy.Worker.HostUpdate(proxy.Now, new ClusterMembership("svc", []), buffer)));

        Assert.Contains("close U1", proxy.ClientLeaves());
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_active"));
    }

    [Fact]
    public void A_request_that_waits_gets_another_connection_when_one_at_the_limit_is_reset()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1, 1024, 1024, 3) };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        proxy.Get();
        proxy.Connected(1);
        Assert.Empty(proxy.Get());

        Assert.Contains("open U2 10.0.0.1:80", proxy.Reset(1));
    }

    [Fact]
    public void A_connection_to_a_host_that_has_failed_is_not_made_if_nobody_waits_for_it()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        Assert.DoesNotContain("close U1", proxy.ClientLeaves());

        Assert.Equal(["close U1"], proxy.Run(buffer => proxy.Worker.HostFailed(proxy.Now, "svc", proxy.Host("svc"), buffer)));
    }

    [Fact]
    public void A_host_that_has_failed_loses_its_connections_idle_ones_at_once_busy_ones_with_their_requests()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Get();
        proxy.Connected(1);
        proxy.Connected(2);
        proxy.Answer(2, 200);

        Assert.Equal(["close U2"], proxy.Run(buffer => proxy.Worker.HostFailed(proxy.Now, "svc", proxy.Host("svc"), buffer)));
        Assert.Equal(["open U3 10.0.0.1:80"], proxy.Get());
        Assert.Equal(["close U1", "headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(["start A3 on U3 end"], proxy.Connected(3));
    }

    // Limits.

    [Fact]
    public void Up_to_the_limit_of_connections_each_request_gets_one_and_one_is_always_allowed()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1, 1024, 1024, 3) };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        Assert.Empty(proxy.Get());
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_overflow"));
        proxy.Connected(1);
        Assert.Contains("start A2 on U1 end", proxy.Answer(1, 200));

        var none = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(0, 1024, 1024, 3) };
        var poor = new WorkerHarness(Snapshots.Proxy(cluster: none));
        Assert.Equal(["open U1 10.0.0.1:80"], poor.Get());
        Assert.Equal(1, poor.Stat("cluster.svc.upstream_cx_overflow"));
    }

    [Fact]
    public void Where_no_request_may_begin_all_that_wait_fail()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 1024, 1, 3) };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        proxy.Get();
        proxy.Connected(1);
        proxy.Get();
        proxy.Get();

        Assert.Equal(2, proxy.Connected(2).Count(static line => line == "log"));
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_active_overflow"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_pending_active"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_active"));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Single(proxy.Get());
    }

    [Fact]
    public void After_so_many_requests_a_connection_is_closed()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxRequestsPerConnection = 2 }));
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200);
        proxy.Get();

        Assert.Equal(["close U1", "headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_max_requests"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_destroy_local"));
        Assert.Equal((2, 1), proxy.Histogram("cluster.svc.upstream_rq_per_cx"));
    }

    // How they end.

    [Fact]
    public void A_connection_that_takes_no_more_requests_is_closed_when_its_last_is_over()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Connected(1);
        Assert.Empty(proxy.Run(effects => proxy.Worker.GoAway(proxy.Now, new UpstreamConnectionId(1), effects)));

        Assert.Equal(["close U1", "headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_close_notify"));
    }

    [Fact]
    public void An_idle_one_is_closed_at_once()
    {
        var proxy = Idle(Snapshots.Cluster("svc", 1));

        Assert.Equal(["close U1"], proxy.Run(effects => proxy.Worker.GoAway(proxy.Now, new UpstreamConnectionId(1), effects)));
    }

    [Fact]
    public void A_connection_is_closed_when_it_was_idle_for_too_long()
    {
        var proxy = Idle(Snapshots.Cluster("svc", 1) with { IdleTimeoutNs = Snapshots.Second });
        proxy.Wait(900);
        proxy.Get();
        proxy.Wait(900);
        proxy.Answer(2, 200);
        Assert.Empty(proxy.Wait(999));

        Assert.Equal(["close U1"], proxy.Wait(1));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_idle_timeout"));
        Assert.Equal((2800, 1), proxy.Histogram("cluster.svc.upstream_cx_length_ms"));
    }

    [Fact]
    public void A_connection_that_the_host_closes_while_idle_is_forgotten()
    {
        var proxy = Idle(Snapshots.Cluster("svc", 1));

        Assert.Empty(proxy.UpstreamClosed(1));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_destroy_remote"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_destroy_with_active_rq"));
    }

    [Fact]
    public void One_that_ends_while_it_is_being_opened_could_not_be_opened()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();

        Assert.Equal(
            "reply 503 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure'",
            proxy.UpstreamClosed(1)[0]
        );
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_connect_fail"));
    }

    [Fact]
    public void A_result_that_comes_late_is_ignored()
    {
        var proxy = Idle(Snapshots.Cluster("svc", 1));

        Assert.Empty(proxy.Connected(1));
        Assert.Empty(proxy.Refused(7));
        Assert.Empty(proxy.Answer(99, 200));
        Assert.Empty(proxy.AnswerTrailers(99));
        Assert.Empty(proxy.Interim(99, 100));
        Assert.Empty(proxy.Reset(99));
        Assert.Empty(proxy.UpstreamClosed(99));
    }

    // Hosts that come and go.

    [Fact]
    public void When_a_host_leaves_its_idle_connections_are_closed_and_others_finish_what_they_have()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Get();
        proxy.Connected(1);
        proxy.Connected(2);
        proxy.Answer(1, 200);

        Assert.Equal(["close U1"], proxy.Run(effects => proxy.Worker.HostUpdate(proxy.Now, new ClusterMembership("svc", []), effects)));
        Assert.Equal(["close U2", "headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_active"));
    }

    [Fact]
    public void A_host_that_left_still_serves_what_waits_for_it()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Run(effects => proxy.Worker.HostUpdate(proxy.Now, new ClusterMembership("svc", []), effects));

        Assert.Equal(["start A1 on U1 end"], proxy.Connected(1));
        Assert.Equal(["close U1", "headers 200 end", "log"], proxy.Answer(1, 200));
    }

    [Fact]
    public void The_pool_of_a_logical_host_follows_it_to_its_new_address()
    {
        var proxy = Idle(Snapshots.Cluster("svc", 1) with { Type = DiscoveryType.LogicalDns });
        var moved = new ClusterMembership("svc", [new HostState(new HostSnapshot { Address = new NetworkAddress("10.0.0.9", 80) })]);

        Assert.Empty(proxy.Run(effects => proxy.Worker.HostUpdate(proxy.Now, moved, effects)));
        Assert.Equal(["start A2 on U1 end"], proxy.Get());
        Assert.Equal(["open U2 10.0.0.9:80"], proxy.Get());
    }

    private static WorkerHarness Idle(ClusterSnapshot cluster)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        if (cluster.Type != DiscoveryType.Static)
        {
            var host = new HostState(new HostSnapshot { Address = new NetworkAddress("10.0.0.1", 80) });
            proxy.Run(effects => proxy.Worker.HostUpdate(proxy.Now, new ClusterMembership("svc", [host]), effects));
        }

        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200);
        return proxy;
    }

    /// <summary>Makes a request of the proxy's own before the client's goes on, whatever comes of it.</summary>
    private sealed class CallsFirst(string cluster) : IAsyncCallbacks
    {
        private ProbeFilter? waiting;

        public int Status { get; private set; }

        public FilterStatus Call(ProbeFilter filter)
        {
            waiting = filter;
            var head = filter.Context.Headers.Rent();
            head.Add(":method", "GET");
            head.Add(":path", "/check");
            head.Add(":authority", cluster);
            filter
                .Context.Async.New(head, new AsyncOptions(cluster, 0, WantsContent: false, AsyncRequests.PlainRoute), sendForwardedFor: false, default, this)
                .Start(endStream: true, complete: true);
            return FilterStatus.StopIteration;
        }

        public void OnAsyncComplete(AsyncStream request, bool failed)
        {
            Status = request.Response!.StatusCode();
            waiting!.Stream.ContinueDecoding();
        }
    }
}
