namespace MeshSim.Scenarios.Model.Tests;

/// <summary>Route tables that proxies are told in the middle of a run, in scenario files.</summary>
public class RouteChangeTests
{
    private const string Configuration = """
        static_resources:
          listeners:
            - address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
              filter_chains:
              - filters:
                - name: hcm
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                    stat_prefix: in
                    route_config: {name: local, virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: svc}}]}]}
                    http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
          clusters:
            - {name: svc, type: STRICT_DNS, load_assignment: {cluster_name: svc, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: svc, port_value: 80}}}}]}]}}
        """;

    private const string Hosts = "virtual_hosts: [{name: all, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: svc-v2}}]}]";

    [Fact]
    public void Pushes_are_read_and_put_in_order()
    {
        var result = Load($"{{proxy: gateway, at: 20s, route_config: {{name: local}}}}, {{proxy: gateway, at: 5s, route_config: {{name: local, {Hosts}}}}}");

        Assert.Empty(result.Problems);
        Assert.Equal([5_000_000_000, 20_000_000_000], result.Scenario!.RouteChanges.Select(static push => push.AtNs));
        Assert.Equal("all", Assert.Single(result.Scenario.RouteChanges[0].Routes.VirtualHosts).Name);
        Assert.Contains(result.Scenario.NotLive, static problem => problem.Message.StartsWith("'route_config'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("proxy: gatewa, at: 5s, route_config: {name: local}", "routes[0].proxy", "unknown proxy 'gatewa'; did you mean 'gateway'?")]
    [InlineData("proxy: gateway, at: 5s", "routes[0].route_config", "this field is required: a RouteConfiguration")]
    [InlineData("proxy: gateway, route_config: {name: local}", "routes[0].at", "")]
    [InlineData(
        "proxy: gateway, at: 5s, route_config: {name: locl}",
        "routes[0].route_config.name",
        "no connection manager has a route_config with the name 'locl'; did you mean 'local'?; there are: 'local'"
    )]
    [InlineData(
        "proxy: gateway, at: 5s, route_config: {name: local, validate_clusters: true, " + Hosts + "}",
        "routes[0].route_config.virtual_hosts[0].routes[0].route.cluster",
        "route: unknown cluster 'svc-v2'"
    )]
    [InlineData("proxy: gateway, at: 5s, route_config: {name: local, virtual_hosts: [{name: all}]}", "routes[0].route_config.virtual_hosts[0].domains", "")]
    public void What_does_not_fit_is_refused_with_its_place(string push, string path, string message)
    {
        var problems = Load($"{{{push}}}").Problems;

        Assert.Contains(problems, problem => problem.Path == path && problem.Message.StartsWith(message, StringComparison.Ordinal) && problem.Line > 0);
    }

    private static ScenarioResult Load(string pushes)
    {
        var text = """
            name: demo
            duration: 30s
            proxies: [{name: gateway, config: envoy.yaml}]
            services: [{name: svc, service_time: {exponential: 20ms}}]
            load: [{to: gateway, rate: 200/s}]
            routes: [PUSHES]
            """;
        return ScenarioLoader.Load(
            text.Replace("PUSHES", pushes, StringComparison.Ordinal),
            "demo.yaml",
            static file => file == "envoy.yaml" ? Configuration : null
        );
    }
}
