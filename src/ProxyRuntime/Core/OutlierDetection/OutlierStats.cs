namespace MeshSim.ProxyRuntime.Core;

/// <summary>The statistics under <c>cluster.&lt;name&gt;.outlier_detection.</c>, counted by the main machine.</summary>
internal sealed class OutlierStats
{
    private readonly Counter[] detected;
    private readonly Counter[] enforced;
    private readonly Counter total;
    private readonly Counter consecutive5xx;
    private readonly Counter successRate;

    public OutlierStats(StatSheet sheet, string statName)
    {
        var root = $"cluster.{statName}.outlier_detection.";
        detected = Array.ConvertAll(Enum.GetValues<EjectionType>(), type => sheet.Counter($"{root}ejections_detected_{Name(type)}"));
        enforced = Array.ConvertAll(Enum.GetValues<EjectionType>(), type => sheet.Counter($"{root}ejections_enforced_{Name(type)}"));
        _ = sheet.Counter(root + "ejections_detected_degradation");
        EnforcedTotal = sheet.Counter(root + "ejections_enforced_total");
        Overflow = sheet.Counter(root + "ejections_overflow");
        Active = sheet.Gauge(root + "ejections_active");
        total = sheet.Counter(root + "ejections_total");
        consecutive5xx = sheet.Counter(root + "ejections_consecutive_5xx");
        successRate = sheet.Counter(root + "ejections_success_rate");
    }

    public Counter EnforcedTotal { get; }

    /// <summary>Ejections that max_ejection_percent did not allow.</summary>
    public Counter Overflow { get; }

    public Gauge Active { get; }

    /// <summary>A host failed often enough, whether or not it is ejected for it.</summary>
    public void Detected(EjectionType type)
    {
        detected[(int)type].Increment();
        if (type == EjectionType.Consecutive5xx)
        {
            consecutive5xx.Increment();
        }
        else if (type is EjectionType.SuccessRate or EjectionType.SuccessRateLocalOrigin)
        {
            successRate.Increment();
        }
    }

    /// <summary>An ejection that the percentage allows, enforced or not: a deprecated counter.</summary>
    public void Allowed(EjectionType type)
    {
        if (type is EjectionType.Consecutive5xx or EjectionType.SuccessRate)
        {
            total.Increment();
        }
    }

    public void Enforced(EjectionType type)
    {
        EnforcedTotal.Increment();
        enforced[(int)type].Increment();
    }

    private static string Name(EjectionType type) =>
        type switch
        {
            EjectionType.Consecutive5xx => "consecutive_5xx",
            EjectionType.ConsecutiveGatewayFailure => "consecutive_gateway_failure",
            EjectionType.SuccessRate => "success_rate",
            EjectionType.ConsecutiveLocalOriginFailure => "consecutive_local_origin_failure",
            EjectionType.SuccessRateLocalOrigin => "local_origin_success_rate",
            EjectionType.FailurePercentage => "failure_percentage",
            _ => "local_origin_failure_percentage",
        };
}
