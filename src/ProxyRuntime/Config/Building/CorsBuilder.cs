using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using FilterMessage = Envoy.Extensions.Filters.Http.Cors.V3.CorsPolicy;
using RouteMessage = Envoy.Config.Route.V3.CorsPolicy;
using StringMatcherMessage = Envoy.Type.Matcher.V3.StringMatcher;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Policies of envoy.filters.http.cors: the deprecated cors of routes and virtual hosts, and what took its place.</summary>
internal sealed class CorsBuilder(BuildContext context)
{
    public CorsPolicy? Build(RouteMessage? cors) =>
        cors is null
            ? null
            : new CorsPolicy
            {
                AllowOrigins = Origins(cors.AllowOriginStringMatch),
                AllowMethods = cors.AllowMethods,
                AllowHeaders = cors.AllowHeaders,
                ExposeHeaders = cors.ExposeHeaders,
                MaxAge = cors.MaxAge,
                AllowCredentials = cors.AllowCredentials,
                AllowPrivateNetworkAccess = cors.AllowPrivateNetworkAccess,
                ForwardNotMatchingPreflights = cors.ForwardNotMatchingPreflights,
                FilterEnabled = MatcherBuilder.Fraction(cors.FilterEnabled),
                ShadowEnabled = MatcherBuilder.Fraction(cors.ShadowEnabled),
            };

    public CorsPolicy Build(FilterMessage cors) =>
        new()
        {
            AllowOrigins = Origins(cors.AllowOriginStringMatch),
            AllowMethods = cors.AllowMethods,
            AllowHeaders = cors.AllowHeaders,
            ExposeHeaders = cors.ExposeHeaders,
            MaxAge = cors.MaxAge,
            AllowCredentials = cors.AllowCredentials,
            AllowPrivateNetworkAccess = cors.AllowPrivateNetworkAccess,
            ForwardNotMatchingPreflights = cors.ForwardNotMatchingPreflights,
            FilterEnabled = MatcherBuilder.Fraction(cors.FilterEnabled),
            ShadowEnabled = MatcherBuilder.Fraction(cors.ShadowEnabled),
        };

    private ImmutableArray<StringMatcher> Origins(IEnumerable<StringMatcherMessage> origins) =>
        [.. origins.Select(new MatcherBuilder(context).Text).OfType<StringMatcher>()];
}
