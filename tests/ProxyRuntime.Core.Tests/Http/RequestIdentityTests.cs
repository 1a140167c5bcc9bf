using System.Net;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Who a request is from, whether that is inside, and what it may say then.</summary>
public class RequestIdentityTests
{
    private const string Id = "a0b1c2d3-1111-4222-8333-444455556666";

    private static readonly string[] FromInsideOnly =
    [
        "x-envoy-retriable-status-codes",
        "x-envoy-retriable-header-names",
        "x-envoy-retry-on",
        "x-envoy-retry-grpc-on",
        "x-envoy-max-retries",
        "x-envoy-upstream-alt-stat-name",
        "x-envoy-upstream-rq-timeout-ms",
        "x-envoy-upstream-rq-per-try-timeout-ms",
        "x-envoy-upstream-rq-timeout-alt-response",
        "x-envoy-force-trace",
        "x-envoy-ip-tags",
        "x-envoy-original-url",
        "x-envoy-hedge-on-per-try-timeout",
    ];

    private static readonly string[] NotFromTheEdge =
    [
        "x-envoy-decorator-operation",
        "x-envoy-downstream-service-cluster",
        "x-envoy-downstream-service-node",
        "x-envoy-original-path",
        "x-envoy-original-host",
    ];

    // Request ids.

    [Fact]
    public void A_request_without_an_id_gets_a_version_4_UUID()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        var first = proxy.Ask().Sent("x-request-id");

        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", first);
        Assert.NotEqual(first, proxy.Ask().Sent("x-request-id"));
        Assert.NotEqual("", proxy.Ask("/", ("x-request-id", "")).Sent("x-request-id"));
    }

    [Theory]
    [InlineData(false, false, Id, Id)]
    [InlineData(true, true, Id, Id)]
    [InlineData(true, true, "a0b1c2d3-1111-9222-8333-444455556666", Id)]
    [InlineData(true, true, "mine", "mine")]
    [InlineData(false, false, "a0b1c2d3-1111-9222-8333-444455556666", "a0b1c2d3-1111-9222-8333-444455556666")]
    public void An_id_that_comes_is_kept_unless_it_is_from_outside(bool edge, bool preserve, string id, string kept) =>
        Assert.Equal(kept, Proxy(edge, manager => manager with { PreserveExternalRequestId = preserve }).Ask("/", ("x-request-id", id)).Sent("x-request-id"));

    [Fact]
    public void At_the_edge_it_is_replaced() => Assert.NotEqual(Id, Proxy(edge: true).Ask("/", ("x-request-id", Id)).Sent("x-request-id"));

    [Fact]
    public void Ids_can_be_left_alone() =>
        Assert.Null(new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { GenerateRequestId = false })).Ask().Sent("x-request-id"));

    [Fact]
    public void The_client_is_told_the_id_where_asked_for_or_where_a_service_forces_the_trace()
    {
        var always = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { AlwaysSetRequestIdInResponse = true })).Ask();
        Assert.Equal(always.Sent("x-request-id"), always.Got("x-request-id"));

        var forced = new WorkerHarness(Snapshots.Proxy(change: Snapshots.TrustsInside)).Ask("/", Snapshots.Inside, ("x-envoy-force-trace", "1"));
        Assert.Equal(forced.Sent("x-request-id"), forced.Got("x-request-id"));
        Assert.Null(new WorkerHarness(Snapshots.Proxy()).Ask().Got("x-request-id"));
    }

    // Addresses.

    [Theory]
    [InlineData(null, 0u, "192.0.2.7", "192.0.2.7:40001")]
    [InlineData("1.1.1.1", 0u, "1.1.1.1,192.0.2.7", "192.0.2.7:40001")]
    [InlineData("1.1.1.1, 2.2.2.2", 1u, "1.1.1.1, 2.2.2.2,192.0.2.7", "2.2.2.2:0")]
    [InlineData("1.1.1.1, 2.2.2.2", 2u, "1.1.1.1, 2.2.2.2,192.0.2.7", "1.1.1.1:0")]
    [InlineData("1.1.1.1, 2.2.2.2", 3u, "1.1.1.1, 2.2.2.2,192.0.2.7", "192.0.2.7:40001")]
    [InlineData("bad", 1u, "bad,192.0.2.7", "192.0.2.7:40001")]
    [InlineData("1.2.3", 1u, "1.2.3,192.0.2.7", "192.0.2.7:40001")]
    [InlineData("::1", 1u, "::1,192.0.2.7", "[::1]:0")]
    public void At_the_edge_the_peer_is_joined_and_counts_unless_hops_are_trusted(string? xff, uint hops, string forwarded, string address)
    {
        var exchange = Ask(Proxy(edge: true, manager => manager with { ClientAddress = manager.ClientAddress with { TrustedHops = hops } }), xff);

        Assert.Equal(forwarded, exchange.Sent("x-forwarded-for"));
        Assert.Equal(address, exchange.Log.Remote);
        Assert.Equal(address[..address.LastIndexOf(':')].Trim('[', ']'), exchange.Sent("x-envoy-external-address"));
    }

    [Theory]
    [InlineData(null, 0u, "192.0.2.7:40001")]
    [InlineData("1.1.1.1", 0u, "1.1.1.1:0")]
    [InlineData("1.1.1.1,2.2.2.2", 0u, "2.2.2.2:0")]
    [InlineData("1.1.1.1,2.2.2.2", 1u, "1.1.1.1:0")]
    [InlineData("1.1.1.1,2.2.2.2", 2u, "192.0.2.7:40001")]
    [InlineData("nonsense", 0u, "192.0.2.7:40001")]
    public void Inside_a_mesh_the_header_counts_and_is_left_alone(string? xff, uint hops, string address)
    {
        var exchange = Ask(Proxy(edge: false, manager => manager with { ClientAddress = manager.ClientAddress with { TrustedHops = hops } }), xff);

        Assert.Equal(xff, exchange.Sent("x-forwarded-for"));
        Assert.Equal(address, exchange.Log.Remote);
        Assert.Null(exchange.Sent("x-envoy-external-address"));
    }

    [Fact]
    public void Joining_can_be_skipped_and_a_peer_on_the_machine_itself_stands_under_the_machines_address()
    {
        var skips = Proxy(edge: true, manager => manager with { ClientAddress = manager.ClientAddress with { SkipXffAppend = true } });
        Assert.Null(skips.Ask().Sent("x-forwarded-for"));

        var snapshot = Snapshots.Proxy(change: Edge) with { LocalAddress = new NetworkAddress("10.20.30.40", 0) };
        Assert.Equal("10.20.30.40", new WorkerHarness(snapshot, client: Snapshots.Connection(client: "127.0.0.9")).Ask().Sent("x-forwarded-for"));
    }

    [Theory]
    [InlineData(false, null, false, "http", "http")]
    [InlineData(false, "https", false, "https", "https")]
    [InlineData(true, "https", false, "http", "http")]
    [InlineData(true, null, true, "https", "https")]
    [InlineData(false, "ftp", false, "ftp", "http")]
    [InlineData(false, "HTTPS", true, "HTTPS", "https")]
    public void The_protocol_is_noted_and_overwritten_at_the_edge(bool edge, string? came, bool tls, string forwarded, string scheme)
    {
        var snapshot = Snapshots.Proxy(change: edge ? Edge : static manager => manager);
        var proxy = new WorkerHarness(snapshot, client: Snapshots.Connection() with { IsTls = tls });
        var exchange = came is null ? proxy.Ask() : proxy.Ask("/", ("x-forwarded-proto", came));

        Assert.Equal(forwarded, exchange.Sent("x-forwarded-proto"));
        Assert.Equal(scheme, exchange.Sent(":scheme"));
    }

    [Fact]
    public void A_scheme_that_comes_is_put_in_lower_case_and_can_be_overwritten()
    {
        Assert.Equal("https", new WorkerHarness(Snapshots.Proxy()).Ask("/", (":scheme", "HTTPS")).Sent(":scheme"));

        var set = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { SchemeToOverwrite = "https" })).Ask();
        Assert.Equal(("https", "https"), (set.Sent(":scheme"), set.Sent("x-forwarded-proto")));
    }

    [Theory]
    [InlineData(true, 0u, "7", "15001")]
    [InlineData(true, 1u, "7", "7")]
    [InlineData(true, 1u, null, "15001")]
    [InlineData(false, 0u, "7", "7")]
    [InlineData(false, 0u, null, "15001")]
    public void The_port_can_be_noted(bool edge, uint hops, string? came, string port)
    {
        var proxy = Proxy(edge, manager => manager with { ClientAddress = manager.ClientAddress with { AppendForwardedPort = true, TrustedHops = hops } });

        Assert.Equal(port, (came is null ? proxy.Ask() : proxy.Ask("/", ("x-forwarded-port", came))).Sent("x-forwarded-port"));
    }

    // Detection by extensions.

    [Theory]
    [InlineData("5.5.5.5", 200, "5.5.5.5:0")]
    [InlineData(null, 403, "192.0.2.7:40001")]
    [InlineData("bad", 403, "192.0.2.7:40001")]
    public void An_address_may_have_to_stand_in_a_header(string? header, int status, string address)
    {
        var proxy = Detecting(new CustomHeaderDetection(HeaderName.Of("x-real-ip"), AllowTrustedChecks: false, RejectStatus: 403));
        var exchange = header is null ? proxy.Ask() : proxy.Ask("/", ("x-real-ip", header));

        Assert.Equal($"{status}", exchange.Got(":status"));
        Assert.Equal(address, exchange.Log.Remote);
        Assert.Equal(status == 403 ? "rejecting_because_detection_failed" : "via_upstream", exchange.Log.Details);
        Assert.Equal(status == 403 ? 1 : 0, proxy.Stat("http.ingress.downstream_rq_rejected_via_ip_detection"));
    }

    [Fact]
    public void The_status_of_a_refusal_can_be_another()
    {
        var proxy = Detecting(new CustomHeaderDetection(HeaderName.Of("x-real-ip"), AllowTrustedChecks: false, RejectStatus: 401));

        Assert.Equal("401", proxy.Ask().Got(":status"));
    }

    [Fact]
    public void Without_a_refusal_the_next_extension_is_asked_and_a_header_can_make_a_request_internal()
    {
        var header = new CustomHeaderDetection(HeaderName.Of("x-real-ip"), AllowTrustedChecks: true, RejectStatus: null);
        var proxy = Detecting(header, new XffDetection(0, [], SkipXffAppend: true));

        Assert.Equal("9.9.9.9:0", proxy.Ask("/", ("x-forwarded-for", "9.9.9.9")).Log.Remote);
        Assert.Equal("true", proxy.Ask("/", ("x-real-ip", "10.1.1.1")).Sent("x-envoy-internal"));
        Assert.Equal("192.0.2.7:40001", proxy.Ask().Log.Remote);
    }

    [Theory]
    [InlineData("1.1.1.1, 172.16.0.1, 172.16.0.2", "1.1.1.1:0")]
    [InlineData("172.16.0.3, 172.16.0.1", "172.16.0.3:0")]
    [InlineData("1.1.1.1, bad, 172.16.0.1", "172.16.0.1:0")]
    [InlineData("bad", "192.0.2.7:40001")]
    public void Trusted_proxies_are_passed_over_from_the_right(string xff, string address)
    {
        CidrRange[] trusted = [new(IPAddress.Parse("172.16.0.0"), 12), new(IPAddress.Parse("192.0.2.0"), 24)];

        Assert.Equal(address, Detecting(new XffDetection(0, [.. trusted], SkipXffAppend: true)).Ask("/", ("x-forwarded-for", xff)).Log.Remote);
    }

    [Fact]
    public void A_peer_that_is_no_trusted_proxy_is_the_client_itself()
    {
        var exchange = Detecting(new XffDetection(0, [new CidrRange(IPAddress.Parse("172.16.0.0"), 12)], SkipXffAppend: false))
            .Ask("/", ("x-forwarded-for", "1.1.1.1"));

        Assert.Equal("192.0.2.7:40001", exchange.Log.Remote);
        Assert.Equal("1.1.1.1,192.0.2.7", exchange.Sent("x-forwarded-for"));
    }

    // Inside and outside.

    [Theory]
    [InlineData(false, "10.1.1.1", 0u, true)]
    [InlineData(false, "10.1.1.1,10.1.1.2", 0u, false)]
    [InlineData(false, "8.8.8.8", 0u, false)]
    [InlineData(false, null, 0u, false)]
    [InlineData(false, "10.1.1.1", 1u, false)]
    [InlineData(true, null, 0u, true)]
    [InlineData(true, "10.1.1.1", 0u, false)]
    public void A_request_is_internal_if_its_single_address_is(bool useRemote, string? xff, uint hops, bool inside)
    {
        var snapshot = Snapshots.Proxy(change: manager =>
            Snapshots.TrustsInside(
                manager with
                {
                    ClientAddress = new ClientAddressSnapshot { UseRemoteAddress = useRemote, TrustedHops = hops },
                }
            )
        );
        var exchange = Ask(new WorkerHarness(snapshot, client: Snapshots.Connection(client: "10.9.9.9")), xff);

        Assert.Equal(inside ? "true" : null, exchange.Sent("x-envoy-internal"));
    }

    [Fact]
    public void By_default_nothing_is_inside_and_what_only_insiders_may_say_is_taken_away()
    {
        (string, string)[] headers = [.. FromInsideOnly.Concat(NotFromTheEdge).Select(static name => (name, "5"))];
        var external = new WorkerHarness(Snapshots.Proxy()).Ask(
            "/",
            [("x-envoy-internal", "true"), ("x-forwarded-for", "10.1.1.1"), ("x-envoy-expected-rq-timeout-ms", "1"), .. headers]
        );
        var edge = Proxy(edge: true).Ask("/", headers);

        Assert.Null(external.Sent("x-envoy-internal"));
        Assert.Equal("15000", external.Sent("x-envoy-expected-rq-timeout-ms"));
        Assert.All(FromInsideOnly, name => Assert.Null(external.Sent(name)));
        Assert.All(NotFromTheEdge, name => Assert.Equal("5", external.Sent(name)));
        Assert.All(FromInsideOnly.Concat(NotFromTheEdge), name => Assert.Null(edge.Sent(name)));
    }

    [Fact]
    public void Some_headers_are_never_taken_away()
    {
        string[] names =
        [
            "x-envoy-attempt-count",
            "x-envoy-fault-delay-request",
            "x-client-trace-id",
            "x-b3-traceid",
            "traceparent",
            "x-envoy-is-timeout-retry",
        ];
        var exchange = Proxy(edge: true).Ask("/", [.. names.Select(static name => (name, "5"))]);

        Assert.All(names, name => Assert.Equal("5", exchange.Sent(name)));
    }

    [Fact]
    public void A_route_table_may_name_more_headers_of_insiders()
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc")));
        var table = new RouteTable("t", [host]) { InternalOnlyHeaders = [HeaderName.Of("x-secret")] };
        var proxy = new WorkerHarness(
            Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)], manager => Snapshots.TrustsInside(manager) with { RouteTable = table })
        );

        Assert.Null(proxy.Ask("/", ("x-secret", "1")).Sent("x-secret"));
        Assert.Equal("1", proxy.Ask("/", Snapshots.Inside, ("x-secret", "1")).Sent("x-secret"));
    }

    // What else is changed.

    [Fact]
    public void Hop_by_hop_headers_do_not_travel_on()
    {
        var exchange = new WorkerHarness(Snapshots.Proxy()).Ask(
            "/",
            ("connection", "x-hop, keep-alive"),
            ("x-hop", "1"),
            ("keep-alive", "1"),
            ("proxy-connection", "keep-alive"),
            ("te", "trailers, deflate"),
            ("upgrade", "h2c")
        );

        foreach (var name in (string[])["connection", "x-hop", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"])
        {
            Assert.Null(exchange.Sent(name));
        }

        Assert.Equal("trailers", exchange.Sent("te"));
        Assert.Null(new WorkerHarness(Snapshots.Proxy()).Ask("/", ("te", "gzip")).Sent("te"));
    }

    [Theory]
    [InlineData("http://a/b", "http://a/b")]
    [InlineData("/relative", "/relative")]
    [InlineData("r", "r")]
    [InlineData("http://user@a/", null)]
    [InlineData("http://a/#f", null)]
    [InlineData("a:b", null)]
    [InlineData("with blank", null)]
    public void A_referer_that_is_no_address_goes(string referer, string? sent) =>
        Assert.Equal(sent, new WorkerHarness(Snapshots.Proxy()).Ask("/", ("referer", referer)).Sent("referer"));

    [Fact]
    public void The_proxy_may_name_itself()
    {
        var snapshot = Snapshots.Proxy(change: static manager => manager with { Via = "1.1 me", AddUserAgent = true }) with
        {
            Node = new NodeSnapshot("node-7", "shop", ""),
        };
        var exchange = new WorkerHarness(snapshot).Ask("GET", "/", [("via", "1.1 before")], 200, ("via", "1.1 host"));

        Assert.Equal("1.1 before, 1.1 me", exchange.Sent("via"));
        Assert.Equal("1.1 host, 1.1 me", exchange.Got("via"));
        Assert.Equal("shop", exchange.Sent("user-agent"));
        Assert.Equal("shop", exchange.Sent("x-envoy-downstream-service-cluster"));
        Assert.Equal("node-7", exchange.Sent("x-envoy-downstream-service-node"));
        Assert.Equal("curl", new WorkerHarness(snapshot).Ask("/", ("user-agent", "curl")).Sent("user-agent"));
    }

    [Theory]
    [InlineData(ForwardClientCert.Sanitize, true, null)]
    [InlineData(ForwardClientCert.ForwardOnly, true, "Hash=1")]
    [InlineData(ForwardClientCert.ForwardOnly, false, null)]
    [InlineData(ForwardClientCert.AlwaysForwardOnly, false, "Hash=1")]
    public void The_clients_certificate_is_forwarded_only_where_it_showed_one(ForwardClientCert mode, bool presented, string? sent)
    {
        var snapshot = Snapshots.Proxy(change: manager => manager with { ForwardClientCert = mode });
        var proxy = new WorkerHarness(snapshot, client: Snapshots.Connection() with { IsTls = true, PeerCertificatePresented = presented });

        Assert.Equal(sent, proxy.Ask("/", ("x-forwarded-client-cert", "Hash=1")).Sent("x-forwarded-client-cert"));
    }

    // Answers.

    [Theory]
    [InlineData(ServerHeaderTransformation.Overwrite, "nginx", "me")]
    [InlineData(ServerHeaderTransformation.AppendIfAbsent, "nginx", "nginx")]
    [InlineData(ServerHeaderTransformation.AppendIfAbsent, null, "me")]
    [InlineData(ServerHeaderTransformation.PassThrough, "nginx", "nginx")]
    [InlineData(ServerHeaderTransformation.PassThrough, null, null)]
    public void The_server_names_itself_or_its_upstream(ServerHeaderTransformation mode, string? came, string? sent)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager with { ServerName = "me", ServerHeader = mode }));

        Assert.Equal(sent, (came is null ? proxy.Ask() : proxy.Ask("GET", "/", [], 200, ("server", came))).Got("server"));
    }

    [Fact]
    public void The_date_is_added_or_kept_and_hop_by_hop_headers_of_answers_go()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        Assert.Equal("Tue, 14 Nov 2023 22:13:20 GMT", proxy.Ask().Got("date"));

        var exchange = proxy.Ask(
            "GET",
            "/",
            [],
            200,
            ("date", "then"),
            ("connection", "keep-alive"),
            ("keep-alive", "5"),
            ("proxy-connection", "x"),
            ("upgrade", "h2c"),
            ("transfer-encoding", "chunked")
        );
        Assert.Equal("then", exchange.Got("date"));
        Assert.Equal(
            [],
            ((string[])["connection", "keep-alive", "proxy-connection", "upgrade", "transfer-encoding"]).Where(name => exchange.Got(name) is not null)
        );
    }

    private static HttpConnectionManagerSnapshot Edge(HttpConnectionManagerSnapshot manager) =>
        manager with
        {
            ClientAddress = new ClientAddressSnapshot { UseRemoteAddress = true },
        };

    private static WorkerHarness Proxy(bool edge, Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? change = null) =>
        new(
            Snapshots.Proxy(change: manager =>
            {
                var first = edge ? Edge(manager) : manager;
                return change is null ? first : change(first);
            })
        );

    private static WorkerHarness Detecting(params OriginalIpDetection[] detections) =>
        new(
            Snapshots.Proxy(change: manager =>
                Snapshots.TrustsInside(manager) is var trusting
                    ? trusting with
                    {
                        ClientAddress = trusting.ClientAddress with { Detections = [.. detections] },
                    }
                    : manager
            )
        );

    private static Exchange Ask(WorkerHarness proxy, string? xff) => xff is null ? proxy.Ask() : proxy.Ask("/", ("x-forwarded-for", xff));
}
