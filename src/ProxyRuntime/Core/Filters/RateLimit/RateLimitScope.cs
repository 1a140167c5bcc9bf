namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the rate limit filters of one chain have in common in one worker: settings, the service, statistics, randomness, calls in reuse.</summary>
internal sealed class RateLimitScope
{
    private const string Method = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

    private static readonly RuntimeFraction EnabledByRuntime = new(FractionalPercent.Always, "ratelimit.http_filter_enabled");
    private static readonly RuntimeFraction EnforcedByRuntime = new(FractionalPercent.Always, "ratelimit.http_filter_enforcing");

    private readonly WorkerContext context;
    private readonly RandomStream random;
    private readonly Stack<RateLimitCall> free = new();
    private readonly Dictionary<string, string> disableKeys = new(StringComparer.Ordinal);
    private readonly Dictionary<ClusterState, RateLimitStats> stats = [];

    public RateLimitScope(WorkerContext context, RateLimitSettings settings)
    {
        this.context = context;
        Settings = settings;
        Service = new GrpcMethod(context, settings.Service, Method);
        random = context.Random.Derive("ratelimit", settings.Domain);
    }

    public RateLimitSettings Settings { get; }

    public GrpcMethod Service { get; }

    /// <summary>The descriptors of the request that is looked at just now.</summary>
    public RateLimitDescriptors Descriptors { get; } = new();

    public bool IsEnabled => Draw(Settings.FilterEnabled ?? EnabledByRuntime);

    public bool IsEnforced => Draw(Settings.FilterEnforced ?? EnforcedByRuntime);

    public bool RefusesOnError => Settings.FailureModeDenyPercent is { } share ? Draw(share) : Settings.FailureModeDeny;

    public RateLimitStats StatsOf(ClusterState cluster)
    {
        if (!stats.TryGetValue(cluster, out var found))
        {
            stats[cluster] = found = new RateLimitStats(context.Stats, cluster.Snapshot.StatName, Settings.StatPrefix);
        }

        return found;
    }

    /// <summary>Sets <see cref="Descriptors"/>.</summary>
    /// <param name="onStreamDone">Only what is counted at the end of the stream; else only what limits the request.</param>
    public void Describe(HeaderMap head, StreamInfo info, in RouteSelection selection, RateLimitRouteSettings? ofRoute, bool onStreamDone)
    {
        Descriptors.Clear();
        var action = selection.Action!;
        var request = new RateLimitRequest(head, info, selection, context);
        var own = ofRoute is { RateLimits.IsEmpty: false } ? ofRoute.RateLimits : Settings.RateLimits;
        foreach (var policy in own)
        {
            if (policy.ApplyOnStreamDone == onStreamDone)
            {
                Descriptors.Add(policy, request, withHits: true);
            }
        }

        if (!own.IsEmpty)
        {
            return;
        }

        foreach (var policy in action.RateLimits)
        {
            AddOfRoute(policy, request, onStreamDone);
        }

        if (RouteRateLimits.VirtualHostCounts(action, ofRoute?.VhRateLimits ?? VhRateLimits.Override))
        {
            foreach (var policy in selection.VirtualHost!.RateLimits)
            {
                AddOfRoute(policy, request, onStreamDone);
            }
        }
    }

    public RateLimitCall NewCall() => free.TryPop(out var call) ? call : new RateLimitCall(this);

    public void Return(RateLimitCall call) => free.Push(call);

    private bool Draw(RuntimeFraction share) => share.Enabled(context.Runtime, random.NextUInt64());

    private void AddOfRoute(RateLimitPolicy policy, in RateLimitRequest request, bool onStreamDone)
    {
        if (policy.Stage == Settings.Stage && policy.ApplyOnStreamDone == onStreamDone && !IsDisabled(policy.DisableKey))
        {
            Descriptors.Add(policy, request, withHits: false);
        }
    }

    private bool IsDisabled(string key)
    {
        if (key.Length == 0)
        {
            return false;
        }

        if (!disableKeys.TryGetValue(key, out var runtimeKey))
        {
            disableKeys[key] = runtimeKey = $"ratelimit.{key}.http_filter_enabled";
        }

        return !context.Runtime.FeatureEnabled(runtimeKey, FractionalPercent.Always, random.NextUInt64());
    }
}

/// <summary>Statistics of the global rate limit filter under <c>cluster.&lt;name&gt;.ratelimit.[&lt;stat_prefix&gt;.]</c>; names appear when first used.</summary>
internal sealed class RateLimitStats(StatSheet sheet, string cluster, string statPrefix)
{
    private readonly string prefix = $"cluster.{cluster}.ratelimit.{(statPrefix.Length > 0 ? statPrefix + "." : "")}";
    private Counter? ok;
    private Counter? error;
    private Counter? overLimit;
    private Counter? failureModeAllowed;

    public Counter Ok => ok ??= sheet.Counter(prefix + "ok");

    public Counter Error => error ??= sheet.Counter(prefix + "error");

    public Counter OverLimit => overLimit ??= sheet.Counter(prefix + "over_limit");

    public Counter FailureModeAllowed => failureModeAllowed ??= sheet.Counter(prefix + "failure_mode_allowed");
}
