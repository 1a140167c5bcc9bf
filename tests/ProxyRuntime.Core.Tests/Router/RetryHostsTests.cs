namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Which host a retry goes to.</summary>
public class RetryHostsTests
{
    [Fact]
    public void A_retry_would_rather_not_take_a_host_that_was_tried()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var proxy = Random(Retry(5, new PreviousHostsPredicate()), hosts: 2, seed);
            var first = proxy.Get()[0];
            proxy.Connected(1);
            proxy.Answer(1, 503);

            Assert.NotEqual(first[8..], proxy.Wait(25)[0][8..]);
        }
    }

    [Fact]
    public void A_host_that_could_not_be_connected_was_tried_too()
    {
        var proxy = Random(Retry(20, new PreviousHostsPredicate()) with { RetryOn = RetryOn.ConnectFailure }, hosts: 2, seed: 3);
        var first = proxy.Get()[0];
        proxy.Refused(1);

        Assert.NotEqual(first[8..], proxy.Wait(25)[0][8..]);
    }

    [Fact]
    public void Canaries_can_be_left_out_of_retries()
    {
        var cluster = Canaries(1);
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var action = new RouteAction { Cluster = "svc", RetryPolicy = Retry(9, new OmitCanaryHostsPredicate()) };
            var proxy = new WorkerHarness(Snapshots.Proxy(action, cluster), seed);
            proxy.Get();
            proxy.Connected(1);
            proxy.Answer(1, 503);
            _ = proxy.Wait(25);

            Assert.Equal("10.0.0.2:80", Target(proxy));
        }
    }

    [Fact]
    public void Hosts_with_metadata_can_be_left_out_of_retries()
    {
        var cluster = Snapshots.Cluster("svc", 2, new RandomPolicy());
        var marked = cluster with { Endpoints = [cluster.Endpoints[0] with { Metadata = Lb("stage", "old") }, cluster.Endpoints[1]] };
        var omit = new OmitHostMetadataPredicate(MetadataValue.Of([KeyValuePair.Create("stage", MetadataValue.Of("old"))]));
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Retry(9, omit) }, marked), seed);
            proxy.Get();
            proxy.Connected(1);
            proxy.Answer(1, 503);
            _ = proxy.Wait(25);

            Assert.Equal("10.0.0.2:80", Target(proxy));
        }
    }

    [Fact]
    public void Without_any_metadata_to_omit_no_host_is_left_out()
    {
        var choice = new LoadBalancerContext();
        var host = new HostState(new HostSnapshot { Address = new NetworkAddress("10.0.0.1", 80), Metadata = Lb("a", "b") });
        choice.Begin(Retry(1, new OmitHostMetadataPredicate(MetadataValue.EmptyStruct)), null);
        choice.IsRetry = true;

        Assert.False(choice.Rejects(host));
    }

    /// <summary>Each second attempt the priorities that were tried are left out; when none is left it starts over.</summary>
    [Fact]
    public void Priorities_that_were_tried_can_be_left_out()
    {
        var policy = Snapshots.Retry(RetryOn.FiveXx, retries: 9) with { PriorityUpdateFrequency = 2 };
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }, Priorities()));
        List<string> tried = [];
        tried.Add(proxy.Get()[0]);
        for (var attempt = 1; attempt <= 6; attempt++)
        {
            if (tried[^1].StartsWith("open", StringComparison.Ordinal))
            {
                proxy.Connected(long.Parse(tried[^1].Split(' ')[1][1..], System.Globalization.CultureInfo.InvariantCulture));
            }

            proxy.Answer(attempt, 503);
            tried.AddRange(proxy.Wait(250));
        }

        // P0, P0, then without it P1, P1, then without both nothing is left: from the start.
        Assert.Equal(
            [
                "open U1 10.0.0.1:80",
                "start A2 on U1 end",
                "open U2 10.0.0.2:80",
                "start A4 on U2 end",
                "start A5 on U1 end",
                "start A6 on U1 end",
                "start A7 on U2 end",
            ],
            tried
        );
    }

    private static RetryPolicySnapshot Retry(int maxAttempts, RetryHostPredicate predicate) =>
        Snapshots.Retry(RetryOn.FiveXx) with
        {
            HostPredicates = [predicate],
            HostSelectionMaxAttempts = maxAttempts,
        };

    private static WorkerHarness Random(RetryPolicySnapshot policy, int hosts, ulong seed) =>
        new(Snapshots.Proxy(new RouteAction { Cluster = "svc", RetryPolicy = policy }, Snapshots.Cluster("svc", hosts, new RandomPolicy())), seed);

    /// <summary>Two hosts, of which the first so many are canaries.</summary>
    private static ClusterSnapshot Canaries(int count)
    {
        var cluster = Snapshots.Cluster("svc", 2, new RandomPolicy());
        return cluster with
        {
            Endpoints = [.. cluster.Endpoints.Select((endpoint, i) => i < count ? endpoint with { Metadata = Lb("canary", true) } : endpoint)],
        };
    }

    private static ClusterSnapshot Priorities()
    {
        var cluster = Snapshots.Cluster("svc", 2);
        return cluster with { Endpoints = [cluster.Endpoints[0], cluster.Endpoints[1] with { Priority = 1 }] };
    }

    private static MetadataMap Lb(string name, string value) => Lb(name, MetadataValue.Of(value));

    private static MetadataMap Lb(string name, bool value) => Lb(name, MetadataValue.Of(value));

    private static MetadataMap Lb(string name, MetadataValue value) =>
        new([KeyValuePair.Create("envoy.lb", MetadataValue.Of([KeyValuePair.Create(name, value)]))]);

    /// <summary>The host of the attempt under way: that of its log line once it is answered.</summary>
    private static string Target(WorkerHarness proxy)
    {
        proxy.Connected(2);
        proxy.Answer(2, 200);
        return proxy.Logs[^1].Host;
    }
}
