using System.Globalization;
using System.Text.RegularExpressions;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// Streams, attempts, filters and header maps are used again and again. Whatever a request has been through, the next one goes as it
/// would go on a fresh worker: every course is run after every other and compared with what it is alone.
/// </summary>
public class RecycledStateTests
{
    private static readonly (string Name, Action<Course> Run)[] Courses =
    [
        ("an exchange", static course => course.Get("/").Answer(200)),
        ("an exchange with bodies and trailers", WithBodiesAndTrailers),
        ("an answer with an interim one", static course => course.Get("/").Do(proxy => proxy.Interim(course.Attempt, 103, ("link", "a"))).Answer(200)),
        ("a gRPC call", GrpcCall),
        ("a retry that helps", static course => course.Get("/retry").Answer(503).Wait(60).Answer(200)),
        ("a retry whose first answer has a body", static course => course.Get("/retry").Answer(503, endStream: false).Wait(60).Answer(204)),
        ("retries that do not help", static course => course.Get("/retry").Answer(503).Wait(60).Reset().Wait(120).Answer(500)),
        ("a client that leaves before a retry", static course => course.Get("/retry").Answer(503).Leave().Wait(100)),
        ("a retry that sends the body again", RetryWithBody),
        ("a timeout", static course => course.Get("/slow").Wait(300)),
        ("a timeout within the answer", static course => course.Get("/slow").Answer(200, endStream: false).AnswerBody(9, endStream: false).Wait(300)),
        ("a slow attempt that another joins", static course => course.Get("/hedge").Wait(130).Answer(200)),
        ("a redirect within the proxy", Redirected),
        ("a mirrored request", static course => course.Get("/mirror").Answer(200).Wait(20_000)),
        ("a reset", static course => course.Get("/").Reset()),
        ("a connection that ends within the answer", CutOff),
        ("a client that leaves within the answer", static course => course.Get("/").Answer(200, endStream: false).Leave()),
        ("a client that leaves within its request", static course => course.Request("POST", "/", endStream: false).Body(5, endStream: false).Leave()),
        ("no route", static course => course.Get("/nowhere", (":authority", "strange"))),
        ("a direct response", static course => course.Get("/direct")),
        ("a redirect", static course => course.Get("/moved")),
        ("a request that is refused", static course => course.Refuse(RequestError.TooManyHeaders)),
        ("a missing host", static course => course.Get("/", (":authority", ""))),
        ("a request that never ends", static course => course.Request("POST", "/", endStream: false).Wait(2_000)),
        ("headers and a rewrite", static course => course.Get("/rewrite/a?b", ("x-forwarded-host", "h"), ("x-in", "1")).Answer(200, headers: ("x-out", "1"))),
        ("an abort", static course => course.Get("/", ("x-envoy-fault-abort-request", "418"))),
        ("a delay", static course => course.Get("/", ("x-envoy-fault-delay-request", "30")).Wait(40).Answer(200)),
        ("a delay that the client does not wait for", static course => course.Get("/", ("x-envoy-fault-delay-request", "30")).Leave().Wait(40)),
        ("an answer at a limited rate", LimitedRate),
        ("an answer at a limited rate that the client does not wait for", LimitedRateLeft),
        ("another origin", static course => course.Get("/", ("origin", "https://ok.example")).Answer(200)),
        ("a preflight", static course => course.Request("OPTIONS", "/", true, ("origin", "https://ok.example"), ("access-control-request-method", "PUT"))),
        ("a body that is collected", Collected),
        ("a body that is too large", static course => course.Request("POST", "/collect", endStream: false).Body(2_000, endStream: false)),
        ("an upgrade", Upgraded),
        ("an upgrade that is not allowed", static course => course.Get("/", ("connection", "upgrade"), ("upgrade", "other"))),
        ("a body that is too large to be sent again", TooLargeForRetries),
        ("a health check that passes through", static course => course.Get("/", ("x-health", "1")).Answer(200)),
        ("an old client", static course => course.Get("/", HttpProtocol.Http10).Answer(200)),
        ("a question that is denied", static course => course.Get("/asked").AnswerOwn(403, ("x-why", "no"))),
        ("a question that is granted", static course => course.Get("/asked", ("x-in", "1")).AnswerOwn(200, ("x-more", "yes")).Answer(200)),
        ("a question that nobody answers", static course => course.Get("/asked").Wait(400)),
        ("a question that the client does not wait for", static course => course.Get("/asked").Leave()),
    ];

    public static TheoryData<string> Names => [.. Courses.Select(static course => course.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void After_any_other_a_request_goes_as_it_goes_alone(string name)
    {
        var (_, run) = Courses.Single(course => course.Name == name);
        var alone = Course.Of(Proxy(), 1, run).Seen;
        Assert.NotEmpty(alone);
        foreach (var (other, before) in Courses)
        {
            var proxy = Proxy();
            _ = Course.Of(proxy, 1, before);

            Assert.Equal($"after {other}:\n{string.Join('\n', alone)}", $"after {other}:\n{string.Join('\n', Course.Of(proxy, 2, run).Seen)}");
        }
    }

    [Fact]
    public void After_all_courses_nothing_is_left_over()
    {
        var proxy = Proxy();
        for (var i = 0; i < Courses.Length; i++)
        {
            _ = Course.Of(proxy, i + 1, Courses[i].Run);
        }

        Assert.Equal((0, 0, 0L), (proxy.Ledger.OpenStreams, proxy.Ledger.LiveAttempts, proxy.Ledger.BytesKept));
        string[] gauges = ["http.ingress.downstream_rq_active", "http.ingress.fault.active_faults", "cluster.svc.upstream_rq_active"];
        Assert.All([.. gauges, "cluster.svc.upstream_rq_pending_active"], gauge => Assert.Equal(0, proxy.Stat(gauge)));
    }

    private static void WithBodiesAndTrailers(Course course) =>
        course
            .Request("POST", "/", endStream: false, ("x-in", "1"))
            .Body(5, endStream: false)
            .Do(proxy => proxy.Trailers(("x-sum", "7")))
            .Answer(201, endStream: false, ("x-out", "1"))
            .AnswerBody(11, endStream: false)
            .Do(proxy => proxy.AnswerTrailers(course.Attempt, ("x-end", "1")));

    private static void GrpcCall(Course course) =>
        course
            .Request("POST", "/pkg.Service/Method", endStream: false, ("content-type", "application/grpc"), ("te", "trailers"))
            .Body(8, endStream: true)
            .Answer(200, endStream: false, ("content-type", "application/grpc"))
            .AnswerBody(6, endStream: false)
            .Do(proxy => proxy.AnswerTrailers(course.Attempt, ("grpc-status", "5")));

    private static void RetryWithBody(Course course) =>
        course.Request("POST", "/retry", endStream: false).Body(5, endStream: false).Body(6, endStream: true).Answer(503).Wait(60).Answer(200);

    private static void TooLargeForRetries(Course course) =>
        course.Request("POST", "/retry", endStream: false).Body(2_000_000, endStream: false).Body(5, endStream: true).Answer(503);

    private static void Redirected(Course course) =>
        course.Get("/inner").Answer(302, headers: ("location", "http://svc.local/rewrite/x")).Answer(200, endStream: false).AnswerBody(4, endStream: true);

    private static void CutOff(Course course)
    {
        course.Get("/").Answer(200, endStream: false).AnswerBody(3, endStream: false);
        _ = course.Do(proxy => proxy.UpstreamClosed(course.Upstream));
    }

    private static void LimitedRate(Course course) =>
        course.Get("/", ("x-envoy-fault-throughput-response", "1")).Answer(200, endStream: false).AnswerBody(500, endStream: true).Wait(1_000);

    private static void LimitedRateLeft(Course course) =>
        course.Get("/", ("x-envoy-fault-throughput-response", "1")).Answer(200, endStream: false).AnswerBody(5_000, endStream: true).Wait(100).Leave();

    private static void Collected(Course course) =>
        course.Request("POST", "/collect", endStream: false).Body(400, endStream: false).Body(300, endStream: true).Answer(200);

    private static void Upgraded(Course course) =>
        course
            .Request("GET", "/", endStream: false, ("connection", "upgrade"), ("upgrade", "websocket"))
            .Answer(101, endStream: false, ("connection", "upgrade"), ("upgrade", "websocket"))
            .Body(5, endStream: false)
            .AnswerBody(7, endStream: false)
            .Leave();

    private static WorkerHarness Proxy()
    {
        var svc = Snapshots.To("svc");
        var host = new VirtualHost
        {
            Name = "h",
            Domains = ["svc.local"],
            IncludeAttemptCountInResponse = true,
            Routes =
            [
                Snapshots.Prefix("/retry", svc with { RetryPolicy = AtOnce(RetryOn.FiveXx | RetryOn.Reset, 2) }, "retry"),
                Snapshots.Prefix("/slow", svc with { TimeoutNs = 250 * Snapshots.Millisecond }, "slow"),
                Snapshots.Prefix("/hedge", Hedged(svc), "hedge"),
                Snapshots.Prefix("/inner", svc with { InternalRedirect = new InternalRedirectPolicy() }, "inner"),
                Snapshots.Prefix("/mirror", svc with { MirrorPolicies = [new MirrorPolicy { Cluster = "side" }] }, "mirror"),
                Snapshots.Prefix("/direct", new DirectResponseAction(418, LocalReply.Text("teapot")), "direct"),
                Snapshots.Prefix("/moved", new RedirectAction { PathRedirect = "/there" }, "moved"),
                Snapshots.Prefix("/rewrite", svc with { PrefixRewrite = "/r", HostRewriteLiteral = "new", AppendForwardedHost = true }, "rewrite"),
                Snapshots.Prefix("/collect", svc, "collect") with
                {
                    PerFilterConfig = Chains.For("buffer", new BufferRouteSettings(1_000)),
                },
                Snapshots.Prefix("/asked", svc, "asked") with
                {
                    PerFilterConfig = Chains.For("extauthz", new ExtAuthzRouteSettings()),
                },
                Snapshots.Prefix("/", svc, "rest"),
            ],
            PerFilterConfig = new PerFilterConfig([
                new PerFilterEntry("cors", new CorsPolicy { AllowOrigins = [StringMatcher.Of(StringMatch.Prefix, "https://ok")], AllowMethods = "PUT" }),
                new PerFilterEntry("buffer", new BufferRouteSettings(null)),
                new PerFilterEntry("extauthz", new ExtAuthzRouteSettings { Disabled = true }),
            ]),
        };
        var snapshot = Snapshots.Proxy(
            [host],
            [Snapshots.Cluster("svc", 1), Snapshots.Cluster("side", 1, net: 1)],
            static manager =>
                manager.Before(Filters) with
                {
                    Upgrades = [("websocket", true)],
                    StreamIdleTimeoutNs = Snapshots.Second,
                    AccessLogs = [Snapshots.Log(Everything)],
                }
        );
        return new WorkerHarness(snapshot);
    }

    private static RouteAction Hedged(RouteAction action) =>
        action with
        {
            RetryPolicy = AtOnce(RetryOn.FiveXx, 1) with { PerTryTimeoutNs = 100 * Snapshots.Millisecond },
            HedgeOnPerTryTimeout = true,
        };

    /// <summary>Retries whose back-off is not drawn at random: it is below a millisecond, that is none.</summary>
    private static RetryPolicySnapshot AtOnce(RetryOn on, uint retries) => Snapshots.Retry(on, retries) with { BaseIntervalMs = 1, MaxIntervalMs = 1 };

    private static IHttpFilterSettings[] Filters =>
        [
            new FaultSettings
            {
                Delay = new FaultDelay(null, FractionalPercent.Always),
                Abort = new FaultAbort(null, null, FractionalPercent.Always),
                ResponseRateLimit = new FaultRateLimit(null, FractionalPercent.Always),
            },
            new HealthCheckSettings { PassThroughMode = true, Headers = Chains.Header("x-health", "1") },
            new CorsSettings(),
            new BufferSettings(1_000),
            new ExtAuthzSettings { Service = new ExtAuthzHttpService("side") { AllowedUpstreamHeaders = NamePatterns.OfExact("x-more") } },
        ];

    /// <summary>What the access log can tell of a request, without what is different for each: moments, numbers, random ids.</summary>
    private const string Everything =
        "%RESPONSE_CODE%|%RESPONSE_FLAGS%|%RESPONSE_CODE_DETAILS%|%PROTOCOL%|%ROUTE_NAME%|%VIRTUAL_CLUSTER_NAME%|%BYTES_RECEIVED%|%BYTES_SENT%|"
        + "%DURATION%|%REQUEST_DURATION%|%REQUEST_TX_DURATION%|%RESPONSE_DURATION%|%RESPONSE_TX_DURATION%|%GRPC_STATUS%|%LOCAL_REPLY_BODY%|"
        + "%DOWNSTREAM_WIRE_BYTES_RECEIVED%|%DOWNSTREAM_WIRE_BYTES_SENT%|%DOWNSTREAM_HEADER_BYTES_RECEIVED%|%DOWNSTREAM_HEADER_BYTES_SENT%|"
        + "%UPSTREAM_WIRE_BYTES_RECEIVED%|%UPSTREAM_WIRE_BYTES_SENT%|%UPSTREAM_HEADER_BYTES_RECEIVED%|%UPSTREAM_HEADER_BYTES_SENT%|"
        + "%UPSTREAM_HOST%|%UPSTREAM_CLUSTER%|%UPSTREAM_REQUEST_ATTEMPT_COUNT%|%UPSTREAM_HOSTS_ATTEMPTED%|%UPSTREAM_TRANSPORT_FAILURE_REASON%|"
        + "%UPSTREAM_PROTOCOL%|%UPSTREAM_LOCAL_ADDRESS%|%REQUEST_HEADERS_BYTES%|%RESPONSE_HEADERS_BYTES%|%RESPONSE_TRAILERS_BYTES%|"
        + "%DYNAMIC_METADATA(envoy.filters.http.ext_authz)%|%CONNECTION_TERMINATION_DETAILS%|%ROUTE_RESOLUTION_COUNT%|%TRACE_ID%\n";

    /// <summary>One request on a connection of its own; upstream connections come up at once and are not written down.</summary>
    private sealed class Course
    {
        /// <summary>Numbers of attempts, connections and streams.</summary>
        private static readonly Regex Ids = new(@"\b(?<kind>[AUC])-?\d+(/\d+)?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

        private readonly WorkerHarness proxy;
        private readonly ConnectionId connection;

        private Course(WorkerHarness proxy, int number) => (this.proxy, connection) = (proxy, new ConnectionId(1_000 + number));

        public List<string> Seen { get; } = [];

        /// <summary>The client's attempt that was started last, and its connection.</summary>
        public long Attempt { get; private set; }

        public long Upstream { get; private set; }

        private StreamId Stream => new(connection, 0);

        /// <summary>The attempt of the proxy's own that was started last.</summary>
        private long OwnAttempt { get; set; }

        public static Course Of(WorkerHarness proxy, int number, Action<Course> run)
        {
            var course = new Course(proxy, number);
            _ = proxy.Connect(course.connection, Snapshots.Connection());
            var written = proxy.Written.Count;
            var logged = proxy.Ledger.Logged;
            run(course);
            course.Seen.AddRange(proxy.Written.Skip(written));
            Assert.True(proxy.Ledger.Logged > logged, $"the request is not over: {string.Join('\n', course.Seen)}");
            _ = course.Leave();

            // What a course leaves on the wire ends before the next one, idle connections too.
            _ = proxy.Wait(2 * 3_600_000);
            return course;
        }

        public Course Get(string path, params (string Name, string Value)[] headers) => Request("GET", path, endStream: true, headers);

        /// <summary>The same on a connection of another protocol.</summary>
        public Course Get(string path, HttpProtocol protocol)
        {
            _ = Leave();
            _ = proxy.Connect(connection, Snapshots.Connection(protocol: protocol));
            return Get(path);
        }

        public Course Request(string method, string path, bool endStream, params (string Name, string Value)[] headers)
        {
            proxy.ForgetRequests(connection);
            return Do(_ => proxy.RequestOn(connection, method, path, endStream, headers));
        }

        public Course Refuse(RequestError error)
        {
            proxy.Ledger.OnRequest(Stream);
            return Do(_ => proxy.Run(buffer => proxy.Worker.RequestRefused(proxy.Now, Stream, error, buffer)));
        }

        public Course Body(long bytes, bool endStream) => Do(_ => proxy.Body(bytes, endStream));

        public Course Answer(int status, bool endStream = true, params (string Name, string Value)[] headers) =>
            Do(_ => proxy.Answer(Attempt, status, endStream, headers));

        public Course AnswerBody(long bytes, bool endStream) => Do(_ => proxy.AnswerBody(Attempt, bytes, endStream));

        public Course AnswerOwn(int status, params (string Name, string Value)[] headers) =>
            Do(_ => proxy.Answer(OwnAttempt, status, endStream: true, headers));

        public Course Reset() => Do(_ => proxy.Reset(Attempt));

        public Course Wait(double milliseconds) => Do(_ => proxy.Wait(milliseconds));

        public Course Leave() => Do(_ => proxy.ClientLeaves(connection));

        /// <summary>Does something and what follows from it at once, and writes both down.</summary>
        public Course Do(Func<WorkerHarness, string[]> input)
        {
            var todo = new Queue<string>(input(proxy));
            while (todo.TryDequeue(out var line))
            {
                var words = line.Split(' ');
                if (words[0] == "open")
                {
                    Array.ForEach(proxy.Connected(Number(words[1])), todo.Enqueue);
                    continue;
                }

                if (words[0] == "start" && line.Contains(" for ", StringComparison.Ordinal))
                {
                    OwnAttempt = Number(words[1]);
                    Note($"own start {Common(proxy.OwnRequestHead)}");
                }
                else if (words[0] == "start")
                {
                    (Attempt, Upstream) = (Number(words[1]), Number(words[3]));
                    Note($"start {Common(proxy.RequestHead)}");
                }
                else if (words[0] is "headers" or "reply")
                {
                    Note($"{line} {Common(proxy.ResponseHead)}");
                }
                else if (words[0] != "close")
                {
                    Note(line);
                }
            }

            return this;
        }

        private void Note(string line) => Seen.Add(Ids.Replace(line, "${kind}"));

        /// <summary>A head without what is drawn at random or tells the moment.</summary>
        private static string Common(string head) =>
            string.Join(
                '|',
                head.Split('\n')
                    .Where(static line => !line.StartsWith("x-request-id: ", StringComparison.Ordinal) && !line.StartsWith("date: ", StringComparison.Ordinal))
            );

        private static long Number(string id) => long.Parse(id[1..], CultureInfo.InvariantCulture);
    }
}
