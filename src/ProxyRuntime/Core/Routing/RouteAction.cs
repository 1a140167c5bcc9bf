namespace MeshSim.ProxyRuntime.Core;

/// <summary>RouteAction: forwards a request to a cluster.</summary>
public sealed record RouteAction
{
    public const long DefaultTimeoutNs = 15 * MonotonicTime.NanosecondsPerSecond;

    public required string Cluster { get; init; }

    /// <summary>timeout in nanoseconds, 0 = none. Default 15 seconds. Spans all attempts, from the end of the request.</summary>
    public long TimeoutNs { get; init; } = DefaultTimeoutNs;

    /// <summary>auto_host_rewrite: the host's name becomes the request's. Default false.</summary>
    public bool AutoHostRewrite { get; init; }

    /// <summary>retry_policy, the route's or else the virtual host's; null when there is none.</summary>
    public RetryPolicySnapshot? RetryPolicy { get; init; }

    /// <summary>priority: which circuit breaker thresholds count. Default DEFAULT.</summary>
    public RoutingPriority Priority { get; init; }
}

/// <summary>RoutingPriority.</summary>
public enum RoutingPriority : byte
{
    Default,
    High,
}
