using Envoy.Config.Core.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Where discovery gets its resources from.</summary>
internal static class DiscoveryChecks
{
    public static void Check(SourceMap map, ApiConfigSource source, ClusterNames clusters)
    {
        if (source.ClusterNames.Count == 0 && source.GrpcServices.Count == 0)
        {
            map.Problem(
                source,
                "cluster_names",
                "API configs must have either a gRPC service or a cluster name defined; accepted: grpc_services, or cluster_names for REST"
            );
            return;
        }

        for (var i = 0; i < source.ClusterNames.Count; i++)
        {
            if (!clusters.HasForDiscovery(source.ClusterNames[i]))
            {
                map.Problem(source, "cluster_names", i, Unknown(source.ClusterNames[i], clusters));
            }
        }

        foreach (var service in source.GrpcServices)
        {
            if (service.EnvoyGrpc is { ClusterName: { Length: > 0 } name } grpc && !clusters.HasForDiscovery(name))
            {
                map.Problem(grpc, "cluster_name", Unknown(name, clusters));
            }
        }
    }

    private static string Unknown(string name, ClusterNames clusters) =>
        $"envoy.config.core.v3.ApiConfigSource must have a statically defined non-EDS cluster: '{name}' does not exist, was added via api, or is an EDS cluster{clusters.Suggest(name)}";
}
