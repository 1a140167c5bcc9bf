using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A random proxy between clients and the hosts of a cluster <c>svc</c>. Connections have no idle timeouts: what is over leaves no timer.</summary>
internal sealed record TrafficSettings(TrafficRetries Retries, TrafficCluster Cluster, TrafficRoute Route, int Clients, ulong Seed)
{
    private static readonly Gen<TrafficSettings> All = Gen.Select(
        TrafficRetries.Any,
        TrafficCluster.Any,
        TrafficRoute.Any,
        Gen.Int[1, 4],
        Gen.ULong[0, 1_000],
        static (retries, cluster, route, clients, seed) => new TrafficSettings(retries, cluster, route, clients, seed)
    );

    /// <summary>Every third hedges: several attempts at once come about but seldom otherwise.</summary>
    public static readonly Gen<TrafficSettings> Any = Gen.Frequency((2, All), (1, All.Select(static settings => settings.Hedged())));

    public ProxySnapshot ToSnapshot()
    {
        var action = Route.ToAction() with { RetryPolicy = Retries.ToPolicy() };
        var host = Snapshots.Host("*", Snapshots.Prefix("/", action)) with { IncludeRequestAttemptCount = true, IncludeAttemptCountInResponse = true };
        ClusterSnapshot[] clusters = [Cluster.ToSnapshot(), Snapshots.Cluster("mirror", 1, net: 1) with { IdleTimeoutNs = 0 }];
        return Snapshots.Proxy([host], [.. clusters], manager => Snapshots.TrustsInside(Route.Change(manager)));
    }

    /// <summary>The same with nothing in the way of hedging.</summary>
    private TrafficSettings Hedged() =>
        this with
        {
            Retries = Retries with { On = RetryOn.FiveXx, Number = 1 + (Retries.Number % 3), PerTryMs = 20, BaseMs = 25 },
            Cluster = Cluster with { Hosts = 2, Limits = new ThresholdsSnapshot(1024, 1024, 1024, 1024), Budget = null, MaxStreamDurationMs = 0 },
            Route = Route with { TimeoutMs = Math.Max(400, Route.TimeoutMs), Hedging = true, IdleMs = 300_000, Deadlines = 0 },
            Clients = 1,
        };

    public const string LogFormat =
        "%START_TIME% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %UPSTREAM_HOST% "
        + "%UPSTREAM_REQUEST_ATTEMPT_COUNT% %REQ(X-REQUEST-ID)% %UPSTREAM_WIRE_BYTES_SENT% %RESPONSE_DURATION%";
}

/// <summary>When and how often is tried again.</summary>
internal sealed record TrafficRetries(RetryOn On, uint Number, int PerTryMs, int IdleMs, int BaseMs, int Predicate, int PriorityFrequency, bool Resets)
{
    public static readonly Gen<TrafficRetries> Any = Gen.Select(
        Gen.OneOf(
            RetryOn.None,
            RetryOn.FiveXx,
            RetryOn.FiveXx | RetryOn.Retriable4xx | RetryOn.RetriableStatusCodes,
            RetryOn.GatewayError | RetryOn.EnvoyRateLimited,
            RetryOn.ConnectFailure,
            RetryOn.Reset | RetryOn.GrpcUnavailable,
            RetryOn.ResetBeforeRequest | RetryOn.RefusedStream
        ),
        Gen.UInt[0, 3],
        Gen.OneOf(0, 20, 60, 200),
        Gen.OneOf(0, 0, 50),
        Gen.OneOf(1, 25, 300),
        Gen.Int[0, 3],
        Gen.OneOf(0, 0, 1, 2),
        Gen.Bool,
        static (on, number, perTry, idle, baseMs, predicate, frequency, resets) =>
            new TrafficRetries(on, number, perTry, idle, baseMs, predicate, frequency, resets)
    );

    public RetryPolicySnapshot ToPolicy() =>
        new()
        {
            RetryOn = On,
            NumRetries = Number,
            PerTryTimeoutNs = PerTryMs * Snapshots.Millisecond,
            PerTryIdleTimeoutNs = IdleMs * Snapshots.Millisecond,
            BaseIntervalMs = BaseMs,
            RetriableStatusCodes = [425, 418],
            HostPredicates = Predicate switch
            {
                1 => [new PreviousHostsPredicate()],
                2 => [new OmitCanaryHostsPredicate(), new PreviousHostsPredicate()],
                _ => [],
            },
            HostSelectionMaxAttempts = 1 + Predicate,
            PriorityUpdateFrequency = PriorityFrequency,
            ResetHeaders = Resets ? [new ResetHeader(HeaderName.Of("retry-after"), false)] : [],
        };
}

/// <summary>The hosts, and how much the cluster takes.</summary>
internal sealed record TrafficCluster(
    int Hosts,
    BalancingPolicy Policy,
    ThresholdsSnapshot Limits,
    RetryBudgetSnapshot? Budget,
    int RequestsPerConnection,
    int ConnectTimeoutMs,
    int MaxStreamDurationMs
)
{
    public static readonly Gen<TrafficCluster> Any = Gen.Select(
        Gen.Int[0, 3],
        Gen.OneOf<BalancingPolicy>(new RoundRobinPolicy(), new RandomPolicy(), new LeastRequestPolicy(), new RingHashPolicy(), new MaglevPolicy(251)),
        Gen.Select(
            Gen.OneOf(1u, 1024u, 1024u),
            Gen.OneOf(1u, 1024u, 1024u),
            Gen.OneOf(1u, 2u, 1024u, 1024u, 1024u),
            Gen.OneOf(0u, 1u, 3u, 1024u, 1024u),
            static (connections, pending, requests, retries) => new ThresholdsSnapshot(connections, pending, requests, retries)
        ),
        Gen.Int[0, 5],
        Gen.OneOf(0, 0, 1, 2),
        Gen.OneOf(30, 5000),
        Gen.OneOf(0, 0, 80),
        static (hosts, policy, limits, budget, requests, connect, duration) =>
            new TrafficCluster(hosts, policy, limits, budget == 0 ? new RetryBudgetSnapshot(50, 1) : null, requests, connect, duration)
    );

    /// <summary>The second host has a lower priority, the third is a canary.</summary>
    public ClusterSnapshot ToSnapshot()
    {
        var cluster = Snapshots.Cluster("svc", Hosts, Policy);
        var canary = new MetadataMap([KeyValuePair.Create("envoy.lb", MetadataValue.Of([KeyValuePair.Create("canary", MetadataValue.Of(true))]))]);
        return cluster with
        {
            Endpoints =
            [
                .. cluster.Endpoints.Select(
                    (host, i) =>
                        i switch
                        {
                            1 => host with { Priority = 1 },
                            2 => host with { Metadata = canary },
                            _ => host,
                        }
                ),
            ],
            DefaultThresholds = Limits with { RetryBudget = Budget },
            MaxRequestsPerConnection = RequestsPerConnection,
            ConnectTimeoutNs = ConnectTimeoutMs * Snapshots.Millisecond,
            MaxStreamDurationNs = MaxStreamDurationMs * Snapshots.Millisecond,
            IdleTimeoutNs = 0,
        };
    }
}

/// <summary>What else happens to requests on their way.</summary>
internal sealed record TrafficRoute(int TimeoutMs, bool Hedging, long BufferLimit, bool Redirects, bool Mirrors, int Filters, int IdleMs, int Deadlines)
{
    public static readonly Gen<TrafficRoute> Any = Gen.Select(
        Gen.OneOf(0, 50, 400, 15_000, 15_000),
        Gen.Bool,
        Gen.OneOf(10L, 1L << 20),
        Gen.Bool,
        Gen.Bool,
        Gen.Int[0, 15],
        Gen.Select(Gen.OneOf(500, 300_000), Gen.Int[0, 5]),
        static (timeout, hedging, limit, redirects, mirrors, filters, times) =>
            new TrafficRoute(timeout, hedging, limit, redirects, mirrors, filters, IdleMs: times.Item1, Deadlines: times.Item2)
    );

    public RouteAction ToAction() =>
        new()
        {
            Cluster = "svc",

            // A mirror has no other timeout than this.
            TimeoutNs = (TimeoutMs == 0 && Mirrors ? 15_000 : TimeoutMs) * Snapshots.Millisecond,
            HedgeOnPerTryTimeout = Hedging,
            InternalRedirect = Redirects ? new InternalRedirectPolicy { MaxRedirects = 1, AllowCrossScheme = true } : null,
            MirrorPolicies = Mirrors ? [new MirrorPolicy { Cluster = "mirror", Fraction = new RuntimeFraction(Chains.Percent(50)) }] : [],
        };

    public HttpConnectionManagerSnapshot Change(HttpConnectionManagerSnapshot manager)
    {
        var faults = new FaultSettings
        {
            Delay = (Filters & 1) != 0 ? new FaultDelay(30, Chains.Percent(50)) : null,
            ResponseRateLimit = (Filters & 2) != 0 ? new FaultRateLimit(1, Chains.Percent(50)) : null,
        };
        var authz = new ExtAuthzSettings
        {
            Service = new ExtAuthzHttpService("mirror"),
            FailureModeAllow = true,
            Body = Redirects ? new ExtAuthzBodySettings(6, AllowPartialMessage: true, PackAsBytes: false) : null,
        };
        IHttpFilterSettings[] filters =
        [
            .. (Filters & 3) != 0 ? [faults] : Array.Empty<IHttpFilterSettings>(),
            .. Filters > 11 ? [authz] : Array.Empty<IHttpFilterSettings>(),
        ];
        var whole = manager.Before(filters);
        return whole with
        {
            BufferLimitBytes = BufferLimit,
            IdleTimeoutNs = 0,
            StreamIdleTimeoutNs = IdleMs * Snapshots.Millisecond,
            RequestTimeoutNs = (Deadlines == 1 ? 250 : 0) * Snapshots.Millisecond,
            MaxStreamDurationNs = (Deadlines == 2 ? 300 : 0) * Snapshots.Millisecond,
            Upgrades = [("websocket", true)],
            AccessLogs = [Snapshots.Log(TrafficSettings.LogFormat)],
        };
    }
}
