namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>How upstream connections end, and what that means for the request on them.</summary>
public class ConnectionEndTests
{
    [Fact]
    public void A_connection_that_ends_with_its_response_is_given_to_nobody()
    {
        var limits = new ThresholdsSnapshot(1, 1024, 1024, 3);
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { DefaultThresholds = limits }));
        var other = new ConnectionId(4);
        proxy.Connect(other, Snapshots.Connection());
        proxy.Get();
        proxy.Connected(1);
        Assert.Equal([], proxy.RequestOn(other, "GET", "/", endStream: true));

        Assert.Equal(["headers 200"], proxy.Answer(1, 200, endStream: false));
        Assert.Equal([], proxy.Run(effects => proxy.Worker.ConnectionEnding(proxy.Now, new UpstreamConnectionId(1), effects)));
        Assert.Equal(["ForwardData 3 end", "log"], proxy.AnswerBody(1, 3, endStream: true));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.UpstreamClosed(1));
        Assert.Equal(["start A2 on U2 end"], proxy.Connected(2));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_close_notify"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_destroy_remote"));
    }

    [Fact]
    public void Bytes_that_nobody_asked_for_count_as_a_protocol_error()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200);

        Assert.Equal([], proxy.UpstreamClosed(1, ResetReason.ProtocolError));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_protocol_error"));
    }

    [Theory]
    [InlineData(101, "101 UC upstream_reset_after_response_started{connection_termination} attempts=1")]
    [InlineData(200, "200 UPE upstream_reset_after_response_started{protocol_error} attempts=1")]
    public void The_end_of_a_connection_is_the_end_of_a_tunnel_and_cuts_off_any_other_body(int status, string log)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { Upgrades = [("websocket", true)] }));
        proxy.Request("GET", "/ws", endStream: false, ("connection", "Upgrade"), ("upgrade", "websocket"));
        proxy.Connected(1);
        proxy.Answer(1, status, endStream: false, ("connection", "Upgrade"), ("upgrade", "websocket"));

        Assert.Equal(["reset downstream", "log", "close downstream after 1000 ms"], proxy.UpstreamClosed(1));
        Assert.Equal(log, proxy.LastLog);
    }
}
