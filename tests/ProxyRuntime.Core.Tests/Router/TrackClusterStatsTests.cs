namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>track_cluster_stats: how much of their timeouts requests take, and how large they are.</summary>
public class TrackClusterStatsTests
{
    private const string Budget = "cluster.svc.upstream_rq_timeout_budget_percent_used";
    private const string PerTryBudget = "cluster.svc.upstream_rq_timeout_budget_per_try_percent_used";

    private static readonly ClusterSnapshot Tracked = Snapshots.Cluster("svc", 1) with { TrackStats = new TrackClusterStatsSnapshot(true, true, false) };

    [Fact]
    public void Without_it_a_cluster_has_none_of_them()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 200);

        Assert.DoesNotContain(proxy.Worker.View.Stats.Histograms, static histogram => histogram.Name.Contains("budget", StringComparison.Ordinal));
        Assert.DoesNotContain(proxy.Worker.View.Stats.Histograms, static histogram => histogram.Name.EndsWith("_size", StringComparison.Ordinal));
    }

    /// <summary>20 ms for a connection and 149.9 for an answer: 169 of 1000 ms for all, 169 of 250 ms for the try.</summary>
    [Fact]
    public void A_response_that_is_complete_took_so_many_percent_of_both_timeouts()
    {
        var proxy = Sent(perTryMs: 250);
        proxy.Wait(20);
        proxy.Connected(1);
        proxy.Wait(100);
        proxy.Answer(1, 200, endStream: false);
        Assert.Equal((0, 0), proxy.Histogram(Budget));

        proxy.Wait(49.9);
        proxy.AnswerBody(1, 3, endStream: true);
        Assert.Equal((16, 1), proxy.Histogram(Budget));
        Assert.Equal((67, 1), proxy.Histogram(PerTryBudget));
    }

    [Fact]
    public void Of_no_timeout_nothing_is_used()
    {
        var proxy = Sent(perTryMs: 0, timeoutMs: 0);
        proxy.Connected(1);
        proxy.Wait(100);
        proxy.Answer(1, 200);

        Assert.Equal((0, 1), proxy.Histogram(Budget));
        Assert.Equal((0, 1), proxy.Histogram(PerTryBudget));
    }

    [Fact]
    public void The_timeout_of_the_route_is_used_up_and_that_of_the_try_does_not_count()
    {
        var proxy = Sent(perTryMs: 0);
        proxy.Connected(1);
        proxy.Wait(1_000);

        Assert.Equal((100, 1), proxy.Histogram(Budget));
        Assert.Equal((0, 0), proxy.Histogram(PerTryBudget));
    }

    /// <summary>After headers the try is over when the route's timeout ends it.</summary>
    [Fact]
    public void An_attempt_that_was_answered_counts_though_the_route_times_out()
    {
        var proxy = Sent(perTryMs: 500);
        proxy.Connected(1);
        proxy.Answer(1, 200, endStream: false);
        proxy.Wait(1_000);

        Assert.Equal((100, 1), proxy.Histogram(Budget));
        Assert.Equal((200, 1), proxy.Histogram(PerTryBudget));
    }

    [Fact]
    public void A_try_that_times_out_has_used_all_of_its_own()
    {
        var proxy = Sent(perTryMs: 250);
        proxy.Wait(50);
        proxy.Connected(1);
        proxy.Wait(250);

        Assert.Equal((30, 1), proxy.Histogram(Budget));
        Assert.Equal((120, 1), proxy.Histogram(PerTryBudget));
    }

    /// <summary>The request is counted once, each of its attempts for itself.</summary>
    [Fact]
    public void Retried_attempts_count_for_themselves()
    {
        var proxy = Sent(perTryMs: 250, retries: 1);
        proxy.Connected(1);
        proxy.Wait(100);
        proxy.Answer(1, 503);
        Assert.Equal((0, 0), proxy.Histogram(Budget));
        Assert.Equal((40, 1), proxy.Histogram(PerTryBudget));

        proxy.Wait(proxy.NextMs()!.Value);
        proxy.Wait(50);
        proxy.Answer(2, 200);
        Assert.Equal((60, 2), proxy.Histogram(PerTryBudget));
        Assert.Equal(1, proxy.Histogram(Budget).Count);
    }

    [Fact]
    public void Sizes_are_those_of_names_and_values_and_of_bodies()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", TimeoutNs = Snapshots.Second }, Tracked));
        proxy.Request("POST", "/abc", endStream: false, ("content-type", "text/plain"));
        proxy.Connected(1);
        var sent = proxy.Worker.View.Stats;
        proxy.Body(5, endStream: false);
        proxy.Body(7, endStream: true);
        var (bytes, count) = Measure(proxy.RequestHead);
        proxy.Interim(1, 103, ("link", "<a>"));
        proxy.Answer(1, 200, endStream: false, ("x-a", "12345"));
        proxy.AnswerBody(1, 40, endStream: false);
        Assert.Equal(0, sent.Histograms.Single(static histogram => histogram.Name.EndsWith("upstream_rs_body_size", StringComparison.Ordinal)).Count);

        proxy.AnswerBody(1, 2, endStream: true);
        Assert.Equal((bytes, 1), Size("rq_headers_size"));
        Assert.Equal((count, 1), Size("rq_headers_count"));
        Assert.Equal((12, 1), Size("rq_body_size"));

        // :status 103, link <a>, and :status 200, x-a 12345.
        Assert.Equal((10 + 7 + 10 + 8, 1), Size("rs_headers_size"));
        Assert.Equal((4, 1), Size("rs_headers_count"));
        Assert.Equal((42, 1), Size("rs_body_size"));

        (long Sum, long Count) Size(string name) => proxy.Histogram("cluster.svc.upstream_" + name);
    }

    [Fact]
    public void What_was_not_answered_has_the_size_of_its_request_only()
    {
        var proxy = Sent(perTryMs: 0);
        proxy.Refused(1);

        Assert.Equal((0, 1), proxy.Histogram("cluster.svc.upstream_rq_body_size"));
        Assert.Equal(1, proxy.Histogram("cluster.svc.upstream_rq_headers_size").Count);
        Assert.Equal((0, 0), proxy.Histogram("cluster.svc.upstream_rs_headers_size"));
    }

    private static WorkerHarness Sent(long perTryMs, long timeoutMs = 1_000, uint retries = 0)
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            TimeoutNs = timeoutMs * Snapshots.Millisecond,
            RetryPolicy = Snapshots.Retry(RetryOn.FiveXx, retries) with { PerTryTimeoutNs = perTryMs * Snapshots.Millisecond },
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, Tracked));
        proxy.Get();
        return proxy;
    }

    /// <summary>Of a head as the harness prints it: a line <c>name: value</c> for each field.</summary>
    private static (long Bytes, long Count) Measure(string head)
    {
        var lines = head.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (lines.Sum(static line => line.Length - ": ".Length), lines.Length);
    }
}
