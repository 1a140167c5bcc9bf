namespace MeshSim.ProxyRuntime.Core;

/// <summary>The circuit breaker of one cluster and priority. Shared by all workers: limits may overshoot slightly, as Envoy's do.</summary>
internal sealed class ResourceManager(ThresholdsSnapshot limits)
{
    public Resource Connections { get; } = new(limits.MaxConnections);

    public Resource PendingRequests { get; } = new(limits.MaxPendingRequests);

    public Resource Requests { get; } = new(limits.MaxRequests);

    public Resource Retries { get; } = new(limits.MaxRetries);

    /// <summary>Whether one more retry is allowed: by the budget where there is one, else by max_retries.</summary>
    public bool CanRetry => limits.RetryBudget is { } budget ? Retries.Used < budget.Limit(Requests.Used + PendingRequests.Used) : Retries.CanCreate;
}

/// <summary>One limited resource: how many are in use, and whether one more is allowed.</summary>
internal sealed class Resource(uint max)
{
    private long used;

    public uint Max { get; } = max;

    public long Used => Volatile.Read(ref used);

    /// <summary>current &lt; max; the breaker is open when this is false.</summary>
    public bool CanCreate => Used < Max;

    public void Increment() => Interlocked.Increment(ref used);

    public void Decrement() => Interlocked.Decrement(ref used);
}
