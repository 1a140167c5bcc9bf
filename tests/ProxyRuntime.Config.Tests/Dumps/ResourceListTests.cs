using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>Lists as istioctl proxy-config prints them: their items do not say what they are.</summary>
public class ResourceListTests
{
    [Fact]
    public void Clusters_are_taken()
    {
        var result = BootstrapLoader.Load(
            """
            [
                {"name": "a", "type": "EDS", "edsClusterConfig": {"edsConfig": {"ads": {}}, "serviceName": "s"}},
                {"name": "b", "connectTimeout": "3s"}
            ]
            """,
            "clusters.json"
        );

        Assert.Empty(result.Problems);
        Assert.Equal([("a", DiscoveryType.Static), ("b", DiscoveryType.Static)], result.Snapshot!.Clusters.Select(cluster => (cluster.Name, cluster.Type)));
        Assert.Equal(3_000_000_000, result.Snapshot.Clusters[1].ConnectTimeoutNs);
        var warning = Assert.Single(result.Warnings);
        Assert.Equal(("[0].type", 2), (warning.Path, warning.Line));
        Assert.StartsWith("there are no endpoints of EDS cluster 'a' here", warning.Message);
    }

    [Fact]
    public void Listeners_are_taken_but_not_without_their_tables()
    {
        var result = BootstrapLoader.Load(
            $$$"""
            - name: l
              address: {socketAddress: {address: 127.0.0.1, portValue: 1}}
              filterChains:
              - filters:
                - name: hcm
                  typedConfig:
                    "@type": {{{ExampleDump.ConnectionManager}}}
                    statPrefix: l
                    rds: {configSource: {ads: {}}, routeConfigName: table}
                    httpFilters: [{name: router, typedConfig: {"@type": {{{ExampleDump.Router}}} }}]
            """,
            "listeners.yaml"
        );

        var problem = Assert.Single(result.Problems);
        Assert.Equal(("[0].filter_chains[0].filters[0].typed_config.rds.route_config_name", 9), (problem.Path, problem.Line));
        Assert.Contains("istioctl proxy-config all POD -o json", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"name": "80", "virtualHosts": []}]""", "a list of routes alone is no configuration")]
    [InlineData("""[{"clusterName": "a", "endpoints": []}]""", "a list of endpoints alone is no configuration")]
    [InlineData("""[{"name": "a"}]""", "expected an object, found a list of which it is not certain what it holds")]
    [InlineData("""[{"connectTimeout": "1s"}, {"filterChains": []}]""", "expected an object, found a list of which it is not certain what it holds")]
    [InlineData("""[{"hostStatuses": []}]""", "expected an object, found a list of which it is not certain what it holds")]
    [InlineData("[]", "expected an object, found a list of which it is not certain what it holds")]
    public void Others_are_refused_with_what_is_accepted(string text, string message)
    {
        var problem = Assert.Single(BootstrapLoader.Load(text, "list.json").Problems);

        Assert.StartsWith(message, problem.Message);
        Assert.Contains("istioctl proxy-config all", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_an_item_is_told_where_it_stands()
    {
        var problem = Assert.Single(BootstrapLoader.Load("""[{"name": "b", "connectTimeout": "3s", "lbPolicyy": "RANDOM"}]""", "clusters.json").Problems);

        Assert.Equal("[0].lbPolicyy", problem.Path);
        Assert.StartsWith("unknown field 'lbPolicyy' in envoy.config.cluster.v3.Cluster", problem.Message);
    }
}
