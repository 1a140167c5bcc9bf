namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>A proxy with one static and one found listener, as the dump of it and as the bootstrap that says the same.</summary>
internal static class ExampleDump
{
    public const string ConnectionManager = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    public const string Router = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";

    /// <summary>The routes of the static listener.</summary>
    public const string InlineTable = """
        "route_config": {"name": "inline", "virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "api"}}]}]}
        """;

    private const string BootstrapSection = """
        {
          "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",
          "bootstrap": {
            "node": {"id": "edge-1", "cluster": "edge", "user_agent_name": "envoy", "extensions": [{"name": "x", "category": "y"}]},
            "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 9901}}},
            "dynamic_resources": {"ads_config": {"api_type": "GRPC", "grpc_services": [{"envoy_grpc": {"cluster_name": "xds"}}]}},
            "static_resources": {
              "listeners": [{"name": "fixed"}],
              "clusters": [{"name": "xds", "connect_timeout": "-1s"}]
            }
          },
          "last_updated": "2026-11-23T07:35:50.586Z"
        }
        """;

    private const string ClustersSection = """
        {
          "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
          "version_info": "7",
          "static_clusters": [
            {
              "cluster": {
                "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "xds", "type": "STRICT_DNS", "connect_timeout": "1s",
                "load_assignment": {
                  "cluster_name": "xds",
                  "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "xds.local", "port_value": 18000}}}}]}]
                }
              }
            }
          ],
          "dynamic_active_clusters": [
            {
              "version_info": "7",
              "cluster": {
                "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "web", "type": "EDS", "connect_timeout": "0.250s",
                "eds_cluster_config": {"eds_config": {"ads": {}, "resource_api_version": "V3"}, "service_name": "web.default"}
              },
              "last_updated": "2026-11-23T07:35:51.000Z"
            },
            {
              "cluster": {
                "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "api", "type": "EDS",
                "eds_cluster_config": {"eds_config": {"ads": {}}}
              }
            }
          ]
        }
        """;

    private const string EndpointsSection = """
        {
          "@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
          "static_endpoint_configs": [
            {"endpoint_config": {"@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name": "xds"}}
          ],
          "dynamic_endpoint_configs": [
            {
              "endpoint_config": {
                "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
                "cluster_name": "web.default",
                "endpoints": [
                  {
                    "locality": {"zone": "a"},
                    "lb_endpoints": [
                      {
                        "endpoint": {"address": {"socket_address": {"address": "10.0.0.1", "port_value": 80}}, "health_check_config": {}},
                        "health_status": "HEALTHY", "load_balancing_weight": 3
                      },
                      {
                        "endpoint": {"address": {"socket_address": {"address": "10.0.0.2", "port_value": 80}}, "health_check_config": {}},
                        "health_status": "UNHEALTHY", "load_balancing_weight": 1
                      }
                    ],
                    "load_balancing_weight": 0
                  }
                ],
                "policy": {"overprovisioning_factor": 140}
              }
            },
            {
              "endpoint_config": {
                "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name": "api",
                "endpoints": [
                  {
                    "priority": 1,
                    "lb_endpoints": [
                      {
                        "endpoint": {"hostname": "h", "address": {"socket_address": {"address": "10.0.1.1", "port_value": 81}}},
                        "health_status": "DEGRADED"
                      }
                    ]
                  }
                ]
              }
            }
          ]
        }
        """;

    private const string ListenersSection = """
        {
          "@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
          "version_info": "3",
          "static_listeners": [
            {
              "listener": {
                "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
                "name": "fixed",
                "address": {"socket_address": {"address": "127.0.0.1", "port_value": 10001}},
                "filter_chains": [
                  {
                    "filters": [
                      {
                        "name": "hcm",
                        "typed_config": {
                          "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                          "stat_prefix": "fixed",
                          "route_config": {"name": "inline", "virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "api"}}]}]},
                          "http_filters": [{"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]
                        }
                      }
                    ]
                  }
                ]
              }
            }
          ],
          "dynamic_listeners": [
            {
              "name": "found",
              "active_state": {
                "version_info": "3",
                "listener": {
                  "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
                  "name": "found",
                  "address": {"socket_address": {"address": "127.0.0.1", "port_value": 10002}},
                  "filter_chains": [
                    {
                      "filters": [
                        {
                          "name": "hcm",
                          "typed_config": {
                            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                            "stat_prefix": "found",
                            "rds": {"config_source": {"ads": {}, "resource_api_version": "V3"}, "route_config_name": "table"},
                            "http_filters": [{"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]
                          }
                        }
                      ]
                    }
                  ]
                },
                "last_updated": "2026-11-23T07:35:51.000Z"
              }
            }
          ]
        }
        """;

    private const string RoutesSection = """
        {
          "@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
          "static_route_configs": [
            {"route_config": {"@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "name": "inline", "virtual_hosts": [{}]}}
          ],
          "dynamic_route_configs": [
            {
              "version_info": "5",
              "route_config": {
                "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
                "name": "table",
                "virtual_hosts": [
                  {
                    "name": "w", "domains": ["web.local"],
                    "routes": [
                      {"match": {"path": "/gone"}, "route": {"cluster": "gone"}},
                      {"match": {"prefix": "/"}, "route": {"cluster": "web", "timeout": "2s", "retry_policy": {"retry_on": "5xx"}}}
                    ]
                  }
                ]
              },
              "last_updated": "2026-11-23T07:35:51.000Z"
            }
          ]
        }
        """;

    private static readonly string[] Sections =
    [
        BootstrapSection,
        ClustersSection,
        EndpointsSection,
        ListenersSection,
        """{"@type": "type.googleapis.com/envoy.admin.v3.ScopedRoutesConfigDump"}""",
        RoutesSection,
        """{"@type": "type.googleapis.com/envoy.admin.v3.SecretsConfigDump"}""",
    ];

    public static readonly string Text = Join(Sections);

    /// <summary>The same proxy without discovery.</summary>
    public const string Bootstrap = """
        node: {id: edge-1, cluster: edge}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 9901}}}
        static_resources:
          listeners:
          - name: fixed
            address: {socket_address: {address: 127.0.0.1, port_value: 10001}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: fixed
                  route_config: {name: inline, virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: api}}]}]}
                  http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
          - name: found
            address: {socket_address: {address: 127.0.0.1, port_value: 10002}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: found
                  route_config:
                    name: table
                    validate_clusters: false
                    virtual_hosts:
                    - name: w
                      domains: [web.local]
                      routes:
                      - {match: {path: /gone}, route: {cluster: gone}}
                      - {match: {prefix: /}, route: {cluster: web, timeout: 2s, retry_policy: {retry_on: 5xx}}}
                  http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
          clusters:
          - name: xds
            type: STRICT_DNS
            connect_timeout: 1s
            load_assignment: {cluster_name: xds, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: xds.local, port_value: 18000}}}}]}]}
          - name: web
            type: STATIC
            connect_timeout: 0.25s
            load_assignment:
              cluster_name: web.default
              endpoints:
              - locality: {zone: a}
                lb_endpoints:
                - {health_status: HEALTHY, load_balancing_weight: 3, endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}
                - {health_status: UNHEALTHY, endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}}
          - name: api
            type: STATIC
            load_assignment:
              cluster_name: api
              endpoints:
              - priority: 1
                lb_endpoints: [{health_status: DEGRADED, endpoint: {hostname: h, address: {socket_address: {address: 10.0.1.1, port_value: 81}}}}]
        """;

    public static ConfigResult Load(string text, string file = "dump.json") => BootstrapLoader.Load(text, file);

    /// <summary>The dump with one part of it exchanged.</summary>
    public static ConfigResult With(string right, string other)
    {
        Assert.Contains(right, Text, StringComparison.Ordinal);
        return Load(Text.Replace(right, other, StringComparison.Ordinal));
    }

    /// <summary>The dump without its section of a type, <c>EndpointsConfigDump</c>.</summary>
    public static string Without(string type) => Join(Sections.Where(section => !section.Contains($"envoy.admin.v3.{type}\"", StringComparison.Ordinal)));

    private static string Join(IEnumerable<string> sections) => $"{{\n\"configs\": [\n{string.Join(",\n", sections)}\n]\n}}\n";

    /// <summary>The line on which something stands first.</summary>
    public static int LineOf(string text, string part) => 1 + text[..text.IndexOf(part, StringComparison.Ordinal)].Count(static c => c == '\n');
}
