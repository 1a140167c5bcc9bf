using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>A dump gives what a bootstrap gives that says the same.</summary>
public class DumpSnapshotTests
{
    private const string Followed = "'dynamic_resources' are not followed: what they brought is taken from the dump";

    [Theory]
    [InlineData("dump.json")]
    [InlineData("dump.yaml")]
    public void A_dump_gives_the_snapshot_of_the_bootstrap_that_says_the_same(string file)
    {
        var dumped = ExampleDump.Load(ExampleDump.Text, file);
        var written = BootstrapLoader.Load(ExampleDump.Bootstrap, "envoy.yaml");

        Assert.Empty(written.Problems);
        Assert.Empty(written.Warnings);
        Assert.Empty(dumped.Problems);
        Assert.Equal(Followed, Assert.Single(dumped.Warnings).Message);
        Assert.Equivalent(written.Snapshot, dumped.Snapshot, strict: true);
    }

    [Theory]
    [InlineData("\"timeout\": \"2s\"", "\"timeout\": \"3s\"")]
    [InlineData("10.0.0.2", "10.0.0.3")]
    [InlineData("\"health_status\": \"UNHEALTHY\"", "\"health_status\": \"HEALTHY\"")]
    [InlineData("\"port_value\": 10002", "\"port_value\": 10003")]
    [InlineData("\"connect_timeout\": \"1s\"", "\"connect_timeout\": \"2s\"")]
    public void A_dump_that_says_something_else_gives_another_snapshot(string right, string other) =>
        Assert.ThrowsAny<Exception>(() =>
            Assert.Equivalent(BootstrapLoader.Load(ExampleDump.Bootstrap, "envoy.yaml").Snapshot, ExampleDump.With(right, other).Snapshot, strict: true)
        );

    /// <summary>The node that Envoy completed, and the bootstrap's own listeners and clusters where the dump has them as they run.</summary>
    [Fact]
    public void What_stands_in_the_dump_twice_or_is_of_Envoy_itself_is_not_read()
    {
        var result = ExampleDump.With("{\"name\": \"fixed\"}", "{\"nme\": \"fixed\"}");

        Assert.Empty(result.Problems);
        Assert.Equal(new NodeSnapshot("edge-1", "edge", ""), result.Snapshot!.Node);
    }

    [Fact]
    public void Names_may_be_written_as_protobuf_writes_them_in_JSON() =>
        Assert.Equivalent(
            ExampleDump.Load(ExampleDump.Text).Snapshot,
            ExampleDump
                .Load(
                    ExampleDump
                        .Text.Replace("dynamic_listeners", "dynamicListeners", StringComparison.Ordinal)
                        .Replace("active_state", "activeState", StringComparison.Ordinal)
                        .Replace("dynamic_route_configs", "dynamicRouteConfigs", StringComparison.Ordinal)
                        .Replace("\"route_config\"", "\"routeConfig\"", StringComparison.Ordinal)
                        .Replace("\"cluster_name\"", "\"clusterName\"", StringComparison.Ordinal)
                        .Replace("endpoint_config\"", "endpointConfig\"", StringComparison.Ordinal)
                        .Replace("dynamic_resources", "dynamicResources", StringComparison.Ordinal)
                )
                .Snapshot,
            strict: true
        );

    [Fact]
    public void Listeners_may_share_a_table_and_clusters_endpoints()
    {
        var result = ExampleDump.Load(
            ExampleDump
                .Text.Replace(ExampleDump.InlineTable, """ "rds": {"config_source": {"ads": {}}, "route_config_name": "table"} """, StringComparison.Ordinal)
                .Replace("""{"eds_config": {"ads": {}}}""", """{"eds_config": {"ads": {}}, "service_name": "web.default"}""", StringComparison.Ordinal)
        );

        Assert.Empty(result.Problems);
        Assert.All(result.Snapshot!.Listeners, listener => Assert.Equal("table", listener.ConnectionManager!.RouteTable.Name));
        Assert.All(result.Snapshot.Clusters.Skip(1), cluster => Assert.Equal(["10.0.0.1", "10.0.0.2"], cluster.Endpoints.Select(e => e.Address)));
    }

    /// <summary>Names lead nowhere but to a table or endpoints: these two clusters have each other's.</summary>
    [Fact]
    public void Names_that_cross_are_fine()
    {
        var result = ExampleDump.Load(
            ExampleDump
                .Text.Replace("\"service_name\": \"web.default\"", "\"service_name\": \"api\"", StringComparison.Ordinal)
                .Replace("""{"eds_config": {"ads": {}}}""", """{"eds_config": {"ads": {}}, "service_name": "web.default"}""", StringComparison.Ordinal)
        );

        Assert.Equal(["10.0.1.1", "10.0.0.1"], result.Snapshot!.Clusters.Skip(1).Select(cluster => cluster.Endpoints[0].Address));
    }

    [Fact]
    public void Without_its_own_section_what_the_bootstrap_says_of_clusters_holds()
    {
        var result = BootstrapLoader.Load(
            """
            {"configs": [
              {"@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",
               "bootstrap": {"static_resources": {"clusters": [{"name": "a", "connect_timeout": "3s"}], "listeners": [{"name": "x"}]}}},
              {"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump"}
            ]}
            """,
            "dump.json"
        );

        Assert.Equal(3_000_000_000, Assert.Single(result.Snapshot!.Clusters).ConnectTimeoutNs);
        Assert.Empty(result.Snapshot.Listeners);
        Assert.StartsWith("the dump has no ClustersConfigDump: what would stand there is not known", Assert.Single(result.Warnings).Message);
    }

    /// <summary>istioctl proxy-config bootstrap -o json</summary>
    [Fact]
    public void A_bootstrap_alone_is_taken_as_one()
    {
        var result = BootstrapLoader.Load(
            """{"bootstrap": {"node": {"id": "n", "userAgentName": "envoy"}, "staticResources": {"clusters": [{"name": "a"}]}, "dynamicResources": {"ldsConfig": {"ads": {}}}}, "lastUpdated": "2026-11-23T07:35:50Z"}""",
            "b.json"
        );

        Assert.Empty(result.Problems);
        Assert.Equal(("n", "a"), (result.Snapshot!.Node.Id, Assert.Single(result.Snapshot.Clusters).Name));
        Assert.Equal("bootstrap.dynamic_resources.lds_config", Assert.Single(result.Warnings).Path);
    }
}
