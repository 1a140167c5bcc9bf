using Envoy.Admin.V3;
using Envoy.Config.Endpoint.V3;
using MeshSim.ProxyRuntime.Core;
using FractionalPercent = Envoy.Type.V3.FractionalPercent;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The hosts of clusters with their health, as assignments, sorted by the clusters' names. All clusters stand in the configuration.</summary>
internal static class EndpointsSection
{
    private const int Million = 1_000_000;

    public static DumpSection Of(RunningConfig config, Func<string, bool> isShown)
    {
        var dump = new EndpointsConfigDump();
        var contents = new AnyContents();
        var clusters = config.Snapshot.Clusters.Zip(config.Clusters).OrderBy(static pair => pair.First.Name, StringComparer.Ordinal);
        foreach (var (cluster, membership) in clusters)
        {
            var name = cluster.Eds is { GivenServiceName: { Length: > 0 } given } ? given : cluster.Name;
            if (isShown(name))
            {
                var assignment = Assignment(name, cluster, membership, config.Snapshot.Node.Locality);
                dump.StaticEndpointConfigs.Add(
                    new EndpointsConfigDump.Types.StaticEndpointConfig { EndpointConfig = contents.Pack(new ProtoMessage(assignment, new AnyContents())) }
                );
            }
        }

        return new DumpSection(dump, contents);
    }

    private static ClusterLoadAssignment Assignment(string name, ClusterSnapshot cluster, ClusterMembership membership, LocalitySnapshot own)
    {
        var assignment = new ClusterLoadAssignment
        {
            ClusterName = name,
            Policy = new ClusterLoadAssignment.Types.Policy { OverprovisioningFactor = membership.Policy.OverprovisioningFactor },
        };
        if (membership.Policy.DropOverload > 0)
        {
            assignment.Policy.DropOverloads.Add(
                new ClusterLoadAssignment.Types.Policy.Types.DropOverload
                {
                    DropPercentage = new FractionalPercent
                    {
                        Numerator = (uint)(membership.Policy.DropOverload * Million),
                        Denominator = FractionalPercent.Types.DenominatorType.Million,
                    },
                }
            );
        }

        foreach (var priority in membership.Hosts.GroupBy(static host => host.Snapshot.Priority).OrderBy(static group => group.Key))
        {
            assignment.Endpoints.Add(cluster.Type == DiscoveryType.OriginalDst ? priority.Select(static host => Alone(host)) : Localities([.. priority], own));
        }

        return assignment;
    }

    /// <summary>The proxy's own locality first, the others sorted.</summary>
    private static IEnumerable<LocalityLbEndpoints> Localities(HostState[] hosts, LocalitySnapshot own)
    {
        var hasLocal = own != LocalitySnapshot.None && Array.Exists(hosts, host => host.Snapshot.Locality == own);
        return hosts
            .GroupBy(static host => host.Snapshot.Locality)
            .OrderBy(group => !hasLocal || group.Key != own)
            .ThenBy(static group => group.Key.Region, StringComparer.Ordinal)
            .ThenBy(static group => group.Key.Zone, StringComparer.Ordinal)
            .ThenBy(static group => group.Key.SubZone, StringComparer.Ordinal)
            .Select(static group =>
            {
                var locality = Locality(group.First());
                locality.LoadBalancingWeight = group.First().Snapshot.LocalityWeight;
                locality.LbEndpoints.Add(group.Select(DumpedHost.Of));
                return locality;
            });
    }

    /// <summary>Hosts that requests ask for have no localities.</summary>
    private static LocalityLbEndpoints Alone(HostState host)
    {
        var locality = Locality(host);
        locality.LbEndpoints.Add(DumpedHost.Of(host));
        return locality;
    }

    private static LocalityLbEndpoints Locality(HostState host)
    {
        var (region, zone, subZone) = host.Snapshot.Locality;
        return new LocalityLbEndpoints
        {
            Locality = new Envoy.Config.Core.V3.Locality
            {
                Region = region,
                Zone = zone,
                SubZone = subZone,
            },
            Priority = (uint)host.Snapshot.Priority,
        };
    }
}
