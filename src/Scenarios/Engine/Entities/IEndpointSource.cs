using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>Where the simulated clusters of type EDS have their endpoints from.</summary>
public interface IEndpointSource
{
    /// <summary>The endpoints as they are at that time.</summary>
    EndpointsAnswer Read(ProxyRole proxy, ClusterSnapshot cluster, long nowNs);

    /// <summary>When they change, as far as that is known from the begin.</summary>
    IEnumerable<long> Changes(ProxyRole proxy, ClusterSnapshot cluster);
}
