namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>1xx: whose answer to <c>expect: 100-continue</c> the client gets, and what it means for the router.</summary>
public class InterimAnswerTests
{
    [Fact]
    public void A_client_that_waits_for_leave_gets_it_from_the_proxy_and_the_host_does_not_hear_of_it()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal(["interim 100", "open U1 10.0.0.1:80"], proxy.Request("POST", "/", endStream: false, ("expect", "100-Continue")));
        proxy.Connected(1);
        Assert.DoesNotContain("\nexpect: ", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_1xx"));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_completed"));
        proxy.ClientLeaves();
        Assert.Equal("100 DC downstream_remote_disconnect attempts=1", proxy.LastLog);
    }

    [Fact]
    public void Other_expectations_go_on_and_so_does_leave_where_the_upstream_gives_it()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager with { Proxy100Continue = true }));
        Assert.Equal("100-continue", proxy.Ask("/", ("expect", "100-continue")).Sent("expect"));
        Assert.Equal("200-ok", new WorkerHarness(Snapshots.Proxy()).Ask("/", ("expect", "200-ok")).Sent("expect"));
    }

    [Fact]
    public void An_interim_answer_of_the_upstream_is_passed_on_only_with_proxy_100_continue()
    {
        var proxy = Sent(passesOn: true);
        Assert.Equal(["interim 103"], proxy.Interim(1, 103, ("link", "x"), ("connection", "keep-alive")));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_1xx"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_103"));
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_completed"));

        var silent = Sent(passesOn: false);
        Assert.Empty(silent.Interim(1, 100));
        Assert.Equal(["headers 200 end", "log"], silent.Answer(1, 200));
        Assert.Equal(0, silent.Stat("http.ingress.downstream_rq_1xx"));
        Assert.Equal(1, silent.Stat("cluster.svc.upstream_rq_100"));
    }

    [Fact]
    public void Only_the_first_interim_answer_goes_on()
    {
        var proxy = Sent(passesOn: true);

        Assert.Equal(["interim 100"], proxy.Interim(1, 100));
        Assert.Empty(proxy.Interim(1, 103));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_103"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_it_nothing_is_retried(bool passesOn)
    {
        var proxy = Sent(passesOn);
        proxy.Interim(1, 100);

        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_retry"));
    }

    /// <summary>The answer itself has not begun, so the client is told; but for the router it has, so nothing is charged.</summary>
    [Fact]
    public void A_reset_after_it_is_still_answered()
    {
        var proxy = Sent(passesOn: true);
        proxy.Interim(1, 100);

        Assert.Equal("reply 503 'upstream connect error or disconnect/reset before headers. reset reason: remote reset'", proxy.Reset(1)[1]);
        Assert.Equal("503 UR upstream_reset_after_response_started{remote_reset} attempts=1", proxy.LastLog);
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_503"));
    }

    private static WorkerHarness Sent(bool passesOn)
    {
        var action = new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: manager => manager with { Proxy100Continue = passesOn }));
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }
}
