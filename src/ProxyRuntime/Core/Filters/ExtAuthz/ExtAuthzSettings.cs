using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.ext_authz: a service decides whether a request may pass.</summary>
public sealed record ExtAuthzSettings : IHttpFilterSettings
{
    public const int StatusOnErrorDefault = 403;

    /// <summary>grpc_service or http_service.</summary>
    public required ExtAuthzService Service { get; init; }

    /// <summary>The service is called by gRPC, which needs HTTP/2 upstream.</summary>
    public bool UsesGrpc => Service is ExtAuthzGrpcService;

    /// <summary>failure_mode_allow: without an answer of the service requests pass. Default false.</summary>
    public bool FailureModeAllow { get; init; }

    /// <summary>failure_mode_allow_header_add: such a request gets <c>x-envoy-auth-failure-mode-allowed: true</c>. Default false.</summary>
    public bool FailureModeAllowHeaderAdd { get; init; }

    /// <summary>with_request_body; null: the service sees no body.</summary>
    public ExtAuthzBodySettings? Body { get; init; }

    /// <summary>clear_route_cache: the route is chosen anew if the service changes the request. Default false.</summary>
    public bool ClearRouteCache { get; init; }

    /// <summary>status_on_error: what clients get while the service does not answer. Default 403.</summary>
    public int StatusOnError { get; init; } = StatusOnErrorDefault;

    /// <summary>validate_mutations: an answer with a header that cannot be is answered 500. Default false.</summary>
    public bool ValidateMutations { get; init; }

    /// <summary>metadata_context_namespaces: metadata of the request that the service sees.</summary>
    public ImmutableArray<string> MetadataNamespaces { get; init; } = [];

    /// <summary>route_metadata_context_namespaces: metadata of the route that the service sees.</summary>
    public ImmutableArray<string> RouteMetadataNamespaces { get; init; } = [];

    /// <summary>filter_enabled; null: always.</summary>
    public RuntimeFraction? FilterEnabled { get; init; }

    /// <summary>filter_enabled_metadata; null: always.</summary>
    public MetadataMatcher? FilterEnabledMetadata { get; init; }

    /// <summary>deny_at_disable: requests are denied where the filter is not enabled; null for false.</summary>
    public RuntimeFlag? DenyAtDisable { get; init; }

    /// <summary>include_peer_certificate: the service sees certificates in full. Default false.</summary>
    public bool IncludePeerCertificate { get; init; }

    /// <summary>include_tls_session: the service sees the server name. Default false.</summary>
    public bool IncludeTlsSession { get; init; }

    /// <summary>stat_prefix: statistics under <c>ext_authz.PREFIX.</c>; empty for none.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>What bootstrap_metadata_labels_key leads to in the node's metadata: labels of the destination, sorted by name.</summary>
    public ImmutableArray<KeyValuePair<string, string>> DestinationLabels { get; init; } = [];

    /// <summary>
    /// allowed_headers, or authorization_request.allowed_headers: which headers of the request the service sees. Null: all by gRPC; by
    /// HTTP none but <c>authorization</c>, method, path and host, which it always sees.
    /// </summary>
    public NamePatterns? AllowedHeaders { get; init; }

    /// <summary>disallowed_headers: stronger than <see cref="AllowedHeaders"/>.</summary>
    public NamePatterns DisallowedHeaders { get; init; } = NamePatterns.None;

    /// <summary>charge_cluster_response_stats: a denial counts as a response of the route's cluster. Default true.</summary>
    public bool ChargeClusterResponseStats { get; init; } = true;

    /// <summary>encode_raw_headers: header lines stay apart and as they are, instead of being joined by name as UTF-8. Default false.</summary>
    public bool EncodeRawHeaders { get; init; }

    /// <summary>decoder_header_mutation_rules; null: the service may change any header.</summary>
    public HeaderMutationRules? MutationRules { get; init; }

    /// <summary>enable_dynamic_metadata_ingestion. Default true: metadata in the answer is noted.</summary>
    public bool EnableDynamicMetadataIngestion { get; init; } = true;

    /// <summary>
    /// emit_filter_state_stats: latency_us, and by gRPC bytesSent and bytesReceived of the call, are fields of an object in the filter
    /// state that has the filter's name. Default false.
    /// </summary>
    public bool EmitFilterStateStats { get; init; }

    /// <summary>filter_metadata is given: then too there is an object of the filter's name in the filter state. Default false.</summary>
    public bool HasFilterMetadata { get; init; }

    /// <summary>max_denied_response_body_bytes. Default 0 = no limit.</summary>
    public int MaxDeniedResponseBodyBytes { get; init; }
}

/// <summary>BufferSettings.</summary>
/// <param name="MaxRequestBytes">max_request_bytes, above 0.</param>
/// <param name="AllowPartialMessage">allow_partial_message: of a longer body the service sees so much; else the request is answered 413.</param>
/// <param name="PackAsBytes">pack_as_bytes: by gRPC the body is not text but bytes.</param>
public sealed record ExtAuthzBodySettings(long MaxRequestBytes, bool AllowPartialMessage = false, bool PackAsBytes = false);

/// <summary>ExtAuthzPerRoute of a route, virtual host, table or weighted cluster.</summary>
public sealed record ExtAuthzRouteSettings : IRouteFilterSettings
{
    /// <summary>disabled: requests pass.</summary>
    public bool Disabled { get; init; }

    /// <summary>check_settings.context_extensions. Those of all levels are put together, the more specific replace others.</summary>
    public ImmutableArray<KeyValuePair<string, string>> ContextExtensions { get; init; } = [];

    /// <summary>check_settings.disable_request_body_buffering.</summary>
    public bool DisableRequestBodyBuffering { get; init; }

    /// <summary>check_settings.with_request_body, in place of the filter's; null: the filter's counts.</summary>
    public ExtAuthzBodySettings? Body { get; init; }

    /// <summary>check_settings.grpc_service or http_service, in place of the filter's; null: the filter's counts.</summary>
    public ExtAuthzService? Service { get; init; }

    /// <summary>A service of its own is called by gRPC, which needs HTTP/2 upstream.</summary>
    public bool UsesGrpc => Service is ExtAuthzGrpcService;
}
