using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin.Tests;

/// <summary>A shop behind a proxy, and requests to it explained.</summary>
internal static class Explained
{
    private const string Shop = """
        static_resources:
          listeners:
            - name: edge
              address: {socket_address: {address: 0.0.0.0, port_value: 10000}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: ingress_http
                        use_remote_address: true
                        generate_request_id: false
                        normalize_path: true
                        http_filters:
                          - {name: plugin, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua}}
                          - {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
                        route_config:
                          name: shop
                          virtual_hosts:
                            - name: shop
                              domains: [shop.test, "*.shop.test"]
                              response_headers_to_add: [{header: {key: x-served-by, value: "%UPSTREAM_CLUSTER%"}}]
                              routes:
                                - {name: health, match: {path: /healthz}, direct_response: {status: 200, body: {inline_string: "ok"}}}
                                - {name: canary, match: {prefix: /cart, headers: [{name: x-canary, string_match: {exact: "1"}}]}, route: {cluster: cart-v2}}
                                - name: cart
                                  match: {prefix: /cart}
                                  route:
                                    prefix_rewrite: /api/cart
                                    timeout: 3s
                                    retry_policy: {retry_on: "5xx,reset", num_retries: 2, per_try_timeout: 0.25s}
                                    hash_policy: [{header: {header_name: x-user}}]
                                    request_mirror_policies: [{cluster: shadow}]
                                    rate_limits: [{actions: [{remote_address: {}}, {request_headers: {header_name: x-user, descriptor_key: user}}]}]
                                    weighted_clusters: {clusters: [{name: cart-v1, weight: 90}, {name: cart-v2, weight: 10}]}
                            - name: strict
                              domains: [strict.test]
                              require_tls: ALL
                              routes: [{match: {prefix: /}, route: {cluster: cart-v1}}]
          clusters:
            - {name: cart-v1, type: STRICT_DNS, load_assignment: {cluster_name: cart-v1, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: cart.internal, port_value: 8080}}}}]}]}}
            - {name: cart-v2, load_assignment: {cluster_name: cart-v2, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}}]}]}}
            - {name: shadow, load_assignment: {cluster_name: shadow, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.9, port_value: 80}}}}]}]}}
        """;

    public static Explanation Of(string request, params string[] headers) => Of(request, static asked => asked, headers);

    public static Explanation Of(string request, Func<ExplainRequest, ExplainRequest> change, params string[] headers)
    {
        var result = BootstrapLoader.Load(Shop, "shop.yaml", allowUnsupported: true);
        Assert.Empty(result.Problems);
        var snapshot = result.Snapshot!;
        var read = ExplainRequestReader.Read(request, headers, out var error);
        Assert.Equal("", error);
        return RequestExplainer.Explain(snapshot, snapshot.Listeners[0], change(read! with { UnixNs = 1_700_000_000_000_000_000 }));
    }
}
