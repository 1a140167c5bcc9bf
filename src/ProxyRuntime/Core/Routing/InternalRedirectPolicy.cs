using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>InternalRedirectPolicy: redirects of an upstream that the proxy follows itself.</summary>
public sealed record InternalRedirectPolicy
{
    /// <summary>max_internal_redirects. Default 1.</summary>
    public uint MaxRedirects { get; init; } = 1;

    /// <summary>redirect_response_codes of 301, 302, 303, 307, 308. Default 302.</summary>
    public ImmutableArray<int> Codes { get; init; } = [302];

    /// <summary>allow_cross_scheme_redirect. Default false.</summary>
    public bool AllowCrossScheme { get; init; }

    /// <summary>response_headers_to_copy.</summary>
    public ImmutableArray<HeaderName> HeadersToCopy { get; init; } = [];

    public ImmutableArray<InternalRedirectPredicate> Predicates { get; init; } = [];
}

/// <summary>What a redirect's target must be like to be followed.</summary>
public abstract record InternalRedirectPredicate;

/// <summary>previous_routes: not a route that this request was redirected to from the same route before.</summary>
public sealed record PreviousRoutesPredicate : InternalRedirectPredicate;

/// <summary>allow_listed_routes: a route of one of these names.</summary>
public sealed record AllowListedRoutesPredicate(ImmutableArray<string> Names) : InternalRedirectPredicate;

/// <summary>safe_cross_scheme: from HTTPS to HTTP, or the same, but never from HTTP to HTTPS.</summary>
public sealed record SafeCrossSchemePredicate : InternalRedirectPredicate;
