using MeshSim.ProxyRuntime.Core;
using CorsMessage = Envoy.Config.Route.V3.CorsPolicy;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The deprecated cors of routes and virtual hosts.</summary>
internal sealed class CorsBuilder(BuildContext context)
{
    public CorsPolicy? Build(CorsMessage? cors) =>
        cors is null
            ? null
            : new CorsPolicy
            {
                AllowOrigins = [.. cors.AllowOriginStringMatch.Select(new MatcherBuilder(context).Text).OfType<StringMatcher>()],
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
}
