using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the main machine counts of one cluster under <c>cluster.&lt;name&gt;.</c>.</summary>
internal sealed class MembershipStats
{
    private readonly Gauge total;
    private readonly Gauge healthy;
    private readonly Gauge degraded;
    private readonly Gauge excluded;
    private readonly Gauge maxHostWeight;
    private readonly Counter change;
    private readonly Gauge warmingState;

    public MembershipStats(StatSheet sheet, string statName)
    {
        var root = $"cluster.{statName}.";
        total = sheet.Gauge(root + "membership_total");
        healthy = sheet.Gauge(root + "membership_healthy");
        degraded = sheet.Gauge(root + "membership_degraded");
        excluded = sheet.Gauge(root + "membership_excluded");
        maxHostWeight = sheet.Gauge(root + "max_host_weight");
        change = sheet.Counter(root + "membership_change");
        warmingState = sheet.Gauge(root + "warming_state");
        _ = sheet.Gauge(root + "version"); // Of assignments alone: a hash of what SubscriptionStats is told.
        AssignmentStale = sheet.Counter(root + "assignment_stale");
        AssignmentTimeoutReceived = sheet.Counter(root + "assignment_timeout_received");
        UpdateAttempt = sheet.Counter(root + "update_attempt");
        UpdateSuccess = sheet.Counter(root + "update_success");
        UpdateFailure = sheet.Counter(root + "update_failure");
        UpdateEmpty = sheet.Counter(root + "update_empty");
        UpdateNoRebuild = sheet.Counter(root + "update_no_rebuild");
    }

    /// <summary>Endpoints that were dropped because nobody confirmed them.</summary>
    public Counter AssignmentStale { get; }

    /// <summary>Assignments with endpoint_stale_after.</summary>
    public Counter AssignmentTimeoutReceived { get; }

    public Counter UpdateAttempt { get; }

    public Counter UpdateSuccess { get; }

    public Counter UpdateFailure { get; }

    /// <summary>Answers of EDS without an assignment.</summary>
    public Counter UpdateEmpty { get; }

    public Counter UpdateNoRebuild { get; }

    /// <summary>Whether the cluster is still waited for.</summary>
    public void Warming(bool isWarming) => warmingState.Set(isWarming ? 1 : 0);

    /// <summary>Discovery has answered.</summary>
    /// <param name="weight">The largest weight of a host.</param>
    public void Weighed(uint weight) => maxHostWeight.Set(weight);

    /// <summary>Hosts came or went in so many priorities.</summary>
    public void Changed(ImmutableArray<HostState> hosts, int priorities)
    {
        change.Add(priorities);
        total.Set(hosts.Length);
        HealthChanged(hosts);
    }

    public void HealthChanged(ImmutableArray<HostState> hosts)
    {
        healthy.Set(hosts.Count(static host => HostHealth.IsHealthy(host.Health)));
        degraded.Set(hosts.Count(static host => HostHealth.IsDegraded(host.Health)));
        excluded.Set(hosts.Count(static host => HostHealth.IsExcluded(host.Health)));
    }
}
