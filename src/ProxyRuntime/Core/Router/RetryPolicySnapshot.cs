using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>RetryPolicy with its defaults filled in.</summary>
public sealed record RetryPolicySnapshot
{
    public const uint DefaultNumRetries = 1;
    public const long DefaultBaseIntervalMs = 25;
    public const long DefaultResetMaxIntervalMs = 300_000;

    /// <summary>What a request without a policy goes by: it may still ask for retries by header.</summary>
    public static readonly RetryPolicySnapshot None = new();

    public RetryOn RetryOn { get; init; }

    /// <summary>num_retries. Default 1.</summary>
    public uint NumRetries { get; init; } = DefaultNumRetries;

    /// <summary>per_try_timeout in nanoseconds, 0 = none; starts when a connection is there and the request complete.</summary>
    public long PerTryTimeoutNs { get; init; }

    /// <summary>per_try_idle_timeout in nanoseconds, 0 = none: no part of a response for so long.</summary>
    public long PerTryIdleTimeoutNs { get; init; }

    /// <summary>retry_back_off.base_interval in milliseconds, rounded up, at least 1. Null: runtime upstream.base_retry_backoff_ms, default 25.</summary>
    public long? BaseIntervalMs { get; init; }

    /// <summary>retry_back_off.max_interval in milliseconds, at least the base. Null: ten times the base.</summary>
    public long? MaxIntervalMs { get; init; }

    /// <summary>retriable_status_codes, used with <see cref="RetryOn.RetriableStatusCodes"/>.</summary>
    public ImmutableArray<int> RetriableStatusCodes { get; init; } = [];

    /// <summary>retriable_headers of a response, used with <see cref="RetryOn.RetriableHeaders"/>.</summary>
    public ImmutableArray<HeaderMatcher> RetriableHeaders { get; init; } = [];

    /// <summary>retriable_request_headers: if there are any, only requests that fit one are retried.</summary>
    public ImmutableArray<HeaderMatcher> RetriableRequestHeaders { get; init; } = [];

    /// <summary>rate_limited_retry_back_off.reset_headers: where a response may say how long to wait.</summary>
    public ImmutableArray<ResetHeader> ResetHeaders { get; init; } = [];

    /// <summary>rate_limited_retry_back_off.max_interval in milliseconds: longer waits are not believed. Default 300,000.</summary>
    public long ResetMaxIntervalMs { get; init; } = DefaultResetMaxIntervalMs;

    /// <summary>retry_host_predicate: hosts that a retry would rather not take.</summary>
    public ImmutableArray<RetryHostPredicate> HostPredicates { get; init; } = [];

    /// <summary>host_selection_retry_max_attempts. Default 1: so many further draws when a predicate refuses a host.</summary>
    public int HostSelectionMaxAttempts { get; init; } = 1;

    /// <summary>retry_priority previous_priorities: after so many attempts the priorities tried are left out; 0 for none.</summary>
    public int PriorityUpdateFrequency { get; init; }
}

/// <summary>rate_limited_retry_back_off.reset_headers.</summary>
/// <param name="Name">The response header.</param>
/// <param name="IsUnixTimestamp">Its value is a moment in seconds since 1970 rather than a number of seconds.</param>
public sealed record ResetHeader(HeaderName Name, bool IsUnixTimestamp);

/// <summary>A host predicate of a retry policy.</summary>
public abstract record RetryHostPredicate;

/// <summary>envoy.retry_host_predicates.previous_hosts: not a host that was tried already.</summary>
public sealed record PreviousHostsPredicate : RetryHostPredicate;

/// <summary>envoy.retry_host_predicates.omit_canary_hosts: not a canary.</summary>
public sealed record OmitCanaryHostsPredicate : RetryHostPredicate;

/// <summary>envoy.retry_host_predicates.omit_host_metadata: not a host with all of this metadata under <c>envoy.lb</c>.</summary>
public sealed record OmitHostMetadataPredicate(MetadataValue Match) : RetryHostPredicate;

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
    RetriableHeaders = 1 << 6,
    Reset = 1 << 7,
    ResetBeforeRequest = 1 << 8,
    EnvoyRateLimited = 1 << 9,
    Http3PostConnectFailure = 1 << 10,
    GrpcCancelled = 1 << 11,
    GrpcDeadlineExceeded = 1 << 12,
    GrpcResourceExhausted = 1 << 13,
    GrpcInternal = 1 << 14,
    GrpcUnavailable = 1 << 15,
}
