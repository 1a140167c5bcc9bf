using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes ejections down: envoy.data.cluster.v3.OutlierDetectionEvent, a JSON object a line.</summary>
internal sealed class OutlierEvents(ProxyMainContext context, string cluster)
{
    private static readonly string[] Types =
    [
        "CONSECUTIVE_5XX",
        "CONSECUTIVE_GATEWAY_FAILURE",
        "SUCCESS_RATE",
        "CONSECUTIVE_LOCAL_ORIGIN_FAILURE",
        "SUCCESS_RATE_LOCAL_ORIGIN",
        "FAILURE_PERCENTAGE",
        "FAILURE_PERCENTAGE_LOCAL_ORIGIN",
    ];

    /// <param name="rates">Those of the interval that has ended, by which hosts are compared.</param>
    public void Eject(HostEjections host, EjectionType type, bool enforced, OutlierRates rates)
    {
        var (kind, content) = type switch
        {
            EjectionType.SuccessRate => SuccessRate(host.Host.Monitor.SuccessRate, rates.Average, rates.EjectionThreshold),
            EjectionType.SuccessRateLocalOrigin => SuccessRate(
                host.Host.Monitor.LocalOriginSuccessRate,
                rates.LocalOriginAverage,
                rates.LocalOriginEjectionThreshold
            ),
            EjectionType.FailurePercentage => FailurePercentage(host.Host.Monitor.SuccessRate),
            EjectionType.FailurePercentageLocalOrigin => FailurePercentage(host.Host.Monitor.LocalOriginSuccessRate),
            _ => ("eject_consecutive_event", "{}"),
        };
        Write(host, Types[(int)type], "EJECT", enforced, host.ReturnedAt, kind, content);
    }

    public void Uneject(HostEjections host) => Write(host, Types[0], "UNEJECT", enforced: false, host.EjectedAt, "", "");

    private static (string Kind, string Content) SuccessRate(double host, double average, double threshold) =>
        (
            "eject_success_rate_event",
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"host_success_rate":{{Whole(host)}},"cluster_average_success_rate":{{Whole(average)}},"cluster_success_rate_ejection_threshold":{{Whole(threshold)}}}"""
            )
        );

    private static (string Kind, string Content) FailurePercentage(double host) =>
        ("eject_failure_percentage_event", string.Create(CultureInfo.InvariantCulture, $$"""{"host_success_rate":{{Whole(host)}}}"""));

    private static long Whole(double percent) => (long)Math.Max(0, percent);

    /// <param name="since">When the host was last let back in, or for a return when it was ejected; null for never.</param>
    private void Write(HostEjections host, string type, string action, bool enforced, MonotonicTime? since, string kind, string content)
    {
        if (context.OutlierEventLogPath.Length == 0)
        {
            return;
        }

        var line = new JsonEvent();
        line.Text("type", type);
        line.Timestamp("timestamp", context.UnixNs);
        if (since is { } before)
        {
            var seconds = context.Now.Since(before) / MonotonicTime.NanosecondsPerSecond;
            line.Text("secs_since_last_action", seconds.ToString(CultureInfo.InvariantCulture));
        }

        line.Text("cluster_name", cluster);
        line.Text("upstream_url", host.Host.Address.Text);
        line.Text("action", action);
        line.Number("num_ejections", host.Ejections);
        line.Raw("enforced", JsonEvent.Of(enforced));
        if (kind.Length > 0)
        {
            line.Raw(kind, content);
        }

        ref var effect = ref context.Effects.Add(EffectKind.LogEvent);
        effect.Subject = context.OutlierEventLogPath;
        effect.Body = line.Line();
    }
}

/// <summary>How the hosts of a cluster did in the last interval, for <c>/clusters</c>. Percent; −1 where too few were asked too seldom.</summary>
/// <param name="EjectionThreshold">Hosts below it were ejected.</param>
public sealed record OutlierRates(double Average, double EjectionThreshold, double LocalOriginAverage, double LocalOriginEjectionThreshold)
{
    public static readonly OutlierRates None = new(-1, -1, -1, -1);
}
