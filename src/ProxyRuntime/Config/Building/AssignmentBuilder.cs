using Envoy.Config.Endpoint.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A ClusterLoadAssignment as a whole: its endpoints, its localities, its policy.</summary>
internal sealed class AssignmentBuilder(BuildContext context)
{
    public EndpointAssignment Build(ClusterLoadAssignment assignment) =>
        new()
        {
            Endpoints = new EndpointBuilder(context).BuildAll(assignment, DiscoveryType.Eds),
            LocalityWeights =
            [
                .. assignment
                    .Endpoints.Where(static locality => locality is { Locality: not null, LoadBalancingWeight: not null })
                    .Select(static entry => new LocalityWeight((int)entry.Priority, EndpointBuilder.Locality(entry), entry.LoadBalancingWeight ?? 0)),
            ],
            Policy = Policy(assignment),
            StaleAfterNs = BuildContext.MillisecondsNs(assignment.Policy?.EndpointStaleAfter, 0),
        };

    /// <summary>The policy; the usual one if there is none.</summary>
    public static EndpointPolicy Policy(ClusterLoadAssignment? assignment)
    {
        var policy = assignment?.Policy;
        var dropped = MatcherBuilder.Percent(policy?.DropOverloads.FirstOrDefault()?.DropPercentage, FractionalPercent.Never);
        return new EndpointPolicy
        {
            OverprovisioningFactor = policy?.OverprovisioningFactor ?? EndpointPolicy.DefaultOverprovisioningFactor,
            WeightedPriorityHealth = policy?.WeightedPriorityHealth ?? false,

            // As a ratio, in the single precision of Envoy's arithmetic.
            DropOverload = (float)dropped.Numerator / dropped.Denominator,
        };
    }
}
