namespace MeshSim.ProxyRuntime.Core.Tests;

public class WeightedClusterTests
{
    [Theory]
    [InlineData(0ul, "a")]
    [InlineData(2ul, "a")]
    [InlineData(3ul, "c")]
    [InlineData(9ul, "c")]
    [InlineData(10ul, "a")]
    [InlineData(18_446_744_073_709_551_615ul, "c")]
    public void The_random_number_modulo_the_sum_falls_into_one_of_the_intervals(ulong random, string cluster) =>
        Assert.Equal(cluster, Choose(new WeightedClusters { Clusters = [Of("a", 3), Of("b", 0), Of("c", 7)] }, random));

    [Fact]
    public void The_streams_own_random_number_chooses_through_the_worker()
    {
        var action = new RouteAction { WeightedClusters = new WeightedClusters { Clusters = [Of("a", 30), Of("b", 70)] } };
        var proxy = new WorkerHarness(
            Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", action))], [Snapshots.Cluster("a", 1), Snapshots.Cluster("b", 1, net: 1)])
        );
        var random = proxy.Random.Derive("stream");

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(random.NextUInt64() % 100 < 30 ? "a" : "b", proxy.Ask().Cluster);
        }
    }

    [Fact]
    public void A_single_header_with_a_number_chooses_instead_of_the_random_number()
    {
        var weighted = new WeightedClusters { Clusters = [Of("a", 3), Of("b", 7)], RandomValueHeader = HeaderName.Of("x-number") };

        Assert.Equal("b", Choose(weighted, 0, ("x-number", "13")));
        Assert.Equal("a", Choose(weighted, 5, ("x-number", "12")));
        Assert.Equal("b", Choose(weighted, 5, ("x-number", "2"), ("x-number", "2")));
        Assert.Equal("b", Choose(weighted, 5, ("x-number", "none")));
        Assert.Equal("b", Choose(weighted, 5));
    }

    [Fact]
    public void The_hash_policy_can_choose_where_it_has_a_hash()
    {
        var action = new RouteAction
        {
            WeightedClusters = new WeightedClusters { Clusters = [Of("a", 1), Of("b", 1)], UseHashPolicy = true },
            HashPolicies = [new HeaderHashPolicy(HeaderName.Of("x-user"), null, Terminal: false)],
        };
        var proxy = new WorkerHarness(
            Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", action))], [Snapshots.Cluster("a", 1), Snapshots.Cluster("b", 1, net: 1)])
        );

        foreach (var user in (string[])["u1", "u2", "u3", "u4"])
        {
            var expected = XxHash64.Of(System.Text.Encoding.ASCII.GetBytes(user)) % 2 == 0 ? "a" : "b";
            Assert.Equal(expected, proxy.Ask("/", ("x-user", user)).Cluster);
            Assert.Equal(expected, proxy.Ask("/", ("x-user", user)).Cluster);
        }
    }

    [Fact]
    public void The_runtime_may_set_other_weights_and_without_any_there_is_no_route()
    {
        var action = new RouteAction
        {
            WeightedClusters = new WeightedClusters
            {
                Clusters = [Of("a", 100) with { RuntimeKey = "w.a" }, Of("b", 0) with { RuntimeKey = "w.b" }],
                RuntimeKeyPrefix = "w",
            },
        };
        var snapshot = Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", action))], [Snapshots.Cluster("a", 1), Snapshots.Cluster("b", 1, net: 1)]);

        Assert.Equal("a", new WorkerHarness(snapshot).Ask().Cluster);
        Assert.Equal("b", new WorkerHarness(snapshot with { Runtime = Snapshots.Runtime(("w.a", 0), ("w.b", 1)) }).Ask().Cluster);
        var none = new WorkerHarness(snapshot with { Runtime = Snapshots.Runtime(("w.a", 0)) });
        _ = none.Ask();
        Assert.Equal("404 NR route_not_found attempts=0", none.LastLog);
    }

    [Fact]
    public void An_entry_may_take_its_cluster_from_a_header()
    {
        var action = new RouteAction
        {
            WeightedClusters = new WeightedClusters { Clusters = [new WeightedCluster { ClusterHeader = HeaderName.Of("x-c"), Weight = 1 }] },
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(action));

        Assert.Equal("svc", proxy.Ask("/", ("x-c", "svc")).Cluster);
        Assert.Equal("503 NC cluster_not_found attempts=0", proxy.Ask("/", ("x-c", "none")).Log.ToString());
    }

    [Theory]
    [InlineData("svc", "200  via_upstream attempts=1", "svc")]
    [InlineData("none", "404 NC cluster_not_found attempts=0", "-")]
    [InlineData("", "404 NC cluster_not_found attempts=0", "-")]
    public void A_route_may_take_its_cluster_from_a_header(string header, string log, string cluster)
    {
        var action = new RouteAction { ClusterHeader = HeaderName.Of("x-c"), ClusterNotFoundStatus = 404 };
        var proxy = new WorkerHarness(Snapshots.Proxy(action));
        var exchange = header.Length > 0 ? proxy.Ask("/", ("x-c", header), ("x-c", "second")) : proxy.Ask();

        Assert.Equal(log, exchange.Log.ToString());
        Assert.Equal(cluster, exchange.Cluster);
        Assert.Equal(cluster == "-" ? 1 : 0, proxy.Stat("http.ingress.no_cluster"));
    }

    private static WeightedCluster Of(string name, uint weight) => new() { Name = name, Weight = weight };

    private static string? Choose(WeightedClusters weighted, ulong random, params (string Name, string Value)[] headers)
    {
        var head = new HeaderMap();
        head.Add(":path", "/");
        foreach (var (name, value) in headers)
        {
            head.Add(name, value);
        }

        return weighted.Choose(new RouteRequest(head, random, RuntimeSnapshot.Empty, null), hash: null)?.Name;
    }
}
