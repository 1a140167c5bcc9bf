namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What the gauges of a circuit breaker say while it is used: open, and how much is left where track_remaining asks for it.</summary>
public class CircuitBreakerGaugeTests
{
    private const string Prefix = "cluster.svc.circuit_breakers.default.";

    [Fact]
    public void They_follow_a_request_from_the_queue_to_its_connection_and_away()
    {
        var proxy = Proxy(new ThresholdsSnapshot(2, 1, 1, 4) { TrackRemaining = true });
        Assert.Equal("cx 0/2 pool 0/-1 pending 0/1 rq 0/1 retry 0/4", Gauges(proxy));

        proxy.Get();
        Assert.Equal("cx 0/1 pool 0/-2 pending 1/0 rq 0/1 retry 0/4", Gauges(proxy));

        proxy.Connected(1);
        Assert.Equal("cx 0/1 pool 0/-2 pending 0/1 rq 1/0 retry 0/4", Gauges(proxy));

        proxy.Answer(1, 200);
        Assert.Equal("cx 0/1 pool 0/-2 pending 0/1 rq 0/1 retry 0/4", Gauges(proxy));

        proxy.UpstreamClosed(1);
        Assert.Equal("cx 0/2 pool 0/-1 pending 0/1 rq 0/1 retry 0/4", Gauges(proxy));

        proxy.Get();
        Assert.Equal("cx 0/1 pool 0/-2 pending 1/0 rq 0/1 retry 0/4", Gauges(proxy));

        proxy.Refused(2);
        Assert.Equal("cx 0/2 pool 0/-1 pending 0/1 rq 0/1 retry 0/4", Gauges(proxy));
    }

    [Fact]
    public void A_limit_of_zero_shows_nothing_until_it_was_used()
    {
        var proxy = Proxy(new ThresholdsSnapshot(0, 1024, 1024, 3));
        Assert.Equal(0, proxy.Shared.Stats.Value(Prefix + "cx_open"));

        proxy.Get();
        Assert.Equal(1, proxy.Shared.Stats.Value(Prefix + "cx_open"));
    }

    [Fact]
    public void With_a_retry_budget_nothing_remains_and_open_goes_by_max_retries()
    {
        var limits = new ThresholdsSnapshot(MaxRetries: 1) { TrackRemaining = true, RetryBudget = new RetryBudgetSnapshot(100, 5) };
        var retry = new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx, NumRetries = 3 };
        var proxy = new WorkerHarness(
            Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = retry }, Snapshots.Cluster("svc", 1) with { DefaultThresholds = limits })
        );
        Assert.Equal(0, proxy.Shared.Stats.Value(Prefix + "remaining_retries"));

        proxy.Get();
        proxy.Connected(1);
        proxy.Answer(1, 503);

        Assert.Equal((1, 0), (proxy.Shared.Stats.Value(Prefix + "rq_retry_open"), proxy.Shared.Stats.Value(Prefix + "remaining_retries")));
    }

    [Fact]
    public void What_remains_is_there_only_where_it_was_asked_for()
    {
        var proxy = new WorkerHarness(
            Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { HighThresholds = new ThresholdsSnapshot { TrackRemaining = true } })
        );
        var names = proxy.Shared.Stats.Gauges.Select(static gauge => gauge.Name).ToArray();

        Assert.Equal(5, names.Count(static name => name.StartsWith(Prefix, StringComparison.Ordinal)));
        Assert.Equal(10, names.Count(static name => name.Contains(".high.", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_gauges_are_of_all_workers()
    {
        var snapshot = Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot { TrackRemaining = true } });
        var shared = new ProxyShared(snapshot);
        var (first, second) = (new WorkerHarness(snapshot, shared: shared), new WorkerHarness(snapshot, seed: 8, shared: shared));
        first.Get();
        second.Get();

        Assert.Equal((1022, -3), (shared.Stats.Value(Prefix + "remaining_cx"), shared.Stats.Value(Prefix + "remaining_cx_pools")));
    }

    private static WorkerHarness Proxy(ThresholdsSnapshot limits) =>
        new(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { DefaultThresholds = limits }));

    /// <summary>Each resource: open, then what remains; as signed numbers, so that -1 is all of what has no limit.</summary>
    private static string Gauges(WorkerHarness proxy)
    {
        long Value(string name) => proxy.Shared.Stats.Value(Prefix + name);
        return $"cx {Value("cx_open")}/{Value("remaining_cx")} pool {Value("cx_pool_open")}/{Value("remaining_cx_pools")} "
            + $"pending {Value("rq_pending_open")}/{Value("remaining_pending")} rq {Value("rq_open")}/{Value("remaining_rq")} "
            + $"retry {Value("rq_retry_open")}/{Value("remaining_retries")}";
    }
}
