using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using RouteAction = Envoy.Config.Route.V3.RouteAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>request_mirror_policies.</summary>
internal sealed class MirrorBuilder(BuildContext context)
{
    public ImmutableArray<MirrorPolicy> BuildAll(IEnumerable<RouteAction.Types.RequestMirrorPolicy> policies) => [.. policies.Select(Build)];

    private MirrorPolicy Build(RouteAction.Types.RequestMirrorPolicy policy) =>
        new()
        {
            Cluster = policy.Cluster,
            ClusterHeader = policy.ClusterHeader.Length > 0 ? HeaderName.Of(policy.ClusterHeader) : null,
            Fraction = MatcherBuilder.Fraction(policy.RuntimeFraction) ?? RuntimeFraction.Always,
            DisableShadowHostSuffix = policy.DisableShadowHostSuffixAppend,
            RequestHeaders = new HeaderMutationBuilder(context).List(policy.RequestHeadersMutations),
            HostRewriteLiteral = policy.HostRewriteLiteral,
        };
}
