namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the RBAC filters of one chain have in common in one worker: settings, statistics, and how outcomes are told.</summary>
internal sealed class RbacScope
{
    private readonly WorkerContext context;
    private readonly string rulesPrefix;
    private readonly string shadowPrefix;
    private readonly Dictionary<RbacSettings, RbacReports> reports = new(ReferenceEqualityComparer.Instance);

    public RbacScope(WorkerContext context, ConnectionManager manager, RbacSettings settings)
    {
        this.context = context;
        Settings = settings;
        var root = $"http.{manager.Snapshot.StatPrefix}.rbac.";
        rulesPrefix = Joined(root, settings.RulesStatPrefix);
        shadowPrefix = Joined(root, settings.ShadowRulesStatPrefix);
        Allowed = context.Stats.Counter(rulesPrefix + "allowed");
        Denied = context.Stats.Counter(rulesPrefix + "denied");
        ShadowAllowed = context.Stats.Counter(shadowPrefix + "shadow_allowed");
        ShadowDenied = context.Stats.Counter(shadowPrefix + "shadow_denied");
    }

    public RbacSettings Settings { get; }

    public Counter Allowed { get; }

    public Counter Denied { get; }

    public Counter ShadowAllowed { get; }

    public Counter ShadowDenied { get; }

    public RbacReports ReportsOf(RbacSettings settings)
    {
        if (!reports.TryGetValue(settings, out var found))
        {
            reports[settings] = found = new RbacReports(this, settings);
        }

        return found;
    }

    /// <summary>The statistic of a policy that fitted: under one action the outcome is always the same.</summary>
    public Counter PolicyCounter(RbacRules rules, int policy, bool shadow)
    {
        var outcome = rules.Allows(policy) ? "allowed" : "denied";
        return context.Stats.Counter($"{(shadow ? shadowPrefix : rulesPrefix)}policy.{rules.Policies[policy].Name}.{(shadow ? "shadow_" : "")}{outcome}");
    }

    private static string Joined(string root, string prefix) => prefix.Length == 0 || prefix.EndsWith('.') ? root + prefix : $"{root}{prefix}.";
}
