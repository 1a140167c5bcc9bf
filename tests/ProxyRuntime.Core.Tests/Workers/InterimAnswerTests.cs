namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>1xx: whose answer to <c>expect: 100-continue</c> the client gets.</summary>
public class InterimAnswerTests
{
    [Fact]
    public void The_proxy_gives_leave_itself_and_keeps_the_upstreams_interim_answers()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal(["interim 100", "open U1 10.0.0.1:80"], proxy.Request("POST", "/", endStream: false, ("expect", "100-Continue")));
        Assert.Equal(["start A1 on U1"], proxy.Connected(1));
        Assert.DoesNotContain("expect: ", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Equal(["SendData 5 end"], proxy.Body(5, endStream: true));
        Assert.Equal([], proxy.Interim(1, 100));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_1xx"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_1xx"));
    }

    [Fact]
    public void With_proxy_100_continue_the_first_interim_answer_of_the_upstream_goes_on_and_no_other()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { Proxy100Continue = true }));

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Request("POST", "/", endStream: false, ("expect", "100-continue")));
        _ = proxy.Connected(1);
        Assert.Contains("expect: 100-continue\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Equal(["interim 100"], proxy.Interim(1, 100));
        Assert.Equal([], proxy.Interim(1, 103));
        Assert.Equal(["SendData 5 end"], proxy.Body(5, endStream: true));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_1xx"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_1xx"));
    }
}
