using Envoy.Extensions.Filters.Http.JwtAuthn.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>HTTP filters whose settings must fit together.</summary>
internal static class FilterChecks
{
    private const int MinimumFillMs = 50;

    public static void Check(SourceMap map, LocalRateLimit limit)
    {
        if (limit.TokenBucket is { FillInterval: { } interval } bucket && (interval.Seconds * 1000) + (interval.Nanos / 1_000_000) < MinimumFillMs)
        {
            map.Problem(bucket, "fill_interval", "local rate limit token bucket fill timer must be >= 50ms");
        }
    }

    public static void Check(SourceMap map, JwtAuthentication authentication)
    {
        foreach (var rule in authentication.Rules)
        {
            CheckProviders(map, authentication, rule.Requires);
            if (rule.RequirementName.Length > 0 && !authentication.RequirementMap.ContainsKey(rule.RequirementName))
            {
                map.Problem(
                    rule,
                    "requirement_name",
                    $"Wrong requirement_name: {rule.RequirementName}. It should be one of [{string.Join(", ", authentication.RequirementMap.Keys)}]"
                );
            }
        }

        foreach (var requirement in authentication.RequirementMap.Values.Concat(authentication.FilterStateRules?.Requires.Values ?? []))
        {
            CheckProviders(map, authentication, requirement);
        }
    }

    private static void CheckProviders(SourceMap map, JwtAuthentication authentication, JwtRequirement? requirement)
    {
        switch (requirement?.RequiresTypeCase)
        {
            case JwtRequirement.RequiresTypeOneofCase.ProviderName:
                CheckProvider(map, authentication, requirement, requirement.ProviderName);
                break;
            case JwtRequirement.RequiresTypeOneofCase.ProviderAndAudiences:
                CheckProvider(map, authentication, requirement.ProviderAndAudiences, requirement.ProviderAndAudiences.ProviderName);
                break;
            case JwtRequirement.RequiresTypeOneofCase.RequiresAny:
                foreach (var inner in requirement.RequiresAny.Requirements)
                {
                    CheckProviders(map, authentication, inner);
                }

                break;
            case JwtRequirement.RequiresTypeOneofCase.RequiresAll:
                foreach (var inner in requirement.RequiresAll.Requirements)
                {
                    CheckProviders(map, authentication, inner);
                }

                break;
            default:
                break;
        }
    }

    private static void CheckProvider(SourceMap map, JwtAuthentication authentication, IMessage owner, string name)
    {
        if (!authentication.Providers.ContainsKey(name))
        {
            map.Problem(owner, "provider_name", $"Required provider ['{name}'] is not configured.{NearestWord.Suggest(name, authentication.Providers.Keys)}");
        }
    }
}
