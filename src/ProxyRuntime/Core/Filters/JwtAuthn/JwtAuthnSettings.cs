using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.jwt_authn: which requests need a token, and of whom.</summary>
public sealed record JwtAuthnSettings : IHttpFilterSettings
{
    /// <summary>providers, sorted by name.</summary>
    public ImmutableArray<JwtProvider> Providers { get; init; } = [];

    /// <summary>rules: the first that matches counts. A request that none matches needs no token.</summary>
    public ImmutableArray<JwtRule> Rules { get; init; } = [];

    /// <summary>requirement_map, sorted by name: what routes may ask for.</summary>
    public ImmutableArray<NamedJwtRequirement> RequirementMap { get; init; } = [];

    /// <summary>filter_state_rules, for requests that no rule matches; null for none.</summary>
    public JwtFilterStateRules? FilterStateRules { get; init; }

    /// <summary>bypass_cors_preflight: preflight requests need no token. Default false.</summary>
    public bool BypassCorsPreflight { get; init; }

    /// <summary>strip_failure_response: answers say nothing of the reason. Default false.</summary>
    public bool StripFailureResponse { get; init; }

    /// <summary>stat_prefix: statistics under <c>jwt_authn.PREFIX.</c>; empty for none.</summary>
    public string StatPrefix { get; init; } = "";
}

/// <summary>RequirementRule.</summary>
/// <param name="Match">Path, headers and query parameters; Envoy looks at nothing else of the match here.</param>
/// <param name="Requires">requires, or what requirement_name stands for; null: no token is needed.</param>
public sealed record JwtRule(RouteMatch Match, JwtRequirement? Requires);

/// <summary>FilterStateRule: the text of an object that another filter has left chooses the requirement.</summary>
/// <param name="Name">name of the object.</param>
/// <param name="Requires">requires, by the object's text.</param>
public sealed record JwtFilterStateRules(string Name, ImmutableArray<NamedJwtRequirement> Requires);

/// <summary>An entry of requirement_map or of filter_state_rules.</summary>
public sealed record NamedJwtRequirement(string Name, JwtRequirement Requirement);

/// <summary>PerRouteConfig of a route, virtual host or table.</summary>
/// <param name="RequirementName">requirement_name: an entry of requirement_map instead of the rules; null for <c>disabled</c>: no token is needed.</param>
public sealed record JwtRouteSettings(string? RequirementName) : IRouteFilterSettings;
