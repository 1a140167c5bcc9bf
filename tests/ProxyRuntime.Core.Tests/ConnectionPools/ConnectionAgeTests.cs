namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Connections that are opened before they are needed, and those that are too old.</summary>
public class ConnectionAgeTests
{
    [Fact]
    public void A_connection_ends_when_it_is_too_old_and_idle()
    {
        var proxy = Aged();
        proxy.Answer(1, 200);
        Assert.Empty(proxy.Wait(999));

        Assert.Equal(["close U1"], proxy.Wait(1));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_max_duration_reached"));
    }

    [Fact]
    public void One_that_is_busy_ends_with_its_request()
    {
        var proxy = Aged();
        Assert.Empty(proxy.Wait(1000));

        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_max_duration_reached"));
        Assert.Equal(["close U1", "headers 200 end", "log"], proxy.Answer(1, 200));
    }

    [Fact]
    public void One_that_drains_already_is_not_counted()
    {
        var proxy = Aged();
        proxy.GoAway(1);
        proxy.Wait(2000);

        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_max_duration_reached"));
    }

    [Fact]
    public void Age_begins_with_the_connection_being_up()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxConnectionDurationNs = Snapshots.Second }));
        proxy.Get();
        proxy.Wait(700);
        proxy.Connected(1);
        proxy.Answer(1, 200);
        Assert.Empty(proxy.Wait(999));

        Assert.Equal(["close U1"], proxy.Wait(1));
    }

    [Fact]
    public void One_that_is_gone_is_not_closed_once_more()
    {
        var proxy = Aged();
        proxy.Answer(1, 200);
        proxy.UpstreamClosed(1);

        Assert.Empty(proxy.Wait(2000));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_max_duration_reached"));
    }

    // Idle.

    [Fact]
    public void A_busy_connection_is_not_idle_however_long_its_request_lasts()
    {
        var proxy = Idling();
        proxy.Connected(1);
        Assert.Empty(proxy.Wait(3_500));

        proxy.Answer(1, 200);
        Assert.Empty(proxy.Wait(999));
        Assert.Equal(["close U1"], proxy.Wait(1));
    }

    [Fact]
    public void One_that_came_up_for_a_request_that_has_gone_is_idle_at_once()
    {
        var proxy = Idling();
        proxy.ClientLeaves();
        Assert.Empty(proxy.Connected(1));
        Assert.Empty(proxy.Wait(999));

        Assert.Equal(["close U1"], proxy.Wait(1));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_idle_timeout"));
    }

    [Fact]
    public void Without_idle_timeout_a_connection_stays()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { IdleTimeoutNs = 0 }));
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200);

        Assert.DoesNotContain("close U1", proxy.Wait(10_000_000));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_active"));
    }

    // Preconnect.

    [Fact]
    public void With_a_ratio_of_two_each_request_has_a_connection_in_reserve()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { PerUpstreamPreconnectRatio = 2 }));

        Assert.Equal(["open U1 10.0.0.1:80", "open U2 10.0.0.1:80"], proxy.Get());
        Assert.Equal(["start A1 on U1 end"], proxy.Connected(1));
        proxy.Connected(2);
        Assert.Equal(["start A2 on U2 end", "open U3 10.0.0.1:80", "open U4 10.0.0.1:80"], proxy.Get());
    }

    [Fact]
    public void A_host_that_is_not_healthy_gets_no_more_than_it_needs()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { PerUpstreamPreconnectRatio = 3 }));
        proxy.Host("svc").SetHealth(HealthFlags.FailedOutlierCheck);

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
    }

    [Fact]
    public void No_more_than_three_are_opened_at_once()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { PerUpstreamPreconnectRatio = 3 }));
        proxy.Get();

        Assert.Equal(["open U4 10.0.0.1:80", "open U5 10.0.0.1:80", "open U6 10.0.0.1:80"], proxy.Get());
    }

    [Fact]
    public void Requests_that_are_over_need_no_reserve()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { PerUpstreamPreconnectRatio = 2 }));
        proxy.Get();
        proxy.Connected(1);
        proxy.Connected(2);
        proxy.Answer(1, 200);

        Assert.Equal(["start A2 on U1 end"], proxy.Get());
    }

    /// <summary>Idle for one second at most, with one request that waits for U1.</summary>
    private static WorkerHarness Idling()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(new RouteAction { Cluster = "svc", TimeoutNs = 0 }, Snapshots.Cluster("svc", 1) with { IdleTimeoutNs = Snapshots.Second })
        );
        proxy.Get();
        return proxy;
    }

    /// <summary>Up to one second old, with one request under way, A1 on U1.</summary>
    private static WorkerHarness Aged()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxConnectionDurationNs = Snapshots.Second }));
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }
}
