namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>hedge_on_per_try_timeout: a slow attempt goes on while another is started beside it.</summary>
public class HedgingTests
{
    [Fact]
    public void A_slow_attempt_is_joined_by_another_and_may_still_win()
    {
        var proxy = Slow(Policy(RetryOn.FiveXx));

        Assert.Equal(["open U2 10.0.0.1:80"], proxy.Wait(224));
        Assert.Equal(["start A2 on U2 end"], proxy.Connected(2));
        Assert.Equal(["cancel A2", "headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal("200  via_upstream attempts=2", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_retry"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_per_try_timeout"));
        Assert.Equal(0, proxy.Host("svc").Stats.RqTimeout);
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_active"));
    }

    [Fact]
    public void The_later_attempt_may_win()
    {
        var proxy = Raced();

        Assert.Equal(
            ["cancel A1", "headers 200", "ForwardData 3 end", "log"],
            [.. proxy.Answer(2, 200, endStream: false), .. proxy.AnswerBody(2, 3, endStream: true)]
        );
    }

    [Fact]
    public void An_interim_answer_wins_too_and_after_it_nothing_is_retried()
    {
        var proxy = Raced();

        Assert.Equal(["cancel A2"], proxy.Interim(1, 103));
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(1, 503));
    }

    /// <summary>Any retry_on will do; even one that covers no timeout.</summary>
    [Theory]
    [InlineData(RetryOn.Retriable4xx)]
    [InlineData(RetryOn.ConnectFailure)]
    public void What_is_retried_otherwise_does_not_matter(RetryOn on) => Assert.NotEmpty(Slow(Policy(on)).Wait(225));

    [Fact]
    public void The_hint_to_the_host_is_the_whole_timeout_and_shrinks()
    {
        var proxy = Slow(Policy(RetryOn.FiveXx));
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 5000\n", proxy.RequestHead, StringComparison.Ordinal);

        proxy.Wait(200);
        var delay = proxy.NextMs()!.Value;
        proxy.Wait(delay);
        proxy.Connected(2);
        Assert.Contains($"x-envoy-expected-rq-timeout-ms: {4800 - delay}\n", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_answer_is_swallowed_while_another_attempt_may_do_better()
    {
        var proxy = Raced();

        Assert.Empty(proxy.Answer(1, 503));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal("200  via_upstream attempts=2", proxy.LastLog);
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_503"));
        Assert.Equal(0, proxy.Stat("cluster.svc.retry.upstream_rq_503"));
        Assert.Equal((1, 1), (proxy.Host("svc").Stats.RqError, proxy.Host("svc").Stats.RqSuccess));
    }

    [Fact]
    public void A_bad_answer_with_a_body_is_broken_off()
    {
        var proxy = Raced();

        Assert.Equal(["cancel A1"], proxy.Answer(1, 503, endStream: false));
    }

    [Fact]
    public void A_bad_answer_while_the_retry_still_sleeps_is_swallowed_too()
    {
        var proxy = Slow(Policy(RetryOn.FiveXx), seed: 3);
        proxy.Wait(200);
        Assert.Empty(proxy.Answer(1, 503));

        Assert.Equal(["start A2 on U1 end"], proxy.Wait(25));
        Assert.Equal(["headers 503 end", "log"], proxy.Answer(2, 503));
        Assert.Equal("503 URX via_upstream attempts=2", proxy.LastLog);
    }

    [Fact]
    public void A_reset_while_another_attempt_waits_is_swallowed_but_charged()
    {
        var proxy = Raced();

        Assert.Equal(["close U1"], proxy.Reset(1));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_503"));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(2, 200));
        Assert.Equal("200  via_upstream attempts=2", proxy.LastLog);
    }

    [Fact]
    public void When_retries_are_used_up_the_slow_attempt_goes_on_alone()
    {
        var proxy = Slow(Policy(RetryOn.FiveXx) with { NumRetries = 0 });

        Assert.Empty(proxy.Wait(300));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.Equal("200 URX via_upstream attempts=1", proxy.LastLog);
    }

    [Fact]
    public void The_route_timeout_ends_all_of_them()
    {
        var proxy = Raced(Policy(RetryOn.FiveXx));

        Assert.Equal(
            ["reply 504 'upstream request timeout'", "log"],
            [.. proxy.Wait(5000).Where(line => !line.StartsWith("cancel", StringComparison.Ordinal))]
        );
        Assert.Equal("504 URX,UT response_timeout attempts=2", proxy.LastLog);
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_timeout"));
        Assert.Equal(2, proxy.Stat("cluster.svc.upstream_rq_504"));
        Assert.Equal(2, proxy.Host("svc").Stats.RqTimeout);
        Assert.Equal(0, proxy.Ledger.LiveAttempts);
    }

    [Fact]
    public void Outlier_detection_hears_of_each_slow_attempt_once()
    {
        var proxy = Slow(Policy(RetryOn.FiveXx) with { NumRetries = 0 });
        proxy.Wait(300);
        Assert.Equal(1, proxy.Host("svc").Monitor.Consecutive5xx);

        proxy.Wait(5000);
        Assert.Equal(1, proxy.Host("svc").Monitor.Consecutive5xx);
    }

    [Theory]
    [InlineData(false, "true", true)]
    [InlineData(true, "false", false)]
    [InlineData(true, "nonsense", true)]
    [InlineData(false, "nonsense", false)]
    public void The_request_may_say_whether_it_is_hedged(bool route, string header, bool hedged)
    {
        var action = Action(Policy(RetryOn.FiveXx)) with { HedgeOnPerTryTimeout = route };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: Snapshots.TrustsInside));
        proxy.Get("/", Snapshots.Inside, ("x-envoy-hedge-on-per-try-timeout", header));
        proxy.Connected(1);

        Assert.Equal(hedged ? 0 : 1, proxy.Wait(201).Count(line => line == "cancel A1"));
    }

    /// <summary>What the log says is of the attempt that answered, not of the last one.</summary>
    [Fact]
    public void The_winners_host_is_logged()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(Action(Policy(RetryOn.FiveXx)), Snapshots.Cluster("svc", 2)));
        var first = proxy.Get()[0][8..];
        proxy.Connected(1);
        proxy.Wait(225);
        proxy.Connected(2);
        proxy.Answer(1, 200);

        Assert.Equal(first, proxy.Logs[^1].Host);
    }

    private static RetryPolicySnapshot Policy(RetryOn on) => Snapshots.Retry(on) with { PerTryTimeoutNs = 200 * Snapshots.Millisecond };

    private static RouteAction Action(RetryPolicySnapshot policy) =>
        new()
        {
            Cluster = "svc",
            TimeoutNs = 5 * Snapshots.Second,
            RetryPolicy = policy,
            HedgeOnPerTryTimeout = true,
        };

    private static WorkerHarness Slow(RetryPolicySnapshot policy, ulong seed = 7)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(Action(policy)), seed);
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }

    /// <summary>Two attempts under way.</summary>
    private static WorkerHarness Raced(RetryPolicySnapshot? policy = null)
    {
        var proxy = Slow(policy ?? Policy(RetryOn.FiveXx));
        proxy.Wait(225);
        proxy.Connected(2);
        return proxy;
    }
}
