namespace MeshSim.ProxyRuntime.Core;

/// <summary>The statistics under <c>cluster.&lt;name&gt;.health_check.</c>, of all checks of the cluster together.</summary>
internal sealed class HealthCheckerStats
{
    public HealthCheckerStats(StatSheet sheet, string statName)
    {
        var root = $"cluster.{statName}.health_check.";
        Attempt = sheet.Counter(root + "attempt");
        Success = sheet.Counter(root + "success");
        Failure = sheet.Counter(root + "failure");
        PassiveFailure = sheet.Counter(root + "passive_failure");
        NetworkFailure = sheet.Counter(root + "network_failure");
        VerifyCluster = sheet.Counter(root + "verify_cluster");
        Healthy = sheet.Gauge(root + "healthy");
        Degraded = sheet.Gauge(root + "degraded");
    }

    public Counter Attempt { get; }

    public Counter Success { get; }

    public Counter Failure { get; }

    public Counter PassiveFailure { get; }

    /// <summary>Timeouts among them.</summary>
    public Counter NetworkFailure { get; }

    /// <summary>Answers whose service name was looked at.</summary>
    public Counter VerifyCluster { get; }

    /// <summary>Hosts whose checks pass.</summary>
    public Gauge Healthy { get; }

    public Gauge Degraded { get; }

    public void Failed(HealthCheckFailure type)
    {
        Failure.Increment();
        if (type is HealthCheckFailure.Network or HealthCheckFailure.NetworkTimeout)
        {
            NetworkFailure.Increment();
        }
        else if (type == HealthCheckFailure.Passive)
        {
            PassiveFailure.Increment();
        }
    }
}
