namespace MeshSim.Scenarios.Model;

/// <summary>Which of a proxy's statistics results are compared by: retries, overflows, timeouts, ejections. Others say the same or are sums of these.</summary>
public static class ComparedStatistics
{
    private const string Prefix = "cluster.";

    private static readonly string[] Compared =
    [
        "upstream_rq_retry",
        "upstream_rq_retry_success",
        "upstream_rq_retry_limit_exceeded",
        "upstream_rq_retry_overflow",
        "upstream_rq_pending_overflow",
        "upstream_rq_active_overflow",
        "upstream_cx_overflow",
        "upstream_rq_timeout",
        "upstream_rq_per_try_timeout",
        "outlier_detection.ejections_enforced_total",
    ];

    /// <param name="name">Under Envoy's name, <c>cluster.httpbin.upstream_rq_retry</c>.</param>
    public static bool Has(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && Array.Exists(Compared, compared => EndsWithField(name, compared));

    private static bool EndsWithField(string name, string field) =>
        name.Length > field.Length && name[^(field.Length + 1)] == '.' && name.EndsWith(field, StringComparison.Ordinal);
}
