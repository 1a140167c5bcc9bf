using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

public class BootstrapLoaderTests
{
    [Fact]
    public void The_hands_on_configuration_becomes_a_snapshot()
    {
        var result = BootstrapLoader.Load(Configurations.Good, "envoy.yaml");

        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        var listener = Assert.Single(result.Snapshot!.Listeners);
        Assert.Equal("0.0.0.0:15001", listener.Address.Text);
        Assert.Equal("0.0.0.0_15001", listener.StatPrefix);
        Assert.Equal("ingress_http", listener.ConnectionManager!.StatPrefix);
        var action = Configurations.Action(result);
        Assert.Equal(("httpbin_service", true, 1_000_000_000L), (action.Cluster, action.AutoHostRewrite, action.TimeoutNs));
        var cluster = Assert.Single(result.Snapshot.Clusters);
        Assert.Equal(
            (DiscoveryType.LogicalDns, DnsLookupFamily.V4Only, "ROUND_ROBIN"),
            (cluster.Type, cluster.DnsLookupFamily, cluster.LoadBalancing.Policy.Name)
        );
        Assert.Equal(("httpbin", 8000), (cluster.Endpoints[0].Address, cluster.Endpoints[0].Port));
        Assert.Equal("127.0.0.1:15000", result.Snapshot.Admin!.Text);
    }

    [Theory]
    [InlineData("timeout: 1s", "timeout: {seconds: 1}")]
    [InlineData("timeout: 1s", "timeout: \"1.000000000s\"")]
    [InlineData("auto_host_rewrite: true", "autoHostRewrite: true")]
    [InlineData("auto_host_rewrite: true", "auto_host_rewrite: yes")]
    [InlineData("port_value: 8000", "port_value: \"8000\"")]
    [InlineData("port_value: 8000", "portValue: 8e3")]
    [InlineData("type: LOGICAL_DNS", "type: logical_dns")]
    [InlineData("type: LOGICAL_DNS", "type: 2")]
    [InlineData("domains: [\"*\"]", "domains: \"*\"")]
    [InlineData("connect_timeout: 5s", "connect_timeout: null")]
    [InlineData("{cluster: httpbin_service, auto_host_rewrite: true, timeout: 1s}", "&r {cluster: httpbin_service, auto_host_rewrite: true, timeout: 1s}")]
    public void Protobufs_lenience_holds(string right, string other)
    {
        var result = Configurations.With(right, other);

        Assert.Empty(result.Problems);
        Assert.Equal(1_000_000_000, Configurations.Action(result).TimeoutNs);
        Assert.True(Configurations.Action(result).AutoHostRewrite);
    }

    [Theory]
    [InlineData("stat_prefix: ingress_http", "stat_prefx: ingress_http", "unknown field 'stat_prefx'")]
    [InlineData("stat_prefix: ingress_http", "stat_prefix: 5", "expected a string, found a number")]
    [InlineData("timeout: 1s", "timeout: 1m", "'1m' is not a duration")]
    [InlineData("timeout: 1s", "timeout: 1.1234567891s", "'1.1234567891s' has more than nine decimals")]
    [InlineData("timeout: 1s", "timeout: 400000000000s", "'400000000000s' is out of range")]
    [InlineData("cluster: httpbin_service,", "cluster: httpbin_servic,", "route: unknown cluster 'httpbin_servic'; did you mean 'httpbin_service'?")]
    [InlineData("domains: [\"*\"]", "domains: []", "must have at least 1 item, has 0")]
    [InlineData("domains: [\"*\"]", "domains: [\"*\", \"*\"]", "Only a single wildcard domain is permitted in route local")]
    [InlineData("domains: [\"*\"]", "domains: [a, A]", "Only unique values for domains are permitted. Duplicate entry of domain A in route local")]
    [InlineData("name: all", "name: \"\"", "must have at least 1 character")]
    [InlineData("match: {prefix: \"/\"}", "match: {}", "one of these fields is required in RouteMatch")]
    [InlineData("match: {prefix: \"/\"}", "match: {prefix: /, path: /}", "'path' and 'prefix' exclude each other")]
    [InlineData("port_value: 8000", "port_value: 70000", "must be at most 65535, is 70000")]
    [InlineData("port_value: 8000", "port_value: 8000.5", "expected a whole number, found '8000.5'")]
    [InlineData("port_value: 8000", "port_value: -1", "'-1' is out of range; accepted is 0 to 4294967295")]
    [InlineData("connect_timeout: 5s", "connect_timeout: 0s", "must be greater than 0s, is 0s")]
    [InlineData("lb_policy: ROUND_ROBIN", "lb_policy: ROUND_ROBBIN", "'ROUND_ROBBIN' is not a value of LbPolicy")]
    [InlineData(
        "http.router.v3.Router",
        "http.router.v3.Ruter",
        "Didn't find a registered implementation for 'envoy.filters.http.router' with type URL: 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Ruter'; did you mean"
    )]
    [InlineData(
        "typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}",
        "typed_config: {}",
        "Didn't find a registered implementation for 'envoy.filters.http.router' with type URL: ''"
    )]
    public void A_mistake_is_told_with_its_line_and_what_would_be_accepted(string right, string wrong, string message)
    {
        var result = Configurations.With(right, wrong);

        Assert.Null(result.Snapshot);
        var problem = Assert.Single(result.Problems, problem => problem.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.Equal(1 + Configurations.Good[..Configurations.Good.IndexOf(right, StringComparison.Ordinal)].Count(c => c == '\n'), problem.Line);
        Assert.StartsWith("static_resources.", problem.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Five_mistakes_are_told_at_once()
    {
        var text =
            Configurations
                .Good.Replace("stat_prefix:", "stat_prefx:", StringComparison.Ordinal)
                .Replace("timeout: 1s", "timeout: 5", StringComparison.Ordinal)
                .Replace("cluster: httpbin_service", "cluster: nowhere", StringComparison.Ordinal)
                .Replace("http.router.v3.Router", "http.lua.v3.Lua", StringComparison.Ordinal) + "\n    - {name: httpbin_service, type: STATIC}\n";

        var result = BootstrapLoader.Load(text, "envoy.yaml");

        // One for each: that stat_prefix is missing then, or a lua filter no router, is the same mistake.
        Assert.Equal(5, result.Problems.Length);
        Assert.All(result.Problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0 && problem.Path.Length > 0, problem.ToString()));
        Assert.Equal(result.Problems.OrderBy(p => p.Line).ThenBy(p => p.Column), result.Problems);
    }

    [Fact]
    public void A_router_given_by_name_alone_is_taken_with_a_warning()
    {
        var result = Configurations.With("typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}", "");

        Assert.Empty(result.Problems);
        Assert.Contains("given by name alone", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_read_but_does_not_act_is_said()
    {
        var result = Configurations.With("connect_timeout: 5s", "connect_timeout: 5s\n      connection_pool_per_downstream_connection: true");

        var warning = Assert.Single(result.Warnings);
        Assert.Equal("static_resources.clusters[0].connection_pool_per_downstream_connection", warning.Path);
        Assert.NotNull(result.Snapshot);
    }

    [Fact]
    public void What_Envoy_takes_and_we_do_not_yet_is_told_apart()
    {
        var result = Configurations.With("stat_prefix: ingress_http", "stat_prefix: ingress_http\n                codec_type: HTTP2");

        Assert.True(Assert.Single(result.Problems).Unsupported);
        Assert.True(result.AcceptedByEnvoy);
        Assert.Null(result.Snapshot);
    }

    [Theory]
    [InlineData("dns_jitter: 0.25s", 250, null, true)]
    [InlineData("dns_failure_refresh_rate: {base_interval: 1s}", 0, "1000 10000", true)]
    [InlineData("dns_failure_refresh_rate: {base_interval: 1s, max_interval: 2s}", 0, "1000 2000", true)]
    [InlineData("wait_for_warm_on_init: false", 0, null, false)]
    public void Names_are_asked_for_as_the_cluster_says(string field, int jitterMs, string? failure, bool waits)
    {
        var cluster = Configurations.With("connect_timeout: 5s", $"connect_timeout: 5s\n      {field}").Snapshot!.Clusters[0];

        Assert.Equal(jitterMs, cluster.DnsJitterNs / MonotonicTime.NanosecondsPerMillisecond);
        Assert.Equal(failure, cluster.DnsFailureRefresh is { } refresh ? $"{refresh.BaseIntervalMs} {refresh.MaxIntervalMs}" : null);
        Assert.Equal(waits, cluster.WaitForWarmOnInit);
    }

    [Theory]
    [InlineData("http2_protocol_options: {}", 1024u)]
    [InlineData("http2_protocol_options: {max_concurrent_streams: 7}", 7u)]
    [InlineData(
        "typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {\"@type\": x/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: {http2_protocol_options: {max_concurrent_streams: 8}}}}",
        8u
    )]
    [InlineData(
        "typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {\"@type\": x/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: {http_protocol_options: {}}}}",
        null
    )]
    public void A_cluster_may_speak_HTTP_2(string options, uint? maxConcurrentStreams)
    {
        var result = Configurations.With("connect_timeout: 5s", $"connect_timeout: 5s\n      {options}");

        Assert.Empty(result.Problems);
        Assert.Equal(maxConcurrentStreams, result.Snapshot!.Clusters[0].Http2?.MaxConcurrentStreams);
        Assert.Equal(maxConcurrentStreams is not null, SpokenProtocols.FirstUnspoken(result.Snapshot) is not null);
    }

    [Fact]
    public void What_sockets_do_not_speak_is_refused_in_its_place_by_whoever_uses_them()
    {
        var text = Configurations.Good.Replace("connect_timeout: 5s", "connect_timeout: 5s\n      http2_protocol_options: {}", StringComparison.Ordinal);

        Assert.Empty(BootstrapLoader.Load(text, "envoy.yaml").Problems);
        var refused = BootstrapLoader.Load(text, "envoy.yaml", forConnections: true);
        var problem = Assert.Single(refused.Problems);
        Assert.Equal(("static_resources.clusters[0].http2_protocol_options", true), (problem.Path, problem.Unsupported));
        Assert.StartsWith("      http2_protocol_options", text.Split('\n')[problem.Line - 1], StringComparison.Ordinal);
        Assert.True(refused.AcceptedByEnvoy);
        Assert.Null(refused.Snapshot);
    }

    [Theory]
    [InlineData("respect_dns_ttl: true", "respect_dns_ttl")]
    [InlineData("", "")]
    public void The_resolver_of_the_system_knows_no_time_to_live(string field, string refused)
    {
        var text = Configurations.Good.Replace("connect_timeout: 5s", $"connect_timeout: 5s\n      {field}", StringComparison.Ordinal);

        Assert.Equal(refused.Length > 0, BootstrapLoader.Load(text, "envoy.yaml").Snapshot!.Clusters[0].RespectDnsTtl);
        var places = BootstrapLoader.Load(text, "envoy.yaml", forConnections: true).Problems.Select(static problem => (problem.Path, problem.Unsupported));
        Assert.Equal(refused.Length > 0 ? [($"static_resources.clusters[0].{refused}", true)] : [], places);
    }

    /// <summary>Where hosts do not come from names it means nothing.</summary>
    [Theory]
    [InlineData("type: STRICT_DNS", "respect_dns_ttl: true", true)]
    [InlineData("type: LOGICAL_DNS", "respect_dns_ttl: true", true)]
    [InlineData("type: LOGICAL_DNS", "respect_dns_ttl: false", false)]
    [InlineData("cluster_type: {name: d, typed_config: {\"@type\": x/envoy.extensions.clusters.dns.v3.DnsCluster, respect_dns_ttl: true}}", "", true)]
    [InlineData("cluster_type: {name: d, typed_config: {\"@type\": x/envoy.extensions.clusters.dns.v3.DnsCluster}}", "respect_dns_ttl: true", false)]
    [InlineData("type: ORIGINAL_DST", "respect_dns_ttl: true", false)]
    public void A_cluster_may_go_by_how_long_answers_hold(string type, string field, bool respected)
    {
        var text = type.EndsWith("ORIGINAL_DST", StringComparison.Ordinal)
            ? Configurations
                .Good[..Configurations.Good.IndexOf("load_assignment", StringComparison.Ordinal)]
                .Replace("ROUND_ROBIN", "CLUSTER_PROVIDED", StringComparison.Ordinal)
            : Configurations.Good;
        var result = BootstrapLoader.Load(text.Replace("type: LOGICAL_DNS", $"{type}\n      {field}", StringComparison.Ordinal), "envoy.yaml");

        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        Assert.Equal(respected, result.Snapshot!.Clusters[0].RespectDnsTtl);
    }

    [Theory]
    [InlineData("track_cluster_stats: {}", false, false, false)]
    [InlineData("track_cluster_stats: {timeout_budgets: true}", true, false, false)]
    [InlineData("track_timeout_budgets: true", true, false, false)]
    [InlineData("track_cluster_stats: {request_response_sizes: true}", false, true, false)]
    [InlineData("track_cluster_stats: {per_endpoint_stats: true}", false, false, true)]
    [InlineData("close_connections_on_host_health_failure: true", false, false, false)]
    public void A_cluster_has_more_statistics_where_it_asks_for_them(string field, bool budgets, bool sizes, bool endpoints)
    {
        var result = Configurations.With("connect_timeout: 5s", $"connect_timeout: 5s\n      {field}");

        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        Assert.Equal(new TrackClusterStatsSnapshot(budgets, sizes, endpoints), result.Snapshot!.Clusters[0].TrackStats);
    }

    [Theory]
    [InlineData("UpstreamTlsContext}", true, null)]
    [InlineData("UpstreamTlsContext, common_tls_context: {tls_certificate_sds_secret_configs: [{name: s, sds_config: {ads: {}}}]}}", true, "secret 's'")]
    [InlineData("UpstreamTlsContext, common_tls_context: {tls_params: {ecdh_curves: [X25519]}}}", true, "'ecdh_curves'")]
    public void A_cluster_may_speak_TLS_as_far_as_it_is_understood(string context, bool isTls, string? unspoken)
    {
        var socket = $"transport_socket: {{name: tls, typed_config: {{\"@type\": x/envoy.extensions.transport_sockets.tls.v3.{context}}}";
        var text = Configurations.Good.Replace("connect_timeout: 5s", $"connect_timeout: 5s\n      {socket}", StringComparison.Ordinal);
        var result = BootstrapLoader.Load(text, "envoy.yaml");

        Assert.Empty(result.Problems);
        Assert.Equal(isTls, result.Snapshot!.Clusters[0].Tls is not null);
        var said = SpokenProtocols.FirstUnspoken(result.Snapshot);
        Assert.Equal(unspoken is null, said is null);
        Assert.Contains(unspoken ?? "", said ?? "", StringComparison.Ordinal);
        Assert.Equal(
            unspoken is null ? [] : [true],
            BootstrapLoader.Load(text, "envoy.yaml", forConnections: true).Problems.Select(static problem => problem.Unsupported).Distinct()
        );
    }

    [Fact]
    public void A_cluster_in_plain_text_says_so()
    {
        const string Raw = "transport_socket: {name: raw, typed_config: {\"@type\": x/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer}}";
        var result = Configurations.With("connect_timeout: 5s", $"connect_timeout: 5s\n      {Raw}");

        Assert.Empty(result.Problems);
        Assert.Null(result.Snapshot!.Clusters[0].Tls);
        Assert.Null(SpokenProtocols.FirstUnspoken(result.Snapshot));
    }

    [Fact]
    public void An_overlay_is_merged_as_protobuf_merges()
    {
        var result = BootstrapLoader.Load(
            Configurations.Good,
            "envoy.yaml",
            new ConfigOverlay("admin: {address: {socketAddress: {portValue: 9901}}}\nnode: {id: edge}")
        );

        Assert.Empty(result.Problems);
        Assert.Equal("127.0.0.1:9901", result.Snapshot!.Admin!.Text);
        Assert.Equal("edge", result.Snapshot.Node.Id);
    }

    /// <summary>Ten times the base is worked out where it is needed.</summary>
    [Fact]
    public void The_base_of_back_offs_is_cut_off_to_whole_milliseconds()
    {
        var result = Configurations.With("timeout: 1s}", "retry_policy: {retry_on: \"5xx,reset\", retry_back_off: {base_interval: 0.0101s}}}");
        var policy = Configurations.Action(result).RetryPolicy!;

        Assert.Equal((RetryOn.FiveXx | RetryOn.Reset, 1u, 10L, (long?)null), (policy.RetryOn, policy.NumRetries, policy.BaseIntervalMs, policy.MaxIntervalMs));
    }
}
