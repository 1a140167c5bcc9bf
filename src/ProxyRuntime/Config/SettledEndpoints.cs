using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A configuration as it is at this moment, for whoever asks once: clusters of type EDS have the endpoints that stand in their files now.</summary>
public static class SettledEndpoints
{
    /// <param name="found">What is to be said of the files; a cluster whose file is refused has no endpoints.</param>
    public static ProxySnapshot Of(ProxySnapshot snapshot, ConfigEnvironment environment, out ImmutableArray<ConfigProblem> found)
    {
        var told = ImmutableArray.CreateBuilder<ConfigProblem>();
        ClusterSnapshot Settle(ClusterSnapshot cluster)
        {
            if (cluster.Eds is null)
            {
                return cluster;
            }

            var result = EndpointsFile.Read(snapshot, cluster, environment);
            told.AddRange(result.Problems);
            told.AddRange(result.Warnings);
            var assignment = result.Answer.Assignment ?? new EndpointAssignment();
            return cluster with { Type = DiscoveryType.Static, Endpoints = assignment.Endpoints, Policy = assignment.Policy };
        }

        var settled = snapshot with { Clusters = [.. snapshot.Clusters.Select(Settle)] };
        found = told.ToImmutable();
        return settled;
    }
}
