using Envoy.Extensions.Filters.Http.Router.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.router.</summary>
internal sealed class RouterBuilder(BuildContext context)
{
    public RouterSettings Build(Router router)
    {
        context.NotSupported(router, ["upstream_log", "upstream_http_filters"], "dynamic_stats, suppress_envoy_headers, strict_check_headers");
        return new RouterSettings
        {
            DynamicStats = router.DynamicStats ?? true,
            SuppressEnvoyHeaders = router.SuppressEnvoyHeaders,
            RespectExpectedRqTimeout = router.RespectExpectedRqTimeout,
            SuppressGrpcFailureCodeStats = router.SuppressGrpcRequestFailureCodeStats,
            StrictCheckHeaders = HeaderMutationBuilder.Names(router.StrictCheckHeaders),
        };
    }
}
