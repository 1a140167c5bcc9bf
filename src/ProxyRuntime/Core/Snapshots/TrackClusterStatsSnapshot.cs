namespace MeshSim.ProxyRuntime.Core;

/// <summary>track_cluster_stats: statistics that a cluster has only if it is asked for them. All are off by default.</summary>
/// <param name="TimeoutBudgets">timeout_budgets, or track_timeout_budgets of former days: see <see cref="TimeoutBudgetStats"/>.</param>
/// <param name="RequestResponseSizes">request_response_sizes: see <see cref="RequestResponseSizeStats"/>.</param>
/// <param name="PerEndpointStats">per_endpoint_stats: pages of statistics have the numbers of each host.</param>
public sealed record TrackClusterStatsSnapshot(bool TimeoutBudgets, bool RequestResponseSizes, bool PerEndpointStats)
{
    public static readonly TrackClusterStatsSnapshot None = new(false, false, false);
}
