using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What is wrong with a dump, or is not part of what runs, is told where it stands in the dump.</summary>
public class DumpProblemTests
{
    private const string Active = "\"active_state\": {";

    [Theory]
    [InlineData(
        "\"name\": \"web\", \"type\"",
        "\"nam\": \"web\", \"type\"",
        "configs[1].dynamic_active_clusters[0].cluster.nam",
        "unknown field 'nam' in envoy.config.cluster.v3.Cluster; did you mean 'name'?"
    )]
    [InlineData(
        "\"timeout\": \"2s\"",
        "\"timeout\": \"2m\"",
        "configs[5].dynamic_route_configs[0].route_config.virtual_hosts[0].routes[1].route.timeout",
        "'2m' is not a duration"
    )]
    [InlineData(
        "\"10.0.0.2\"",
        "\"web.local\"",
        "configs[2].dynamic_endpoint_configs[0].endpoint_config.endpoints[0].lb_endpoints[1].endpoint.address.socket_address.address",
        "malformed IP address: web.local"
    )]
    [InlineData(
        "\"cluster\": \"api\"}}]}]",
        "\"cluster\": \"apo\"}}]}]",
        "configs[3].static_listeners[0].listener.filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0].routes[0].route.cluster",
        "route: unknown cluster 'apo'; did you mean 'api'?"
    )]
    [InlineData(
        "\"port_value\": 10002",
        "\"port_value\": 10001",
        "configs[3].dynamic_listeners[0].active_state.listener.address",
        "error adding listener: 'found' has duplicate address"
    )]
    [InlineData("\"id\": \"edge-1\"", "\"id\": 1", "configs[0].bootstrap.node.id", "expected a string, found a number '1'")]
    [InlineData(
        "envoy.config.cluster.v3.Cluster\", \"name\": \"web\"",
        "envoy.api.v2.Cluster\", \"name\": \"web\"",
        "configs[1].dynamic_active_clusters[0].cluster.@type",
        "expected '@type' type.googleapis.com/envoy.config.cluster.v3.Cluster, found 'type.googleapis.com/envoy.api.v2.Cluster'"
    )]
    [InlineData(
        "\"dynamic_active_clusters\"",
        "\"dynamic_active_cluster\"",
        "configs[1].dynamic_active_cluster",
        "unknown field 'dynamic_active_cluster' in envoy.admin.v3.ClustersConfigDump; did you mean 'dynamic_active_clusters'?"
    )]
    [InlineData(
        "envoy.admin.v3.RoutesConfigDump",
        "envoy.admin.v3.RouteConfigDump",
        "configs[5].@type",
        "'type.googleapis.com/envoy.admin.v3.RouteConfigDump' is no part of a dump that is read here; did you mean 'envoy.admin.v3.RoutesConfigDump'?"
    )]
    [InlineData(
        "\"last_updated\": \"2026-11-23T07:35:50.586Z\"",
        "\"last_updated\": \"yesterday\"",
        "configs[0].last_updated",
        "expected a time such as \"2026-01-31T12:00:00Z\", found a string"
    )]
    public void Mistakes_are_told_where_they_stand_in_the_dump(string right, string wrong, string path, string message)
    {
        var problem = Find(ExampleDump.With(right, wrong).Problems, path);

        Assert.StartsWith(message, problem.Message);
        Assert.Equal("dump.json", problem.File);
        Assert.Equal(ExampleDump.LineOf(ExampleDump.Text, right), problem.Line);
    }

    [Fact]
    public void A_listener_without_its_table_is_refused()
    {
        var result = ExampleDump.With("\"route_config_name\": \"table\"", "\"route_config_name\": \"tables\"");

        var problem = Assert.Single(result.Problems);
        Assert.Equal("configs[3].dynamic_listeners[0].active_state.listener.filter_chains[0].filters[0].typed_config.rds.route_config_name", problem.Path);
        Assert.Equal(ExampleDump.LineOf(ExampleDump.Text, "\"route_config_name\""), problem.Line);
        Assert.StartsWith("the dump has no route table 'tables'", problem.Message);
        Assert.Contains("curl 'http://ADMIN/config_dump?include_eds'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_without_endpoints_stays_empty()
    {
        var result = ExampleDump.With("\"service_name\": \"web.default\"", "\"service_name\": \"nowhere\"");

        var warning = Find(result.Warnings, "configs[1].dynamic_active_clusters[0].cluster.type");
        Assert.StartsWith("there are no endpoints of EDS cluster 'web' here: it stays empty and answers 503 UH; take the whole dump", warning.Message);
        Assert.Equal((DiscoveryType.Static, 0), (result.Snapshot!.Clusters[1].Type, result.Snapshot.Clusters[1].Endpoints.Length));
    }

    [Fact]
    public void A_dump_taken_without_endpoints_is_told_once()
    {
        var result = ExampleDump.Load(ExampleDump.Without("EndpointsConfigDump"));

        var warning = Find(result.Warnings, "configs[1].dynamic_active_clusters[0].cluster.type");
        Assert.StartsWith("there are no endpoints of EDS clusters 'web', 'api' here: they stay empty", warning.Message);
        Assert.Contains("curl 'http://ADMIN/config_dump?include_eds'", warning.Message, StringComparison.Ordinal);
        Assert.Equal(2, result.Warnings.Length);
        Assert.NotNull(result.Snapshot);
    }

    [Theory]
    [InlineData("warming_state", "listener 'found' is warming: it takes no connections yet, and this state of it is left out")]
    [InlineData("draining_state", "listener 'found' is draining: it takes no new connections, and this state of it is left out")]
    public void States_that_do_not_run_are_left_out(string state, string message)
    {
        var listener = """{"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", "nme": "never read"}""";
        var result = ExampleDump.With(Active, $"\"{state}\": {{\"listener\": {listener}}}, {Active}");

        Assert.Empty(result.Problems);
        Assert.Equal(message, Find(result.Warnings, $"configs[3].dynamic_listeners[0].{state}").Message);
        Assert.Equal(["fixed", "found"], result.Snapshot!.Listeners.Select(l => l.Name));
    }

    [Fact]
    public void A_refused_update_is_told_with_Envoys_reason()
    {
        var result = ExampleDump.With(
            Active,
            """ "error_state": {"details": "duplicate\naddress", "failed_configuration": {"@type": "what/ever", "x": 1}, "version_info": "8"}, """ + Active
        );

        Assert.Empty(result.Problems);
        Assert.Equal(
            "Envoy refused an update of listener 'found', and it is left out: duplicate address",
            Find(result.Warnings, "configs[3].dynamic_listeners[0].error_state").Message
        );
    }

    [Fact]
    public void Warming_clusters_are_left_out()
    {
        var result = ExampleDump.With(
            "\"dynamic_active_clusters\"",
            """
            "dynamic_warming_clusters": [{"cluster": {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "soon", "nme": 1}}],
            "dynamic_active_clusters"
            """
        );

        Assert.Empty(result.Problems);
        Assert.Equal(
            "cluster 'soon' is warming: no request uses it yet, and it is left out",
            Find(result.Warnings, "configs[1].dynamic_warming_clusters[0]").Message
        );
        Assert.Equal(["xds", "web", "api"], result.Snapshot!.Clusters.Select(cluster => cluster.Name));
    }

    [Fact]
    public void A_dump_cut_with_a_mask_is_refused()
    {
        var result = BootstrapLoader.Load(
            """
            {"configs": [
              {"@type": "t/envoy.admin.v3.ClustersConfigDump", "static_clusters": [{"last_updated": "2026-11-23T07:35:51Z"}]},
              {"@type": "t/envoy.admin.v3.ListenersConfigDump", "dynamic_listeners": [{"name": "main"}]},
              {"@type": "t/envoy.admin.v3.ClustersConfigDump.DynamicCluster", "cluster": {}}
            ]}
            """,
            "dump.json"
        );

        Assert.StartsWith("'cluster' is missing here, as in a dump taken with ?mask=", Find(result.Problems, "configs[0].static_clusters[0].cluster").Message);
        Assert.StartsWith("listener 'main' has no state here", Find(result.Problems, "configs[1].dynamic_listeners[0].active_state").Message);
        Assert.StartsWith(
            "'envoy.admin.v3.ClustersConfigDump.DynamicCluster' is one entry of a dump, as ?resource= gives it",
            Find(result.Problems, "configs[2].@type").Message
        );
    }

    [Fact]
    public void A_dump_of_nothing_is_refused() =>
        Assert.StartsWith("the dump has neither a bootstrap nor clusters nor listeners", Assert.Single(ExampleDump.Load("{\"configs\": []}").Problems).Message);

    [Fact]
    public void What_is_found_twice_is_told()
    {
        var result = ExampleDump.With(
            "\"dynamic_route_configs\": [",
            """
            "dynamic_route_configs": [
              {"route_config": {"@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "name": "table"}},
            """
        );

        Assert.Equal("route table 'table' stands here twice; the first is taken", Find(result.Warnings, "configs[5].dynamic_route_configs[1]").Message);
        Assert.Empty(result.Snapshot!.Listeners[1].ConnectionManager!.RouteTable.VirtualHosts);
    }

    [Theory]
    [InlineData(
        "{\"@type\": \"type.googleapis.com/envoy.admin.v3.ScopedRoutesConfigDump\"}",
        "{\"@type\": \"t/envoy.admin.v3.ScopedRoutesConfigDump\", \"dynamic_scoped_route_configs\": [{\"name\": \"s\"}]}",
        "configs[4].dynamic_scoped_route_configs"
    )]
    [InlineData(
        "{\"@type\": \"type.googleapis.com/envoy.admin.v3.ScopedRoutesConfigDump\"}",
        "{\"@type\": \"t/envoy.admin.v3.EcdsConfigDump\", \"ecds_filters\": [{\"version_info\": \"1\"}]}",
        "configs[4].ecds_filters"
    )]
    public void What_is_not_read_yet_is_told(string right, string other, string path) =>
        Assert.EndsWith("are not read from a dump yet", Find(ExampleDump.With(right, other).Warnings, path).Message);

    [Theory]
    [InlineData("{\"configs\": []}", "")]
    [InlineData("{\"bootstrap\": {}}", "")]
    [InlineData("[{\"connectTimeout\": \"1s\"}]", "")]
    [InlineData("", "{\"configs\": []}")]
    public void Nothing_is_merged_over_a_dump(string text, string overlay)
    {
        var problem = Assert.Single(BootstrapLoader.Load(text, "dump.json", new ConfigOverlay(overlay)).Problems);

        Assert.Equal(text.Length > 0 ? "dump.json" : "--config-yaml", problem.File);
        Assert.StartsWith("--config-yaml is merged over a bootstrap and is one itself", problem.Message);
    }

    private static ConfigProblem Find(IEnumerable<ConfigProblem> all, string path) =>
        all.FirstOrDefault(entry => entry.Path == path) ?? throw new InvalidOperationException($"nothing at {path}, but:\n{string.Join('\n', all)}");
}
