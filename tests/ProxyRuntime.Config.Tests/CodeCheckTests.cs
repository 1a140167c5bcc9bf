namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What Envoy's code refuses beyond the rules of single fields. One change of a good configuration each.</summary>
public class CodeCheckTests
{
    private const string Route = "{cluster: httpbin_service, auto_host_rewrite: true, timeout: 1s}";

    [Theory]
    [InlineData("{cluster: nowhere}", "cluster", "route: unknown cluster 'nowhere'")]
    [InlineData(
        "{cluster_header: x, request_mirror_policies: [{cluster: httpbin}]}",
        "request_mirror_policies[0].cluster",
        "route: unknown shadow cluster 'httpbin'"
    )]
    [InlineData("{cluster: httpbin_service, request_mirror_policies: [{}]}", "request_mirror_policies[0].cluster", "Exactly one of cluster or cluster_header")]
    [InlineData("{weighted_clusters: {clusters: [{name: a, weight: 1}]}}", "weighted_clusters.clusters[0].name", "route: unknown weighted cluster 'a'")]
    [InlineData(
        "{weighted_clusters: {clusters: [{name: httpbin_service, weight: 0}]}}",
        "weighted_clusters.clusters",
        "Sum of weights in the weighted_cluster must be greater than 0."
    )]
    [InlineData(
        "{cluster: httpbin_service, retry_policy: {retry_back_off: {base_interval: 2s, max_interval: 1s}}}",
        "retry_policy.retry_back_off.max_interval",
        "retry_policy.max_interval must greater than or equal to the base_interval"
    )]
    [InlineData("{cluster: httpbin_service, regex_rewrite: {pattern: {regex: \"a(?=b)\"}}}", "regex_rewrite.pattern.regex", "invalid perl operator: (?=")]
    [InlineData("{cluster: httpbin_service, timeout: -1s}", "timeout", "Invalid duration: Expected positive duration, found -1s")]
    public void Of_a_route_action(string action, string path, string message) => Expect(Route, action, $"routes[0].route.{path}", message);

    [Theory]
    [InlineData("[{header: {key: \":path\", value: x}}]", "[0].header.key", ":-prefixed or host headers may not be modified")]
    [InlineData("[{header: {key: Host, value: x}}]", "[0].header.key", ":-prefixed or host headers may not be modified")]
    [InlineData("[{header: {key: a, value: \"%NOPE%\"}}]", "[0].header.value", "Not supported field in StreamInfo: NOPE")]
    [InlineData("[{header: {key: a, value: \"7%\"}}]", "[0].header.value", "Incorrect configuration: 7%. Couldn't find valid command at position 1")]
    [InlineData("[{header: {key: a, value: \"a\\nb\"}}]", "[0].header.value", "must not contain NUL, CR or LF")]
    [InlineData("[{}]", "[0].header", "'header' is required in HeaderValueOption")]
    public void Of_an_added_header(string headers, string path, string message) =>
        Expect(
            "match: {prefix: \"/\"}",
            $"match: {{prefix: \"/\"}}\n{new string(' ', 26)}request_headers_to_add: {headers}",
            $"request_headers_to_add{path}",
            message
        );

    [Theory]
    [InlineData("type: EDS", "eds_cluster_config", "cannot create an EDS cluster without an EDS config")]
    [InlineData(
        "dns_failure_refresh_rate: {base_interval: 2s, max_interval: 1s}",
        "dns_failure_refresh_rate.max_interval",
        "dns_failure_refresh_rate must have max_interval greater than or equal to the base_interval"
    )]
    [InlineData("outlier_detection: {max_ejection_time: 5s}", "outlier_detection.max_ejection_time", "outlier detector's max_ejection_time cannot be smaller")]
    [InlineData(
        "circuit_breakers: {per_host_thresholds: [{max_requests: 1}]}",
        "per_host_thresholds[0].max_requests",
        "Unsupported field in per_host_thresholds"
    )]
    [InlineData(
        "lb_policy: MAGLEV\n      maglev_lb_config: {table_size: 100}",
        "maglev_lb_config.table_size",
        "The table size of maglev must be prime number, is 100"
    )]
    [InlineData(
        "lb_policy: RING_HASH\n      ring_hash_lb_config: {minimum_ring_size: 9, maximum_ring_size: 8}",
        "ring_hash_lb_config.minimum_ring_size",
        "ring hash: minimum_ring_size (9) > maximum_ring_size (8)"
    )]
    [InlineData(
        "health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, grpc_health_check: {}}]",
        "health_checks[0].grpc_health_check",
        "httpbin_service cluster must support HTTP/2 for gRPC healthchecking"
    )]
    [InlineData(
        "health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: {path: /, expected_statuses: [{start: 3, end: 2}]}}]",
        "expected_statuses[0]",
        "Invalid http expected status range: expecting start < end, but found start=3 and end=2"
    )]
    [InlineData(
        "eds_cluster_config: {eds_config: {api_config_source: {api_type: GRPC, grpc_services: [{envoy_grpc: {cluster_name: xds}}]}}}",
        "envoy_grpc.cluster_name",
        "envoy.config.core.v3.ApiConfigSource must have a statically defined non-EDS cluster: 'xds'"
    )]
    [InlineData(
        "transport_socket: {name: t, typed_config: {\"@type\": x/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, common_tls_context: {tls_params: {cipher_suites: [AES128-SHAA]}}}}",
        "cipher_suites[0]",
        "Failed to initialize cipher suites AES128-SHAA."
    )]
    public void Of_a_cluster(string field, string path, string message)
    {
        // What the change says again is left out above it.
        var text = Configurations.Good.Replace("connect_timeout: 5s", field, StringComparison.Ordinal);
        text = field.StartsWith("type:", StringComparison.Ordinal) ? text.Replace("      type: LOGICAL_DNS\n", "", StringComparison.Ordinal) : text;
        text = field.StartsWith("lb_policy:", StringComparison.Ordinal) ? text.Replace("      lb_policy: ROUND_ROBIN\n", "", StringComparison.Ordinal) : text;

        Expect(BootstrapLoader.Load(text, "envoy.yaml"), path, message);
    }

    [Theory]
    [InlineData(
        "- filters:",
        "- filters: []\n        - filters:",
        "filter_chains[1]",
        "error adding listener '0.0.0.0:15001': filter chain '' has the same matching rules"
    )]
    [InlineData("address: 0.0.0.0", "address: localhost", "address.socket_address.address", "malformed IP address: localhost")]
    [InlineData("address: 0.0.0.0", "address: \"127.1\"", "address.socket_address.address", "malformed IP address: 127.1")]
    [InlineData(
        "http.router.v3.Router}",
        "http.router.v3.Router}\n                  - {name: last, typed_config: {\"@type\": x/envoy.extensions.filters.http.cors.v3.Cors}}",
        "http_filters[0].name",
        "Error: terminal filter named envoy.filters.http.router of type envoy.filters.http.router must be the last filter in a http filter chain."
    )]
    [InlineData("http.router.v3.Router", "http.cors.v3.Cors", "http_filters[0].name", "Error: non-terminal filter named envoy.filters.http.router")]
    [InlineData(
        "http.router.v3.Router",
        "network.tcp_proxy.v3.TcpProxy",
        "http_filters[0].typed_config",
        "Didn't find a registered implementation for 'envoy.filters.http.router' with type URL: 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'"
    )]
    public void Of_a_listener(string right, string wrong, string path, string message) => Expect(right, wrong, path, message);

    [Fact]
    public void Of_two_listeners_on_one_address()
    {
        var result = Configurations.With(
            "clusters:",
            "  - {name: b, address: {socket_address: {address: 0.0.0.0, port_value: 15001}}, filter_chains: [{}]}\n  clusters:"
        );

        Expect(result, "listeners[1].address", "error adding listener: 'b' has duplicate address '0.0.0.0:15001' as existing listener 'main'");
    }

    [Theory]
    [InlineData(
        "match: {prefix: \"/\"}",
        "match: {prefix: \"/\", headers: [{name: a, string_match: {custom: {name: c}}}]}",
        "match.headers[0].string_match.custom",
        "'custom' is not supported yet; accepted: exact, prefix, suffix, contains, safe_regex"
    )]
    [InlineData(
        "route: {cluster: httpbin_service, auto_host_rewrite: true, timeout: 1s}",
        "filter_action: {}",
        "routes[0].filter_action",
        "'filter_action' is not supported yet; accepted: route, redirect, direct_response, non_forwarding_action"
    )]
    public void What_is_not_supported_yet_is_refused_by_name(string right, string wrong, string path, string message)
    {
        var problem = Assert.Single(Configurations.With(right, wrong).Problems, problem => problem.Unsupported);

        Assert.EndsWith(path, problem.Path);
        Assert.StartsWith(message, problem.Message);
    }

    [Theory]
    [InlineData("lua.v3.Lua")]
    [InlineData("wasm.v3.Wasm")]
    public void Other_http_filters_are_refused_by_name(string type)
    {
        const string Router = "- name: envoy.filters.http.router";
        var filter = $"- {{name: mine, typed_config: {{\"@type\": x/envoy.extensions.filters.http.{type}}}}}\n{new string(' ', 18)}{Router}";
        var problem = Assert.Single(Configurations.With(Router, filter).Problems);

        Assert.True(problem.Unsupported);
        Assert.EndsWith("http_filters[0].typed_config", problem.Path);
        Assert.StartsWith(
            $"'mine' (envoy.extensions.filters.http.{type}) is not supported yet; accepted: envoy.extensions.filters.http.router",
            problem.Message
        );
    }

    private static void Expect(string right, string wrong, string path, string message) => Expect(Configurations.With(right, wrong), path, message);

    private static void Expect(ConfigResult result, string path, string message) =>
        Assert.Contains(
            result.Problems,
            problem =>
                !problem.Unsupported
                && problem.Line > 0
                && problem.Column > 0
                && problem.Path.Contains(path, StringComparison.Ordinal)
                && problem.Message.StartsWith(message, StringComparison.Ordinal)
        );
}
