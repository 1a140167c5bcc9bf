using Envoy.Config.Endpoint.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What policies that hash demand of the weights of an assignment: their sums must fit into 32 bits.</summary>
internal static class WeightSums
{
    public static void Check(SourceMap map, ClusterLoadAssignment assignment)
    {
        foreach (var priority in assignment.Endpoints.GroupBy(static locality => locality.Priority))
        {
            var hosts = priority
                .SelectMany(static locality => locality.LbEndpoints)
                .Aggregate(0UL, static (sum, host) => sum + (host.LoadBalancingWeight ?? 1));
            var localities = priority.Aggregate(0UL, static (sum, locality) => sum + (locality.LoadBalancingWeight ?? 0));
            if (hosts > uint.MaxValue)
            {
                map.Problem(assignment, "endpoints", $"The sum of weights of all upstream hosts in a locality exceeds {uint.MaxValue}");
            }

            if (localities > uint.MaxValue)
            {
                map.Problem(assignment, "endpoints", $"The sum of weights of all localities at the same priority exceeds {uint.MaxValue}");
            }
        }
    }
}
