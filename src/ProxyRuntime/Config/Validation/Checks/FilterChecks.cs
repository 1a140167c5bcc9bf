using Envoy.Extensions.Filters.Http.ExtAuthz.V3;
using Envoy.Extensions.Filters.Http.JwtAuthn.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>HTTP filters whose settings must fit together.</summary>
internal static class FilterChecks
{
    private const int MinimumFillMs = 50;

    public static void Check(SourceMap map, LocalRateLimit limit)
    {
        if (limit.TokenBucket is { FillInterval: { } interval } bucket && Milliseconds(interval) < MinimumFillMs)
        {
            map.Problem(bucket, "fill_interval", "local rate limit token bucket fill timer must be >= 50ms");
        }
    }

    public static void Check(SourceMap map, ExtAuthz authorization)
    {
        if (authorization.AllowedHeaders is not null && authorization.HttpService?.AuthorizationRequest is { AllowedHeaders: not null } request)
        {
            map.Problem(request, "allowed_headers", "Invalid duplicate configuration for allowed_headers.");
        }

        if (authorization.HttpService is null && authorization.TransportApiVersion == Envoy.Config.Core.V3.ApiVersion.V2)
        {
            map.Problem(
                authorization,
                "transport_api_version",
                "V2 xDS transport protocol version is deprecated. The v2 xDS major version has been removed and is no longer supported."
            );
        }
    }

    public static void Check(SourceMap map, HttpService service)
    {
        if (service.PathPrefix is [not '/', ..])
        {
            map.Problem(service, "path_prefix", "path_prefix should start with \"/\".");
        }
    }

    public static void Check(SourceMap map, CheckSettings settings)
    {
        if (settings.DisableRequestBodyBuffering && settings.WithRequestBody is not null)
        {
            map.Problem(
                settings,
                "with_request_body",
                "Invalid configuration for check_settings. Only one of disable_request_body_buffering or with_request_body can be set."
            );
        }
    }

    public static void Check(SourceMap map, JwtAuthentication authentication)
    {
        foreach (var (name, provider) in authentication.Providers)
        {
            CheckRemote(map, name, provider.RemoteJwks);
        }

        foreach (var rule in authentication.Rules)
        {
            CheckProviders(map, authentication, rule.Requires);
            if (rule.RequirementName.Length > 0 && !authentication.RequirementMap.ContainsKey(rule.RequirementName))
            {
                map.Problem(
                    rule,
                    "requirement_name",
                    $"Wrong requirement_name: {rule.RequirementName}. It should be one of [{string.Join(',', authentication.RequirementMap.Keys.Order(StringComparer.Ordinal))}]"
                );
            }
        }

        foreach (var requirement in authentication.RequirementMap.Values.Concat(authentication.FilterStateRules?.Requires.Values ?? []))
        {
            CheckProviders(map, authentication, requirement);
        }
    }

    private static void CheckRemote(SourceMap map, string provider, RemoteJwks? remote)
    {
        if (remote?.HttpUri is { Uri.Length: > 0 } uri && !UriParts.IsAbsolute(uri.Uri))
        {
            map.Problem(uri, "uri", $"Provider '{provider}' has an invalid URI: '{uri.Uri}'");
        }

        if (
            remote?.RetryPolicy?.RetryBackOff is { BaseInterval: { } baseInterval, MaxInterval: { } maxInterval } backOff
            && Milliseconds(maxInterval) < Milliseconds(baseInterval)
        )
        {
            map.Problem(backOff, "max_interval", "max_interval must be greater than or equal to the base_interval");
        }
    }

    private static long Milliseconds(Duration duration) => (duration.Seconds * 1000) + (duration.Nanos / 1_000_000);

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
