using System.Collections.Immutable;
using System.Text;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Service.Discovery.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads the file that the endpoints of an EDS cluster stand in: a DiscoveryResponse with one ClusterLoadAssignment.</summary>
public static class EndpointsFile
{
    /// <summary>Reads it as it is now.</summary>
    /// <param name="snapshot">The configuration the cluster belongs to.</param>
    /// <param name="cluster">A cluster of type EDS.</param>
    public static EndpointsResult Read(ProxySnapshot snapshot, ClusterSnapshot cluster, ConfigEnvironment environment)
    {
        var path = cluster.Eds!.Path;
        return environment.ReadFile(path, 0, out var error) is { } content
            ? Load(snapshot, cluster, Encoding.UTF8.GetString(content))
            : Failed(EndpointsAnswer.Failure, new ConfigProblem(path, 0, 0, "", error!));
    }

    /// <param name="text">What stands in the file.</param>
    public static EndpointsResult Load(ProxySnapshot snapshot, ClusterSnapshot cluster, string text)
    {
        if (DocumentReader.Read(text, cluster.Eds!.Path, out var problem) is not { } root)
        {
            return Failed(EndpointsAnswer.Failure, problem!);
        }

        var map = new SourceMap();
        var response = (DiscoveryResponse)new ProtoReader(map).ReadMessage(DiscoveryResponse.Descriptor, root, ConfigPath.Root);
        return Build(snapshot, cluster, map, response.VersionInfo, () => Only(map, response, cluster.Eds));
    }

    /// <summary>An assignment that is a part of a larger document.</summary>
    /// <param name="assignment">The ClusterLoadAssignment.</param>
    /// <param name="path">Where it stands in its document, for messages.</param>
    public static EndpointsResult Of(ProxySnapshot snapshot, ClusterSnapshot cluster, ConfigNode assignment, string path)
    {
        var map = new SourceMap();
        var message = (ClusterLoadAssignment)new ProtoReader(map).ReadMessage(ClusterLoadAssignment.Descriptor, assignment, ConfigPath.Root.Field(path));
        return Build(snapshot, cluster, map, "", () => Named(map, message, cluster.Eds!));
    }

    private static EndpointsResult Failed(EndpointsAnswer answer, ConfigProblem problem) => new(answer, [problem], []);

    private static EndpointsResult Build(ProxySnapshot snapshot, ClusterSnapshot cluster, SourceMap map, string version, Func<ClusterLoadAssignment?> choose)
    {
        ConstraintTable.Check(map);
        CodeChecks.Check(map, new Bootstrap());
        var assignment = choose();
        if (assignment is not null && cluster.Name == snapshot.LocalCluster)
        {
            CheckLocal(map, assignment, cluster.Name);
        }

        var built = assignment is null ? null : new AssignmentBuilder(new BuildContext(map)).Build(assignment);
        if (assignment is not null && cluster.LoadBalancing.Policy is HashPolicySnapshot)
        {
            WeightSums.Check(map, assignment);
        }

        ModelledFields.WarnOfOthers(map);
        var answer =
            map.Problems.Count > 0 ? EndpointsAnswer.Rejection
            : built is null ? new EndpointsAnswer(EndpointsOutcome.Empty, version)
            : EndpointsAnswer.Of(built, version);
        return new EndpointsResult(answer, BootstrapLoader.Sorted(map.Problems), BootstrapLoader.Sorted(map.Warnings));
    }

    /// <summary>The one assignment for the cluster; null, with a problem unless there is none at all.</summary>
    private static ClusterLoadAssignment? Only(SourceMap map, DiscoveryResponse response, EdsSnapshot eds)
    {
        if (response.Resources.Count > 1)
        {
            map.Problem(
                response,
                "resources",
                $"Unexpected EDS resource length: {response.Resources.Count}; accepted is one assignment, for '{eds.ServiceName}'"
            );
            return null;
        }

        if (response.Resources.Count == 0)
        {
            return null;
        }

        if (map.Content(response.Resources[0]) is not ClusterLoadAssignment assignment)
        {
            var type = ConfigTypes.NameOf(response.Resources[0].TypeUrl);
            map.Problem(response, "resources", 0, $"'{type}' does not match {ClusterLoadAssignment.Descriptor.FullName}, which alone is accepted here");
            return null;
        }

        return Named(map, assignment, eds);
    }

    private static ClusterLoadAssignment Named(SourceMap map, ClusterLoadAssignment assignment, EdsSnapshot eds)
    {
        if (assignment.ClusterName != eds.ServiceName)
        {
            map.Problem(assignment, "cluster_name", $"Unexpected EDS cluster (expecting {eds.ServiceName}): {assignment.ClusterName}");
        }

        return assignment;
    }

    private static void CheckLocal(SourceMap map, ClusterLoadAssignment assignment, string cluster)
    {
        foreach (var locality in assignment.Endpoints.Where(static locality => locality.Priority > 0))
        {
            map.Problem(locality, "priority", $"Unexpected non-zero priority for local cluster '{cluster}'.");
        }
    }
}

/// <summary>What came of the file with the endpoints of a cluster.</summary>
/// <param name="Answer">What the core is told; refused if there are problems.</param>
public sealed record EndpointsResult(EndpointsAnswer Answer, ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings)
    : ReadResult(Problems, Warnings);
