namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Filters that let a request pass allocate nothing in steady state.</summary>
public class FilterAllocationTests
{
    private static readonly RateLimitPolicy ByAddress = new([
        new RemoteAddressAction(),
        new MaskedRemoteAddressAction(16),
        new QueryParametersAction("q", "q"),
        new DestinationClusterAction(),
    ]);

    public static TheoryData<string> Chain => ["fault", "local", "global", "buffer", "health", "mutation", "rbac", "cors"];

    [Theory]
    [MemberData(nameof(Chain))]
    public void A_request_that_passes_allocates_nothing(string filter)
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", new RouteAction { Cluster = "svc", RateLimits = [ByAddress] })) with
        {
            PerFilterConfig = Chains.For(
                "cors",
                new CorsPolicy
                {
                    AllowOrigins = [StringMatcher.Of(StringMatch.Suffix, "example")],
                    ExposeHeaders = "x-b",
                    AllowCredentials = true,
                }
            ),
        };
        var run = new SteadyRun(Chains.With(host, Settings(filter)));
        run.Requests(500);

        Assert.Equal(0, Allocation.Of(() => run.Requests(2_000)));
        Assert.True(run.Answered >= 2_500);
    }

    private static IHttpFilterSettings[] Settings(string filter)
    {
        var rbac = new RbacSettings
        {
            Rules = new RbacRules(
                RbacAction.Allow,
                [new RbacPolicy("p", [new RbacUrlPath(StringMatcher.Of(StringMatch.Prefix, "/a"))], [new RbacAuthenticated(null), new RbacAny()])]
            ),
            ShadowRules = new RbacRules(RbacAction.Log, []),
            TrackPerRuleStats = true,
        };
        return filter switch
        {
            "fault" => [new FaultSettings { Abort = new FaultAbort(503, null, FractionalPercent.Never), DownstreamNodes = ["n"] }],
            "local" =>
            [
                new LocalRateLimitSettings
                {
                    StatPrefix = "rl",
                    TokenBucket = new TokenBucketSnapshot(uint.MaxValue, 1, Snapshots.Second),
                    FilterEnabled = RuntimeFraction.Always,
                    FilterEnforced = RuntimeFraction.Always,
                    EnableXRateLimitHeaders = true,
                    Descriptors =
                    [
                        new LocalRateLimitDescriptor(
                            [("remote_address", ""), ("masked_remote_address", ""), ("q", "x y"), ("destination_cluster", "svc")],
                            new TokenBucketSnapshot(uint.MaxValue, 1, Snapshots.Second)
                        ),
                    ],
                },
            ],
            "global" =>
            [
                new RateLimitSettings
                {
                    Domain = "d",
                    Service = new GrpcServiceSnapshot("other"),
                    TimeoutNs = 0,
                },
            ],
            "buffer" => [new BufferSettings(100)],
            "health" =>
            [
                new HealthCheckSettings
                {
                    PassThroughMode = true,
                    CacheTimeNs = 1_000_000,
                    Headers = Chains.Header(":path", "/other"),
                },
            ],
            "mutation" =>
            [
                new HeaderMutationSettings(
                    new MessageMutations
                    {
                        Request = new HeaderMutationList([
                            new HeaderMutationStep(Append: new HeaderAddition(HeaderName.Of("x-path"), Snapshots.Format("%REQ(:PATH)%"))),
                            new HeaderMutationStep(RemoveOnMatch: StringMatcher.Of(StringMatch.Prefix, "x-p")),
                        ]),
                        Query = [new QueryParameterMutation("a", Snapshots.Format("1")), new QueryParameterMutation("q", null)],
                    }
                ),
            ],
            "rbac" => [rbac, rbac with { RulesStatPrefix = "second" }, rbac with { RulesStatPrefix = "third" }],
            _ => [new CorsSettings()],
        };
    }

    /// <summary>Requests one after the other on one connection, all within one second, as the date header is formatted once a second.</summary>
    private sealed class SteadyRun
    {
        private readonly EffectBuffer effects = new();
        private readonly Worker worker;
        private readonly HeaderMap request = new();
        private readonly HeaderMap success = new();
        private readonly HeaderMap grpcHead = new();
        private readonly HeaderMap grpcEnd = new();
        private readonly byte[] allowed = System.Text.Encoding.Latin1.GetBytes(RateLimitService.Answer(RateLimitService.Ok));
        private readonly List<(AttemptId Attempt, bool WantsContent)> started = [];
        private readonly List<UpstreamConnectionId> opened = [];
        private MonotonicTime now;
        private int number;

        public SteadyRun(ProxySnapshot snapshot)
        {
            worker = new Worker(snapshot, new ProxyShared(snapshot), new RandomSource(11), 0);
            new ProxyMain(snapshot, new RandomSource(1)).Start(now, effects);
            var memberships = effects.Span.ToArray().Select(static effect => effect.Membership).OfType<ClusterMembership>().ToArray();
            effects.Clear();
            foreach (var membership in memberships)
            {
                worker.HostUpdate(now, membership, effects);
            }

            worker.DownstreamConnection(now, new ConnectionId(1), Snapshots.Connection(), effects);
            effects.Clear();
            request.Add(":method", "GET");
            request.Add(":path", "/a?q=x%20y");
            request.Add(":authority", "svc");
            request.Add("origin", "https://some.example");
            request.Add("x-envoy-downstream-service-node", "n");
            success.Add(":status", "200");
            _ = request.Freeze();
            _ = success.Freeze();
            grpcHead.Add(":status", "200");
            grpcEnd.Add("grpc-status", "0");
            _ = grpcHead.Freeze();
            _ = grpcEnd.Freeze();
        }

        public int Answered { get; private set; }

        public void Requests(int count)
        {
            for (var i = 0; i < count; i++)
            {
                now = now.Plus(10_007);
                var head = worker.RentHeaders();
                head.ResetTo(request);
                worker.RequestHeaders(now, new StreamId(new ConnectionId(1), number++), head, endStream: true, effects);
                while (CarryOut()) { }
            }
        }

        private bool CarryOut()
        {
            foreach (ref readonly var effect in effects.Span)
            {
                switch (effect.Kind)
                {
                    case EffectKind.OpenConnection:
                        opened.Add(effect.Upstream);
                        break;
                    case EffectKind.StartAttempt:
                        started.Add((effect.Attempt, effect.WantsContent));
                        break;
                    case EffectKind.ForwardHeaders:
                        Answered++;
                        break;
                }
            }

            effects.Clear();
            if (opened.Count > 0)
            {
                var connection = opened[0];
                opened.Clear();
                worker.ConnectionResult(now, connection, ConnectOutcome.Connected, "", Snapshots.ProxySide, effects);
                return true;
            }

            if (started.Count > 0)
            {
                var (attempt, wantsContent) = started[0];
                started.Clear();
                Answer(attempt, wantsContent);
                return true;
            }

            return false;
        }

        private void Answer(AttemptId attempt, bool wantsContent)
        {
            var head = worker.RentHeaders();
            head.ResetTo(wantsContent ? grpcHead : success);
            worker.ResponseHeaders(now, attempt, head, endStream: !wantsContent, effects);
            if (wantsContent)
            {
                worker.ResponseContent(now, attempt, allowed, endStream: false, effects);
                var trailers = worker.RentHeaders();
                trailers.ResetTo(grpcEnd);
                worker.ResponseTrailers(now, attempt, trailers, effects);
            }
        }
    }
}
