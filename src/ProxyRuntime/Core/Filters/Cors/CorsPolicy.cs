using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.cors.v3.CorsPolicy: what one level of the configuration says. Null: it says nothing of that.</summary>
public sealed record CorsPolicy : IRouteFilterSettings
{
    /// <summary>allow_origin_string_match.</summary>
    public ImmutableArray<StringMatcher> AllowOrigins { get; init; } = [];

    /// <summary>allow_methods; empty: nothing is said.</summary>
    public string AllowMethods { get; init; } = "";

    /// <summary>allow_headers; empty: nothing is said.</summary>
    public string AllowHeaders { get; init; } = "";

    /// <summary>expose_headers; empty: nothing is said.</summary>
    public string ExposeHeaders { get; init; } = "";

    /// <summary>max_age; empty: nothing is said.</summary>
    public string MaxAge { get; init; } = "";

    public bool? AllowCredentials { get; init; }

    public bool? AllowPrivateNetworkAccess { get; init; }

    /// <summary>forward_not_matching_preflights. Default true.</summary>
    public bool? ForwardNotMatchingPreflights { get; init; }

    /// <summary>filter_enabled. Default 100 %.</summary>
    public RuntimeFraction? FilterEnabled { get; init; }

    /// <summary>shadow_enabled. Default 0 %.</summary>
    public RuntimeFraction? ShadowEnabled { get; init; }
}
