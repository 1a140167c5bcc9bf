using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The policies for one request, the most specific first; of each attribute the first one that says something counts. Reused.</summary>
internal sealed class CorsPolicies
{
    private readonly CorsPolicy[] policies = new CorsPolicy[RouteSelection.Levels];
    private int count;

    public bool IsEmpty => count == 0;

    /// <summary>filter_enabled of the most specific policy.</summary>
    public RuntimeFraction Enabled => count == 0 ? RuntimeFraction.Never : policies[0].FilterEnabled ?? RuntimeFraction.Always;

    /// <summary>shadow_enabled of the most specific policy.</summary>
    public RuntimeFraction ShadowEnabled => count == 0 ? RuntimeFraction.Never : policies[0].ShadowEnabled ?? RuntimeFraction.Never;

    public bool AllowCredentials => First(static policy => policy.AllowCredentials) ?? false;

    public bool AllowPrivateNetworkAccess => First(static policy => policy.AllowPrivateNetworkAccess) ?? false;

    public bool ForwardNotMatchingPreflights => First(static policy => policy.ForwardNotMatchingPreflights) ?? true;

    public string AllowMethods => First(static policy => policy.AllowMethods);

    public string AllowHeaders => First(static policy => policy.AllowHeaders);

    public string ExposeHeaders => First(static policy => policy.ExposeHeaders);

    public string MaxAge => First(static policy => policy.MaxAge);

    private ReadOnlySpan<CorsPolicy> All => policies.AsSpan(0, count);

    public void Clear() => count = 0;

    /// <summary>Those of the levels' filter settings; without any, the deprecated ones of route and virtual host.</summary>
    public void Find(in RouteSelection selection, string filter)
    {
        count = 0;
        for (var level = 0; level < RouteSelection.Levels; level++)
        {
            Add(selection.FilterSettings(filter, level) as CorsPolicy);
        }

        if (count == 0)
        {
            Add(selection.Action?.Cors);
            Add(selection.VirtualHost?.Cors);
        }
    }

    public bool IsOriginAllowed(ReadOnlySpan<byte> origin)
    {
        foreach (var policy in All)
        {
            if (!policy.AllowOrigins.IsEmpty)
            {
                return MatchesAny(policy.AllowOrigins, origin);
            }
        }

        return false;
    }

    /// <summary>A matcher that fits <c>*</c> allows every origin.</summary>
    private static bool MatchesAny(ImmutableArray<StringMatcher> matchers, ReadOnlySpan<byte> origin)
    {
        foreach (var matcher in matchers)
        {
            if (matcher.Matches("*"u8) || matcher.Matches(origin))
            {
                return true;
            }
        }

        return false;
    }

    private void Add(CorsPolicy? policy)
    {
        if (policy is not null)
        {
            policies[count++] = policy;
        }
    }

    private bool? First(Func<CorsPolicy, bool?> attribute)
    {
        foreach (var policy in All)
        {
            if (attribute(policy) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    private string First(Func<CorsPolicy, string> attribute)
    {
        foreach (var policy in All)
        {
            if (attribute(policy) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return "";
    }
}
