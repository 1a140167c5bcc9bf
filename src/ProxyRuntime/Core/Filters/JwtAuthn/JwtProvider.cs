using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>JwtProvider: who issues tokens, where they stand in a request, how they are checked and what becomes of them.</summary>
public sealed record JwtProvider
{
    public const uint ClockSkewSecondsDefault = 60;

    /// <summary>The key in providers.</summary>
    public required string Name { get; init; }

    /// <summary>issuer: what the claim <c>iss</c> has to be; empty: anything.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>audiences: the claim <c>aud</c> has to name one; empty: anything.</summary>
    public ImmutableArray<string> Audiences { get; init; } = [];

    /// <summary>subjects: what the claim <c>sub</c> has to be like; null: anything.</summary>
    public StringMatcher? Subjects { get; init; }

    /// <summary>require_expiration: a token without <c>exp</c> is bad. Default false.</summary>
    public bool RequireExpiration { get; init; }

    /// <summary>max_lifetime in nanoseconds: what is left until <c>exp</c> has to be less. Null: anything.</summary>
    public long? MaxLifetimeNs { get; init; }

    /// <summary>local_jwks; null where the keys are remote, or where the text is empty: then no token can be verified.</summary>
    public Jwks? LocalJwks { get; init; }

    /// <summary>remote_jwks; null where the keys are local.</summary>
    public RemoteJwks? RemoteJwks { get; init; }

    /// <summary>from_headers. Where all three sources are empty: <c>authorization</c> behind <c>Bearer </c>, then the parameter <c>access_token</c>.</summary>
    public ImmutableArray<JwtHeaderSource> FromHeaders { get; init; } = [];

    /// <summary>from_params: names of query parameters.</summary>
    public ImmutableArray<string> FromParams { get; init; } = [];

    /// <summary>from_cookies: names of cookies. They are never removed from the request.</summary>
    public ImmutableArray<string> FromCookies { get; init; } = [];

    /// <summary>forward: a good token stays in the request. Default false.</summary>
    public bool Forward { get; init; }

    /// <summary>forward_payload_header: gets the payload in Base64url; null for none. What comes with the request under this name is removed.</summary>
    public HeaderName? ForwardPayloadHeader { get; init; }

    /// <summary>pad_forward_payload_header. Default false: without padding.</summary>
    public bool PadForwardPayloadHeader { get; init; }

    /// <summary>payload_in_metadata: the payload's key in the metadata <c>envoy.filters.http.jwt_authn</c>; empty for none.</summary>
    public string PayloadInMetadata { get; init; } = "";

    /// <summary>normalize_payload_in_metadata.space_delimited_claims: texts that become lists of words in the metadata.</summary>
    public ImmutableArray<string> SpaceDelimitedClaims { get; init; } = [];

    /// <summary>header_in_metadata: the token header's key in the metadata; empty for none.</summary>
    public string HeaderInMetadata { get; init; } = "";

    /// <summary>failed_status_in_metadata: the key of code and message of a failure; empty for none.</summary>
    public string FailedStatusInMetadata { get; init; } = "";

    /// <summary>clock_skew_seconds. Default 60, which 0 means too.</summary>
    public uint ClockSkewSeconds { get; init; } = ClockSkewSecondsDefault;

    /// <summary>jwt_cache_config; null for no cache.</summary>
    public JwtCacheSettings? Cache { get; init; }

    /// <summary>claim_to_headers. What comes with the request under these names is removed.</summary>
    public ImmutableArray<JwtClaimToHeader> ClaimToHeaders { get; init; } = [];

    /// <summary>clear_route_cache: the route is chosen anew if claims went into headers or the payload into metadata. Default false.</summary>
    public bool ClearRouteCache { get; init; }
}

/// <summary>JwtHeader.</summary>
/// <param name="Name">name.</param>
/// <param name="ValuePrefix">value_prefix: the token begins behind it, wherever it stands in the value; empty: the value is the token.</param>
public sealed record JwtHeaderSource(HeaderName Name, string ValuePrefix = "");

/// <summary>JwtClaimToHeader.</summary>
/// <param name="Header">header_name.</param>
/// <param name="ClaimPath">claim_name, split at its dots.</param>
public sealed record JwtClaimToHeader(HeaderName Header, ImmutableArray<string> ClaimPath);

/// <summary>JwtCacheConfig.</summary>
/// <param name="Size">jwt_cache_size. Default 100 tokens, which 0 means too.</param>
/// <param name="TokenBytesMax">jwt_max_token_size. Default 4096 bytes, which 0 means too.</param>
public sealed record JwtCacheSettings(int Size = JwtCacheSettings.SizeDefault, int TokenBytesMax = JwtCacheSettings.TokenBytesMaxDefault)
{
    public const int SizeDefault = 100;
    public const int TokenBytesMaxDefault = 4096;
}

/// <summary>RemoteJwks: keys that are fetched from a URI.</summary>
/// <param name="Cluster">http_uri.cluster.</param>
/// <param name="Scheme">The scheme of http_uri.uri.</param>
/// <param name="Host">Host and port of http_uri.uri, as they stand there.</param>
/// <param name="Path">Path and query of http_uri.uri.</param>
/// <param name="TimeoutNs">http_uri.timeout in nanoseconds, all attempts together, 0 = none.</param>
public sealed record RemoteJwks(string Cluster, string Scheme, string Host, string Path, long TimeoutNs)
{
    public const long CacheDurationNsDefault = 600 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>cache_duration in nanoseconds, cut to whole seconds as Envoy does. Default ten minutes.</summary>
    public long CacheDurationNs { get; init; } = CacheDurationNsDefault;

    /// <summary>async_fetch; null: keys are fetched when a token needs them.</summary>
    public JwksAsyncFetch? AsyncFetch { get; init; }

    /// <summary>retry_policy; by default it retries on 5xx, gateway errors, failed connections and resets. Null for none.</summary>
    public RetryPolicySnapshot? RetryPolicy { get; init; }
}

/// <summary>JwksAsyncFetch: keys are fetched before they are needed, and again before they are too old.</summary>
/// <param name="FastListener">fast_listener. Of no effect here: listeners never wait for keys, see <see cref="JwtAuthnState"/>.</param>
/// <param name="FailedRefetchNs">failed_refetch_duration in nanoseconds. Default one second.</param>
public sealed record JwksAsyncFetch(bool FastListener = false, long FailedRefetchNs = MonotonicTime.NanosecondsPerSecond);
