namespace MeshSim.ProxyRuntime.Core;

/// <summary>How the outcomes under some settings are told, each made once: metadata, response_code_details, statistics of policies.</summary>
internal sealed class RbacReports
{
    private readonly RbacScope scope;
    private readonly RbacSettings settings;
    private readonly string rulesPrefix;
    private readonly string shadowPrefix;
    private readonly Dictionary<long, MetadataValue> metadata = [];
    private readonly string[] details;
    private readonly Counter?[] counters;
    private readonly Counter?[] shadowCounters;

    /// <param name="scope">Its settings are the filter's own, whose prefixes count where the others have none.</param>
    public RbacReports(RbacScope scope, RbacSettings settings)
    {
        this.scope = scope;
        this.settings = settings;
        rulesPrefix = settings.RulesStatPrefix.Length > 0 ? settings.RulesStatPrefix : scope.Settings.RulesStatPrefix;
        shadowPrefix = settings.ShadowRulesStatPrefix.Length > 0 ? settings.ShadowRulesStatPrefix : scope.Settings.ShadowRulesStatPrefix;
        details = [Details("none"), .. settings.Rules?.Policies.Select(static policy => Details(policy.Name)) ?? []];
        counters = new Counter?[settings.Rules?.Policies.Length ?? 0];
        shadowCounters = new Counter?[settings.ShadowRules?.Policies.Length ?? 0];
    }

    /// <param name="policy">The place of the policy that fitted; −1 for none.</param>
    public string DetailsOf(int policy) => details[policy + 1];

    /// <summary>Counts for a policy that fitted.</summary>
    public void Count(int policy) => (counters[policy] ??= scope.PolicyCounter(settings.Rules!, policy, shadow: false)).Increment();

    /// <summary>Counts for a policy of the shadow rules that fitted.</summary>
    public void CountShadow(int policy) => (shadowCounters[policy] ??= scope.PolicyCounter(settings.ShadowRules!, policy, shadow: true)).Increment();

    /// <summary>What is noted under <c>envoy.filters.http.rbac</c>.</summary>
    /// <param name="shadowPolicy">The place of the policy of the shadow rules that fitted; −1 for none, and without such rules.</param>
    public MetadataValue Metadata(int policy, int shadowPolicy)
    {
        var key = ((long)policy << 32) | (uint)shadowPolicy;
        if (!metadata.TryGetValue(key, out var found))
        {
            metadata[key] = found = MetadataValue.Of([
                .. Fields(settings.ShadowRules, shadowPolicy, shadowPrefix + "shadow_"),
                .. Fields(settings.Rules, policy, rulesPrefix + "enforced_"),
            ]);
        }

        return found;
    }

    private static IEnumerable<KeyValuePair<string, MetadataValue>> Fields(RbacRules? rules, int policy, string prefix)
    {
        if (rules is null)
        {
            yield break;
        }

        if (policy >= 0)
        {
            yield return KeyValuePair.Create(prefix + "effective_policy_id", MetadataValue.Of(rules.Policies[policy].Name));
        }

        yield return KeyValuePair.Create(prefix + "engine_result", MetadataValue.Of(rules.Allows(policy) ? "allowed" : "denied"));
    }

    /// <summary>Blanks would break access logs that separate by them.</summary>
    private static string Details(string policy) =>
        $"rbac_access_denied_matched_policy[{string.Concat(policy.Select(static c => c is ' ' or (>= '\t' and <= '\r') ? '_' : c))}]";
}
