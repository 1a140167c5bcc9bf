using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Has a proxy write down ejections and results of health checks for the report, where its configuration names no log for them.</summary>
public static class EventCapture
{
    /// <summary>The log that stands for none.</summary>
    public const string Log = "(report)";

    public static ProxySnapshot Of(ProxySnapshot snapshot) =>
        snapshot with
        {
            OutlierEventLogPath = snapshot.OutlierEventLogPath.Length > 0 ? snapshot.OutlierEventLogPath : Log,
            Clusters = [.. snapshot.Clusters.Select(Of)],
        };

    private static ClusterSnapshot Of(ClusterSnapshot cluster) =>
        cluster.HealthChecks.All(static check => !check.EventLogPaths.IsEmpty)
            ? cluster
            : cluster with
            {
                HealthChecks = [.. cluster.HealthChecks.Select(static check => check.EventLogPaths.IsEmpty ? check with { EventLogPaths = [Log] } : check)],
            };
}
