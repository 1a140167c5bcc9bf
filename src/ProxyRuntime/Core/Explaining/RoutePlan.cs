using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>How the router goes about a request: what route, virtual host, cluster and the request's own headers come to together.</summary>
public sealed record RoutePlan
{
    public required RouteAction Action { get; init; }

    public required ClusterSnapshot Cluster { get; init; }

    /// <summary>Which hosts of the cluster are meant, as JSON; empty for any.</summary>
    public string Subset { get; init; } = "";

    /// <summary>All attempts together, from the end of the request, in nanoseconds; 0 for no limit.</summary>
    public long TimeoutNs { get; init; }

    /// <summary>A single attempt in nanoseconds; 0 for no limit.</summary>
    public long PerTryTimeoutNs { get; init; }

    /// <summary>An attempt without any part of a response in nanoseconds; 0 for no limit.</summary>
    public long PerTryIdleTimeoutNs { get; init; }

    /// <summary>A slow attempt goes on while another is started.</summary>
    public bool Hedging { get; init; }

    /// <summary>A single attempt altogether in nanoseconds, its response included; 0 for no limit.</summary>
    public long MaxStreamDurationNs { get; init; }

    /// <summary>The request without any activity in nanoseconds; 0 for no limit.</summary>
    public long StreamIdleTimeoutNs { get; init; }

    /// <summary>Null if nothing is retried.</summary>
    public RetryPlan? Retries { get; init; }

    /// <summary>The hash of hash_policy; null without one.</summary>
    public ulong? Hash { get; init; }

    /// <summary>The mirrors of the route, and which of them take this request.</summary>
    public ImmutableArray<MirrorPlan> Mirrors { get; init; } = [];

    /// <summary>How much of the body is kept for retries, in bytes.</summary>
    public long BufferLimit { get; init; }

    internal static RoutePlan Of(Router router, WorkerContext context, ByteBuffer scratch)
    {
        var stream = router.Stream;
        var action = router.Action;
        return new RoutePlan
        {
            Action = action,
            Cluster = context.Clusters[stream.Selection.Cluster].Snapshot,
            Subset = router.Subset?.ToString() ?? "",
            TimeoutNs = router.Timeouts.GlobalNs,
            PerTryTimeoutNs = router.Timeouts.PerTryNs,
            PerTryIdleTimeoutNs = router.Timeouts.PerTryIdleNs,
            Hedging = router.Timeouts.Hedging,
            MaxStreamDurationNs = router.MaxStreamDurationNs,
            StreamIdleTimeoutNs = action.IdleTimeoutNs ?? stream.Info.ConnectionManager.StreamIdleTimeoutNs,
            Retries = router.Retries is { } rules ? RetryPlan.Of(rules, context.Runtime) : null,
            Hash = action.HashPolicies.IsEmpty ? null : HashPolicies.Hash(action.HashPolicies, stream.RequestHeaders, stream.Info, scratch, newCookies: null),
            Mirrors = [.. action.MirrorPolicies.Select(policy => MirrorPlan.Of(policy, stream, context))],
            BufferLimit = stream.BufferLimit,
        };
    }
}

/// <summary>The retries of a request.</summary>
/// <param name="Policy">The policy of route or virtual host.</param>
/// <param name="On">Its conditions, with those the request asks for.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="BaseMs">The first back-off is below this, in milliseconds.</param>
/// <param name="MaxMs">Every back-off is below this, in milliseconds.</param>
/// <param name="StatusCodes">retriable_status_codes, with those the request asks for.</param>
/// <param name="ResponseHeaders">retriable_headers, with those the request asks for.</param>
public sealed record RetryPlan(
    RetryPolicySnapshot Policy,
    RetryOn On,
    uint Limit,
    long BaseMs,
    long MaxMs,
    ImmutableArray<int> StatusCodes,
    ImmutableArray<string> ResponseHeaders
)
{
    internal static RetryPlan Of(in RetryRules rules, RuntimeSnapshot runtime)
    {
        var (baseMs, maxMs) = rules.BackOffMs(runtime);
        return new RetryPlan(
            rules.Policy,
            rules.On,
            rules.Limit,
            baseMs,
            maxMs,
            [.. rules.Policy.RetriableStatusCodes, .. rules.ExtraStatusCodes ?? []],
            [
                .. rules.Policy.RetriableHeaders.Select(static header => $"{header}"),
                .. (rules.ExtraHeaders ?? []).Select(static name => $"header '{name}' is present"),
            ]
        );
    }
}

/// <summary>One mirror of a request.</summary>
/// <param name="Cluster">Where its copy goes.</param>
/// <param name="Fraction">How many requests are copied.</param>
/// <param name="Taken">Whether this one is.</param>
/// <param name="ClusterKnown">There is such a cluster; without it nothing is copied.</param>
public sealed record MirrorPlan(string Cluster, RuntimeFraction Fraction, bool Taken, bool ClusterKnown)
{
    internal static MirrorPlan Of(MirrorPolicy policy, RequestStream stream, WorkerContext context)
    {
        var cluster = policy.ClusterHeader is { } header ? context.Names.Get(stream.RequestHeaders.Get(header)) : policy.Cluster;
        return new MirrorPlan(cluster, policy.Fraction, policy.Fraction.Enabled(context.Runtime, stream.Random), context.Async.HasCluster(cluster));
    }
}
