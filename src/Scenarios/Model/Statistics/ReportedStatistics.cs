namespace MeshSim.Scenarios.Model;

/// <summary>Which of a proxy's statistics a report shows over time.</summary>
public static class ReportedStatistics
{
    private static readonly string[] Counters =
    [
        "upstream_rq_total",
        "upstream_rq_retry",
        "upstream_rq_retry_overflow",
        "upstream_rq_pending_overflow",
        "upstream_rq_active_overflow",
        "upstream_cx_overflow",
        "upstream_rq_timeout",
        "upstream_rq_per_try_timeout",
        "upstream_cx_total",
        "upstream_cx_connect_fail",
        "upstream_cx_none_healthy",
        "outlier_detection.ejections_enforced_total",
        "lb_healthy_panic",
    ];

    private static readonly string[] Gauges =
    [
        "upstream_rq_active",
        "upstream_rq_pending_active",
        "upstream_cx_active",
        "membership_healthy",
        "membership_total",
        "outlier_detection.ejections_active",
        "cx_open",
        "cx_pool_open",
        "rq_open",
        "rq_pending_open",
        "rq_retry_open",
    ];

    /// <param name="name">Under Envoy's name, <c>cluster.httpbin.upstream_rq_total</c>.</param>
    public static bool HasCounter(string name) => Has(name, "cluster.", Counters);

    /// <param name="name">Under Envoy's name, <c>cluster.httpbin.upstream_rq_active</c>.</param>
    public static bool HasGauge(string name) => Has(name, "cluster.", Gauges) || Has(name, "http.", ["downstream_rq_active", "downstream_cx_active"]);

    private static bool Has(string name, string prefix, string[] fields) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && Array.Exists(fields, field => name.Length > field.Length && name[^(field.Length + 1)] == '.' && name.EndsWith(field, StringComparison.Ordinal));
}
