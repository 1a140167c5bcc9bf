using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>From YAML to the settings of ext_authz, and what is refused.</summary>
public class ExtAuthzTests
{
    private const string Type = "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz";
    private const string PerRoute = "\"@type\": x/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute";
    private const long Millisecond = 1_000_000;

    [Fact]
    public void All_of_a_service_over_http_comes_through()
    {
        var settings = Settings(
            """
            http_service:
              server_uri: {uri: "http://127.0.0.1:9000", cluster: authz, timeout: 0.3s}
              path_prefix: /check
              authorization_request:
                headers_to_add: [{key: X-Added, value: "%PROTOCOL%"}]
              authorization_response:
                allowed_upstream_headers: {patterns: [{exact: a}]}
                allowed_upstream_headers_to_append: {patterns: [{prefix: b}]}
                allowed_client_headers: {patterns: [{suffix: c}]}
                allowed_client_headers_on_success: {patterns: [{contains: d}]}
                dynamic_metadata_from_headers: {patterns: [{safe_regex: {regex: "e+"}}]}
              retry_policy: {num_retries: 2}
            allowed_headers: {patterns: [{exact: x-in, ignore_case: true}]}
            disallowed_headers: {patterns: [{exact: x-out}]}
            """
        );
        Assert.False(settings.UsesGrpc);
        var service = Assert.IsType<ExtAuthzHttpService>(settings.Service);
        Assert.Equal("authz", service.Cluster);
        Assert.Equal(300 * Millisecond, service.TimeoutNs);
        Assert.Equal("/check", service.PathPrefix);
        var added = Assert.Single(service.HeadersToAdd.Add);
        Assert.Equal(("x-added", AppendAction.OverwriteIfExistsOrAdd), (added.Name.Name, added.Action));
        Assert.Equal("equals 'a'", service.AllowedUpstreamHeaders.Patterns[0].ToString());
        Assert.Equal("starts with 'b'", service.AllowedUpstreamHeadersToAppend.Patterns[0].ToString());
        Assert.Equal("ends with 'c'", service.AllowedClientHeaders.Patterns[0].ToString());
        Assert.Equal("contains 'd'", service.AllowedClientHeadersOnSuccess.Patterns[0].ToString());
        Assert.True(service.DynamicMetadataFromHeaders.Matches("ee"u8));
        Assert.Equal(2U, service.RetryPolicy!.NumRetries);
        Assert.Equal(RetryPolicyBuilderConditions, service.RetryPolicy.RetryOn);
        Assert.True(settings.AllowedHeaders!.Matches("X-IN"u8));
        Assert.True(settings.DisallowedHeaders.Matches("x-out"u8));
    }

    [Fact]
    public void The_list_of_allowed_headers_may_stand_with_the_service()
    {
        var settings = Settings(
            "http_service: {server_uri: {uri: http://a, cluster: a, timeout: 1s}, authorization_request: {allowed_headers: {patterns: [{exact: x}]}}}"
        );
        Assert.True(settings.AllowedHeaders!.Matches("x"u8));
    }

    [Fact]
    public void A_service_over_grpc_comes_through()
    {
        var settings = Settings(
            """
            grpc_service:
              envoy_grpc: {cluster_name: authz, authority: authz.test, max_receive_message_length: 1000, skip_envoy_headers: true}
              timeout: 0.05s
              initial_metadata: [{key: X-Tenant, value: t}]
              retry_policy: {retry_on: "unavailable,5xx", num_retries: 4}
            transport_api_version: V3
            """
        );
        Assert.True(settings.UsesGrpc);
        Assert.Null(settings.AllowedHeaders);
        var grpc = Assert.IsType<ExtAuthzGrpcService>(settings.Service).Grpc;
        Assert.Equal(("authz", "authz.test", 1000, true), (grpc.Cluster, grpc.Authority, grpc.MaxReceiveMessageLength, grpc.SkipEnvoyHeaders));
        Assert.Equal(50 * Millisecond, grpc.TimeoutNs);
        Assert.Equal("x-tenant", Assert.Single(grpc.InitialMetadata.Add).Name.Name);
        Assert.Equal(RetryOn.GrpcUnavailable | RetryOn.FiveXx, grpc.RetryPolicy!.RetryOn);
        Assert.Equal(4U, grpc.RetryPolicy.NumRetries);
    }

    [Fact]
    public void What_stands_beside_the_service_comes_through()
    {
        var settings = Settings(
            """
            grpc_service: {envoy_grpc: {cluster_name: authz}}
            failure_mode_allow: true
            failure_mode_allow_header_add: true
            with_request_body: {max_request_bytes: 99, allow_partial_message: true, pack_as_bytes: true}
            clear_route_cache: true
            status_on_error: {code: ServiceUnavailable}
            validate_mutations: true
            metadata_context_namespaces: [a]
            route_metadata_context_namespaces: [b]
            filter_enabled: {default_value: {numerator: 5, denominator: TEN_THOUSAND}, runtime_key: switch.on}
            filter_enabled_metadata: {filter: f, path: [{key: k}], value: {bool_match: true}}
            deny_at_disable: {default_value: true, runtime_key: deny}
            include_peer_certificate: true
            include_tls_session: true
            stat_prefix: waf
            bootstrap_metadata_labels_key: labels
            charge_cluster_response_stats: false
            encode_raw_headers: true
            decoder_header_mutation_rules: {allow_all_routing: true, allow_envoy: true, disallow_system: true, disallow_all: true, allow_expression: {regex: a}, disallow_expression: {regex: b}, disallow_is_error: true}
            enable_dynamic_metadata_ingestion: false
            filter_metadata: {a: b}
            emit_filter_state_stats: true
            max_denied_response_body_bytes: 12
            """,
            "node: {id: me, metadata: {labels: {app: shop, tier: 3}}}\n"
        );
        Assert.True(settings.FailureModeAllow);
        Assert.True(settings.FailureModeAllowHeaderAdd);
        Assert.Equal(new ExtAuthzBodySettings(99, AllowPartialMessage: true, PackAsBytes: true), settings.Body);
        Assert.True(settings.ClearRouteCache);
        Assert.Equal(503, settings.StatusOnError);
        Assert.True(settings.ValidateMutations);
        Assert.Equal(["a"], settings.MetadataNamespaces.ToArray());
        Assert.Equal(["b"], settings.RouteMetadataNamespaces.ToArray());
        Assert.Equal(new RuntimeFraction(new FractionalPercent(5, 10_000), "switch.on"), settings.FilterEnabled);
        Assert.Equal("f", settings.FilterEnabledMetadata!.Filter);
        Assert.Equal(new RuntimeFlag(true, "deny"), settings.DenyAtDisable);
        Assert.True(settings.IncludePeerCertificate);
        Assert.True(settings.IncludeTlsSession);
        Assert.Equal("waf", settings.StatPrefix);
        Assert.Equal([KeyValuePair.Create("app", "shop"), KeyValuePair.Create("tier", "")], settings.DestinationLabels.ToArray());
        Assert.False(settings.ChargeClusterResponseStats);
        Assert.True(settings.EncodeRawHeaders);
        var rules = settings.MutationRules!;
        Assert.True(rules is { AllowAllRouting: true, AllowEnvoy: true, DisallowSystem: true, DisallowAll: true, DisallowIsError: true });
        Assert.Equal(("a", "b"), (rules.AllowExpression!.Pattern, rules.DisallowExpression!.Pattern));
        Assert.False(settings.EnableDynamicMetadataIngestion);
        Assert.True(settings.HasFilterMetadata);
        Assert.True(settings.EmitFilterStateStats);
        Assert.Equal(12, settings.MaxDeniedResponseBodyBytes);
    }

    [Fact]
    public void What_is_not_said_has_Envoys_defaults()
    {
        var settings = Settings("http_service: {}");
        Assert.Equal(200 * Millisecond, Assert.IsType<ExtAuthzHttpService>(settings.Service).TimeoutNs);
        Assert.Null(settings.AllowedHeaders);
        Assert.Null(settings.Body);
        Assert.Equal(403, settings.StatusOnError);
        Assert.True(settings.ChargeClusterResponseStats);
        Assert.True(settings.EnableDynamicMetadataIngestion);
        Assert.Null(settings.MutationRules);
        Assert.Null(settings.FilterEnabled);
        Assert.Empty(settings.DestinationLabels);
    }

    [Fact]
    public void Settings_of_a_route_come_through()
    {
        var off = FilterConfiguration.Load(Type, "http_service: {}", $"{{{PerRoute}, disabled: true}}");
        Assert.True(FilterConfiguration.RouteSettings<ExtAuthzRouteSettings>(off).Disabled);
        var settings = FilterConfiguration.RouteSettings<ExtAuthzRouteSettings>(
            FilterConfiguration.Load(
                Type,
                "http_service: {}",
                $"{{{PerRoute}, check_settings: {{context_extensions: {{b: \"2\", a: \"1\"}}, with_request_body: {{max_request_bytes: 3}}, grpc_service: {{envoy_grpc: {{cluster_name: own}}}}}}}}"
            )
        );
        Assert.False(settings.Disabled);
        Assert.Equal([KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "2")], settings.ContextExtensions.ToArray());
        Assert.Equal(new ExtAuthzBodySettings(3), settings.Body);
        Assert.True(settings.UsesGrpc);
        Assert.Equal("own", Assert.IsType<ExtAuthzGrpcService>(settings.Service).Grpc.Cluster);
        Assert.False(settings.DisableRequestBodyBuffering);
    }

    [Theory]
    [InlineData(
        "http_service: {authorization_request: {allowed_headers: {}}}\nallowed_headers: {}",
        "authorization_request.allowed_headers",
        "Invalid duplicate configuration for allowed_headers."
    )]
    [InlineData("http_service: {path_prefix: x}", "http_service.path_prefix", "path_prefix should start with \"/\".")]
    [InlineData(
        "grpc_service: {envoy_grpc: {cluster_name: a}}\ntransport_api_version: V2",
        "transport_api_version",
        "V2 xDS transport protocol version is deprecated"
    )]
    [InlineData("http_service: {}\nwith_request_body: {max_request_bytes: 0}", "with_request_body.max_request_bytes", "")]
    [InlineData("grpc_service: {}", "grpc_service", "")]
    [InlineData("stat_prefix: x", "grpc_service", "there is no service to ask")]
    public void What_Envoy_refuses_is_refused(string settings, string path, string message) =>
        FilterConfiguration.ExpectProblem(FilterConfiguration.Load(Type, settings), path, message);

    [Fact]
    public void A_route_cannot_ask_for_a_body_and_for_none()
    {
        const string Both = "check_settings: {disable_request_body_buffering: true, with_request_body: {max_request_bytes: 1}}";
        FilterConfiguration.ExpectProblem(
            FilterConfiguration.Load(Type, "http_service: {}", $"{{{PerRoute}, {Both}}}"),
            "check_settings.with_request_body",
            "Invalid configuration for check_settings. Only one of disable_request_body_buffering or with_request_body can be set."
        );
    }

    [Fact]
    public void Google_grpc_is_not_supported() =>
        FilterConfiguration.ExpectProblem(
            FilterConfiguration.Load(Type, "grpc_service: {google_grpc: {target_uri: a, stat_prefix: b}}"),
            "grpc_service.google_grpc",
            "'google_grpc' is not supported yet; accepted: envoy_grpc",
            unsupported: true
        );

    [Fact]
    public void Typed_metadata_is_told_to_have_no_effect()
    {
        var result = FilterConfiguration.Load(Type, "http_service: {}\ntyped_metadata_context_namespaces: [a]");
        Assert.Empty(result.Problems);
        Assert.Contains(result.Warnings, static warning => warning.Path.EndsWith("typed_metadata_context_namespaces", StringComparison.Ordinal));
    }

    private const RetryOn RetryPolicyBuilderConditions = RetryOn.FiveXx | RetryOn.GatewayError | RetryOn.ConnectFailure | RetryOn.Reset;

    private static ExtAuthzSettings Settings(string yaml, string node = "") =>
        FilterConfiguration.Settings<ExtAuthzSettings>(FilterConfiguration.Load(Type, yaml, node: node));
}
