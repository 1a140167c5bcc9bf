using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Play;

/// <summary>Endpoints that stand in the files of a case.</summary>
internal sealed class CaseEndpoints(CaseEnvironment files) : IEndpointSource
{
    public EndpointsAnswer Read(ProxyRole proxy, ClusterSnapshot cluster, long nowNs) => EndpointsFile.Read(proxy.Snapshot, cluster, files).Answer;

    /// <summary>The steps of the case say when.</summary>
    public IEnumerable<long> Changes(ProxyRole proxy, ClusterSnapshot cluster) => [];
}
