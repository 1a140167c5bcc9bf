using Envoy.Config.Core.V3;
using Envoy.Extensions.InternalRedirect.AllowListedRoutes.V3;
using Envoy.Extensions.InternalRedirect.PreviousRoutes.V3;
using Envoy.Extensions.InternalRedirect.SafeCrossScheme.V3;
using MeshSim.ProxyRuntime.Core;
using InternalRedirectPolicy = MeshSim.ProxyRuntime.Core.InternalRedirectPolicy;
using RouteAction = Envoy.Config.Route.V3.RouteAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>internal_redirect_policy, and the deprecated fields it replaced.</summary>
internal sealed class InternalRedirectBuilder(BuildContext context)
{
    private static readonly HashSet<uint> Codes = [301, 302, 303, 307, 308];

    public InternalRedirectPolicy? Build(RouteAction action)
    {
        if (action.InternalRedirectPolicy is not { } policy)
        {
            return action.InternalRedirectAction == RouteAction.Types.InternalRedirectAction.HandleInternalRedirect
                ? new InternalRedirectPolicy { MaxRedirects = action.MaxInternalRedirects ?? 1 }
                : null;
        }

        if (policy.ResponseHeadersToCopy.FirstOrDefault(static name => !HeaderChecks.IsModifiable(name)) is { } header)
        {
            context.Map.Problem(policy, "response_headers_to_copy", $":-prefixed headers or Hosts may not be specified here, '{header}' is one");
        }

        return new InternalRedirectPolicy
        {
            MaxRedirects = policy.MaxInternalRedirects ?? 1,
            Codes = policy.RedirectResponseCodes.Count == 0 ? [302] : [.. policy.RedirectResponseCodes.Where(Codes.Contains).Select(static code => (int)code)],
            AllowCrossScheme = policy.AllowCrossSchemeRedirect,
            HeadersToCopy = HeaderMutationBuilder.Names(policy.ResponseHeadersToCopy),
            Predicates = [.. policy.Predicates.Select(Predicate).OfType<InternalRedirectPredicate>()],
        };
    }

    private InternalRedirectPredicate? Predicate(TypedExtensionConfig predicate) =>
        context.Extension(
            predicate,
            predicate.Name,
            predicate.TypedConfig,
            "envoy.extensions.internal_redirect.",
            PreviousRoutesConfig.Descriptor,
            AllowListedRoutesConfig.Descriptor,
            SafeCrossSchemeConfig.Descriptor
        ) switch
        {
            PreviousRoutesConfig => new PreviousRoutesPredicate(),
            AllowListedRoutesConfig listed => new AllowListedRoutesPredicate([.. listed.AllowedRouteNames]),
            SafeCrossSchemeConfig => new SafeCrossSchemePredicate(),
            _ => null,
        };
}
