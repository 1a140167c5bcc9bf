using Envoy.Config.Rbac.V3;
using Envoy.Extensions.Filters.Http.Rbac.V3;
using MeshSim.ProxyRuntime.Core;
using FilterMessage = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using RulesMessage = Envoy.Config.Rbac.V3.RBAC;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.rbac, of a filter and of single routes.</summary>
internal sealed class RbacBuilder(BuildContext context)
{
    private readonly RbacMatcherBuilder matchers = new(context);

    public RbacSettings Build(FilterMessage filter)
    {
        context.NotSupported(filter, ["matcher", "shadow_matcher"], "rules, shadow_rules");
        return new RbacSettings
        {
            Rules = Rules(filter.Rules),
            ShadowRules = Rules(filter.ShadowRules),
            RulesStatPrefix = filter.RulesStatPrefix,
            ShadowRulesStatPrefix = filter.ShadowRulesStatPrefix,
            TrackPerRuleStats = filter.TrackPerRuleStats,
        };
    }

    /// <summary>Without rbac everything is allowed.</summary>
    public RbacSettings BuildPerRoute(RBACPerRoute route) => route.Rbac is { } rbac ? Build(rbac) : new RbacSettings();

    private RbacRules? Rules(RulesMessage? rules) =>
        rules is null
            ? null
            : new RbacRules(
                (RbacAction)(int)rules.Action,
                [.. rules.Policies.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(entry => Policy(entry.Key, entry.Value))]
            );

    private RbacPolicy Policy(string name, Policy policy)
    {
        context.NotSupported(policy, ["condition", "checked_condition", "cel_config"], "permissions, principals");
        return new RbacPolicy(
            name,
            [.. policy.Permissions.Select(matchers.Build).OfType<RbacMatcher>()],
            [.. policy.Principals.Select(matchers.Build).OfType<RbacMatcher>()]
        );
    }
}
