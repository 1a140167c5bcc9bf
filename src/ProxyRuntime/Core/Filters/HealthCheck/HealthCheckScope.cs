using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the health_check filters of one chain have in common in one worker, and the judgement on clusters.</summary>
internal sealed class HealthCheckScope(WorkerContext context, ConnectionManager manager, HealthCheckSettings settings)
{
    private readonly byte[] localCluster = Encoding.Latin1.GetBytes(context.Node.Cluster);

    public HealthCheckSettings Settings => settings;

    public HealthCheckStats Stats { get; } = new(context.Stats, $"http.{manager.Snapshot.StatPrefix}.health_check.");

    public HealthCheckCache Cache { get; } = context.Shared.Filters.Of<HealthCheckCache>(settings);

    public ReadOnlySpan<byte> LocalCluster => localCluster;

    /// <summary>Whether enough hosts of all the clusters are available, and the details that say so.</summary>
    public bool AreClustersHealthy(out string details)
    {
        details = settings.ClusterMinHealthyPercentages.IsEmpty ? "health_check_ok" : "health_check_ok_cluster_healthy";
        foreach (var (name, percent) in settings.ClusterMinHealthyPercentages)
        {
            if (!context.Clusters.TryGetValue(name, out var cluster))
            {
                Stats.FailedClusterNotFound.Increment();
                details = "health_check_failed_no_cluster_found";
                return false;
            }

            var total = cluster.Hosts.Length;
            if (total == 0 && percent > 0)
            {
                Stats.FailedClusterEmpty.Increment();
                details = "health_check_failed_cluster_empty";
                return false;
            }

            if (100L * Available(cluster) < (long)total * percent)
            {
                Stats.FailedClusterUnhealthy.Increment();
                details = "health_check_failed_cluster_unhealthy";
                return false;
            }
        }

        return true;
    }

    private static int Available(ClusterState cluster)
    {
        var available = 0;
        foreach (var host in cluster.Hosts)
        {
            available += HostHealth.IsHealthy(host.Health) || HostHealth.IsDegraded(host.Health) ? 1 : 0;
        }

        return available;
    }
}

/// <summary>Statistics of the health_check filter under <c>http.&lt;stat_prefix&gt;.health_check.</c></summary>
internal sealed class HealthCheckStats(StatSheet sheet, string prefix)
{
    public Counter RequestTotal { get; } = sheet.Counter(prefix + "request_total");

    public Counter Failed { get; } = sheet.Counter(prefix + "failed");

    public Counter Ok { get; } = sheet.Counter(prefix + "ok");

    public Counter CachedResponse { get; } = sheet.Counter(prefix + "cached_response");

    public Counter FailedClusterNotFound { get; } = sheet.Counter(prefix + "failed_cluster_not_found");

    public Counter FailedClusterEmpty { get; } = sheet.Counter(prefix + "failed_cluster_empty");

    public Counter FailedClusterUnhealthy { get; } = sheet.Counter(prefix + "failed_cluster_unhealthy");

    public Counter Degraded { get; } = sheet.Counter(prefix + "degraded");
}
