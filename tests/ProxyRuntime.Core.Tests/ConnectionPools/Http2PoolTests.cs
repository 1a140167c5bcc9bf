namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Connections that carry many requests at once.</summary>
public class Http2PoolTests
{
    [Fact]
    public void While_connecting_as_many_requests_wait_for_one_connection_as_it_will_take()
    {
        var proxy = Proxy(maxConcurrentStreams: 2);

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        Assert.Empty(proxy.Get());
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());
        Assert.Equal(["start A1 on U1 end", "start A2 on U1 end"], proxy.Connected(1));
        Assert.Equal(["start A3 on U2 end"], proxy.Connected(2));
        Assert.Equal((2, 0), (proxy.Stat("cluster.svc.upstream_cx_http2_total"), proxy.Stat("cluster.svc.upstream_cx_http1_total")));
        Assert.Equal(3, proxy.Stat("cluster.svc.upstream_rq_active"));
    }

    [Fact]
    public void A_connection_takes_more_while_others_are_under_way()
    {
        var proxy = Connected(maxConcurrentStreams: 10);

        Assert.Equal(["start A2 on U1 end"], proxy.Get());
        Assert.Equal(["start A3 on U1 end"], proxy.Get());
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal(["start A4 on U1 end"], proxy.Get());
    }

    [Fact]
    public void A_lower_limit_of_the_peer_counts_from_when_it_is_known()
    {
        var proxy = Connected(maxConcurrentStreams: 10);
        proxy.Get();
        Assert.Empty(proxy.Settings(1, 1));

        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());
        proxy.Answer(1, 200);
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200).SkipWhile(static line => line.StartsWith("start", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_higher_one_does_not()
    {
        var proxy = Connected(maxConcurrentStreams: 1);
        Assert.Empty(proxy.Settings(1, 100));

        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());
    }

    [Fact]
    public void Below_zero_it_takes_none_until_enough_have_ended()
    {
        var proxy = Connected(maxConcurrentStreams: 3);
        proxy.Get();
        proxy.Get();
        proxy.Settings(1, 1);
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());

        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal(["start A4 on U1 end", "headers 200 end", "log"], proxy.Answer(3, 200));
    }

    [Fact]
    public void After_a_goaway_what_is_under_way_goes_on_and_new_requests_get_another_connection()
    {
        var proxy = Connected(maxConcurrentStreams: 10);
        proxy.Get();
        Assert.Empty(proxy.GoAway(1));

        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(["close U1", "headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_close_notify"));
    }

    [Fact]
    public void One_that_is_reset_leaves_the_others_alone()
    {
        var proxy = Connected(maxConcurrentStreams: 10);
        proxy.Get();

        Assert.DoesNotContain("close U1", proxy.Reset(1));
        Assert.Equal((1, 0), (proxy.Stat("cluster.svc.upstream_rq_rx_reset"), proxy.Stat("cluster.svc.upstream_cx_destroy")));
        Assert.DoesNotContain("close U1", proxy.ClientResets(proxy.LastStream));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_tx_reset"));
        Assert.Equal(["start A3 on U1 end"], proxy.Get());
    }

    [Fact]
    public void The_place_of_one_that_is_reset_goes_to_one_that_waits()
    {
        var proxy = Connected(maxConcurrentStreams: 1);
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());

        Assert.Contains("start A2 on U1 end", proxy.Reset(1));
    }

    [Fact]
    public void One_that_is_answered_before_it_was_sent_is_cancelled_alone()
    {
        var proxy = Connected(maxConcurrentStreams: 10);
        proxy.Request("POST", "/", endStream: false);

        Assert.Equal(["cancel A2", "headers 200 end", "log"], proxy.Answer(2, 200).Take(3));
        Assert.Equal((1, 0), (proxy.Stat("cluster.svc.upstream_rq_tx_reset"), proxy.Stat("cluster.svc.upstream_cx_destroy")));

        var other = new ConnectionId(4);
        proxy.Connect(other, Snapshots.Connection());
        Assert.Equal(["start A3 on U1 end"], proxy.RequestOn(other, "GET", "/", endStream: true));
    }

    [Fact]
    public void A_refused_one_is_not_counted_as_reset()
    {
        var proxy = Connected(maxConcurrentStreams: 10);
        proxy.Reset(1, ResetReason.RemoteRefusedStreamReset);

        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_rx_reset"));
    }

    [Fact]
    public void With_the_connection_all_its_requests_end_newest_first()
    {
        var proxy = Connected(maxConcurrentStreams: 10);
        proxy.Get("/second");
        List<string> paths = [];
        proxy.Watch = effect =>
        {
            if (effect.Kind == EffectKind.LogAccess)
            {
                paths.Add(System.Text.Encoding.ASCII.GetString(effect.Log!.RequestHeaders!.Get(HeaderName.Path)));
            }
        };

        Assert.Equal(2, proxy.UpstreamClosed(1).Count(static line => line == "log"));
        Assert.Equal(["/second", "/"], paths);
        Assert.Equal((2, 1), (proxy.Stat("cluster.svc.upstream_rq_pending_failure_eject"), proxy.Stat("cluster.svc.upstream_cx_destroy_with_active_rq")));
        Assert.Equal((0, 0), (proxy.Stat("cluster.svc.upstream_rq_active"), proxy.Stat("cluster.svc.upstream_cx_active")));
    }

    [Fact]
    public void After_so_many_requests_it_takes_no_more_and_closes_with_the_last()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { Http2 = new Http2UpstreamSnapshot(10), MaxRequestsPerConnection = 2 };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        proxy.Get();
        proxy.Get();
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Get());
        proxy.Connected(1);

        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_max_requests"));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal(["close U1", "headers 200 end", "log"], proxy.Answer(1, 200));
    }

    [Fact]
    public void It_is_idle_from_when_its_last_request_ends()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { Http2 = new Http2UpstreamSnapshot(10), IdleTimeoutNs = Snapshots.Second };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        proxy.Get();
        proxy.Connected(1);
        proxy.Get();
        proxy.Wait(600);
        proxy.Answer(1, 200);
        proxy.Wait(600);
        proxy.Answer(2, 200);
        Assert.Empty(proxy.Wait(999));

        Assert.Equal(["close U1"], proxy.Wait(1));
    }

    [Fact]
    public void The_limit_of_requests_is_what_holds()
    {
        var cluster = Snapshots.Cluster("svc", 1) with
        {
            Http2 = new Http2UpstreamSnapshot(100),
            DefaultThresholds = new ThresholdsSnapshot(MaxConnections: 1, MaxRequests: 2),
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        proxy.Get();
        proxy.Connected(1);
        proxy.Get();

        Assert.EndsWith("reset reason: overflow'", proxy.Get()[0], StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_active_overflow"));
    }

    private static WorkerHarness Proxy(uint maxConcurrentStreams) =>
        new(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { Http2 = new Http2UpstreamSnapshot(maxConcurrentStreams) }));

    /// <summary>With one request under way, A1 on U1.</summary>
    private static WorkerHarness Connected(uint maxConcurrentStreams)
    {
        var proxy = Proxy(maxConcurrentStreams);
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }
}
