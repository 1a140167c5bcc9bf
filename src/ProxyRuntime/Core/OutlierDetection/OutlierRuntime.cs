namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the runtime says of outlier detection, over what each cluster is configured to do: <c>outlier_detection.FIELD</c>.</summary>
internal static class OutlierRuntime
{
    private const string Prefix = "outlier_detection.";

    public static OutlierDetectionSnapshot Under(this OutlierDetectionSnapshot settings, RuntimeSnapshot runtime)
    {
        if (runtime.Values.Count == 0)
        {
            return settings;
        }

        uint Number(string field, uint fallback) => (uint)Math.Min(runtime.Integer(Prefix + field, fallback), uint.MaxValue);
        long Time(string field, long fallbackNs) =>
            runtime.Values.GetValueOrDefault(Prefix + field)?.Integer is { } milliseconds
                ? (long)Math.Min(milliseconds, long.MaxValue / MonotonicTime.NanosecondsPerMillisecond) * MonotonicTime.NanosecondsPerMillisecond
                : fallbackNs;
        return settings with
        {
            IntervalNs = Math.Max(Time("interval_ms", settings.IntervalNs), MonotonicTime.NanosecondsPerMillisecond),
            BaseEjectionTimeNs = Time("base_ejection_time_ms", settings.BaseEjectionTimeNs),
            MaxEjectionTimeNs = Time("max_ejection_time_ms", settings.MaxEjectionTimeNs),
            MaxEjectionTimeJitterNs = Time("max_ejection_time_jitter_ms", settings.MaxEjectionTimeJitterNs),
            MaxEjectionPercent = Number("max_ejection_percent", settings.MaxEjectionPercent),
            Consecutive5xx = Number("consecutive_5xx", settings.Consecutive5xx),
            ConsecutiveGatewayFailure = Number("consecutive_gateway_failure", settings.ConsecutiveGatewayFailure),
            ConsecutiveLocalOriginFailure = Number("consecutive_local_origin_failure", settings.ConsecutiveLocalOriginFailure),
            SuccessRateMinimumHosts = Number("success_rate_minimum_hosts", settings.SuccessRateMinimumHosts),
            SuccessRateRequestVolume = Number("success_rate_request_volume", settings.SuccessRateRequestVolume),
            SuccessRateStdevFactor = Number("success_rate_stdev_factor", settings.SuccessRateStdevFactor),
            FailurePercentageThreshold = Number("failure_percentage_threshold", settings.FailurePercentageThreshold),
            FailurePercentageMinimumHosts = Number("failure_percentage_minimum_hosts", settings.FailurePercentageMinimumHosts),
            FailurePercentageRequestVolume = Number("failure_percentage_request_volume", settings.FailurePercentageRequestVolume),
        };
    }

    /// <summary>Whether this detection ejects.</summary>
    public static bool Enforces(this OutlierDetectionSnapshot settings, EjectionType type, RuntimeSnapshot runtime, ulong random) =>
        runtime.FeatureEnabled(EnforcingKey(type), new FractionalPercent(settings.Enforcing(type)), random);

    private static string EnforcingKey(EjectionType type) =>
        type switch
        {
            EjectionType.Consecutive5xx => Prefix + "enforcing_consecutive_5xx",
            EjectionType.ConsecutiveGatewayFailure => Prefix + "enforcing_consecutive_gateway_failure",
            EjectionType.ConsecutiveLocalOriginFailure => Prefix + "enforcing_consecutive_local_origin_failure",
            EjectionType.SuccessRate => Prefix + "enforcing_success_rate",
            EjectionType.SuccessRateLocalOrigin => Prefix + "enforcing_local_origin_success_rate",
            EjectionType.FailurePercentage => Prefix + "enforcing_failure_percentage",
            _ => Prefix + "enforcing_failure_percentage_local_origin",
        };
}
