using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using HashPolicy = MeshSim.ProxyRuntime.Core.HashPolicy;
using PolicyMessage = Envoy.Config.Route.V3.RouteAction.Types.HashPolicy;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>hash_policy.</summary>
internal static class HashPolicyBuilder
{
    public static ImmutableArray<HashPolicy> BuildAll(IEnumerable<PolicyMessage> policies) => [.. policies.Select(Build).OfType<HashPolicy>()];

    private static HashPolicy? Build(PolicyMessage policy)
    {
        var terminal = policy.Terminal;
        switch (policy.PolicySpecifierCase)
        {
            case PolicyMessage.PolicySpecifierOneofCase.Header when policy.Header.HeaderName.Length > 0:
                return new HeaderHashPolicy(HeaderName.Of(policy.Header.HeaderName), MatcherBuilder.Rewrite(policy.Header.RegexRewrite), terminal);
            case PolicyMessage.PolicySpecifierOneofCase.Cookie:
                var cookie = policy.Cookie;
                return new CookieHashPolicy(
                    cookie.Name,
                    cookie.Ttl?.Seconds,
                    cookie.Path,
                    [.. cookie.Attributes.Select(static attribute => (attribute.Name, attribute.Value))],
                    terminal
                );
            case PolicyMessage.PolicySpecifierOneofCase.ConnectionProperties:
                return policy.ConnectionProperties.SourceIp ? new SourceIpHashPolicy(terminal) : null;
            case PolicyMessage.PolicySpecifierOneofCase.QueryParameter:
                return new QueryParameterHashPolicy(policy.QueryParameter.Name, terminal);
            case PolicyMessage.PolicySpecifierOneofCase.FilterState:
                return new FilterStateHashPolicy(policy.FilterState.Key, terminal);
            default:
                return null;
        }
    }
}
