namespace MeshSim.ProxyRuntime.Config;

/// <summary>
/// The fields that act here as they do in Envoy, by message. Every other field that a configuration sets is read and checked, and
/// reported in a warning: nothing is ignored in silence. docs/config-coverage.md is made from this table.
/// </summary>
internal static class ModelledFields
{
    private const string Core = "envoy.config.core.v3.";
    private const string Cluster = "envoy.config.cluster.v3.";
    private const string Endpoint = "envoy.config.endpoint.v3.";
    private const string Route = "envoy.config.route.v3.";
    private const string Manager = "envoy.extensions.filters.network.http_connection_manager.v3.";

    /// <summary>By message, or by field where a message means less in one place than in another.</summary>
    private static readonly SortedDictionary<string, string[]> ByMessage = new(StringComparer.Ordinal)
    {
        ["envoy.config.bootstrap.v3.Bootstrap"] = ["node", "static_resources", "admin"],
        ["envoy.config.bootstrap.v3.Bootstrap.StaticResources"] = ["listeners", "clusters"],
        ["envoy.config.bootstrap.v3.Admin"] = ["address"],
        [Core + "Node"] = ["id", "cluster", "locality"],
        [Core + "Locality"] = ["region", "zone", "sub_zone"],
        [Core + "Address"] = ["socket_address"],
        [Core + "SocketAddress"] = ["protocol", "address", "port_value"],
        [Core + "SubstitutionFormatString"] = ["text_format", "text_format_source"],
        [Core + "DataSource"] = ["inline_string"],
        [Cluster + "Cluster.common_http_protocol_options"] = ["idle_timeout", "max_requests_per_connection"],
        [Manager + "HttpConnectionManager.common_http_protocol_options"] = ["idle_timeout", "max_headers_count"],
        ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions.common_http_protocol_options"] = ["idle_timeout", "max_requests_per_connection"],
        [Core + "TypedExtensionConfig"] = ["name", "typed_config"],
        [Cluster + "Cluster"] =
        [
            "name",
            "alt_stat_name",
            "type",
            "cluster_type",
            "connect_timeout",
            "lb_policy",
            "load_assignment",
            "circuit_breakers",
            "dns_refresh_rate",
            "dns_lookup_family",
            "common_http_protocol_options",
            "max_requests_per_connection",
            "typed_extension_protocol_options",
            "load_balancing_policy",
        ],
        [Cluster + "Cluster.CustomClusterType"] = ["name", "typed_config"],
        ["envoy.extensions.clusters.dns.v3.DnsCluster"] = ["dns_refresh_rate", "dns_lookup_family", "all_addresses_in_single_endpoint"],
        [Cluster + "LoadBalancingPolicy"] = ["policies"],
        [Cluster + "LoadBalancingPolicy.Policy"] = ["typed_extension_config"],
        [Cluster + "CircuitBreakers"] = ["thresholds"],
        [Cluster + "CircuitBreakers.Thresholds"] = ["priority", "max_connections", "max_pending_requests", "max_requests", "max_retries"],
        [Endpoint + "ClusterLoadAssignment"] = ["cluster_name", "endpoints"],
        [Endpoint + "LocalityLbEndpoints"] = ["locality", "lb_endpoints", "priority"],
        [Endpoint + "LbEndpoint"] = ["endpoint", "health_status", "load_balancing_weight"],
        [Endpoint + "Endpoint"] = ["address", "hostname"],
        ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"] = ["common_http_protocol_options", "explicit_http_config"],
        ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig"] = ["http_protocol_options"],
        ["envoy.config.listener.v3.Listener"] =
        [
            "name",
            "address",
            "stat_prefix",
            "filter_chains",
            "default_filter_chain",
            "per_connection_buffer_limit_bytes",
            "traffic_direction",
        ],
        ["envoy.config.listener.v3.FilterChain"] = ["filters", "name"],
        ["envoy.config.listener.v3.Filter"] = ["name", "typed_config"],
        [Manager + "HttpConnectionManager"] =
        [
            "codec_type",
            "stat_prefix",
            "route_config",
            "http_filters",
            "common_http_protocol_options",
            "server_name",
            "max_request_headers_kb",
            "stream_idle_timeout",
            "request_timeout",
            "drain_timeout",
            "delayed_close_timeout",
            "access_log",
            "use_remote_address",
            "generate_request_id",
            "preserve_external_request_id",
            "always_set_request_id_in_response",
        ],
        [Manager + "HttpFilter"] = ["name", "typed_config", "disabled"],
        ["envoy.extensions.filters.http.router.v3.Router"] = ["dynamic_stats", "suppress_envoy_headers"],
        [Route + "RouteConfiguration"] = ["name", "virtual_hosts", "validate_clusters"],
        [Route + "VirtualHost"] = ["name", "domains", "routes", "include_request_attempt_count", "retry_policy"],
        [Route + "Route"] = ["name", "match", "route"],
        [Route + "RouteMatch"] = ["prefix", "path", "case_sensitive"],
        [Route + "RouteAction"] = ["cluster", "auto_host_rewrite", "timeout", "retry_policy", "priority"],
        [Route + "RetryPolicy"] = ["retry_on", "num_retries", "per_try_timeout", "retry_back_off", "retriable_status_codes"],
        [Route + "RetryPolicy.RetryBackOff"] = ["base_interval", "max_interval"],
        ["envoy.config.accesslog.v3.AccessLog"] = ["name", "typed_config"],
        ["envoy.extensions.access_loggers.file.v3.FileAccessLog"] = ["path", "format", "log_format"],
        ["envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"] = ["log_format"],
        ["envoy.extensions.access_loggers.stream.v3.StderrAccessLog"] = ["log_format"],
    };

    /// <summary>The table, sorted by message.</summary>
    public static IEnumerable<(string Message, IReadOnlyList<string> Fields)> All =>
        ByMessage.Select(static entry => (entry.Key, (IReadOnlyList<string>)entry.Value));

    /// <summary>One warning for each field that was set and does not act; what stands inside such a field is not looked at.</summary>
    public static void WarnOfOthers(SourceMap map)
    {
        HashSet<ConfigPath> passedOver = [];
        Dictionary<ConfigPath, string[]> byPlace = [];
        foreach (var (message, source) in map.Messages)
        {
            if (IsInside(passedOver, source.Path) || message.Descriptor.File.Package == "google.protobuf")
            {
                continue;
            }

            var type = message.Descriptor.FullName;
            var modelled = byPlace.GetValueOrDefault(source.Path) ?? ByMessage.GetValueOrDefault(type, []);

            // The messages of a dump configure nothing themselves.
            var isOfDump = message.Descriptor.File.Package == DumpContents.Package;
            foreach (var (name, (place, path)) in source.Fields)
            {
                if (map.IsUnsupported(path) || map.IsSettled(path))
                {
                    _ = passedOver.Add(path);
                }
                else if (ByMessage.TryGetValue($"{type}.{name}", out var ofField))
                {
                    byPlace[path] = ofField;
                }
                else if (!isOfDump && !modelled.Contains(name, StringComparer.Ordinal))
                {
                    _ = passedOver.Add(path);
                    map.Warn(place, path, $"'{name}' is read but not modelled: it has no effect here");
                }
            }
        }
    }

    private static bool IsInside(HashSet<ConfigPath> paths, ConfigPath path)
    {
        for (var at = path; at is not null; at = at.Parent)
        {
            if (paths.Contains(at))
            {
                return true;
            }
        }

        return false;
    }
}
