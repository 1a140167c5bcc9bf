using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>track_cluster_stats.per_endpoint_stats: the numbers of each host as statistics under <c>cluster.NAME.endpoint.ADDRESS.</c>.</summary>
public static class EndpointStats
{
    /// <summary>Of all clusters that ask for them, in the order of configuration: of each host its counters, then its gauges.</summary>
    /// <param name="memberships">The hosts of each cluster of the snapshot.</param>
    public static IEnumerable<EndpointStat> All(ProxySnapshot snapshot, IReadOnlyList<ClusterMembership> memberships) =>
        snapshot
            .Clusters.Select((cluster, i) => (Cluster: cluster, Membership: memberships[i]))
            .Where(static pair => pair.Cluster.TrackStats.PerEndpointStats)
            .SelectMany(static pair => pair.Membership.Hosts.SelectMany(host => Of(pair.Cluster, host)));

    private static IEnumerable<EndpointStat> Of(ClusterSnapshot cluster, HostState host)
    {
        var address = Sanitized(host.Address.ToString());
        return
        [
            Stat("cx_connect_fail", host.StatsSoFar.CxConnectFail, isCounter: true),
            Stat("cx_total", host.StatsSoFar.CxTotal, isCounter: true),
            Stat("rq_error", host.StatsSoFar.RqError, isCounter: true),
            Stat("rq_success", host.StatsSoFar.RqSuccess, isCounter: true),
            Stat("rq_timeout", host.StatsSoFar.RqTimeout, isCounter: true),
            Stat("rq_total", host.StatsSoFar.RqTotal, isCounter: true),
            Stat("cx_active", host.StatsSoFar.CxActive, isCounter: false),
            Stat("rq_active", host.StatsSoFar.RqActive, isCounter: false),
            Stat("rq_pending_active", host.StatsSoFar.RqPendingActive, isCounter: false),
            Stat("healthy", HostHealth.IsHealthy(host.Health) ? 1 : 0, isCounter: false),
        ];

        EndpointStat Stat(string name, long value, bool isCounter) =>
            new($"cluster.{cluster.StatName}.endpoint.{address}.{name}", name, cluster, host, value, isCounter);
    }

    /// <summary>As Envoy makes statistics of names: no colons.</summary>
    private static string Sanitized(string name) =>
        name.Replace("://", "_", StringComparison.Ordinal).Replace(":/", "_", StringComparison.Ordinal).Replace(':', '_');
}

/// <summary>One number of one host.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Metric">The last part of it.</param>
public sealed record EndpointStat(string Name, string Metric, ClusterSnapshot Cluster, HostState Host, long Value, bool IsCounter);
