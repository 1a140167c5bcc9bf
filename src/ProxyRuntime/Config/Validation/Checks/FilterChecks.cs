using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.ExtAuthz.V3;
using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using Envoy.Extensions.Filters.Http.JwtAuthn.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Envoy.Extensions.Filters.Http.Ratelimit.V3;
using Envoy.Type.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HeaderMutation = Envoy.Config.Common.MutationRules.V3.HeaderMutation;
using HealthCheck = Envoy.Extensions.Filters.Http.HealthCheck.V3.HealthCheck;
using HttpService = Envoy.Extensions.Filters.Http.ExtAuthz.V3.HttpService;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>HTTP filters whose settings must fit together.</summary>
internal static class FilterChecks
{
    private const int MinimumFillMs = 50;
    private const int MaximumPortBound = 65536;
    private const string Version2 = "V2 xDS transport protocol version is deprecated. The v2 xDS major version has been removed and is no longer supported.";

    public static void Check(SourceMap map, LocalRateLimit limit)
    {
        // A bucket that is never filled because there is not even a millisecond is left out.
        if (limit.TokenBucket is { FillInterval: { } interval } bucket && Milliseconds(interval) is > 0 and < MinimumFillMs)
        {
            map.Problem(bucket, "fill_interval", "local rate limit token bucket fill timer must be >= 50ms");
        }

        foreach (var own in limit.Descriptors.Select(static descriptor => descriptor.TokenBucket).OfType<TokenBucket>())
        {
            if (own.FillInterval is { } ofDescriptor && Milliseconds(ofDescriptor) < MinimumFillMs)
            {
                map.Problem(own, "fill_interval", "local rate limit descriptor token bucket fill timer must be >= 50ms");
            }
        }

        HeaderChecks.CheckAdded(map, limit.RequestHeadersToAddWhenNotEnforced);
        HeaderChecks.CheckAdded(map, limit.ResponseHeadersToAdd);
    }

    public static void Check(SourceMap map, RateLimit limit)
    {
        HeaderChecks.CheckAdded(map, limit.ResponseHeadersToAdd);
        if (limit.RateLimitService?.TransportApiVersion == ApiVersion.V2)
        {
            map.Problem(limit.RateLimitService, "transport_api_version", Version2);
        }
    }

    public static void Check(SourceMap map, HealthCheck check)
    {
        if (check.PassThroughMode is not false)
        {
            return;
        }

        if (check.CacheTime is { } time && Milliseconds(time) != 0)
        {
            map.Problem(check, "cache_time", "cache_time_ms must not be set when path_through_mode is disabled");
        }

        foreach (var (cluster, percent) in check.ClusterMinHealthyPercentages)
        {
            if (double.IsNaN(percent.Value))
            {
                map.Problem(percent, "value", $"cluster_min_healthy_percentages contains a NaN value for cluster: {cluster}");
            }
        }
    }

    public static void Check(SourceMap map, Mutations mutations)
    {
        foreach (
            var list in (IEnumerable<HeaderMutation>[])
                [mutations.RequestMutations, mutations.ResponseMutations, mutations.RequestTrailersMutations, mutations.ResponseTrailersMutations]
        )
        {
            HeaderChecks.CheckAdded(map, list.Select(static mutation => mutation.Append).OfType<HeaderValueOption>());
        }

        foreach (var mutation in mutations.QueryParameterMutations)
        {
            Check(map, mutation);
        }
    }

    public static void Check(SourceMap map, Int32Range ports)
    {
        foreach (var (field, value) in (ReadOnlySpan<(string, int)>)[("start", ports.Start), ("end", ports.End)])
        {
            if (value is < 0 or > MaximumPortBound)
            {
                map.Problem(ports, field, $"range {field} {value} is out of bounds");
            }
        }

        if (ports.Start >= ports.End)
        {
            map.Problem(ports, "start", $"range start {ports.Start} cannot be greater or equal than range end {ports.End}");
        }
    }

    public static void Check(SourceMap map, ExtAuthz authorization)
    {
        if (authorization.AllowedHeaders is not null && authorization.HttpService?.AuthorizationRequest is { AllowedHeaders: not null } request)
        {
            map.Problem(request, "allowed_headers", "Invalid duplicate configuration for allowed_headers.");
        }

        if (authorization.HttpService is null && authorization.TransportApiVersion == ApiVersion.V2)
        {
            map.Problem(authorization, "transport_api_version", Version2);
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

    private static void Check(SourceMap map, KeyValueMutation mutation)
    {
        if (mutation.Append is null)
        {
            if (mutation.Remove.Length == 0)
            {
                map.Problem(mutation, "remove", "One of 'append'/'remove' must be specified.");
            }
        }
        else if (mutation.Remove.Length > 0)
        {
            map.Problem(mutation, "remove", "Only one of 'append'/'remove can be specified.");
        }
        else if (mutation.Append.Record is not { } record)
        {
            map.Problem(mutation.Append, "record", "No record specified for append mutation.");
        }
        else if (record.Value is not { HasStringValue: true })
        {
            map.Problem(record, "value", "Only string value is allowed for record value.");
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
