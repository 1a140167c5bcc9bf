using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>Configurations for tests: one good one, and what a test changes in it.</summary>
internal static class Configurations
{
    public const string Good = """
        admin:
          address: {socket_address: {address: 127.0.0.1, port_value: 15000}}
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: ingress_http
                        http_filters:
                          - name: envoy.filters.http.router
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                        route_config:
                          name: local
                          virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes:
                                - match: {prefix: "/"}
                                  route: {cluster: httpbin_service, auto_host_rewrite: true, timeout: 1s}
          clusters:
            - name: httpbin_service
              connect_timeout: 5s
              type: LOGICAL_DNS
              dns_lookup_family: V4_ONLY
              lb_policy: ROUND_ROBIN
              load_assignment:
                cluster_name: httpbin
                endpoints:
                  - lb_endpoints:
                      - endpoint: {address: {socket_address: {address: httpbin, port_value: 8000}}}
        """;

    public static ConfigResult With(string right, string wrong)
    {
        Assert.Contains(right, Good, StringComparison.Ordinal);
        return BootstrapLoader.Load(Good.Replace(right, wrong, StringComparison.Ordinal), "envoy.yaml");
    }

    public static RouteAction Action(ConfigResult result) =>
        Assert.IsType<RouteAction>(result.Snapshot!.Listeners[0].ConnectionManager!.RouteTable.VirtualHosts[0].Routes[0].Action);
}
