namespace MeshSim.ProxyRuntime.Core;

/// <summary>Why a host is not plainly healthy. The names are those of <c>/clusters</c>.</summary>
[Flags]
public enum HealthFlags
{
    None = 0,
    FailedEdsHealth = 1 << 0,
    DegradedEdsHealth = 1 << 1,
    EdsStatusDraining = 1 << 2,
    FailedOutlierCheck = 1 << 3,
}

/// <summary>What the flags of a host mean for balancing.</summary>
public static class HostHealth
{
    private const HealthFlags Unhealthy = HealthFlags.FailedOutlierCheck | HealthFlags.FailedEdsHealth | HealthFlags.EdsStatusDraining;

    /// <summary>May be picked outside panic.</summary>
    public static bool IsHealthy(HealthFlags flags) => flags == HealthFlags.None;

    /// <summary>Picked only when healthy hosts do not suffice.</summary>
    public static bool IsDegraded(HealthFlags flags) => (flags & Unhealthy) == 0 && (flags & HealthFlags.DegradedEdsHealth) != 0;

    /// <summary>Left out of the health arithmetic of its priority, on both sides of the fraction.</summary>
    public static bool IsExcluded(HealthFlags flags) => (flags & HealthFlags.EdsStatusDraining) != 0;

    public static HealthFlags FromEds(EdsHealth health) =>
        health switch
        {
            EdsHealth.Unhealthy or EdsHealth.Timeout => HealthFlags.FailedEdsHealth,
            EdsHealth.Draining => HealthFlags.EdsStatusDraining,
            EdsHealth.Degraded => HealthFlags.DegradedEdsHealth,
            _ => HealthFlags.None,
        };

    /// <summary>The health of a host in detail, as it is now: what checks have found out comes before what the endpoint says of itself.</summary>
    public static EdsHealth Status(HostState host) => (host.Health & HealthFlags.FailedOutlierCheck) != 0 ? EdsHealth.Unhealthy : host.Snapshot.EdsHealth;

    /// <summary>The text of <c>health_flags</c>: <c>healthy</c>, or each flag behind a slash.</summary>
    public static string Text(HealthFlags flags)
    {
        if (flags == HealthFlags.None)
        {
            return "healthy";
        }

        var text = "";
        text += (flags & HealthFlags.FailedOutlierCheck) != 0 ? "/failed_outlier_check" : "";
        text += (flags & HealthFlags.FailedEdsHealth) != 0 ? "/failed_eds_health" : "";
        text += (flags & HealthFlags.DegradedEdsHealth) != 0 ? "/degraded_eds_health" : "";
        text += (flags & HealthFlags.EdsStatusDraining) != 0 ? "/eds_status_draining" : "";
        return text;
    }
}
