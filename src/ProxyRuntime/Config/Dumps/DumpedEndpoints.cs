using Envoy.Admin.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The endpoints that EDS brought. A cluster that has got its endpoints is one of type STATIC with a load_assignment.</summary>
/// <remarks>Their health_status is what Envoy thought of each host when the dump was taken: HEALTHY, UNHEALTHY or DEGRADED.</remarks>
internal sealed class DumpedEndpoints
{
    /// <summary>Envoy's default of overprovisioning_factor.</summary>
    private const uint DefaultOverprovisioning = 140;

    /// <summary>More names of clusters in a warning help nobody.</summary>
    private const int MaxNamed = 3;

    private readonly Dictionary<string, Any> assignments = new(StringComparer.Ordinal);
    private readonly ShareBudget budget;
    private readonly SourceMap map;
    private readonly DumpContents contents;
    private readonly bool hasSection;

    public DumpedEndpoints(SourceMap map, DumpContents contents, DumpNotes notes, DumpSections? sections)
    {
        this.map = map;
        this.contents = contents;
        budget = new ShareBudget(map, "endpoints");
        hasSection = sections?.Has(EndpointsConfigDump.Descriptor) ?? false;
        foreach (var section in sections?.All<EndpointsConfigDump>() ?? [])
        {
            foreach (var entry in section.DynamicEndpointConfigs)
            {
                notes.Refused(entry, entry.ErrorState, $"endpoints of '{contents.TextOf(entry.EndpointConfig, "cluster_name")}'");
                Add(entry.EndpointConfig);
            }

            foreach (var entry in section.StaticEndpointConfigs)
            {
                Add(entry.EndpointConfig);
            }
        }
    }

    /// <summary>Puts its endpoints into every cluster that was to ask for them. One without stays, empty, as it would in Envoy: it answers 503 UH.</summary>
    public void Resolve(IEnumerable<Cluster> clusters)
    {
        List<Cluster> unknown = [];
        foreach (var cluster in clusters)
        {
            if (cluster is not { Type: Cluster.Types.DiscoveryType.Eds, EdsClusterConfig: { EdsConfig: not null } eds })
            {
                continue;
            }

            var name = eds.ServiceName.Length > 0 ? eds.ServiceName : cluster.Name;
            map.Settle(cluster, "eds_cluster_config");
            cluster.EdsClusterConfig = null;
            cluster.Type = Cluster.Types.DiscoveryType.Static;
            if (!assignments.TryGetValue(name, out var any))
            {
                unknown.Add(cluster);
                continue;
            }

            cluster.LoadAssignment = Find(cluster, name, any);
        }

        WarnOf(unknown);
    }

    /// <summary>Clusters with the same service name have an entry each, with the same endpoints.</summary>
    private void Add(Any? any)
    {
        if (any is not null)
        {
            _ = assignments.TryAdd(contents.TextOf(any, "cluster_name"), any);
        }
    }

    private ClusterLoadAssignment? Find(Cluster cluster, string name, Any any)
    {
        if (contents.Read<ClusterLoadAssignment>(any) is not { } assignment)
        {
            return null;
        }

        if (!budget.TryTake(cluster, "eds_cluster_config", name, assignment.Endpoints.Sum(static locality => 1 + locality.LbEndpoints.Count)))
        {
            return null;
        }

        LeaveOutDefaults(assignment);
        return assignment;
    }

    /// <summary>A dump names what nobody configured: no health_check_config, no weight of a locality, the usual overprovisioning.</summary>
    private void LeaveOutDefaults(ClusterLoadAssignment assignment)
    {
        if (assignment.Policy is { DropOverloads.Count: 0, OverprovisioningFactor: DefaultOverprovisioning })
        {
            map.Settle(assignment, "policy");
        }

        foreach (var locality in assignment.Endpoints)
        {
            if (locality.LoadBalancingWeight == 0)
            {
                locality.LoadBalancingWeight = null;
                map.Settle(locality, "load_balancing_weight");
            }

            foreach (var endpoint in locality.LbEndpoints)
            {
                if (endpoint.Endpoint?.HealthCheckConfig is { } config && config.CalculateSize() == 0)
                {
                    endpoint.Endpoint.HealthCheckConfig = null;
                    map.Settle(endpoint.Endpoint, "health_check_config");
                }
            }
        }
    }

    private void WarnOf(List<Cluster> unknown)
    {
        // Without the whole section there is one reason for all of them, told once.
        if (!hasSection && unknown.Count > 1)
        {
            var names = string.Join(", ", unknown.Take(MaxNamed).Select(static cluster => $"'{cluster.Name}'"));
            var more = unknown.Count > MaxNamed ? $" and {unknown.Count - MaxNamed} more" : "";
            map.Warn(unknown[0], "type", $"there are no endpoints of EDS clusters {names}{more} here: they stay empty and answer 503 UH; {WholeDump.Advice}");
            return;
        }

        foreach (var cluster in unknown)
        {
            map.Warn(cluster, "type", $"there are no endpoints of EDS cluster '{cluster.Name}' here: it stays empty and answers 503 UH; {WholeDump.Advice}");
        }
    }
}
