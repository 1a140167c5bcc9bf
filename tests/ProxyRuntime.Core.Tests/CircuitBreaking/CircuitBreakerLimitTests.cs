namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Limits that are not of connections, requests and retries of a whole cluster, and what the runtime says of limits.</summary>
public class CircuitBreakerLimitTests
{
    [Fact]
    public void A_host_has_its_own_limit_of_connections_over_all_workers()
    {
        var snapshot = Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot { MaxConnectionsPerHost = 2 } });
        var proxy = new WorkerHarness(snapshot);
        proxy.Get();
        proxy.Get();

        Assert.Empty(proxy.Get());
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_overflow"));
        Assert.Equal(2, proxy.Host("svc").Stats.CxActive);
    }

    [Fact]
    public void Without_a_pool_to_be_had_there_is_no_healthy_upstream()
    {
        var cluster = Snapshots.Cluster("svc", 2) with { DefaultThresholds = new ThresholdsSnapshot { MaxConnectionPools = 1 } };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        Assert.Single(proxy.Get());

        Assert.Equal(["reply 503 'no healthy upstream'", "log"], proxy.Get());
        Assert.Equal("503 UH no_healthy_upstream attempts=1", proxy.LastLog);
        Assert.Equal((1, 0), (proxy.Stat("cluster.svc.upstream_cx_pool_overflow"), proxy.Stat("cluster.svc.upstream_cx_none_healthy")));

        proxy.Refused(1);
        Assert.StartsWith("open U2", proxy.Get().Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_requests_of_a_cluster_are_those_of_both_priorities()
    {
        var cluster = Snapshots.Cluster("svc", 1);
        var resources = new ClusterResources(cluster, RuntimeSnapshot.Empty, new StatSheet());
        resources.For(RoutingPriority.High).Requests.Increment();
        resources.For(RoutingPriority.High).Requests.Increment();
        resources.For(RoutingPriority.Default).Requests.Increment();

        Assert.Equal(3, resources.ActiveRequests);
    }

    [Fact]
    public void The_runtime_comes_before_the_configuration()
    {
        var cluster = Snapshots.Cluster("svc", 1);
        RuntimeSnapshot runtime = new([
            KeyValuePair.Create("circuit_breakers.svc.default.max_connections", new RuntimeValue("1", Integer: 1, Number: 1)),
            KeyValuePair.Create("circuit_breakers.svc.high.max_connections", new RuntimeValue("7", Integer: 7, Number: 7)),
            KeyValuePair.Create("circuit_breakers.svc.default.max_connection_pools", new RuntimeValue("9", Integer: 9, Number: 9)),
            KeyValuePair.Create("circuit_breakers.svc.default.retry_budget.budget_percent", new RuntimeValue("12.5", Number: 12.5)),
        ]);

        var limits = cluster.DefaultThresholds.Under(runtime, "circuit_breakers.svc.default.");

        Assert.Equal((1u, 1024u, 9ul), (limits.MaxConnections, limits.MaxRequests, limits.MaxConnectionPools));
        Assert.Equal(new RetryBudgetSnapshot(12.5, 3), limits.RetryBudget);
        Assert.Equal(7u, cluster.HighThresholds.Under(runtime, "circuit_breakers.svc.high.").MaxConnections);

        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster) with { Runtime = runtime });
        proxy.Get();
        Assert.Empty(proxy.Get());
    }

    // Dropped load.

    [Fact]
    public void All_of_the_load_may_be_dropped()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { Policy = new EndpointPolicy { DropOverload = 1 } }));

        Assert.Equal(["reply 503 'unconditional drop overload'", "log"], proxy.Get());
        Assert.Equal("503 UDO unconditional_drop_overload attempts=0", proxy.LastLog);
        Assert.Contains("x-envoy-unconditional-drop-overload: true", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_503"));
    }

    [Fact]
    public void Some_of_it_is_dropped_by_chance_and_the_runtime_bounds_how_much()
    {
        const int Requests = 4000;
        var dropped = Dropped(RuntimeSnapshot.Empty);
        var bounded = Dropped(new RuntimeSnapshot([KeyValuePair.Create("load_balancing_policy.drop_overload_limit", new RuntimeValue("10", Integer: 10))]));

        // 99.9 %: 3.29 standard deviations of a binomial.
        Assert.InRange(dropped, 1200 - (3.29 * Math.Sqrt(Requests * 0.3 * 0.7)), 1200 + (3.29 * Math.Sqrt(Requests * 0.3 * 0.7)));
        Assert.InRange(bounded, 400 - (3.29 * Math.Sqrt(Requests * 0.1 * 0.9)), 400 + (3.29 * Math.Sqrt(Requests * 0.1 * 0.9)));

        int Dropped(RuntimeSnapshot runtime)
        {
            var proxy = new WorkerHarness(
                Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { Policy = new EndpointPolicy { DropOverload = 0.3f } }) with
                {
                    Runtime = runtime,
                }
            );
            var count = 0;
            for (var i = 0; i < Requests; i++)
            {
                if (proxy.Get().FirstOrDefault() == "reply 503 'drop overload'")
                {
                    count++;
                    Assert.Equal("503 DO drop_overload attempts=0", proxy.LastLog);
                }
                else
                {
                    proxy.ClientLeaves();
                    proxy.Connect(proxy.Connection, Snapshots.Connection());
                    proxy.ForgetRequests(proxy.Connection);
                }
            }

            return count;
        }
    }
}
