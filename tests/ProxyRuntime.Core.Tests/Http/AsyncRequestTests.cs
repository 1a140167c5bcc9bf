using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Requests that the proxy makes itself.</summary>
public class AsyncRequestTests
{
    private readonly List<string> ended = [];
    private AsyncStream? last;

    [Fact]
    public void It_is_answered_with_content_and_counted_in_its_cluster()
    {
        var proxy = Proxy(call => call with { Body = "question" });
        Assert.Equal(["open U1 10.0.1.1:80"], proxy.Get());
        Assert.Equal(["start A1 on U1 for C-1/0", "SendBody 'question' end for C-1/0"], proxy.Connected(1));
        Assert.Contains("x-envoy-internal: true\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-forwarded-for", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-request-id", proxy.OwnRequestHead, StringComparison.Ordinal);

        Assert.Empty(proxy.Answer(1, 200, endStream: false, ("x-a", "1")));
        Assert.Empty(proxy.AnswerContent(1, "ans", endStream: false));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.AnswerContent(1, "wer", endStream: true));
        Assert.Equal(["200 answer"], ended);
        Assert.Equal(1, proxy.Stat("cluster.side.upstream_rq_200"));
        Assert.Equal(1, proxy.Stat("cluster.side.internal.upstream_rq_200"));
        Assert.Equal(1, proxy.Histogram("cluster.side.upstream_rq_time").Count);
        proxy.Connected(2);
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
    }

    [Fact]
    public void Trailers_may_end_the_answer()
    {
        var proxy = Proxy();
        proxy.Get();
        Assert.Equal(["start A1 on U1 end for C-1/0"], proxy.Connected(1));
        proxy.Answer(1, 200, endStream: false);
        proxy.AnswerContent(1, "x", endStream: false);
        proxy.AnswerTrailers(1, ("grpc-status", "0"));

        Assert.Equal(["200 x"], ended);
    }

    [Fact]
    public void An_interim_answer_is_let_go()
    {
        var proxy = Proxy();
        proxy.Get();
        proxy.Connected(1);

        Assert.Empty(proxy.Interim(1, 100));
        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Answer(1, 204));
        Assert.Equal(["204 "], ended);
    }

    [Fact]
    public void After_an_interim_answer_a_reset_is_still_an_answer()
    {
        var proxy = Proxy();
        proxy.Get();
        proxy.Connected(1);
        proxy.Interim(1, 100);
        proxy.Reset(1);

        Assert.StartsWith("503 upstream connect error", ended.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_before_an_answer_is_an_answer_of_the_proxys_own()
    {
        var refused = Proxy();
        refused.Get();
        refused.Refused(1);
        Assert.Equal("503 upstream connect error or disconnect/reset before headers. reset reason: remote connection failure", ended.Single());

        ended.Clear();
        var late = Proxy(call => call with { TimeoutMs = 100 });
        late.Get();
        late.Connected(1);
        late.Wait(100);
        Assert.Equal(["504 upstream request timeout"], ended);
    }

    [Fact]
    public void An_answer_that_breaks_off_has_failed()
    {
        var proxy = Proxy();
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200, endStream: false);

        Assert.Equal(["open U2 10.0.0.1:80"], proxy.UpstreamClosed(1));
        Assert.Equal(["failed"], ended);
    }

    [Fact]
    public void It_may_be_retried()
    {
        var proxy = Proxy(call => call with { Retry = Snapshots.Retry(RetryOn.FiveXx), Body = "b" });
        proxy.Get();
        proxy.Connected(1);
        Assert.Empty(proxy.Answer(1, 503));

        Assert.Equal(["start A2 on U1 for C-1/0", "SendBody 'b' end for C-1/0"], proxy.Wait(25));
        proxy.Answer(2, 200);
        Assert.Equal(["200 "], ended);
        Assert.Equal(1, proxy.Stat("cluster.side.upstream_rq_retry"));
    }

    [Fact]
    public void Nobody_is_told_of_one_that_was_cancelled()
    {
        var proxy = Proxy();
        proxy.Get();
        proxy.Connected(1);
        last!.Cancel();
        proxy.Run(effects => proxy.Worker.Advance(proxy.Now, effects));
        proxy.Answer(1, 200);

        Assert.Empty(ended);
    }

    [Fact]
    public void An_answer_that_is_too_long_fails()
    {
        var proxy = Proxy();
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200, endStream: false);
        proxy.AnswerContent(1, new string('x', AsyncStream.MaxContentBytes), endStream: false);
        Assert.Empty(ended);

        Assert.Contains("cancel A1", proxy.AnswerContent(1, "y", endStream: false));
        Assert.Equal(["failed"], ended);
        Assert.Equal(0, proxy.Stat("cluster.side.upstream_rq_active"));
    }

    [Fact]
    public void It_has_limits_as_others_have()
    {
        var proxy = Proxy(cluster: Snapshots.Cluster("side", 1, net: 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 0, 1024, 3) });

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Get());
        Assert.StartsWith("503 upstream connect error", ended.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_forwarded_address_can_be_joined()
    {
        var proxy = Proxy(call => call with { Forwards = true });
        proxy.Get();
        proxy.Connected(1);

        Assert.Contains("x-forwarded-for: 127.0.0.1\n", proxy.OwnRequestHead, StringComparison.Ordinal);
    }

    private WorkerHarness Proxy(Func<Call, Call>? change = null, ClusterSnapshot? cluster = null)
    {
        var call = change is null ? new Call() : change(new Call());
        List<string> seen = [];
        var probe = new Probe("p", seen) { OnHeaders = (filter, _) => Begin(filter, call) };
        return new WorkerHarness(
            Snapshots.Proxy(
                [Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc")))],
                [Snapshots.Cluster("svc", 1), cluster ?? Snapshots.Cluster("side", 1, net: 1)],
                manager => manager.Before(probe)
            )
        );
    }

    private FilterStatus Begin(ProbeFilter filter, Call call)
    {
        var head = filter.Context.Headers.Rent();
        head.Add(":method", "POST");
        head.Add(":path", "/");
        head.Add(":authority", "side");
        var body = Encoding.ASCII.GetBytes(call.Body);
        last = filter.Context.Async.New(
            head,
            new AsyncOptions("side", call.TimeoutMs * Snapshots.Millisecond, WantsContent: true, AsyncRequests.RouteOf(call.Retry)),
            call.Forwards,
            body,
            new Waiting(filter, ended)
        );
        last.Start(endStream: body.Length == 0, complete: true);

        // It may end at once.
        return ended.Count > 0 ? FilterStatus.Continue : FilterStatus.StopIteration;
    }

    private sealed record Call
    {
        public string Body { get; init; } = "";

        public long TimeoutMs { get; init; }

        public bool Forwards { get; init; }

        public RetryPolicySnapshot? Retry { get; init; }
    }

    private sealed class Waiting(ProbeFilter filter, List<string> ended) : IAsyncCallbacks
    {
        public void OnAsyncComplete(AsyncStream request, bool failed)
        {
            ended.Add(failed ? "failed" : $"{request.Response!.StatusCode()} {Encoding.ASCII.GetString(request.Content)}");
            filter.Stream.ContinueDecoding();
        }
    }
}
