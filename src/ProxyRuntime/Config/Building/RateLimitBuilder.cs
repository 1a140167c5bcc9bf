using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Envoy.Type.Metadata.V3;
using MeshSim.ProxyRuntime.Core;
using ActionMessage = Envoy.Config.Route.V3.RateLimit.Types.Action;
using RemoteAddressAction = MeshSim.ProxyRuntime.Core.RemoteAddressAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>rate_limits of routes and virtual hosts, and of filters that bring their own.</summary>
/// <remarks>A filter's own are read by other code in Envoy: they know no stages and no limits of the request, but counts of hits.</remarks>
internal sealed class RateLimitBuilder(BuildContext context)
{
    private readonly MatcherBuilder matchers = new(context);

    /// <summary>Those of a route or virtual host.</summary>
    public ImmutableArray<RateLimitPolicy> BuildAll(IEnumerable<RateLimit> limits) => [.. limits.Select(Build)];

    /// <summary>Those that a filter brings along.</summary>
    public ImmutableArray<RateLimitPolicy> BuildEmbedded(IEnumerable<RateLimit> limits)
    {
        var built = ImmutableArray.CreateBuilder<RateLimitPolicy>();
        foreach (var limit in limits)
        {
            CheckEmbedded(limit);
            built.Add(Build(limit));
        }

        return built.ToImmutable();
    }

    private RateLimitPolicy Build(RateLimit limit) =>
        new([.. limit.Actions.Select(Action).OfType<RateLimitAction>()])
        {
            Stage = limit.Stage ?? 0,
            DisableKey = limit.DisableKey,
            HitsAddend = limit.HitsAddend?.Number,
            HitsAddendFormat = limit.HitsAddend is { Format.Length: > 0 } hits ? new FormatBuilder(context).Text(hits, "format", hits.Format) : null,
            Limit = limit.Limit?.DynamicMetadata?.MetadataKey is { } key ? new RateLimitOverride(key.Key, Path(key)) : null,
            ApplyOnStreamDone = limit.ApplyOnStreamDone,
            XRateLimit = (XRateLimitOption)(int)limit.XRatelimitOption,
        };

    private void CheckEmbedded(RateLimit limit)
    {
        if (limit.HitsAddend is { } hits)
        {
            if (hits.Format.Length > 0 == hits.Number is not null)
            {
                context.Map.Problem(limit, "hits_addend", "hits_addend must contain either a format or a number");
            }
            else if (hits.Format.Length > 0 && SubstitutionFormat.TryParse(hits.Format, out _) is { IsSinglePiece: false })
            {
                context.Map.Problem(hits, "format", "hits_addend format must contain exactly one substitution");
            }
        }

        if (limit.Stage is not null || limit.DisableKey.Length > 0)
        {
            context.Map.Problem(
                limit,
                limit.Stage is not null ? "stage" : "disable_key",
                "'stage' field and 'disable_key' field are not supported in the rate_limits of a filter"
            );
        }

        if (limit.Limit is not null)
        {
            context.Map.Problem(limit, "limit", "'limit' field is not supported in the rate_limits of a filter");
        }
    }

    private RateLimitAction? Action(ActionMessage action)
    {
        switch (action.ActionSpecifierCase)
        {
            case ActionMessage.ActionSpecifierOneofCase.SourceCluster:
                return new SourceClusterAction();
            case ActionMessage.ActionSpecifierOneofCase.DestinationCluster:
                return new DestinationClusterAction();
            case ActionMessage.ActionSpecifierOneofCase.RequestHeaders:
                var headers = action.RequestHeaders;
                return headers.HeaderName.Length == 0
                    ? null
                    : new RequestHeadersAction(HeaderName.Of(headers.HeaderName), headers.DescriptorKey, headers.SkipIfAbsent);
            case ActionMessage.ActionSpecifierOneofCase.QueryParameters:
                var parameters = action.QueryParameters;
                return new QueryParametersAction(parameters.QueryParameterName, parameters.DescriptorKey, parameters.SkipIfAbsent);
            case ActionMessage.ActionSpecifierOneofCase.RemoteAddress:
                return new RemoteAddressAction();
            case ActionMessage.ActionSpecifierOneofCase.MaskedRemoteAddress:
                var masked = action.MaskedRemoteAddress;
                return new MaskedRemoteAddressAction((int)(masked.V4PrefixMaskLen ?? 32), (int)(masked.V6PrefixMaskLen ?? 128));
            case ActionMessage.ActionSpecifierOneofCase.GenericKey:
                return new GenericKeyAction(Or(action.GenericKey.DescriptorKey, "generic_key"), action.GenericKey.DescriptorValue);
            case ActionMessage.ActionSpecifierOneofCase.DynamicMetadata:
                var dynamic = action.DynamicMetadata;
                return Metadata(dynamic.DescriptorKey, ofRoute: false, dynamic.MetadataKey, dynamic.DefaultValue, skipIfAbsent: false);
            case ActionMessage.ActionSpecifierOneofCase.Metadata:
                var metadata = action.Metadata;
                var ofRoute = metadata.Source == ActionMessage.Types.MetaData.Types.Source.RouteEntry;
                return Metadata(metadata.DescriptorKey, ofRoute, metadata.MetadataKey, metadata.DefaultValue, metadata.SkipIfAbsent);
            case ActionMessage.ActionSpecifierOneofCase.Extension:
                context.NotSupported(action, "extension", "the other actions");
                return null;
            default:
                return Match(action);
        }
    }

    private RateLimitAction? Match(ActionMessage action)
    {
        if (action.HeaderValueMatch is { } headers)
        {
            return new HeaderValueMatchAction(
                Or(headers.DescriptorKey, "header_match"),
                headers.DescriptorValue,
                headers.ExpectMatch ?? true,
                [.. headers.Headers.Select(matchers.Header).OfType<Core.HeaderMatcher>()]
            );
        }

        return action.QueryParameterValueMatch is { } parameters
            ? new QueryParameterValueMatchAction(
                Or(parameters.DescriptorKey, "query_match"),
                parameters.DescriptorValue,
                parameters.ExpectMatch ?? true,
                [.. parameters.QueryParameters.Select(matchers.QueryParameter).OfType<Core.QueryParameterMatcher>()]
            )
            : null;
    }

    private static MetadataAction Metadata(string key, bool ofRoute, MetadataKey? path, string fallback, bool skipIfAbsent) =>
        new(key, ofRoute, path?.Key ?? "", Path(path), fallback, skipIfAbsent);

    private static ImmutableArray<string> Path(MetadataKey? key) => [.. (key?.Path ?? []).Select(static segment => segment.Key)];

    private static string Or(string text, string fallback) => text.Length > 0 ? text : fallback;
}
