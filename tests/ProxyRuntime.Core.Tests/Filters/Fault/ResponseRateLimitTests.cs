namespace MeshSim.ProxyRuntime.Core.Tests;

public class ResponseRateLimitTests
{
    /// <summary>1 KiB/s: 51 bytes in the first portion, then 51.2 for each 50 ms.</summary>
    private static readonly FaultSettings Slow = new() { ResponseRateLimit = new FaultRateLimit(1, FractionalPercent.Always) };

    [Fact]
    public void A_body_is_sent_in_portions_of_what_fifty_milliseconds_allow()
    {
        var proxy = Answered(Slow);

        Assert.Equal(["KeepResponse 120"], proxy.AnswerBody(1, 120, endStream: true));
        Assert.Equal(["ForwardKept 51"], proxy.Wait(0));
        Assert.Empty(proxy.Wait(49.9));
        Assert.Equal(["ForwardKept 51"], proxy.Wait(0.1));
        Assert.Equal(["ForwardKept 18 end", "log"], proxy.Wait(50));

        Assert.Equal(120, proxy.Logs[^1].BytesSent);
        Assert.Equal(1, proxy.Stat("http.ingress.fault.response_rl_injected"));
        Assert.Equal(0, proxy.Stat("http.ingress.fault.active_faults"));
    }

    [Fact]
    public void What_fits_at_once_is_sent_at_once()
    {
        var proxy = Answered(new FaultSettings { ResponseRateLimit = new FaultRateLimit(1024, FractionalPercent.Always) });

        Assert.Equal(["KeepResponse 5000"], proxy.AnswerBody(1, 5000, endStream: false));
        Assert.Equal(["ForwardKept 5000"], proxy.Wait(0));
        Assert.Equal(["KeepResponse 0"], proxy.AnswerBody(1, 0, endStream: true));
        Assert.Equal(["ForwardKept 0 end", "log"], proxy.Wait(0));
    }

    [Fact]
    public void Unused_rate_is_saved_up_for_a_second_at_most()
    {
        var proxy = Answered(Slow);

        _ = proxy.Wait(5_000);
        _ = proxy.AnswerBody(1, 3_000, endStream: true);

        Assert.Equal(["ForwardKept 1024"], proxy.Wait(0));
        Assert.Equal(["ForwardKept 51"], proxy.Wait(50));
    }

    [Fact]
    public void Trailers_wait_for_the_body()
    {
        var proxy = Answered(Slow);

        _ = proxy.AnswerBody(1, 60, endStream: false);
        Assert.Empty(proxy.AnswerTrailers(1, ("x-sum", "7")));
        Assert.Equal(["ForwardKept 51"], proxy.Wait(0));
        Assert.Equal(["ForwardKept 9", "ForwardTrailers x-sum: 7", "log"], proxy.Wait(50));
    }

    [Fact]
    public void Trailers_without_bytes_before_them_go_at_once()
    {
        var proxy = Answered(Slow);

        Assert.Equal(["ForwardTrailers x-sum: 7", "log"], proxy.AnswerTrailers(1, ("x-sum", "7")));
    }

    [Theory]
    [InlineData("2", "KeepResponse 100")]
    [InlineData("0", "ForwardData 100")]
    [InlineData("fast", "ForwardData 100")]
    public void A_header_asks_for_the_rate(string kbps, string expected)
    {
        var proxy = new WorkerHarness(Chains.With(new FaultSettings { ResponseRateLimit = new FaultRateLimit(null, FractionalPercent.Always) }));
        _ = proxy.Get("/", ("x-envoy-fault-throughput-response", kbps));
        _ = proxy.Connected(1);
        _ = proxy.Answer(1, 200, endStream: false);

        Assert.Equal([expected], proxy.AnswerBody(1, 100, endStream: false));
    }

    [Fact]
    public void A_response_that_breaks_off_ends_the_limit()
    {
        var proxy = Answered(Slow);
        _ = proxy.AnswerBody(1, 120, endStream: false);
        _ = proxy.Wait(0);

        Assert.Equal(["reset downstream", "log", "close downstream after 1000 ms"], proxy.UpstreamClosed(1));
        Assert.Empty(proxy.Wait(100));
        Assert.Equal(0, proxy.Stat("http.ingress.fault.active_faults"));
    }

    private static WorkerHarness Answered(FaultSettings settings)
    {
        var proxy = new WorkerHarness(Chains.With(settings));
        _ = proxy.Get();
        _ = proxy.Connected(1);
        _ = proxy.Answer(1, 200, endStream: false);
        return proxy;
    }
}
