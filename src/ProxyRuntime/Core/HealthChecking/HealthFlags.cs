namespace MeshSim.ProxyRuntime.Core;

/// <summary>Why a host is not plainly healthy. The names are those of <c>/clusters</c>.</summary>
[Flags]
public enum HealthFlags
{
    None = 0,

    /// <summary>An active check found it unhealthy, or has not found it healthy yet.</summary>
    FailedActiveHc = 1 << 0,
    FailedOutlierCheck = 1 << 1,
    FailedEdsHealth = 1 << 2,

    /// <summary>A check passed with <c>x-envoy-degraded</c>.</summary>
    DegradedActiveHc = 1 << 3,
    DegradedEdsHealth = 1 << 4,

    /// <summary>Discovery knows it no more; it stays until its check fails.</summary>
    PendingDynamicRemoval = 1 << 5,

    /// <summary>ignore_new_hosts_until_first_hc, and no check has had a result yet.</summary>
    PendingActiveHc = 1 << 6,

    /// <summary>It answered with <c>x-envoy-immediate-health-check-fail</c>, and no check has found it healthy since.</summary>
    ExcludedViaImmediateHcFail = 1 << 7,

    /// <summary>The check that failed last timed out.</summary>
    ActiveHcTimeout = 1 << 8,
    EdsStatusDraining = 1 << 9,
}

/// <summary>What the flags of a host mean for balancing.</summary>
public static class HostHealth
{
    /// <summary>What active checks say of a host.</summary>
    internal const HealthFlags Active =
        HealthFlags.FailedActiveHc
        | HealthFlags.DegradedActiveHc
        | HealthFlags.PendingActiveHc
        | HealthFlags.ActiveHcTimeout
        | HealthFlags.ExcludedViaImmediateHcFail;

    /// <summary>What discovery says of the health of a host.</summary>
    internal const HealthFlags Eds = HealthFlags.FailedEdsHealth | HealthFlags.DegradedEdsHealth | HealthFlags.EdsStatusDraining;

    private const HealthFlags Unhealthy =
        HealthFlags.FailedActiveHc | HealthFlags.FailedOutlierCheck | HealthFlags.FailedEdsHealth | HealthFlags.EdsStatusDraining;

    private const HealthFlags Degraded = HealthFlags.DegradedActiveHc | HealthFlags.DegradedEdsHealth;

    private const HealthFlags Excluded = HealthFlags.PendingActiveHc | HealthFlags.ExcludedViaImmediateHcFail | HealthFlags.EdsStatusDraining;

    private static readonly (HealthFlags Flag, string Text)[] Texts =
    [
        (HealthFlags.FailedActiveHc, "/failed_active_hc"),
        (HealthFlags.FailedOutlierCheck, "/failed_outlier_check"),
        (HealthFlags.FailedEdsHealth, "/failed_eds_health"),
        (HealthFlags.DegradedActiveHc, "/degraded_active_hc"),
        (HealthFlags.DegradedEdsHealth, "/degraded_eds_health"),
        (HealthFlags.PendingDynamicRemoval, "/pending_dynamic_removal"),
        (HealthFlags.PendingActiveHc, "/pending_active_hc"),
        (HealthFlags.ExcludedViaImmediateHcFail, "/excluded_via_immediate_hc_fail"),
        (HealthFlags.ActiveHcTimeout, "/active_hc_timeout"),
        (HealthFlags.EdsStatusDraining, "/eds_status_draining"),
    ];

    /// <summary>May be picked outside panic.</summary>
    public static bool IsHealthy(HealthFlags flags) => (flags & (Unhealthy | Degraded)) == 0;

    /// <summary>Picked only when healthy hosts do not suffice.</summary>
    public static bool IsDegraded(HealthFlags flags) => (flags & Unhealthy) == 0 && (flags & Degraded) != 0;

    /// <summary>Left out of the health arithmetic of its priority, on both sides of the fraction.</summary>
    public static bool IsExcluded(HealthFlags flags) => (flags & Excluded) != 0;

    public static HealthFlags FromEds(EdsHealth health) =>
        health switch
        {
            EdsHealth.Unhealthy or EdsHealth.Timeout => HealthFlags.FailedEdsHealth,
            EdsHealth.Draining => HealthFlags.EdsStatusDraining,
            EdsHealth.Degraded => HealthFlags.DegradedEdsHealth,
            _ => HealthFlags.None,
        };

    /// <summary>The health of a host in detail, as it is now: what checks have found out comes before what the endpoint says of itself.</summary>
    public static EdsHealth Status(HostState host) =>
        (host.Health & (HealthFlags.FailedActiveHc | HealthFlags.FailedOutlierCheck)) != 0 ? EdsHealth.Unhealthy
        : host.Snapshot.EdsHealth is EdsHealth.Unhealthy or EdsHealth.Draining or EdsHealth.Timeout ? host.Snapshot.EdsHealth
        : (host.Health & HealthFlags.DegradedActiveHc) != 0 ? EdsHealth.Degraded
        : host.Snapshot.EdsHealth;

    /// <summary>The text of <c>health_flags</c>: <c>healthy</c>, or each flag behind a slash.</summary>
    public static string Text(HealthFlags flags)
    {
        var text = string.Concat(Texts.Where(entry => (flags & entry.Flag) != 0).Select(static entry => entry.Text));
        return text.Length == 0 ? "healthy" : text;
    }
}
