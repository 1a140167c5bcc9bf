namespace MeshSim.ProxyRuntime.Core;

/// <summary>The circuit breaker of one cluster and priority. Shared by all workers: limits may overshoot slightly, as Envoy's do.</summary>
internal sealed class ResourceManager
{
    private readonly ThresholdsSnapshot limits;

    /// <param name="limits">What is configured, with what the runtime says over it.</param>
    /// <param name="prefix">Of its gauges: <c>cluster.NAME.circuit_breakers.PRIORITY.</c></param>
    public ResourceManager(ThresholdsSnapshot limits, StatSheet stats, string prefix)
    {
        this.limits = limits;
        Connections = New("cx", limits.MaxConnections, limits.MaxConnections);
        ConnectionPools = New("cx_pool", limits.MaxConnectionPools, limits.MaxConnectionPools);
        PendingRequests = New("rq_pending", limits.MaxPendingRequests, limits.MaxPendingRequests);
        Requests = New("rq", limits.MaxRequests, limits.MaxRequests);

        // How many retries a budget leaves depends on the requests; Envoy shows 0.
        Retries = New("rq_retry", limits.MaxRetries, limits.RetryBudget is null ? limits.MaxRetries : null);

        Resource New(string name, ulong max, ulong? left) =>
            new(max, stats.Gauge($"{prefix}{name}_open"), limits.TrackRemaining ? Remaining(stats, prefix + RemainingName(name), left) : null);
    }

    public Resource Connections { get; }

    public Resource ConnectionPools { get; }

    public Resource PendingRequests { get; }

    public Resource Requests { get; }

    public Resource Retries { get; }

    /// <summary>Whether one more retry is allowed: by the budget where there is one, else by max_retries.</summary>
    public bool CanRetry => limits.RetryBudget is { } budget ? Retries.Used < budget.Limit(Requests.Used + PendingRequests.Used) : Retries.CanCreate;

    /// <summary>Whether one more connection to this host is allowed: by its own limit and by the cluster's.</summary>
    public bool CanConnect(HostState host) => (ulong)host.StatsSoFar.CxActive < limits.MaxConnectionsPerHost && Connections.CanCreate;

    private static string RemainingName(string resource) =>
        resource switch
        {
            "cx_pool" => "remaining_cx_pools",
            "rq_pending" => "remaining_pending",
            "rq_retry" => "remaining_retries",
            _ => "remaining_" + resource,
        };

    private static Gauge? Remaining(StatSheet stats, string name, ulong? left)
    {
        var gauge = stats.Gauge(name);
        gauge.Set((long)(left ?? 0));
        return left is null ? null : gauge;
    }
}
