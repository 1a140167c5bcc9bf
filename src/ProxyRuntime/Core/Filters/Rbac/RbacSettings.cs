using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.rbac.v3.RBAC: of a filter, or in its place of a route, virtual host or table (RBACPerRoute).</summary>
public sealed record RbacSettings : IHttpFilterSettings, IRouteFilterSettings
{
    /// <summary>rules; null: everything is allowed.</summary>
    public RbacRules? Rules { get; init; }

    /// <summary>shadow_rules: only counted and noted, before the others are asked. Null for none.</summary>
    public RbacRules? ShadowRules { get; init; }

    /// <summary>rules_stat_prefix: of the filter's statistics, and of the names in metadata, where a route's own goes before.</summary>
    public string RulesStatPrefix { get; init; } = "";

    /// <summary>shadow_rules_stat_prefix.</summary>
    public string ShadowRulesStatPrefix { get; init; } = "";

    /// <summary>track_per_rule_stats: statistics of each policy too. Default false.</summary>
    public bool TrackPerRuleStats { get; init; }
}

/// <summary>config.rbac.v3.RBAC.</summary>
/// <param name="Action">action. Default ALLOW.</param>
/// <param name="Policies">policies, sorted by name: the first that fits is the one that is told.</param>
public sealed record RbacRules(RbacAction Action, ImmutableArray<RbacPolicy> Policies)
{
    /// <summary>The place of the first policy that fits; −1 if none does.</summary>
    internal int Find(in RbacRequest request)
    {
        for (var i = 0; i < Policies.Length; i++)
        {
            if (Policies[i].Matches(request))
            {
                return i;
            }
        }

        return -1;
    }

    /// <param name="policy">As <see cref="Find"/> gave.</param>
    internal bool Allows(int policy) =>
        Action switch
        {
            RbacAction.Allow => policy >= 0,
            RbacAction.Deny => policy < 0,
            _ => true,
        };
}

/// <summary>RBAC.Action.</summary>
public enum RbacAction : byte
{
    /// <summary>Allowed is only what a policy fits.</summary>
    Allow,

    /// <summary>Denied is what a policy fits.</summary>
    Deny,

    /// <summary>All is allowed; whether a policy fits is noted under <c>envoy.common</c> as <c>access_log_hint</c>.</summary>
    Log,
}

/// <summary>config.rbac.v3.Policy: fits if one of the permissions and one of the principals do.</summary>
public sealed record RbacPolicy(string Name, ImmutableArray<RbacMatcher> Permissions, ImmutableArray<RbacMatcher> Principals)
{
    internal bool Matches(in RbacRequest request) => RbacMatcher.MatchesAny(Permissions, request) && RbacMatcher.MatchesAny(Principals, request);
}
