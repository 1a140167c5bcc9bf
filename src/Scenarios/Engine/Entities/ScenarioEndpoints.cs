using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>The endpoints that a scenario says; a cluster that it says nothing of has none.</summary>
internal sealed class ScenarioEndpoints(Scenario scenario) : IEndpointSource
{
    public EndpointsAnswer Read(ProxyRole proxy, ClusterSnapshot cluster, long nowNs) =>
        Of(proxy, cluster).LastOrDefault(change => change.AtNs <= nowNs) is { } last
            ? EndpointsAnswer.Of(last.Assignment)
            : new EndpointsAnswer(EndpointsOutcome.Empty);

    public IEnumerable<long> Changes(ProxyRole proxy, ClusterSnapshot cluster) =>
        Of(proxy, cluster).Select(static change => change.AtNs).Where(static time => time > 0);

    private IEnumerable<EndpointChange> Of(ProxyRole proxy, ClusterSnapshot cluster) =>
        scenario.EndpointChanges.Where(change => change.Proxy == proxy.Name && change.Cluster == cluster.Name);
}
