using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// When limits of clusters were reached, second by second: the gauge <c>…_open</c> was 1 at the end of the second, or something was refused
/// in it. Seconds in a row are one event.
/// </summary>
internal static class BreakerEvents
{
    private static readonly (string Gauge, string Counter, string Limit)[] Limits =
    [
        ("rq_pending_open", "upstream_rq_pending_overflow", "max_pending_requests"),
        ("rq_retry_open", "upstream_rq_retry_overflow", "max_retries"),
        ("cx_open", "upstream_cx_overflow", "max_connections"),
        ("rq_open", "upstream_rq_active_overflow", "max_requests"),
        ("cx_pool_open", "", "max_connection_pools"),
    ];

    public static IEnumerable<ReportEvent> Of(ProxyRecord proxy)
    {
        var details = proxy.Details ?? ProxyDetails.Empty;
        foreach (var cluster in Clusters(details))
        {
            foreach (var (gauge, counter, limit) in Limits)
            {
                var gauges = details.Gauges.Where(series => Is(series.Name, cluster, "circuit_breakers.", gauge)).ToArray();
                var refused = counter.Length == 0 ? null : details.Counters.FirstOrDefault(series => series.Name == $"cluster.{cluster}.{counter}");
                var length = Math.Max(refused?.Values.Length ?? 0, gauges.Length == 0 ? 0 : gauges.Max(static series => series.Values.Length));
                int? from = null;
                var lost = 0L;
                for (var second = 0; second <= length; second++)
                {
                    var now = At(refused, second);
                    var isOpen = second < length && (now > 0 || gauges.Any(series => At(series, second) > 0));
                    if (isOpen)
                    {
                        from ??= second;
                        lost += now;
                    }
                    else if (from is { } begin)
                    {
                        var what = refused is null || lost == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {lost} refused");
                        yield return new ReportEvent(begin, second, TimelineBuilder.Breaker, proxy.Name, $"cluster '{cluster}' reaches {limit}{what}");
                        (from, lost) = (null, 0);
                    }
                }
            }
        }
    }

    private static long At(NamedSeries? series, int second) => series is not null && second < series.Values.Length ? series.Values[second] : 0;

    private static IEnumerable<string> Clusters(ProxyDetails details) => details.Hosts.Select(static host => host.Cluster).Distinct(StringComparer.Ordinal);

    /// <summary>Whether a name is that of a field of a cluster, of whatever priority.</summary>
    private static bool Is(string name, string cluster, string group, string field) =>
        name.StartsWith($"cluster.{cluster}.{group}", StringComparison.Ordinal) && name.EndsWith($".{field}", StringComparison.Ordinal);
}
