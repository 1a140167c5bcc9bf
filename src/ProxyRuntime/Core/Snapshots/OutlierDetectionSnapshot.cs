namespace MeshSim.ProxyRuntime.Core;

/// <summary>outlier_detection of a cluster. Enforcement is in percent, 0 to 100: how many detections eject.</summary>
public sealed record OutlierDetectionSnapshot
{
    public static readonly OutlierDetectionSnapshot Default = new();

    /// <summary>interval between sweeps in nanoseconds, above 0, default ten seconds.</summary>
    public long IntervalNs { get; init; } = 10 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>base_ejection_time in nanoseconds, above 0, default thirty seconds: of the first ejection; of the next one twice that.</summary>
    public long BaseEjectionTimeNs { get; init; } = 30 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>max_ejection_time in nanoseconds, default five minutes, but not below base_ejection_time.</summary>
    public long MaxEjectionTimeNs { get; init; } = 300 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>max_ejection_time_jitter in nanoseconds, default 0.</summary>
    public long MaxEjectionTimeJitterNs { get; init; }

    /// <summary>max_ejection_percent of all hosts, default 10.</summary>
    public uint MaxEjectionPercent { get; init; } = 10;

    /// <summary>always_eject_one_host: the first ejection is allowed whatever the percentage says.</summary>
    public bool AlwaysEjectOneHost { get; init; }

    /// <summary>split_external_local_origin_errors: what goes wrong on the way is told apart from bad answers.</summary>
    public bool SplitsLocalOrigin { get; init; }

    /// <summary>consecutive_5xx, default 5.</summary>
    public uint Consecutive5xx { get; init; } = 5;

    /// <summary>consecutive_gateway_failure, default 5.</summary>
    public uint ConsecutiveGatewayFailure { get; init; } = 5;

    /// <summary>consecutive_local_origin_failure, default 5.</summary>
    public uint ConsecutiveLocalOriginFailure { get; init; } = 5;

    /// <summary>success_rate_minimum_hosts with enough requests, default 5.</summary>
    public uint SuccessRateMinimumHosts { get; init; } = 5;

    /// <summary>success_rate_request_volume within an interval, default 100.</summary>
    public uint SuccessRateRequestVolume { get; init; } = 100;

    /// <summary>success_rate_stdev_factor in thousandths, default 1900.</summary>
    public uint SuccessRateStdevFactor { get; init; } = 1900;

    /// <summary>failure_percentage_threshold, default 85.</summary>
    public uint FailurePercentageThreshold { get; init; } = 85;

    /// <summary>failure_percentage_minimum_hosts, default 5.</summary>
    public uint FailurePercentageMinimumHosts { get; init; } = 5;

    /// <summary>failure_percentage_request_volume within an interval, default 50.</summary>
    public uint FailurePercentageRequestVolume { get; init; } = 50;

    /// <summary>successful_active_health_check_uneject_host, default true: a check that passes ends an ejection.</summary>
    public bool SuccessfulActiveHealthCheckUnejectHost { get; init; } = true;

    public uint EnforcingConsecutive5xx { get; init; } = 100;

    public uint EnforcingConsecutiveGatewayFailure { get; init; }

    public uint EnforcingConsecutiveLocalOriginFailure { get; init; } = 100;

    public uint EnforcingSuccessRate { get; init; } = 100;

    public uint EnforcingLocalOriginSuccessRate { get; init; } = 100;

    public uint EnforcingFailurePercentage { get; init; }

    public uint EnforcingFailurePercentageLocalOrigin { get; init; }

    internal uint Enforcing(EjectionType type) =>
        type switch
        {
            EjectionType.Consecutive5xx => EnforcingConsecutive5xx,
            EjectionType.ConsecutiveGatewayFailure => EnforcingConsecutiveGatewayFailure,
            EjectionType.ConsecutiveLocalOriginFailure => EnforcingConsecutiveLocalOriginFailure,
            EjectionType.SuccessRate => EnforcingSuccessRate,
            EjectionType.SuccessRateLocalOrigin => EnforcingLocalOriginSuccessRate,
            EjectionType.FailurePercentage => EnforcingFailurePercentage,
            _ => EnforcingFailurePercentageLocalOrigin,
        };
}

/// <summary>Why a host is ejected: OutlierEjectionType.</summary>
public enum EjectionType : byte
{
    Consecutive5xx,
    ConsecutiveGatewayFailure,
    SuccessRate,
    ConsecutiveLocalOriginFailure,
    SuccessRateLocalOrigin,
    FailurePercentage,
    FailurePercentageLocalOrigin,
}
