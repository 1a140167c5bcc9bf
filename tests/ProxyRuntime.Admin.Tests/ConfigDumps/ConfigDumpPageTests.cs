namespace MeshSim.ProxyRuntime.Admin.Tests;

public class ConfigDumpPageTests
{
    private const string Pushed = """
        {"name": "table", "virtual_hosts": [{"name": "other", "domains": ["x"], "routes": [{"match": {"path": "/y"}, "direct_response": {"status": 204}}]}]}
        """;

    [Fact]
    public void Every_section_stands_in_order_with_what_was_configured_and_nothing_else() =>
        Assert.Equal(ExpectedDump.Small, new DumpedProxy(DumpedProxy.Small).Text("include_eds"));

    [Fact]
    public void Without_include_eds_there_are_no_endpoints()
    {
        var text = new DumpedProxy(DumpedProxy.Small).Text();

        Assert.DoesNotContain("EndpointsConfigDump", text, StringComparison.Ordinal);
        Assert.Equal(5, text.Split("ConfigDump\"").Length - 2);
    }

    /// <summary>In the table's own section and in its listener; the bootstrap stays what it was.</summary>
    [Fact]
    public void A_route_table_is_shown_as_it_is_now()
    {
        var proxy = new DumpedProxy(DumpedProxy.Small);
        Assert.DoesNotContain("\"path\": \"/y\"", proxy.Text(), StringComparison.Ordinal);

        proxy.SetRoutes(10, Pushed);

        Assert.Equal(
            """
            {
             "configs": [
              {
               "@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump.StaticRouteConfig",
               "route_config": {
                "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
                "name": "table",
                "virtual_hosts": [
                 {
                  "name": "other",
                  "domains": [
                   "x"
                  ],
                  "routes": [
                   {
                    "match": {
                     "path": "/y"
                    },
                    "direct_response": {
                     "status": 204
                    }
                   }
                  ]
                 }
                ],
                "validate_clusters": false
               },
               "last_updated": "2030-01-02T03:04:15.678Z"
              }
             ]
            }

            """,
            proxy.Text("resource=static_route_configs")
        );
        Assert.Contains("\"path\": \"/y\"", proxy.Text("resource=static_listeners"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"cluster\": \"shop\"", proxy.Text("resource=static_listeners"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"path\": \"/y\"", proxy.Text("mask=bootstrap"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resource=bootstrap", 400, "bootstrap is not a repeated field. Use ?mask=bootstrap to get only this field")]
    [InlineData("resource=version_info", 400, "version_info is not a repeated field. Use ?mask=version_info to get only this field")]
    [InlineData("resource=nothing", 404, "nothing not found in config dump")]
    [InlineData("resource=static_endpoint_configs", 404, "static_endpoint_configs not found in config dump")]
    [InlineData("resource=ecds_filters", 404, "ecds_filters not found in config dump")]
    [InlineData("mask=nothing", 400, "FieldMask nothing could not be successfully applied to any configs.")]
    [InlineData("mask=static_clusters.cluster", 400, "FieldMask static_clusters.cluster could not be successfully applied to any configs.")]
    [InlineData("resource=static_clusters&mask=name", 400, "FieldMask paths: \"name\"\n could not be successfully used.")]
    [InlineData("resource=static_clusters&mask=cluster.nme", 400, "FieldMask paths: \"cluster.nme\"\n could not be successfully used.")]
    [InlineData("name_regex=%5B", 400, "INVALID_ARGUMENT: Error while parsing name_regex from [: missing ]: [")]
    public void What_there_is_not_is_refused_as_Envoy_refuses_it(string query, int status, string text)
    {
        var page = new DumpedProxy(DumpedProxy.Small).Get(query);

        Assert.Equal((status, text, "text/plain"), (page.Status, page.Body, page.ContentType));
    }

    [Theory]
    [InlineData("resource=dynamic_listeners", "{}\n")]
    [InlineData("resource=dynamic_listeners&mask=nothing", "{}\n")]
    [InlineData("resource=static_clusters&name_regex=sho", "{}\n")]
    [InlineData("resource=static_clusters&name_regex=", "shop")]
    [InlineData("resource=static_clusters&name_regex=s.*", "shop")]
    [InlineData("resource=static_endpoint_configs&include_eds&name_regex=s.*", "10.0.0.1")]
    [InlineData("resource=static_route_configs&name_regex=shop", "{}\n")]
    [InlineData("resource=static_listeners&name_regex=door", "7001")]
    public void One_resource_is_shown_alone_by_name(string query, string part) =>
        Assert.Contains(part, new DumpedProxy(DumpedProxy.Small).Text(query), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "resource=static_clusters&mask=cluster.name",
        """{ "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump.StaticCluster", "cluster": { "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "shop" } }"""
    )]
    [InlineData("resource=static_clusters&mask=last_updated", """StaticCluster", "last_updated": "2030-01-02T03:04:05.678Z" }""")]
    [InlineData("resource=static_clusters&mask=cluster.type,last_updated", """ "type": "STATIC" }, "last_updated": """)]
    [InlineData("resource=static_clusters&mask=cluster", """ "cluster_name": "shop",""")]
    [InlineData(
        "mask=bootstrap.node.id",
        """{ "configs": [ { "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", "bootstrap": { "node": { "id": "n-1" } } } ] }"""
    )]
    [InlineData(
        "mask=version_info",
        """{ "configs": [ { "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump" }, { "@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump" } ] }"""
    )]
    public void A_mask_leaves_the_named_fields(string query, string part)
    {
        var text = string.Join(' ', new DumpedProxy(DumpedProxy.Small).Text(query).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_that_was_made_in_code_has_a_dump_too() =>
        Assert.Contains(
            "\"name\": \"made\"",
            AdminInterface
                .Serve(
                    "GET",
                    "/config_dump",
                    AdminQuery.Parse(""),
                    new AdminView(new Core.ProxySnapshot { Clusters = [new Core.ClusterSnapshot { Name = "made", StatName = "made" }] }, default, [], null)
                )
                .Body,
            StringComparison.Ordinal
        );
}
