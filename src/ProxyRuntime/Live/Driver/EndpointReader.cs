using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Reads the files that endpoints stand in, and reports what is wrong with them.</summary>
internal sealed class EndpointReader(ProxySnapshot snapshot, Action<ReadResult> report)
{
    private readonly FileEnvironment files = new();

    public EndpointsAnswer Read(ClusterSnapshot cluster)
    {
        var result = EndpointsFile.Read(snapshot, cluster, files);
        report(result);
        return result.Answer;
    }
}
