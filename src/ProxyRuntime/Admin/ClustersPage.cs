using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary><c>/clusters</c> as text.</summary>
public static class ClustersPage
{
    /// <param name="rates">Of each cluster; null for one without outlier detection, empty if there is none at all.</param>
    public static string Text(ProxySnapshot snapshot, IReadOnlyList<ClusterMembership> memberships, IReadOnlyList<OutlierRates?> rates)
    {
        var text = new StringBuilder();
        for (var i = 0; i < snapshot.Clusters.Length; i++)
        {
            WriteCluster(text, snapshot.Clusters[i], memberships[i], i < rates.Count ? rates[i] : null);
        }

        return text.ToString();
    }

    private static void WriteCluster(StringBuilder text, ClusterSnapshot cluster, ClusterMembership membership, OutlierRates? rates)
    {
        Line(text, cluster.Name, "observability_name", cluster.StatName);
        if (rates is not null)
        {
            Line(text, cluster.Name, "outlier::success_rate_average", Rounded(rates.Average));
            Line(text, cluster.Name, "outlier::success_rate_ejection_threshold", Rounded(rates.EjectionThreshold));
            Line(text, cluster.Name, "outlier::local_origin_success_rate_average", Rounded(rates.LocalOriginAverage));
            Line(text, cluster.Name, "outlier::local_origin_success_rate_ejection_threshold", Rounded(rates.LocalOriginEjectionThreshold));
        }

        WriteThresholds(text, cluster.Name, "default_priority", cluster.DefaultThresholds);
        WriteThresholds(text, cluster.Name, "high_priority", cluster.HighThresholds);
        Line(text, cluster.Name, "added_via_api", "false");
        if (cluster.Eds is { GivenServiceName: { Length: > 0 } name })
        {
            Line(text, cluster.Name, "eds_service_name", name);
        }

        foreach (var host in membership.Hosts)
        {
            foreach (var (key, value) in HostLines(host))
            {
                Line(text, cluster.Name, $"{host.Address}::{key}", value);
            }
        }
    }

    private static void WriteThresholds(StringBuilder text, string cluster, string priority, ThresholdsSnapshot limits)
    {
        Line(text, cluster, $"{priority}::max_connections", Number(limits.MaxConnections));
        Line(text, cluster, $"{priority}::max_pending_requests", Number(limits.MaxPendingRequests));
        Line(text, cluster, $"{priority}::max_requests", Number(limits.MaxRequests));
        Line(text, cluster, $"{priority}::max_retries", Number(limits.MaxRetries));
    }

    private static IEnumerable<(string Key, string Value)> HostLines(HostState host)
    {
        var stats = host.StatsSoFar;
        var snapshot = host.Snapshot;
        return
        [
            ("cx_active", Number(stats.CxActive)),
            ("cx_connect_fail", Number(stats.CxConnectFail)),
            ("cx_total", Number(stats.CxTotal)),
            ("rq_active", Number(stats.RqActive)),
            ("rq_error", Number(stats.RqError)),
            ("rq_pending_active", Number(stats.RqPendingActive)),
            ("rq_success", Number(stats.RqSuccess)),
            ("rq_timeout", Number(stats.RqTimeout)),
            ("rq_total", Number(stats.RqTotal)),
            ("hostname", snapshot.Hostname),
            ("health_flags", HostHealth.Text(host.Health)),
            ("weight", Number(snapshot.Weight)),
            ("region", snapshot.Locality.Region),
            ("zone", snapshot.Locality.Zone),
            ("sub_zone", snapshot.Locality.SubZone),
            ("canary", snapshot.IsCanary ? "true" : "false"),
            ("priority", Number(snapshot.Priority)),
            ("success_rate", Exact(host.MonitorSoFar?.SuccessRate ?? -1)),
            ("local_origin_success_rate", Exact(host.MonitorSoFar?.LocalOriginSuccessRate ?? -1)),
        ];
    }

    private static void Line(StringBuilder text, string cluster, string key, string value) =>
        text.Append(cluster).Append("::").Append(key).Append("::").Append(value).Append('\n');

    private static string Rounded(double value) => value.ToString("G6", CultureInfo.InvariantCulture).ToLowerInvariant();

    private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
