namespace MeshSim.ProxyRuntime.Core;

/// <summary>circuit_breakers.thresholds of one priority, and what per_host_thresholds says of it.</summary>
/// <param name="MaxConnections">max_connections, default 1024.</param>
/// <param name="MaxPendingRequests">max_pending_requests, default 1024.</param>
/// <param name="MaxRequests">max_requests, default 1024.</param>
/// <param name="MaxRetries">max_retries, default 3: concurrent retries of the whole proxy to this cluster.</param>
public sealed record ThresholdsSnapshot(uint MaxConnections = 1024, uint MaxPendingRequests = 1024, uint MaxRequests = 1024, uint MaxRetries = 3)
{
    public static readonly ThresholdsSnapshot Default = new();

    /// <summary>max_connection_pools, default unlimited: pools with a connection or a waiting request, over all workers.</summary>
    public ulong MaxConnectionPools { get; init; } = ulong.MaxValue;

    /// <summary>per_host_thresholds.max_connections, default unlimited: connections of the whole proxy to one host.</summary>
    public ulong MaxConnectionsPerHost { get; init; } = ulong.MaxValue;

    /// <summary>retry_budget; null for none. Where there is one, <see cref="MaxRetries"/> does not count.</summary>
    public RetryBudgetSnapshot? RetryBudget { get; init; }

    /// <summary>track_remaining: gauges tell how much is left.</summary>
    public bool TrackRemaining { get; init; }

    /// <summary>The same under what the runtime says.</summary>
    /// <param name="prefix"><c>circuit_breakers.CLUSTER.PRIORITY.</c></param>
    public ThresholdsSnapshot Under(RuntimeSnapshot runtime, string prefix)
    {
        if (runtime.Values.Count == 0)
        {
            return this;
        }

        uint Number(string name, uint fallback) => (uint)Math.Min(runtime.Integer(prefix + name, fallback), uint.MaxValue);
        return this with
        {
            MaxConnections = Number("max_connections", MaxConnections),
            MaxPendingRequests = Number("max_pending_requests", MaxPendingRequests),
            MaxRequests = Number("max_requests", MaxRequests),
            MaxRetries = Number("max_retries", MaxRetries),
            MaxConnectionPools = runtime.Integer(prefix + "max_connection_pools", MaxConnectionPools),
            RetryBudget = RetryBudgetSnapshot.Under(RetryBudget, runtime, prefix + "retry_budget."),
        };
    }
}
