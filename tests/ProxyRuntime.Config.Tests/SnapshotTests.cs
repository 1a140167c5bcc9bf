using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What a snapshot holds of a configuration that uses all that is supported.</summary>
public class SnapshotTests
{
    private const long Second = 1_000_000_000;

    private const string Full = """
        node: {id: me, cluster: c, locality: {zone: z}}
        static_resources:
          listeners:
          - name: l
            address: {socket_address: {address: "::1", port_value: 0}}
            stat_prefix: in:bound
            per_connection_buffer_limit_bytes: 1000
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: s
                  server_name: front
                  stream_idle_timeout: 0s
                  request_timeout: 7s
                  common_http_protocol_options: {idle_timeout: 11s, max_headers_count: 33}
                  max_request_headers_kb: 5
                  use_remote_address: true
                  generate_request_id: false
                  access_log:
                  - {name: f, typed_config: {"@type": x/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /log}}
                  - {name: o, typed_config: {"@type": x/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog, log_format: {text_format_source: {inline_string: "%PROTOCOL%"}}}}
                  - {name: e, typed_config: {"@type": x/envoy.extensions.access_loggers.stream.v3.StderrAccessLog, log_format: {text_format: "a"}}}
                  http_filters: {name: envoy.router}
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: [a.com, "*.b.com"]
                      include_request_attempt_count: true
                      retry_policy: {retry_on: "gateway-error,connect-failure", num_retries: 4, per_try_timeout: 2s}
                      routes:
                      - {match: {path: /x, case_sensitive: false}, route: {cluster: s, priority: HIGH, timeout: 0s}, name: exact}
                      - {match: {prefix: /}, route: {cluster: d, retry_policy: {retriable_status_codes: [418], retry_on: retriable-status-codes}}}
          clusters:
          - name: s
            alt_stat_name: "a:b"
            type: STATIC
            lb_policy: RANDOM
            circuit_breakers: {thresholds: [{priority: HIGH, max_connections: 1, max_pending_requests: 2, max_requests: 3, max_retries: 4}]}
            common_http_protocol_options: {idle_timeout: 13s}
            max_requests_per_connection: 17
            load_assignment:
              cluster_name: s
              endpoints:
              - locality: {region: r, zone: z, sub_zone: q}
                priority: 1
                lb_endpoints:
                - {load_balancing_weight: 9, health_status: DRAINING, endpoint: {hostname: h, address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}
          - name: d
            cluster_type:
              name: envoy.cluster.dns
              typed_config: {"@type": x/envoy.extensions.clusters.dns.v3.DnsCluster, dns_refresh_rate: 19s, dns_lookup_family: V6_ONLY, all_addresses_in_single_endpoint: false}
            load_balancing_policy: {policies: [{typed_extension_config: {name: r, typed_config: {"@type": x/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin}}}]}
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": x/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http_protocol_options: {}}
                common_http_protocol_options: {max_requests_per_connection: 23}
        """;

    private readonly ConfigResult result = BootstrapLoader.Load(Full, "full.yaml");

    [Fact]
    public void Only_the_router_by_name_is_warned_of()
    {
        Assert.Empty(result.Problems);
        Assert.EndsWith("http_filters[0].name", Assert.Single(result.Warnings).Path);
    }

    [Fact]
    public void Of_the_listener_and_its_connection_manager()
    {
        var listener = result.Snapshot!.Listeners[0];
        Assert.Equal(("[::1]:0", "in_bound"), (listener.Address.Text, listener.StatPrefix));
        Assert.Equal(new NodeSnapshot("me", "c", "z"), result.Snapshot.Node);

        var manager = listener.ConnectionManager!;
        Assert.Equal((0L, 7 * Second, 11 * Second), (manager.StreamIdleTimeoutNs, manager.RequestTimeoutNs, manager.IdleTimeoutNs));
        Assert.Equal((33, 5, 1000L), (manager.MaxHeadersCount, manager.MaxRequestHeadersKb, manager.BufferLimitBytes));
        Assert.Equal(("front", true, false), (manager.ServerName, manager.ClientAddress.UseRemoteAddress, manager.GenerateRequestId));
        Assert.IsType<RouterSettings>(Assert.Single(manager.HttpFilters).Settings);
        Assert.Equal(
            [(AccessLogSink.File, "/log"), (AccessLogSink.Stdout, ""), (AccessLogSink.Stderr, "")],
            manager.AccessLogs.Select(log => (log.Sink, log.Path))
        );
    }

    [Fact]
    public void Of_the_routes()
    {
        var host = Assert.Single(result.Snapshot!.Listeners[0].ConnectionManager!.RouteTable.VirtualHosts);
        Assert.Equal(["a.com", "*.b.com"], host.Domains.ToArray());
        Assert.True(host.IncludeRequestAttemptCount);

        var (exact, rest) = (host.Routes[0], host.Routes[1]);
        Assert.Equal(
            (PathSpecifier.Path, "/x", false, "exact"),
            (exact.Match.Path.Specifier, exact.Match.Path.Text, exact.Match.Path.CaseSensitive, exact.Name)
        );
        var (first, second) = (Assert.IsType<RouteAction>(exact.Action), Assert.IsType<RouteAction>(rest.Action));
        Assert.Equal(
            (0L, RoutingPriority.High, 4u, 2 * Second),
            (first.TimeoutNs, first.Priority, first.RetryPolicy!.NumRetries, first.RetryPolicy.PerTryTimeoutNs)
        );
        Assert.Equal((15 * Second, 1u), (second.TimeoutNs, second.RetryPolicy!.NumRetries));
        Assert.Equal([418], second.RetryPolicy.RetriableStatusCodes.ToArray());
    }

    /// <summary>The other of the two hands-on configurations: no timeout of its own.</summary>
    [Fact]
    public void Of_a_route_without_a_timeout()
    {
        var action = Configurations.Action(Configurations.With(", timeout: 1s", ""));

        Assert.Equal((15 * Second, true, "httpbin_service"), (action.TimeoutNs, action.AutoHostRewrite, action.Cluster));
        Assert.Null(action.RetryPolicy);
    }

    [Fact]
    public void Of_the_clusters()
    {
        var (fixedOne, dns) = (result.Snapshot!.Clusters[0], result.Snapshot.Clusters[1]);
        Assert.Equal(("a_b", DiscoveryType.Static, "RANDOM"), (fixedOne.StatName, fixedOne.Type, fixedOne.LoadBalancing.Policy.Name));
        Assert.Equal((ThresholdsSnapshot.Default, new ThresholdsSnapshot(1, 2, 3, 4)), (fixedOne.DefaultThresholds, fixedOne.HighThresholds));
        Assert.Equal((13 * Second, 17), (fixedOne.IdleTimeoutNs, fixedOne.MaxRequestsPerConnection));
        Assert.Equal(
            new EndpointSnapshot
            {
                Address = "10.0.0.1",
                Port = 80,
                Hostname = "h",
                Weight = 9,
                Priority = 1,
                Locality = new LocalitySnapshot("r", "z", "q"),
                Health = EdsHealth.Draining,
            },
            Assert.Single(fixedOne.Endpoints)
        );
        Assert.Equal((DiscoveryType.StrictDns, 19 * Second, DnsLookupFamily.V6Only), (dns.Type, dns.DnsRefreshRateNs, dns.DnsLookupFamily));
        Assert.Equal(("ROUND_ROBIN", 23), (dns.LoadBalancing.Policy.Name, dns.MaxRequestsPerConnection));
    }

    [Fact]
    public void Every_field_without_effect_is_warned_of_once_and_where_it_stands()
    {
        var warnings = BootstrapLoader
            .Load(
                Full.Replace("type: STATIC", "type: STATIC\n    connection_pool_per_downstream_connection: true", StringComparison.Ordinal)
                    .Replace("max_headers_count: 33", "max_headers_count: 33, max_response_headers_kb: 3", StringComparison.Ordinal),
                "full.yaml"
            )
            .Warnings;

        Assert.Equal(
            ["common_http_protocol_options.max_response_headers_kb", "http_filters[0].name", "connection_pool_per_downstream_connection"],
            warnings.Select(warning => warning.Path).Select(path => Ending(path))
        );
        Assert.All(
            warnings.Where(warning => !warning.Path.EndsWith("name", StringComparison.Ordinal)),
            warning => Assert.EndsWith("is read but not modelled: it has no effect here", warning.Message)
        );

        static string Ending(string path) =>
            path.StartsWith("static_resources.clusters", StringComparison.Ordinal)
                ? path[(path.LastIndexOf('.') + 1)..]
                : path[(path.LastIndexOf("typed_config.", StringComparison.Ordinal) + 13)..];
    }
}
