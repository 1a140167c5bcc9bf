namespace MeshSim.ProxyRuntime.Core.Tests;

public class BufferFilterTests
{
    [Fact]
    public void A_request_goes_on_when_all_of_it_is_there_with_its_length()
    {
        var proxy = new WorkerHarness(Chains.With(new BufferSettings(100)));

        Assert.Empty(proxy.Request("POST", "/", endStream: false));
        Assert.Equal(["BufferBody 60"], proxy.Body(60, endStream: false));
        Assert.Equal(["BufferBody 40", "open U1 10.0.0.1:80"], proxy.Body(40, endStream: true));
        Assert.Equal(["start A1 on U1", "SendBuffered 100 end", "ReleaseBody"], proxy.Connected(1));
        Assert.Contains("content-length: 100\n", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_is_told_stays()
    {
        var proxy = new WorkerHarness(Chains.With(new BufferSettings(100)));

        _ = proxy.Request("POST", "/", endStream: false, ("content-length", "7"));
        _ = proxy.Body(5, endStream: true);
        _ = proxy.Connected(1);

        Assert.Contains("content-length: 7\n", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_body_is_refused()
    {
        var proxy = new WorkerHarness(Chains.With(new BufferSettings(100)));

        _ = proxy.Request("POST", "/", endStream: false);
        _ = proxy.Body(100, endStream: false);
        Assert.Contains("reply 413 'Payload Too Large'", proxy.Body(1, endStream: false));

        Assert.Equal("413  request_payload_too_large attempts=0", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_too_large"));
    }

    [Fact]
    public void Trailers_end_a_body_too()
    {
        var proxy = new WorkerHarness(Chains.With(new BufferSettings(100)));

        _ = proxy.Request("POST", "/", endStream: false);
        _ = proxy.Body(9, endStream: false);
        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Trailers(("x-sum", "1")));
        Assert.Equal(["start A1 on U1", "SendBuffered 9", "ReleaseBody", "SendTrailers x-sum: 1"], proxy.Connected(1));
        Assert.Contains("content-length: 9\n", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_without_body_passes_at_once()
    {
        var proxy = new WorkerHarness(Chains.With(new BufferSettings(1)));

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        _ = proxy.Connected(1);
        Assert.DoesNotContain("content-length", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_has_its_own_limit_or_none()
    {
        var small = Snapshots.Prefix("/small", Snapshots.To("svc")) with { PerFilterConfig = Chains.For("buffer", new BufferRouteSettings(2)) };
        var off = Snapshots.Prefix("/off", Snapshots.To("svc")) with { PerFilterConfig = Chains.For("buffer", new BufferRouteSettings(null)) };
        var proxy = new WorkerHarness(Chains.With(Snapshots.Host("*", small, off), new BufferSettings(100)));

        _ = proxy.Request("POST", "/small", endStream: false);
        Assert.Contains("reply 413 'Payload Too Large'", proxy.Body(3, endStream: true));
        proxy.Connect(new ConnectionId(4), Snapshots.Connection());
        Assert.Equal(["open U1 10.0.0.1:80"], proxy.RequestOn(new ConnectionId(4), "POST", "/off", endStream: false));
    }

    [Fact]
    public void What_came_during_a_delay_counts()
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { Delay = new FaultDelay(10, FractionalPercent.Always) }, new BufferSettings(8)));

        _ = proxy.Request("POST", "/", endStream: false);
        _ = proxy.Body(5, endStream: false);
        _ = proxy.Body(4, endStream: false);

        Assert.Contains("reply 413 'Payload Too Large'", proxy.Wait(10));
    }

    [Fact]
    public void The_limit_is_also_how_much_a_retry_may_keep()
    {
        var action = new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) };
        var snapshot = Chains.With(Snapshots.Prefix("/", action), new BufferSettings(5_000));
        var proxy = new WorkerHarness(snapshot.With(manager => manager with { BufferLimitBytes = 1_000 }));

        _ = proxy.Request("POST", "/", endStream: false);
        _ = proxy.Body(4_000, endStream: true);
        Assert.Equal(["start A1 on U1", "SendBuffered 4000 end"], proxy.Connected(1));
        Assert.Equal(0, proxy.Stat("cluster.svc.retry_or_shadow_abandoned"));
    }
}
