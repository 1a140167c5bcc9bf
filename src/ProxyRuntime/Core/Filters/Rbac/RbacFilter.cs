namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.rbac: allows or denies a request by who asks for what.</summary>
internal sealed class RbacFilter(RbacScope scope) : HttpFilter
{
    private const string Namespace = "envoy.filters.http.rbac";
    private const string CommonNamespace = "envoy.common";

    private static readonly byte[] Body = LocalReply.Text("RBAC: access denied");
    private static readonly MetadataValue LogHint = Hint(true);
    private static readonly MetadataValue NoLogHint = Hint(false);

    private ActiveStream stream = null!;

    public override void Begin(ActiveStream owner) => stream = owner;

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        var settings = stream.Selection.FilterSettings(Name) as RbacSettings ?? scope.Settings;
        if (settings is { Rules: null, ShadowRules: null })
        {
            return FilterStatus.Continue;
        }

        var reports = scope.ReportsOf(settings);
        var request = new RbacRequest(head, stream.Info, stream.Selection.Route);
        var shadowPolicy = settings.ShadowRules?.Find(request) ?? -1;
        if (settings.ShadowRules is { } shadow)
        {
            (shadow.Allows(shadowPolicy) ? scope.ShadowAllowed : scope.ShadowDenied).Increment();
            if (settings.TrackPerRuleStats && shadowPolicy >= 0)
            {
                reports.CountShadow(shadowPolicy);
            }
        }

        var policy = settings.Rules?.Find(request) ?? -1;
        stream.Info.DynamicMetadata.Merge(Namespace, reports.Metadata(policy, shadowPolicy));
        return settings.Rules is null || Enforce(settings.Rules, policy, settings.TrackPerRuleStats, reports)
            ? FilterStatus.Continue
            : FilterStatus.StopIteration;
    }

    /// <summary>Returns whether the request is allowed; else it is answered.</summary>
    private bool Enforce(RbacRules rules, int policy, bool perRule, RbacReports reports)
    {
        if (rules.Action == RbacAction.Log)
        {
            stream.Info.DynamicMetadata.Merge(CommonNamespace, policy >= 0 ? LogHint : NoLogHint);
        }

        if (perRule && policy >= 0)
        {
            reports.Count(policy);
        }

        if (rules.Allows(policy))
        {
            scope.Allowed.Increment();
            return true;
        }

        scope.Denied.Increment();
        stream.SendLocalReply(new LocalReply(403, Body, Details: reports.DetailsOf(policy)));
        return false;
    }

    private static MetadataValue Hint(bool value) => MetadataValue.Of([KeyValuePair.Create("access_log_hint", MetadataValue.Of(value))]);
}
