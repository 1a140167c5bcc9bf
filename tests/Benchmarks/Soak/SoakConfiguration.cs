namespace MeshSim.Benchmarks.Soak;

/// <summary>A proxy with retries, timeouts, breakers, outlier detection and health checks, so that all of them are at work.</summary>
internal static class SoakConfiguration
{
    private const string Text = """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: ADMIN}}}
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: PORT}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: soak
                        use_remote_address: true
                        http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                        route_config:
                          virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes:
                                - match: {prefix: /}
                                  route:
                                    cluster: service
                                    timeout: 10s
                                    retry_policy: {retry_on: "5xx,reset,connect-failure", num_retries: 1, per_try_timeout: 5s}
          clusters:
            - name: service
              type: STATIC
              connect_timeout: 1s
              circuit_breakers: {thresholds: [{max_connections: 40, max_pending_requests: 30, max_requests: 60, max_retries: 10}]}
              outlier_detection: {consecutive_5xx: 5, interval: 1s, base_ejection_time: 1s, max_ejection_percent: 50}
              health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 2, healthy_threshold: 1, tcp_health_check: {}}]
              load_assignment:
                cluster_name: service
                endpoints: [{lb_endpoints: [ENDPOINTS]}]
        """;

    public static string Of(int port, int adminPort, IEnumerable<int> backends) =>
        Text.Replace("ADMIN", $"{adminPort}", StringComparison.Ordinal)
            .Replace("PORT", $"{port}", StringComparison.Ordinal)
            .Replace(
                "ENDPOINTS",
                string.Join(
                    ", ",
                    backends.Select(static backend => $"{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {backend}}}}}}}}}")
                ),
                StringComparison.Ordinal
            );
}
