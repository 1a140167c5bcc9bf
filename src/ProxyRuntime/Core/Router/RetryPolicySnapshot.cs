using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>RetryPolicy with its defaults filled in.</summary>
public sealed record RetryPolicySnapshot
{
    public const uint DefaultNumRetries = 1;
    public const long DefaultBaseIntervalMs = 25;

    public RetryOn RetryOn { get; init; }

    /// <summary>num_retries. Default 1.</summary>
    public uint NumRetries { get; init; } = DefaultNumRetries;

    /// <summary>per_try_timeout in nanoseconds, 0 = none; starts when a connection is there and the request complete.</summary>
    public long PerTryTimeoutNs { get; init; }

    /// <summary>retry_back_off.base_interval in milliseconds, rounded up, at least 1. Default 25.</summary>
    public long BaseIntervalMs { get; init; } = DefaultBaseIntervalMs;

    /// <summary>retry_back_off.max_interval in milliseconds, at least the base. Default ten times the base.</summary>
    public long MaxIntervalMs { get; init; } = 10 * DefaultBaseIntervalMs;

    /// <summary>retriable_status_codes, used with <see cref="RetryOn.RetriableStatusCodes"/>.</summary>
    public ImmutableArray<int> RetriableStatusCodes { get; init; } = [];
}

/// <summary>The conditions of retry_on and x-envoy-retry-on, HTTP and gRPC.</summary>
[Flags]
public enum RetryOn
{
    None = 0,
    FiveXx = 1 << 0,
    GatewayError = 1 << 1,
    ConnectFailure = 1 << 2,
    Retriable4xx = 1 << 3,
    RefusedStream = 1 << 4,
    RetriableStatusCodes = 1 << 5,
    Reset = 1 << 6,
    ResetBeforeRequest = 1 << 7,
    EnvoyRateLimited = 1 << 8,
    GrpcCancelled = 1 << 9,
    GrpcDeadlineExceeded = 1 << 10,
    GrpcResourceExhausted = 1 << 11,
    GrpcInternal = 1 << 12,
    GrpcUnavailable = 1 << 13,
}
