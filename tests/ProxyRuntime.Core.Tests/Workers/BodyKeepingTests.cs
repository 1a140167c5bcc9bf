namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Whether more of a body is needed while it is kept: what a driver has to know to stop reading.</summary>
public class BodyKeepingTests
{
    [Fact]
    public void Bytes_kept_for_an_attempt_without_connection_say_so_and_those_kept_for_a_retry_do_not()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }));
        proxy.Request("POST", "/", endStream: false);

        Assert.True(Awaits(proxy, 5));
        proxy.Connected(1);
        Assert.False(Awaits(proxy, 7));
        proxy.Answer(1, 503);
        Assert.True(Awaits(proxy, 11));
    }

    /// <summary>A chunked request without a chunk stays a chunked one, however late its connection comes.</summary>
    [Fact]
    public void An_empty_body_that_ends_before_the_connection_is_there_still_ends_behind_the_head()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) }));
        proxy.Request("POST", "/", endStream: false);

        Assert.Equal([], proxy.Body(0, endStream: true));
        Assert.Equal(["start A1 on U1", "SendBuffered 0 end"], proxy.Connected(1));
        Assert.Equal([], proxy.Answer(1, 503));
        Assert.Equal(["start A2 on U1 end"], proxy.Wait(25));
    }

    private static bool Awaits(WorkerHarness proxy, long bytes)
    {
        var awaits = false;
        _ = proxy.Run(effects =>
        {
            proxy.Worker.RequestData(proxy.Now, proxy.LastStream, bytes, endStream: false, effects);
            awaits = Assert.Single(effects.Span.ToArray(), static effect => effect.Kind == EffectKind.BufferBody).AwaitsConnection;
        });
        return awaits;
    }
}
