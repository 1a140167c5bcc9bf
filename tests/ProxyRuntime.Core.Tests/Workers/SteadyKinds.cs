namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Kinds of requests whose steady state is looked at.</summary>
public static class SteadyKinds
{
    private static readonly (string Name, string Value)[] Headers =
    [
        (":authority", "shop.example.com"),
        (":path", "/api/v2/users/ada/cart?page=2"),
        (":scheme", "http"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "application/json, text/plain, */*"),
        ("accept-encoding", "gzip, deflate, br"),
        ("origin", "https://www.example.com"),
        ("x-tenant", "silver-spoon"),
    ];

    private static readonly (string Name, string Value)[] Answer =
    [
        (":status", "200"),
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-served-by", "cart-7"),
    ];

    /// <summary>The router alone, no body.</summary>
    public static SteadyRequests RouterOnly() => new(Proxy(new RouteAction { Cluster = "svc" }), Get(), Ok());

    /// <summary>Bodies of 2,000 and 4,000 bytes, in two pieces each.</summary>
    public static SteadyRequests Bodies() => new(Proxy(new RouteAction { Cluster = "svc" }), Post(2_000), Ok(4_000));

    /// <summary>Answered with 503, then, after a back-off of up to four milliseconds, with 200.</summary>
    public static SteadyRequests Retried() =>
        new(
            Proxy(new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) with { BaseIntervalMs = 5, MaxIntervalMs = 5 } }),
            Get(),
            Ok(),
            failures: 1
        );

    /// <summary>Filters that let it pass – cors, fault of 0 %, local_ratelimit, rbac, header_mutation – and a log line of text and one of JSON.</summary>
    public static SteadyRequests FiltersAndLogs()
    {
        var json = MetadataJson.Parse(
            """
            {"start":"%START_TIME%","method":"%REQ(:METHOD)%","path":"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%","code":"%RESPONSE_CODE%",
            "flags":"%RESPONSE_FLAGS%","received":"%BYTES_RECEIVED%","sent":"%BYTES_SENT%","duration":"%DURATION%","upstream":"%UPSTREAM_HOST%",
            "cluster":"%UPSTREAM_CLUSTER%","route":"%ROUTE_NAME%","request_id":"%REQ(X-REQUEST-ID)%","client":"%DOWNSTREAM_REMOTE_ADDRESS%"}
            """u8.ToArray()
        );
        var logs = new[]
        {
            new AccessLogSnapshot(AccessLogSink.File, "text", Snapshots.Format(SubstitutionFormat.DefaultText)),
            new AccessLogSnapshot(AccessLogSink.File, "json", SubstitutionFormat.TryParseJson(json, new FormatOptions(), out _)!),
        };
        var cors = new CorsPolicy
        {
            AllowOrigins = [StringMatcher.Of(StringMatch.Suffix, ".example.com")],
            AllowCredentials = true,
            ExposeHeaders = "x-served-by",
        };
        var proxy = Proxy(new RouteAction { Cluster = "svc" }, Chains.For("cors", cors));
        return new(proxy.With(manager => manager.Before(Filters()) with { AccessLogs = [.. logs] }), Get(), Ok());
    }

    private static IHttpFilterSettings[] Filters() =>
        [
            new CorsSettings(),
            new FaultSettings { Abort = new FaultAbort(503, null, FractionalPercent.Never), Delay = new FaultDelay(1_000, FractionalPercent.Never) },
            new LocalRateLimitSettings
            {
                StatPrefix = "rl",
                TokenBucket = new TokenBucketSnapshot(uint.MaxValue, uint.MaxValue, Snapshots.Second),
                FilterEnabled = RuntimeFraction.Always,
                FilterEnforced = RuntimeFraction.Always,
            },
            new RbacSettings
            {
                Rules = new RbacRules(
                    RbacAction.Allow,
                    [
                        new RbacPolicy("admins", [new RbacUrlPath(StringMatcher.Of(StringMatch.Prefix, "/admin"))], [new RbacAny()]),
                        new RbacPolicy(
                            "tenants",
                            [new RbacUrlPath(StringMatcher.Of(StringMatch.Prefix, "/api/"))],
                            [new RbacHeader(HeaderMatcher.OfText("x-tenant", StringMatcher.Of(StringMatch.Prefix, "silver-")))]
                        ),
                    ]
                ),
            },
            new HeaderMutationSettings(
                new MessageMutations
                {
                    Request = new HeaderMutationList([
                        new HeaderMutationStep(Append: new HeaderAddition(HeaderName.Of("x-original-path"), Snapshots.Format("%REQ(:PATH)%"))),
                        new HeaderMutationStep(Remove: HeaderName.Of("x-tenant")),
                    ]),
                    Response = new HeaderMutationList([
                        new HeaderMutationStep(Append: new HeaderAddition(HeaderName.Of("x-took"), Snapshots.Format("%DURATION%"))),
                    ]),
                }
            ),
        ];

    private static ProxySnapshot Proxy(RouteAction action, PerFilterConfig? config = null) =>
        Snapshots.Proxy(
            [
                Snapshots.Host("*", Snapshots.Prefix("/admin", action, "admin"), Snapshots.Prefix("/", action, "all")) with
                {
                    PerFilterConfig = config ?? PerFilterConfig.None,
                },
            ],
            [Snapshots.Cluster("svc", 3)]
        );

    private static SteadyRequests.Message Get() => new([(":method", "GET"), .. Headers], 0);

    private static SteadyRequests.Message Post(long bytes) => new([(":method", "POST"), .. Headers, ("content-length", $"{bytes}")], bytes);

    private static SteadyRequests.Message Ok(long bytes = 0) => new([.. Answer, ("content-length", $"{bytes}")], bytes);
}
