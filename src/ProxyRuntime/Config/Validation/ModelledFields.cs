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
    private const string Jwt = "envoy.extensions.filters.http.jwt_authn.v3.";
    private const string Authz = "envoy.extensions.filters.http.ext_authz.v3.";
    private const string Manager = "envoy.extensions.filters.network.http_connection_manager.v3.";

    /// <summary>By message, or by field where a message means less in one place than in another.</summary>
    private static readonly SortedDictionary<string, string[]> ByMessage = new(StringComparer.Ordinal)
    {
        ["envoy.config.bootstrap.v3.Bootstrap"] = ["node", "static_resources", "admin", "layered_runtime"],
        ["envoy.config.bootstrap.v3.Bootstrap.StaticResources"] = ["listeners", "clusters"],
        ["envoy.config.bootstrap.v3.Admin"] = ["address"],
        ["envoy.config.bootstrap.v3.LayeredRuntime"] = ["layers"],
        ["envoy.config.bootstrap.v3.RuntimeLayer"] = ["name", "static_layer", "admin_layer"],
        [Core + "Node"] = ["id", "cluster", "locality", "metadata"],
        [Core + "Locality"] = ["region", "zone", "sub_zone"],
        [Core + "Address"] = ["socket_address"],
        [Core + "SocketAddress"] = ["protocol", "address", "port_value"],
        [Core + "SubstitutionFormatString"] =
        [
            "text_format",
            "json_format",
            "text_format_source",
            "omit_empty_values",
            "content_type",
            "formatters",
            "json_format_options",
        ],
        [Core + "JsonFormatOptions"] = ["sort_properties"],
        [Core + "DataSource"] = ["filename", "inline_bytes", "inline_string", "environment_variable"],
        [Core + "CidrRange"] = ["address_prefix", "prefix_len"],
        [Core + "HeaderValue"] = ["key", "value", "raw_value"],
        [Core + "HeaderValueOption"] = ["header", "append", "append_action", "keep_empty_value"],
        [Core + "Metadata"] = ["filter_metadata"],
        [Core + "RuntimeFractionalPercent"] = ["default_value", "runtime_key"],
        [Core + "RuntimeUInt32"] = ["default_value", "runtime_key"],
        [Core + "RuntimeFeatureFlag"] = ["default_value", "runtime_key"],
        [Core + "HttpUri"] = ["uri", "cluster", "timeout"],
        [Core + "GrpcService"] = ["envoy_grpc", "timeout", "initial_metadata", "retry_policy"],
        [Core + "GrpcService.EnvoyGrpc"] = ["cluster_name", "authority", "max_receive_message_length", "skip_envoy_headers"],
        [Core + "RetryPolicy"] = ["retry_back_off", "num_retries", "retry_on", "retry_priority", "retry_host_predicate", "host_selection_retry_max_attempts"],
        [Core + "RetryPolicy.RetryPriority"] = ["name", "typed_config"],
        [Core + "RetryPolicy.RetryHostPredicate"] = ["name", "typed_config"],
        [Core + "BackoffStrategy"] = ["base_interval", "max_interval"],
        [Core + "SchemeHeaderTransformation"] = ["scheme_to_overwrite"],
        ["envoy.type.v3.FractionalPercent"] = ["numerator", "denominator"],
        ["envoy.type.v3.Int64Range"] = ["start", "end"],
        ["envoy.type.v3.DoubleRange"] = ["start", "end"],
        ["envoy.type.v3.Percent"] = ["value"],
        ["envoy.type.v3.HttpStatus"] = ["code"],
        ["envoy.type.matcher.v3.StringMatcher"] = ["exact", "prefix", "suffix", "safe_regex", "contains", "ignore_case"],
        ["envoy.type.matcher.v3.ListStringMatcher"] = ["patterns"],
        ["envoy.type.matcher.v3.RegexMatcher"] = ["regex", "google_re2"],
        ["envoy.type.matcher.v3.RegexMatcher.GoogleRE2"] = ["max_program_size"],
        ["envoy.type.matcher.v3.RegexMatchAndSubstitute"] = ["pattern", "substitution"],
        ["envoy.type.matcher.v3.MetadataMatcher"] = ["filter", "path", "value", "invert"],
        ["envoy.type.matcher.v3.MetadataMatcher.PathSegment"] = ["key"],
        ["envoy.type.matcher.v3.ValueMatcher"] = ["null_match", "double_match", "string_match", "bool_match", "present_match", "list_match", "or_match"],
        ["envoy.type.matcher.v3.DoubleMatcher"] = ["range", "exact"],
        ["envoy.type.matcher.v3.ListMatcher"] = ["one_of"],
        ["envoy.type.matcher.v3.OrMatcher"] = ["value_matchers"],
        ["envoy.type.matcher.v3.FilterStateMatcher"] = ["key", "string_match"],
        ["envoy.type.metadata.v3.MetadataKey"] = ["key", "path"],
        ["envoy.type.metadata.v3.MetadataKey.PathSegment"] = ["key"],
        ["envoy.config.common.mutation_rules.v3.HeaderMutation"] = ["remove", "append", "remove_on_match"],
        ["envoy.config.common.mutation_rules.v3.HeaderMutation.RemoveOnMatch"] = ["key_matcher"],
        ["envoy.config.common.mutation_rules.v3.HeaderMutationRules"] =
        [
            "allow_all_routing",
            "allow_envoy",
            "disallow_system",
            "disallow_all",
            "allow_expression",
            "disallow_expression",
            "disallow_is_error",
        ],
        [Cluster + "Cluster.common_http_protocol_options"] =
        [
            "idle_timeout",
            "max_requests_per_connection",
            "max_stream_duration",
            "max_headers_count",
            "max_response_headers_kb",
        ],
        [Manager + "HttpConnectionManager.common_http_protocol_options"] =
        [
            "idle_timeout",
            "max_headers_count",
            "max_connection_duration",
            "max_stream_duration",
            "max_requests_per_connection",
            "headers_with_underscores_action",
        ],
        [Core + "Http1ProtocolOptions"] =
        [
            "allow_absolute_url",
            "header_key_format",
            "enable_trailers",
            "allow_chunked_length",
            "override_stream_error_on_invalid_http_message",
            "send_fully_qualified_url",
            "allow_custom_methods",
        ],
        [Core + "Http1ProtocolOptions.HeaderKeyFormat"] = ["proper_case_words"],
        ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions.common_http_protocol_options"] =
        [
            "idle_timeout",
            "max_requests_per_connection",
            "max_stream_duration",
            "max_headers_count",
            "max_response_headers_kb",
        ],
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
            "http_protocol_options",
            "max_requests_per_connection",
            "typed_extension_protocol_options",
            "load_balancing_policy",
            "metadata",
        ],
        [Cluster + "Cluster.CustomClusterType"] = ["name", "typed_config"],
        ["envoy.extensions.clusters.dns.v3.DnsCluster"] = ["dns_refresh_rate", "dns_lookup_family", "all_addresses_in_single_endpoint"],
        [Cluster + "LoadBalancingPolicy"] = ["policies"],
        [Cluster + "LoadBalancingPolicy.Policy"] = ["typed_extension_config"],
        [Cluster + "CircuitBreakers"] = ["thresholds"],
        [Cluster + "CircuitBreakers.Thresholds"] = ["priority", "max_connections", "max_pending_requests", "max_requests", "max_retries"],
        [Endpoint + "ClusterLoadAssignment"] = ["cluster_name", "endpoints"],
        [Endpoint + "LocalityLbEndpoints"] = ["locality", "lb_endpoints", "priority"],
        [Endpoint + "LbEndpoint"] = ["endpoint", "health_status", "load_balancing_weight", "metadata"],
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
            "http_protocol_options",
            "request_headers_timeout",
            "server_header_transformation",
            "scheme_header_transformation",
            "add_user_agent",
            "via",
            "xff_num_trusted_hops",
            "skip_xff_append",
            "append_x_forwarded_port",
            "original_ip_detection_extensions",
            "internal_address_config",
            "request_id_extension",
            "tracing",
            "forward_client_cert_details",
            "proxy_100_continue",
            "upgrade_configs",
            "normalize_path",
            "merge_slashes",
            "path_with_escaped_slashes_action",
            "strip_matching_host_port",
            "strip_any_host_port",
            "strip_trailing_host_dot",
            "stream_error_on_invalid_http_message",
            "local_reply_config",
        ],
        [Manager + "HttpConnectionManager.InternalAddressConfig"] = ["cidr_ranges"],
        [Manager + "HttpConnectionManager.Tracing"] = ["client_sampling", "random_sampling", "overall_sampling"],
        [Manager + "HttpConnectionManager.UpgradeConfig"] = ["upgrade_type", "enabled"],
        [Manager + "RequestIDExtension"] = ["typed_config"],
        ["envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig"] = ["pack_trace_reason", "use_request_id_for_trace_sampling"],
        ["envoy.extensions.http.original_ip_detection.xff.v3.XffConfig"] = ["xff_num_trusted_hops", "xff_trusted_cidrs", "skip_xff_append"],
        ["envoy.extensions.http.original_ip_detection.xff.v3.XffTrustedCidrs"] = ["cidrs"],
        ["envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig"] =
        [
            "header_name",
            "allow_extension_to_set_address_as_trusted",
            "reject_with_status",
        ],
        [Manager + "LocalReplyConfig"] = ["mappers", "body_format"],
        [Manager + "ResponseMapper"] = ["filter", "status_code", "body", "body_format_override", "headers_to_add"],
        [Manager + "HttpFilter"] = ["name", "typed_config", "disabled"],
        ["envoy.extensions.filters.http.router.v3.Router"] =
        [
            "dynamic_stats",
            "suppress_envoy_headers",
            "strict_check_headers",
            "respect_expected_rq_timeout",
            "suppress_grpc_request_failure_code_stats",
        ],
        [Jwt + "JwtAuthentication"] =
        [
            "providers",
            "rules",
            "filter_state_rules",
            "bypass_cors_preflight",
            "requirement_map",
            "strip_failure_response",
            "stat_prefix",
        ],
        [Jwt + "JwtProvider"] =
        [
            "issuer",
            "audiences",
            "subjects",
            "require_expiration",
            "max_lifetime",
            "remote_jwks",
            "local_jwks",
            "forward",
            "from_headers",
            "from_params",
            "from_cookies",
            "forward_payload_header",
            "pad_forward_payload_header",
            "payload_in_metadata",
            "normalize_payload_in_metadata",
            "header_in_metadata",
            "failed_status_in_metadata",
            "clock_skew_seconds",
            "jwt_cache_config",
            "claim_to_headers",
            "clear_route_cache",
        ],
        [Jwt + "JwtProvider.NormalizePayload"] = ["space_delimited_claims"],
        [Jwt + "JwtCacheConfig"] = ["jwt_cache_size", "jwt_max_token_size"],
        [Jwt + "RemoteJwks"] = ["http_uri", "cache_duration", "async_fetch", "retry_policy"],
        [Jwt + "RemoteJwks.retry_policy"] = ["retry_back_off", "num_retries", "retry_priority", "retry_host_predicate", "host_selection_retry_max_attempts"],
        [Jwt + "JwksAsyncFetch"] = ["failed_refetch_duration"],
        [Jwt + "JwtHeader"] = ["name", "value_prefix"],
        [Jwt + "JwtClaimToHeader"] = ["header_name", "claim_name"],
        [Jwt + "RequirementRule"] = ["match", "requires", "requirement_name"],
        [Jwt + "RequirementRule.match"] =
        [
            "prefix",
            "path",
            "safe_regex",
            "connect_matcher",
            "path_separated_prefix",
            "path_match_policy",
            "case_sensitive",
            "headers",
            "query_parameters",
        ],
        [Jwt + "FilterStateRule"] = ["name", "requires"],
        [Jwt + "JwtRequirement"] = ["provider_name", "provider_and_audiences", "requires_any", "requires_all", "allow_missing_or_failed", "allow_missing"],
        [Jwt + "ProviderWithAudiences"] = ["provider_name", "audiences"],
        [Jwt + "JwtRequirementOrList"] = ["requirements"],
        [Jwt + "JwtRequirementAndList"] = ["requirements"],
        [Jwt + "PerRouteConfig"] = ["disabled", "requirement_name"],
        [Authz + "ExtAuthz"] =
        [
            "grpc_service",
            "http_service",
            "transport_api_version",
            "failure_mode_allow",
            "failure_mode_allow_header_add",
            "with_request_body",
            "clear_route_cache",
            "status_on_error",
            "validate_mutations",
            "metadata_context_namespaces",
            "route_metadata_context_namespaces",
            "filter_enabled",
            "filter_enabled_metadata",
            "deny_at_disable",
            "include_peer_certificate",
            "stat_prefix",
            "bootstrap_metadata_labels_key",
            "allowed_headers",
            "disallowed_headers",
            "include_tls_session",
            "charge_cluster_response_stats",
            "encode_raw_headers",
            "decoder_header_mutation_rules",
            "enable_dynamic_metadata_ingestion",
            "filter_metadata",
            "emit_filter_state_stats",
            "max_denied_response_body_bytes",
        ],
        [Authz + "BufferSettings"] = ["max_request_bytes", "allow_partial_message", "pack_as_bytes"],
        [Authz + "HttpService"] = ["server_uri", "path_prefix", "authorization_request", "authorization_response", "retry_policy"],
        [Authz + "HttpService.retry_policy"] = ["retry_back_off", "num_retries", "retry_priority", "retry_host_predicate", "host_selection_retry_max_attempts"],
        [Authz + "AuthorizationRequest"] = ["allowed_headers", "headers_to_add"],
        [Authz + "AuthorizationResponse"] =
        [
            "allowed_upstream_headers",
            "allowed_upstream_headers_to_append",
            "allowed_client_headers",
            "allowed_client_headers_on_success",
            "dynamic_metadata_from_headers",
        ],
        [Authz + "ExtAuthzPerRoute"] = ["disabled", "check_settings"],
        [Authz + "CheckSettings"] = ["context_extensions", "disable_request_body_buffering", "with_request_body", "grpc_service", "http_service"],
        [Route + "RouteConfiguration"] =
        [
            "name",
            "virtual_hosts",
            "validate_clusters",
            "internal_only_headers",
            "response_headers_to_add",
            "response_headers_to_remove",
            "request_headers_to_add",
            "request_headers_to_remove",
            "most_specific_header_mutations_wins",
            "max_direct_response_body_size_bytes",
            "request_mirror_policies",
            "ignore_port_in_host_matching",
            "ignore_path_parameters_in_path_matching",
            "typed_per_filter_config",
        ],
        [Route + "VirtualHost"] =
        [
            "name",
            "domains",
            "routes",
            "require_tls",
            "virtual_clusters",
            "rate_limits",
            "request_headers_to_add",
            "request_headers_to_remove",
            "response_headers_to_add",
            "response_headers_to_remove",
            "cors",
            "typed_per_filter_config",
            "include_request_attempt_count",
            "include_attempt_count_in_response",
            "retry_policy",
            "hedge_policy",
            "include_is_timeout_retry_header",
            "per_request_buffer_limit_bytes",
            "request_body_buffer_limit",
            "request_mirror_policies",
            "metadata",
        ],
        [Route + "FilterConfig"] = ["config", "disabled"],
        [Route + "VirtualCluster"] = ["name", "headers"],
        [Route + "Route"] =
        [
            "name",
            "match",
            "route",
            "redirect",
            "direct_response",
            "non_forwarding_action",
            "metadata",
            "decorator",
            "typed_per_filter_config",
            "request_headers_to_add",
            "request_headers_to_remove",
            "response_headers_to_add",
            "response_headers_to_remove",
            "tracing",
            "per_request_buffer_limit_bytes",
            "request_body_buffer_limit",
            "stat_prefix",
        ],
        [Route + "Decorator"] = ["operation", "propagate"],
        [Route + "Tracing"] = ["client_sampling", "random_sampling", "overall_sampling"],
        [Route + "RouteMatch"] =
        [
            "prefix",
            "path",
            "safe_regex",
            "connect_matcher",
            "path_separated_prefix",
            "path_match_policy",
            "case_sensitive",
            "runtime_fraction",
            "headers",
            "query_parameters",
            "cookies",
            "grpc",
            "tls_context",
            "dynamic_metadata",
            "filter_state",
        ],
        [Route + "RouteMatch.TlsContextMatchOptions"] = ["presented", "validated"],
        ["envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig"] = ["path_template"],
        ["envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig"] = ["path_template_rewrite"],
        [Route + "HeaderMatcher"] =
        [
            "name",
            "exact_match",
            "safe_regex_match",
            "range_match",
            "present_match",
            "prefix_match",
            "suffix_match",
            "contains_match",
            "string_match",
            "invert_match",
            "treat_missing_header_as_empty",
        ],
        [Route + "QueryParameterMatcher"] = ["name", "string_match", "present_match"],
        [Route + "CookieMatcher"] = ["name", "string_match", "invert_match"],
        [Route + "RouteAction"] =
        [
            "cluster",
            "cluster_header",
            "weighted_clusters",
            "cluster_not_found_response_code",
            "metadata_match",
            "prefix_rewrite",
            "regex_rewrite",
            "path_rewrite_policy",
            "path_rewrite",
            "host_rewrite_literal",
            "auto_host_rewrite",
            "host_rewrite_header",
            "host_rewrite_path_regex",
            "host_rewrite",
            "append_x_forwarded_host",
            "timeout",
            "idle_timeout",
            "retry_policy",
            "request_mirror_policies",
            "priority",
            "rate_limits",
            "include_vh_rate_limits",
            "hash_policy",
            "cors",
            "max_grpc_timeout",
            "grpc_timeout_offset",
            "upgrade_configs",
            "internal_redirect_policy",
            "internal_redirect_action",
            "max_internal_redirects",
            "hedge_policy",
            "max_stream_duration",
        ],
        [Route + "RouteAction.RequestMirrorPolicy"] =
        [
            "cluster",
            "cluster_header",
            "runtime_fraction",
            "disable_shadow_host_suffix_append",
            "request_headers_mutations",
            "host_rewrite_literal",
        ],
        [Route + "RouteAction.HashPolicy"] = ["header", "cookie", "connection_properties", "query_parameter", "filter_state", "terminal"],
        [Route + "RouteAction.HashPolicy.Header"] = ["header_name", "regex_rewrite"],
        [Route + "RouteAction.HashPolicy.Cookie"] = ["name", "ttl", "path", "attributes"],
        [Route + "RouteAction.HashPolicy.CookieAttribute"] = ["name", "value"],
        [Route + "RouteAction.HashPolicy.ConnectionProperties"] = ["source_ip"],
        [Route + "RouteAction.HashPolicy.QueryParameter"] = ["name"],
        [Route + "RouteAction.HashPolicy.FilterState"] = ["key"],
        [Route + "RouteAction.UpgradeConfig"] = ["upgrade_type", "enabled"],
        [Route + "RouteAction.MaxStreamDuration"] = ["max_stream_duration", "grpc_timeout_header_max", "grpc_timeout_header_offset"],
        [Route + "WeightedCluster"] = ["clusters", "runtime_key_prefix", "header_name", "use_hash_policy"],
        [Route + "WeightedCluster.ClusterWeight"] =
        [
            "name",
            "cluster_header",
            "weight",
            "metadata_match",
            "request_headers_to_add",
            "request_headers_to_remove",
            "response_headers_to_add",
            "response_headers_to_remove",
            "typed_per_filter_config",
            "host_rewrite_literal",
        ],
        [Route + "RedirectAction"] =
        [
            "https_redirect",
            "scheme_redirect",
            "host_redirect",
            "port_redirect",
            "path_redirect",
            "prefix_rewrite",
            "regex_rewrite",
            "response_code",
            "strip_query",
        ],
        [Route + "DirectResponseAction"] = ["status", "body", "body_format"],
        [Route + "CorsPolicy"] =
        [
            "allow_origin_string_match",
            "allow_methods",
            "allow_headers",
            "expose_headers",
            "max_age",
            "allow_credentials",
            "filter_enabled",
            "shadow_enabled",
            "allow_private_network_access",
            "forward_not_matching_preflights",
        ],
        [Route + "HedgePolicy"] = ["hedge_on_per_try_timeout"],
        [Route + "InternalRedirectPolicy"] =
        [
            "max_internal_redirects",
            "redirect_response_codes",
            "predicates",
            "allow_cross_scheme_redirect",
            "response_headers_to_copy",
        ],
        ["envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig"] = ["allowed_route_names"],
        [Route + "RetryPolicy"] =
        [
            "retry_on",
            "num_retries",
            "per_try_timeout",
            "per_try_idle_timeout",
            "retry_priority",
            "retry_host_predicate",
            "host_selection_retry_max_attempts",
            "retriable_status_codes",
            "retry_back_off",
            "rate_limited_retry_back_off",
            "retriable_headers",
            "retriable_request_headers",
        ],
        [Route + "RetryPolicy.RetryBackOff"] = ["base_interval", "max_interval"],
        [Route + "RetryPolicy.RateLimitedRetryBackOff"] = ["reset_headers", "max_interval"],
        [Route + "RetryPolicy.ResetHeader"] = ["name", "format"],
        [Route + "RetryPolicy.RetryPriority"] = ["name", "typed_config"],
        [Route + "RetryPolicy.RetryHostPredicate"] = ["name", "typed_config"],
        ["envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig"] = ["metadata_match"],
        ["envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"] = ["update_frequency"],
        [Route + "RateLimit"] = ["stage", "disable_key", "actions", "hits_addend", "apply_on_stream_done"],
        [Route + "RateLimit.HitsAddend"] = ["number", "format"],
        [Route + "RateLimit.Action"] =
        [
            "source_cluster",
            "destination_cluster",
            "request_headers",
            "query_parameters",
            "remote_address",
            "generic_key",
            "header_value_match",
            "dynamic_metadata",
            "metadata",
            "masked_remote_address",
            "query_parameter_value_match",
        ],
        [Route + "RateLimit.Action.RequestHeaders"] = ["header_name", "descriptor_key", "skip_if_absent"],
        [Route + "RateLimit.Action.QueryParameters"] = ["query_parameter_name", "descriptor_key", "skip_if_absent"],
        [Route + "RateLimit.Action.MaskedRemoteAddress"] = ["v4_prefix_mask_len", "v6_prefix_mask_len"],
        [Route + "RateLimit.Action.GenericKey"] = ["descriptor_key", "descriptor_value"],
        [Route + "RateLimit.Action.HeaderValueMatch"] = ["descriptor_key", "descriptor_value", "expect_match", "headers"],
        [Route + "RateLimit.Action.QueryParameterValueMatch"] = ["descriptor_key", "descriptor_value", "expect_match", "query_parameters"],
        [Route + "RateLimit.Action.DynamicMetaData"] = ["descriptor_key", "metadata_key", "default_value"],
        [Route + "RateLimit.Action.MetaData"] = ["descriptor_key", "metadata_key", "default_value", "source", "skip_if_absent"],
        ["envoy.config.accesslog.v3.AccessLog"] = ["name", "filter", "typed_config"],
        ["envoy.config.accesslog.v3.AccessLogFilter"] =
        [
            "status_code_filter",
            "duration_filter",
            "not_health_check_filter",
            "traceable_filter",
            "runtime_filter",
            "and_filter",
            "or_filter",
            "header_filter",
            "response_flag_filter",
            "grpc_status_filter",
            "metadata_filter",
            "log_type_filter",
        ],
        ["envoy.config.accesslog.v3.ComparisonFilter"] = ["op", "value"],
        ["envoy.config.accesslog.v3.StatusCodeFilter"] = ["comparison"],
        ["envoy.config.accesslog.v3.DurationFilter"] = ["comparison"],
        ["envoy.config.accesslog.v3.RuntimeFilter"] = ["runtime_key", "percent_sampled", "use_independent_randomness"],
        ["envoy.config.accesslog.v3.AndFilter"] = ["filters"],
        ["envoy.config.accesslog.v3.OrFilter"] = ["filters"],
        ["envoy.config.accesslog.v3.HeaderFilter"] = ["header"],
        ["envoy.config.accesslog.v3.ResponseFlagFilter"] = ["flags"],
        ["envoy.config.accesslog.v3.GrpcStatusFilter"] = ["statuses", "exclude"],
        ["envoy.config.accesslog.v3.MetadataFilter"] = ["matcher", "match_if_key_not_found"],
        ["envoy.config.accesslog.v3.LogTypeFilter"] = ["types", "exclude"],
        ["envoy.extensions.access_loggers.file.v3.FileAccessLog"] = ["path", "format", "json_format", "typed_json_format", "log_format"],
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
            if (map.IsSettled(source.Path))
            {
                _ = passedOver.Add(source.Path);
            }

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

        foreach (var (any, typePlace) in map.UnreadContents.Where(unread => !IsInside(passedOver, map.Of(unread.Any).Path)))
        {
            map.Warn(typePlace, map.Of(any).Path.Field("@type"), $"'{ConfigTypes.NameOf(any.TypeUrl)}' is not read here yet; what is inside is not checked");
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
