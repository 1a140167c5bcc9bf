using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class RequestExplainerTests
{
    private const string Router = "envoy.filters.http.router";
    private static readonly HttpFilterSnapshot RouterFilter = new(Router, new RouterSettings());

    // The way of a request.

    [Fact]
    public void A_request_that_is_forwarded()
    {
        var action = Snapshots.To("svc") with { PrefixRewrite = "/v2", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx | RetryOn.Reset, 3) };
        var explanation = Explain([Snapshots.Host("*", Snapshots.Prefix("/a", action, "first"))], "GET http://web.test/a/b");

        Assert.Equal([":method: GET", ":authority: web.test", ":path: /a/b"], Lines(explanation.Received));
        Assert.Contains("x-forwarded-proto: http", Lines(explanation.Accepted));
        var lookup = Assert.Single(explanation.Lookups);
        Assert.Equal(("", "first", "svc", true), (lookup.By, lookup.Search.Route!.Name, lookup.Cluster, lookup.ClusterKnown));
        Assert.Equal((Router, FilterOutcome.Forwards), (explanation.Filters[0].Name, explanation.Filters[0].Outcome));
        var attempt = Assert.Single(explanation.Tries);
        Assert.Equal(("10.0.0.1:80", 0L, 200), (attempt.Host, attempt.AtNs, attempt.Status));
        Assert.Contains(":path: /v2/b", Lines(attempt.Headers));
        Assert.Contains("x-envoy-original-path: /a/b", Lines(attempt.Headers));
        Assert.Equal(["upstream", Router, "connection manager"], explanation.Response.Select(static step => step.By));
        Assert.Equal([":status: 200", "content-length: 0"], Lines(explanation.Response[0].Headers));
        Assert.Contains("x-envoy-upstream-service-time: 0", Lines(explanation.Response[1].Headers));
        Assert.Contains("server: envoy", Lines(explanation.Response[2].Headers));
        Assert.Equal((200, "via_upstream", "first", false), Outcome(explanation));
        Assert.Null(explanation.Reply);
    }

    [Fact]
    public void The_plan_is_what_route_and_request_come_to_together()
    {
        var action = Snapshots.To("svc") with
        {
            TimeoutNs = 3 * Snapshots.Second,
            RetryPolicy = new RetryPolicySnapshot
            {
                RetryOn = RetryOn.FiveXx,
                NumRetries = 2,
                PerTryTimeoutNs = Snapshots.Second,
                BaseIntervalMs = 10,
            },
            MetadataMatch = MetadataValue.Of([KeyValuePair.Create("version", MetadataValue.Of("v1"))]),
            HashPolicies = [new HeaderHashPolicy(HeaderName.Of("x-user"), null, Terminal: false)],
            IdleTimeoutNs = 7 * Snapshots.Second,
        };
        var manager = (HttpConnectionManagerSnapshot manager) =>
            manager with
            {
                ClientAddress = new ClientAddressSnapshot
                {
                    InternalRanges = [new CidrRange(System.Net.IPAddress.Parse("203.0.113.0"), 24)],
                    UseRemoteAddress = true,
                },
            };
        var plan = Explain(
            [Snapshots.Host("*", Snapshots.Prefix("/", action))],
            "GET http://web.test/",
            [
                "x-envoy-upstream-rq-timeout-ms: 2000",
                "x-envoy-retry-on: reset,retriable-status-codes",
                "x-envoy-max-retries: 5",
                "x-envoy-retriable-status-codes: 418",
                "x-user: ada",
            ],
            change: manager
        ).Plan!;

        Assert.Equal((2 * Snapshots.Second, Snapshots.Second, 7 * Snapshots.Second), (plan.TimeoutNs, plan.PerTryTimeoutNs, plan.StreamIdleTimeoutNs));
        Assert.Equal(("svc", """{"version":"v1"}"""), (plan.Cluster.Name, plan.Subset));
        Assert.Equal(XxHash64.Of("ada"u8), plan.Hash);
        var retries = plan.Retries!;
        Assert.Equal(
            (RetryOn.FiveXx | RetryOn.Reset | RetryOn.RetriableStatusCodes, 5u, 10L, 100L),
            (retries.On, retries.Limit, retries.BaseMs, retries.MaxMs)
        );
        Assert.Equal("5xx,retriable-status-codes,reset", RetryOnTokens.Write(retries.On));
        Assert.Equal([418], retries.StatusCodes.AsEnumerable());
    }

    [Fact]
    public void Retries_happen_in_virtual_time()
    {
        var action = Snapshots.To("svc") with { RetryPolicy = Snapshots.Retry(RetryOn.FiveXx, 2) };
        var explanation = Explain([Snapshots.Host("*", Snapshots.Prefix("/", action))], "GET http://web.test/", status: 503);

        Assert.Equal([503, 503, 503], explanation.Tries.Select(static attempt => attempt.Status));
        Assert.True(explanation.Tries[1].AtNs is >= 0 and < 25 * Snapshots.Millisecond);
        Assert.True(explanation.Tries[2].AtNs > explanation.Tries[1].AtNs || explanation.Tries[2].AtNs == explanation.Tries[1].AtNs);
        Assert.Equal((503, "via_upstream", "", false), Outcome(explanation));
        Assert.Equal(["URX"], explanation.Outcome!.Flags.AsEnumerable());
        Assert.Equal(explanation.Tries[2].AtNs, explanation.Outcome.DurationNs);
    }

    [Fact]
    public void A_body_a_gRPC_request_and_an_upgrade_come_to_their_end()
    {
        var posted = Explain(Everything(), "POST http://web.test/", bodyBytes: 1000);
        Assert.Equal((1000L, 200), (posted.Outcome!.BytesReceived, posted.Outcome.Status));
        Assert.Contains("content-length: 1000", Lines(posted.Received));

        var grpc = Explain(Everything(), "POST http://web.test/a.B/C", ["content-type: application/grpc", "te: trailers"], bodyBytes: 5);
        Assert.Equal([":status: 200", "content-type: application/grpc", "grpc-status: 0"], Lines(grpc.Response[0].Headers));

        var upgrade = Explain(
            Everything(),
            "GET http://web.test/",
            ["connection: upgrade", "upgrade: websocket"],
            status: 101,
            change: static manager => manager with { Upgrades = [("websocket", true)] }
        );
        Assert.Equal((101, "via_upstream"), (upgrade.Outcome!.Status, upgrade.Outcome.Details));
    }

    [Fact]
    public void The_random_number_is_the_requests()
    {
        var weighted = new WeightedClusters { Clusters = [new WeightedCluster { Name = "a", Weight = 70 }, new WeightedCluster { Name = "b", Weight = 30 }] };
        ImmutableArray<VirtualHost> hosts = [Snapshots.Host("*", Snapshots.Prefix("/", new RouteAction { WeightedClusters = weighted }))];
        ImmutableArray<ClusterSnapshot> clusters = [Snapshots.Cluster("a", 1), Snapshots.Cluster("b", 1, net: 1)];

        Assert.Equal("a", Explain(hosts, "GET http://x/", clusters: clusters, random: 69).Lookups[0].Cluster);
        var other = Explain(hosts, "GET http://x/", clusters: clusters, random: 70);
        Assert.Equal(("b", "10.0.1.1:80"), (other.Lookups[0].Weighted!.Name, other.Tries[0].Host));
    }

    [Fact]
    public void Names_have_addresses_of_documentation_and_hosts_are_shown_by_name()
    {
        var cluster = Snapshots.Cluster("svc", 0) with
        {
            Type = DiscoveryType.StrictDns,
            Endpoints = [new EndpointSnapshot { Address = "svc.internal", Port = 8080 }],
        };
        var attempt = Explain(Everything(), "GET http://web.test/", clusters: [cluster]).Tries[0];

        Assert.Equal(("svc.internal:8080", "192.0.2.1:8080"), (attempt.Host, attempt.Address));
    }

    [Fact]
    public void Mirrors_are_requests_of_the_routers()
    {
        var action = Snapshots.To("svc") with
        {
            MirrorPolicies =
            [
                new MirrorPolicy { Cluster = "copy" },
                new MirrorPolicy { Cluster = "copy", Fraction = new RuntimeFraction(new FractionalPercent(10)) },
                new MirrorPolicy { Cluster = "none" },
            ],
        };
        ImmutableArray<ClusterSnapshot> clusters = [Snapshots.Cluster("svc", 1), Snapshots.Cluster("copy", 1, net: 2)];
        var explanation = Explain([Snapshots.Host("*", Snapshots.Prefix("/", action))], "GET http://web.test/", clusters: clusters, random: 50);

        Assert.Equal([(true, true), (false, true), (true, false)], explanation.Plan!.Mirrors.Select(static mirror => (mirror.Taken, mirror.ClusterKnown)));
        var call = Assert.Single(explanation.Calls);
        Assert.Equal((Router, true, "copy", "10.0.2.1:80"), (call.By, call.IsMirror, call.Cluster, call.Host));
        Assert.Contains(":authority: web.test-shadow", Lines(call.Headers));
    }

    // Answers of the proxy's own.

    [Fact]
    public void No_domain_no_cluster_no_host()
    {
        var lost = Explain([Snapshots.Host("other.test", Snapshots.Prefix("/", Snapshots.To("svc")))], "GET http://web.test/");
        Assert.Equal((Router, 404, "route_not_found", "NR"), (lost.Reply!.By, lost.Reply.Status, lost.Reply.Details, lost.Reply.Flag));
        Assert.Equal((RouteSearchResult.NoVirtualHost, FilterOutcome.Answers), (lost.Lookups[0].Search.Result, lost.Filters[0].Outcome));

        var unknown = Explain([Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("nowhere")))], "GET http://web.test/");
        Assert.Equal(("nowhere", false), (unknown.Lookups[0].Cluster, unknown.Lookups[0].ClusterKnown));
        Assert.Equal(("cluster_not_found", "NC"), (unknown.Reply!.Details, unknown.Reply.Flag));

        var empty = Explain(Everything(), "GET http://web.test/", clusters: [Snapshots.Cluster("svc", 0)]);
        Assert.Equal(("no_healthy_upstream", "UH"), (empty.Reply!.Details, empty.Reply.Flag));
        Assert.Equal("no healthy upstream", empty.Outcome!.Body);
        Assert.Empty(empty.Tries);
    }

    [Fact]
    public void What_the_connection_manager_refuses_reaches_no_filter()
    {
        var explanation = Explain(
            Everything(),
            "GET http://web.test/a%00",
            change: static manager => manager with { PathHandling = new PathHandling(Normalize: true) }
        );

        Assert.Equal(("", 400, "path_normalization_failed"), (explanation.Reply!.By, explanation.Reply.Status, explanation.Reply.Details));
        Assert.Empty(explanation.Lookups);
        Assert.Empty(explanation.Filters);
        Assert.Equal((400, "path_normalization_failed", "", true), Outcome(explanation));
    }

    [Fact]
    public void What_the_codec_refuses_is_refused()
    {
        var large = Explain(Everything(), "GET http://web.test/", [$"x-large: {new string('a', 61 * 1024)}"]);
        Assert.Equal(("", 431, "DPE"), (large.Reply!.By, large.Reply.Status, large.Reply.Flag));
        Assert.Empty(large.Lookups);
        Assert.Equal(large.Received, large.Accepted);

        var odd = Explain(Everything(), "BREW http://web.test/");
        Assert.Equal((400, true), (odd.Outcome!.Status, odd.Outcome.Closes));
        Assert.Equal(
            200,
            Explain(
                Everything(),
                "BREW http://web.test/",
                change: static manager => manager with { Http1 = new Http1Settings { AllowCustomMethods = true } }
            ).Outcome!.Status
        );
    }

    [Fact]
    public void Redirects_and_direct_responses_are_the_routers_answers()
    {
        var explanation = Explain([Snapshots.Host("*", Snapshots.Prefix("/", new RedirectAction { HttpsRedirect = true }, "up"))], "GET http://web.test/a");

        Assert.Equal(("direct_response", "up"), (explanation.Reply!.Details, explanation.Outcome!.RouteName));
        Assert.Contains("location: https://web.test/a", Lines(explanation.Response[0].Headers));
        Assert.Null(explanation.Plan);
    }

    [Fact]
    public void A_listener_without_filters_answers_nothing()
    {
        var snapshot = Snapshots.Proxy();
        var listener = snapshot.Listeners[0] with { ConnectionManager = null };
        var request = ExplainRequestReader.Read("GET http://a/", [], out _)!;
        var explanation = RequestExplainer.Explain(snapshot with { Listeners = [listener] }, listener, request);

        Assert.Null(explanation.Outcome);
        Assert.Empty(explanation.Filters);
    }

    // Filters.

    [Fact]
    public void What_filters_change_is_told_filter_by_filter()
    {
        HttpFilterSnapshot Mutation(string name, string value) =>
            new(name, new HeaderMutationSettings(new MessageMutations { Request = Set("x-a", value), Response = Set("x-r", value) }));
        var explanation = Explain(
            Everything(),
            "GET http://web.test/",
            ["x-a: zero"],
            change: manager =>
                manager with
                {
                    HttpFilters = [Mutation("one", "1"), Mutation("off", "2") with { Disabled = true }, Mutation("three", "3"), RouterFilter],
                }
        );

        Assert.Equal(
            [("one", FilterOutcome.Continues), ("off", FilterOutcome.Skipped), ("three", FilterOutcome.Continues), (Router, FilterOutcome.Forwards)],
            explanation.Filters.Select(static step => (step.Name, step.Outcome))
        );
        Assert.Equal(new HeaderChange("x-a", "zero", "1"), Assert.Single(explanation.Filters[0].Changes));
        Assert.Equal(new HeaderChange("x-a", "1", "3"), Assert.Single(explanation.Filters[2].Changes));
        Assert.Equal(["upstream", Router, "three", "one", "connection manager"], explanation.Response.Select(static step => step.By));
        Assert.Contains("x-r: 3", Lines(explanation.Response[2].Headers));
        Assert.Contains("x-r: 1", Lines(explanation.Response[3].Headers));
    }

    [Fact]
    public void A_delay_is_waited_for_in_virtual_time()
    {
        var fault = new FaultSettings
        {
            Delay = new FaultDelay(1500, FractionalPercent.Always),
            FilterMetadata = MetadataValue.Of([KeyValuePair.Create("why", MetadataValue.Of("test"))]),
        };
        var explanation = Explain(Everything(), "GET http://web.test/", change: manager => manager with { HttpFilters = [new("fault", fault), RouterFilter] });

        var step = explanation.Filters[0];
        Assert.Equal((FilterOutcome.Continues, 1500 * Snapshots.Millisecond), (step.Outcome, step.HeldNs));
        Assert.Equal(("fault", """{"why":"test"}"""), Assert.Single(step.Metadata));
        Assert.Equal(1500 * Snapshots.Millisecond, explanation.Tries[0].AtNs);
        Assert.Equal(["DI"], explanation.Outcome!.Flags.AsEnumerable());
    }

    [Fact]
    public void A_filter_that_answers_after_it_held_the_request()
    {
        var fault = new FaultSettings { Delay = new FaultDelay(10, FractionalPercent.Always), Abort = new FaultAbort(418, null, FractionalPercent.Always) };
        var explanation = Explain(Everything(), "GET http://web.test/", change: manager => manager with { HttpFilters = [new("fault", fault), RouterFilter] });

        var step = Assert.Single(explanation.Filters);
        Assert.Equal(("fault", FilterOutcome.Answers, 10 * Snapshots.Millisecond), (step.Name, step.Outcome, step.HeldNs));
        Assert.Equal(
            ("fault", 418, "fault_filter_abort", "FI"),
            (explanation.Reply!.By, explanation.Reply.Status, explanation.Reply.Details, explanation.Reply.Flag)
        );
        Assert.Equal("fault filter abort", explanation.Outcome!.Body);
    }

    [Fact]
    public void A_request_that_a_filter_holds_too_long_is_answered_by_the_connection_manager()
    {
        var fault = new FaultSettings { Delay = new FaultDelay(600_000, FractionalPercent.Always) };
        var explanation = Explain(Everything(), "GET http://web.test/", change: manager => manager with { HttpFilters = [new("fault", fault), RouterFilter] });

        Assert.Equal(("", 504, "stream_idle_timeout"), (explanation.Reply!.By, explanation.Reply.Status, explanation.Reply.Details));
        Assert.Equal(FilterOutcome.Holds, Assert.Single(explanation.Filters).Outcome);
        Assert.Equal(300 * Snapshots.Second, explanation.Outcome!.DurationNs);
    }

    [Fact]
    public void A_request_that_is_not_over_after_a_day_is_left()
    {
        var fault = new FaultSettings { Delay = new FaultDelay(2 * 86_400_000, FractionalPercent.Always) };
        var explanation = Explain(
            Everything(),
            "GET http://web.test/",
            change: manager => manager with { HttpFilters = [new("fault", fault), RouterFilter], StreamIdleTimeoutNs = 0 }
        );

        Assert.Null(explanation.Outcome);
        Assert.Equal(FilterOutcome.Holds, explanation.Filters[0].Outcome);
    }

    [Fact]
    public void Services_that_filters_ask_are_taken_to_say_yes()
    {
        HttpFilterSnapshot[] filters =
        [
            new("http", new ExtAuthzSettings { Service = new ExtAuthzHttpService("authz") }),
            new("grpc", new ExtAuthzSettings { Service = new ExtAuthzGrpcService(new GrpcServiceSnapshot("authz")) }),
            new("limit", new RateLimitSettings { Domain = "d", Service = new GrpcServiceSnapshot("limits") }),
        ];
        var action = Snapshots.To("svc") with
        {
            RateLimits =
            [
                new RateLimitPolicy([new RemoteAddressAction(), new GenericKeyAction("generic_key", "all")]),
                new RateLimitPolicy([new RequestHeadersAction(HeaderName.Of("x-none"), "none")]),
            ],
        };
        ImmutableArray<ClusterSnapshot> clusters = [Snapshots.Cluster("svc", 1), Snapshots.Cluster("authz", 1, net: 1), Snapshots.Cluster("limits", 1, net: 2)];
        var explanation = Explain(
            [Snapshots.Host("*", Snapshots.Prefix("/", action))],
            "GET http://web.test/a",
            change: manager => manager with { HttpFilters = [.. filters, RouterFilter] },
            clusters: clusters
        );

        Assert.Equal(
            [("http", "authz", "10.0.1.1:80", "200"), ("grpc", "authz", "10.0.1.1:80", "OK, allowed"), ("limit", "limits", "10.0.2.1:80", "OK, within limits")],
            explanation.Calls.Select(static call => (call.By, call.Cluster, call.Host, call.Answer))
        );
        Assert.All(explanation.Filters.SkipLast(1), static step => Assert.Equal(FilterOutcome.Continues, step.Outcome));
        Assert.Equal((200, "via_upstream", "", false), Outcome(explanation));
        Assert.Equal(
            ["remote_address=203.0.113.1,generic_key=all", ""],
            explanation.RateLimits.Select(static limit => string.Join(',', limit.Entries.Select(static entry => $"{entry.Name}={entry.Value}")))
        );
    }

    [Fact]
    public void A_service_without_hosts_cannot_be_asked()
    {
        var authz = new ExtAuthzSettings { Service = new ExtAuthzHttpService("authz") };
        var explanation = Explain(
            Everything(),
            "GET http://web.test/",
            change: manager => manager with { HttpFilters = [new("authz", authz), RouterFilter] },
            clusters: [Snapshots.Cluster("svc", 1), Snapshots.Cluster("authz", 0)]
        );

        Assert.Equal("", Assert.Single(explanation.Calls).Host);
        Assert.Equal(("authz", 403), (explanation.Reply!.By, explanation.Reply.Status));
    }

    [Fact]
    public void A_filter_may_have_the_route_looked_for_again()
    {
        ImmutableArray<VirtualHost> hosts =
        [
            Snapshots.Host(
                "*",
                new Route
                {
                    Name = "marked",
                    Match = new RouteMatch(PathSpecifier.Prefix, "/") { Headers = [HeaderMatcher.OfPresence("x-mark")] },
                    Action = Snapshots.To("svc"),
                },
                Snapshots.Prefix("/", Snapshots.To("svc"), "plain")
            ),
        ];
        var explanation = Explain(hosts, "GET http://web.test/", change: manager => manager with { HttpFilters = [new("marks", new Marking()), RouterFilter] });

        Assert.Equal([("", "plain"), ("marks", "marked")], explanation.Lookups.Select(static lookup => (lookup.By, lookup.Search.Route!.Name)));
        Assert.Equal("marked", explanation.Outcome!.RouteName);
    }

    // Listeners.

    [Fact]
    public void The_listener_is_chosen_by_name_by_port_or_because_there_is_no_other()
    {
        var one = Snapshots.Proxy();
        Assert.Equal("main", RequestExplainer.ChooseListener(one, null, 99, out _)!.Name);
        Assert.Null(RequestExplainer.ChooseListener(one, "other", null, out var error));
        Assert.Equal("there is no listener 'other'; there is: 'main' on 127.0.0.1:15001", error);

        var two = one with { Listeners = [one.Listeners[0], one.Listeners[0] with { Name = "second", Address = new NetworkAddress("0.0.0.0", 8080) }] };
        Assert.Equal("second", RequestExplainer.ChooseListener(two, null, 8080, out _)!.Name);
        Assert.Equal("second", RequestExplainer.ChooseListener(two, "second", null, out _)!.Name);
        Assert.Null(RequestExplainer.ChooseListener(two, null, 80, out error));
        Assert.Equal("which listener is meant? Choose one with --listener NAME; there are: 'main' on 127.0.0.1:15001, 'second' on 0.0.0.0:8080", error);
        Assert.Null(RequestExplainer.ChooseListener(one with { Listeners = [] }, null, null, out error));
        Assert.Equal("the configuration has no listeners", error);
    }

    private static ImmutableArray<VirtualHost> Everything() => [Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc")))];

    private static Explanation Explain(
        ImmutableArray<VirtualHost> hosts,
        string request,
        string[]? headers = null,
        Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? change = null,
        ImmutableArray<ClusterSnapshot>? clusters = null,
        int status = 200,
        ulong random = 0,
        long bodyBytes = 0
    )
    {
        var snapshot = Snapshots.Proxy(hosts, clusters ?? [Snapshots.Cluster("svc", 1)], change);
        var read = ExplainRequestReader.Read(request, headers ?? [], out _)!;
        return RequestExplainer.Explain(snapshot, snapshot.Listeners[0], read with { Status = status, Random = random, BodyBytes = bodyBytes });
    }

    private static string[] Lines(HeaderSnapshot headers) => [.. headers.Lines.Select(static line => $"{line.Name}: {line.Value}")];

    private static (int Status, string Details, string Route, bool Closes) Outcome(Explanation explanation) =>
        (explanation.Outcome!.Status, explanation.Outcome.Details, explanation.Outcome.RouteName, explanation.Outcome.Closes);

    private static HeaderMutationList Set(string name, string value) =>
        new([new HeaderMutationStep { Append = new HeaderAddition(HeaderName.Of(name), Snapshots.Format(value), AppendAction.OverwriteIfExistsOrAdd) }]);

    /// <summary>Adds a header and has the route looked for again.</summary>
    private sealed record Marking : ICustomFilterSettings
    {
        HttpFilter ICustomFilterSettings.Create() => new Filter();

        private sealed class Filter : HttpFilter
        {
            private ActiveStream stream = null!;

            public override void Begin(ActiveStream stream) => this.stream = stream;

            public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
            {
                head.Add("x-mark", "yes");
                stream.RefreshRoute();
                return FilterStatus.Continue;
            }
        }
    }
}
