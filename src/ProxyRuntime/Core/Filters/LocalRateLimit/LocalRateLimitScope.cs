namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the local rate limit filters of one chain have in common in one worker: settings, statistics, randomness, memory for descriptors.</summary>
internal sealed class LocalRateLimitScope
{
    private readonly WorkerContext context;
    private readonly RandomStream random;
    private readonly Dictionary<LocalRateLimitSettings, LocalRateLimitStats> stats = new(ReferenceEqualityComparer.Instance);
    private readonly RateLimitDescriptors descriptors = new();
    private readonly List<BucketMatch> matches = [];

    public LocalRateLimitScope(WorkerContext context, ConnectionManager manager, LocalRateLimitSettings settings)
    {
        this.context = context;
        Settings = settings;
        random = context.Random.Derive("local_ratelimit", settings.StatPrefix);
        _ = StatsOf(settings);
        foreach (var level in manager.Snapshot.RouteTable.FilterSettings())
        {
            if (level is LocalRateLimitSettings local)
            {
                _ = StatsOf(local);
            }
        }
    }

    public LocalRateLimitSettings Settings { get; }

    public LocalRateLimitStats StatsOf(LocalRateLimitSettings settings)
    {
        if (!stats.TryGetValue(settings, out var found))
        {
            stats[settings] = found = new LocalRateLimitStats(context.Stats, settings.StatPrefix);
        }

        return found;
    }

    public bool Draw(RuntimeFraction share) => share.Enabled(context.Runtime, random.NextUInt64());

    /// <summary>Takes tokens for a request.</summary>
    public LocalRateLimitResult Take(LocalRateLimitSettings settings, HeaderMap head, ActiveStream stream)
    {
        descriptors.Clear();
        if (!settings.Descriptors.IsEmpty)
        {
            Describe(settings, new RateLimitRequest(head, stream.Info, stream.Selection, context));
        }

        // A connection keeps the buckets that its first request has made, whatever the routes of later ones say.
        var limiter = settings.PerConnection ? stream.Connection.RateLimiter ??= settings.NewLimiter() : context.Shared.Filters.Of<LocalRateLimiter>(settings);
        return limiter.Take(descriptors, Share(settings), context.Now, matches);
    }

    private void Describe(LocalRateLimitSettings settings, in RateLimitRequest request)
    {
        foreach (var policy in settings.RateLimits)
        {
            if (!policy.ApplyOnStreamDone)
            {
                descriptors.Add(policy, request, withHits: true);
            }
        }

        if (!settings.RateLimits.IsEmpty || request.Selection.Action is not { } action)
        {
            return;
        }

        foreach (var policy in action.RateLimits)
        {
            AddOfRoute(policy, settings, request);
        }

        if (RouteRateLimits.VirtualHostCounts(action, settings.VhRateLimits))
        {
            foreach (var policy in request.Selection.VirtualHost!.RateLimits)
            {
                AddOfRoute(policy, settings, request);
            }
        }
    }

    private void AddOfRoute(RateLimitPolicy policy, LocalRateLimitSettings settings, in RateLimitRequest request)
    {
        if (policy.Stage == settings.Stage && policy.DisableKey.Length == 0)
        {
            descriptors.Add(policy, request, withHits: false);
        }
    }

    /// <summary>As many proxies as the cluster has hosts share the limit.</summary>
    private double Share(LocalRateLimitSettings settings) =>
        !settings.PerConnection && context.Clusters.TryGetValue(settings.LocalCluster, out var cluster) && cluster.Hosts.Length > 1
            ? 1.0 / cluster.Hosts.Length
            : 1;
}

/// <summary>Statistics of the local rate limit filter under <c>&lt;stat_prefix&gt;.http_local_rate_limit.</c></summary>
internal sealed class LocalRateLimitStats(StatSheet sheet, string statPrefix)
{
    public Counter Enabled { get; } = sheet.Counter($"{statPrefix}.http_local_rate_limit.enabled");

    public Counter Enforced { get; } = sheet.Counter($"{statPrefix}.http_local_rate_limit.enforced");

    public Counter RateLimited { get; } = sheet.Counter($"{statPrefix}.http_local_rate_limit.rate_limited");

    public Counter Ok { get; } = sheet.Counter($"{statPrefix}.http_local_rate_limit.ok");

    public Counter ShadowMode { get; } = sheet.Counter($"{statPrefix}.http_local_rate_limit.shadow_mode");
}
