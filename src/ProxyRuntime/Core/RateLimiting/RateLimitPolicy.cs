using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>config.route.v3.RateLimit: actions that together make one descriptor of a request.</summary>
public sealed record RateLimitPolicy(ImmutableArray<RateLimitAction> Actions)
{
    /// <summary>stage, 0 to 10. Default 0: a filter looks only at policies of its own stage.</summary>
    public uint Stage { get; init; }

    /// <summary>disable_key: the runtime may switch the policy off under <c>ratelimit.KEY.http_filter_enabled</c>; empty for none.</summary>
    public string DisableKey { get; init; } = "";

    /// <summary>hits_addend as a number; null for 1.</summary>
    public ulong? HitsAddend { get; init; }

    /// <summary>hits_addend as a format whose value is a number; null for none.</summary>
    public SubstitutionFormat? HitsAddendFormat { get; init; }

    /// <summary>apply_on_stream_done: the descriptor is counted when the stream ends, and never limits.</summary>
    public bool ApplyOnStreamDone { get; init; }
}

/// <summary>One action of a <see cref="RateLimitPolicy"/>: makes one entry of the descriptor, or none.</summary>
public abstract record RateLimitAction;

/// <summary>source_cluster: (<c>source_cluster</c>, the proxy's own cluster).</summary>
public sealed record SourceClusterAction : RateLimitAction;

/// <summary>destination_cluster: (<c>destination_cluster</c>, the route's cluster).</summary>
public sealed record DestinationClusterAction : RateLimitAction;

/// <summary>request_headers: (key, first value). Without the header no descriptor, or, with skip_if_absent, no entry.</summary>
public sealed record RequestHeadersAction(HeaderName Header, string Key, bool SkipIfAbsent, string Default) : RateLimitAction;

/// <summary>query_parameters: (key, first value, decoded).</summary>
public sealed record QueryParametersAction(string Parameter, string Key, bool SkipIfAbsent, string Default) : RateLimitAction;

/// <summary>remote_address: (<c>remote_address</c>, address of the client).</summary>
public sealed record RemoteAddressAction : RateLimitAction;

/// <summary>masked_remote_address: (<c>masked_remote_address</c>, the client's network).</summary>
public sealed record MaskedRemoteAddressAction(int V4Bits, int V6Bits) : RateLimitAction;

/// <summary>generic_key: a constant.</summary>
public sealed record GenericKeyAction(string Key, string Value) : RateLimitAction;

/// <summary>header_value_match: a constant, if all headers fit, or if not all do.</summary>
public sealed record HeaderValueMatchAction(string Key, string Value, bool ExpectMatch, ImmutableArray<HeaderMatcher> Headers) : RateLimitAction;

/// <summary>query_parameter_value_match: a constant, if all parameters fit, or if not all do.</summary>
public sealed record QueryParameterValueMatchAction(string Key, string Value, bool ExpectMatch, ImmutableArray<QueryParameterMatcher> Parameters)
    : RateLimitAction;

/// <summary>metadata and dynamic_metadata: a text of metadata.</summary>
public sealed record MetadataAction(string Key, bool OfRoute, string Namespace, ImmutableArray<string> Path, string Default, bool SkipIfAbsent)
    : RateLimitAction;
