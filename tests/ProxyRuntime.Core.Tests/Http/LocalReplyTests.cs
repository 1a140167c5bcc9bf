using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Answers that the proxy makes itself: status, body, flag, details, and what a configuration makes of them.</summary>
public class LocalReplyTests
{
    private const string Broken = "upstream connect error or disconnect/reset before headers. reset reason: ";

    [Theory]
    [InlineData("/nowhere", "reply 404 ''", "404 NR route_not_found attempts=0")]
    [InlineData("relative", "reply 404 ''", "404  absolute_path_rejected attempts=0")]
    [InlineData("", "reply 404 ''", "404  missing_path_rejected attempts=0")]
    [InlineData("/a#b", "reply 400 ''", "400  path_normalization_failed attempts=0")]
    public void What_cannot_be_routed_is_answered_by_the_proxy(string path, string reply, string log)
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/api", Snapshots.To("svc")));
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)]));

        Assert.Equal(reply, proxy.Get(path)[0]);
        Assert.Equal(log, proxy.LastLog);
        Assert.Equal(path == "relative" ? 1 : 0, proxy.Stat("http.ingress.downstream_rq_non_relative_path"));
        Assert.Equal(path == "/nowhere" ? 1 : 0, proxy.Stat("http.ingress.no_route"));
    }

    [Fact]
    public void A_request_without_host_is_400_and_closes_at_once()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal(["reply 400 ''", "log", "close downstream after 0 ms"], proxy.Get("/", (":authority", "")));
        Assert.Equal("400  missing_host_header attempts=0", proxy.LastLog);
        Assert.Contains("connection: close\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void A_400_keeps_the_connection_where_a_bad_message_is_a_matter_of_its_stream()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: static manager => manager with { StreamErrorOnInvalidMessage = true }));

        Assert.Equal(["reply 400 ''", "log"], proxy.Get("/", (":authority", "")));
    }

    [Fact]
    public void An_unknown_cluster_is_NC()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "none", ClusterNotFoundStatus = 500 }));

        Assert.Equal(["reply 500 ''", "log"], proxy.Get());
        Assert.Equal("500 NC cluster_not_found attempts=0", proxy.LastLog);
        Assert.Equal("-", proxy.Logs[0].Cluster);
        Assert.Equal(1, proxy.Stat("http.ingress.no_cluster"));
    }

    [Fact]
    public void A_route_that_forwards_nothing_finds_no_cluster()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", new NonForwardingAction()))], []));

        Assert.Equal(["reply 503 ''", "log"], proxy.Get());
        Assert.Equal("503 NC cluster_not_found attempts=0", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.no_cluster"));
    }

    [Fact]
    public void A_cluster_without_hosts_is_UH()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 0)));

        Assert.Equal(["reply 503 'no healthy upstream'", "log"], proxy.Get());
        Assert.Equal("503 UH no_healthy_upstream attempts=1", proxy.LastLog);
        Assert.Equal(("svc", "-"), (proxy.Logs[0].Cluster, proxy.Logs[0].Host));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_none_healthy"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_503"));
        Assert.DoesNotContain("x-envoy-upstream-service-time", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void Maintenance_is_UO_with_the_header_of_an_overload()
    {
        var snapshot = Snapshots.Proxy() with { Runtime = Snapshots.Runtime(("upstream.maintenance_mode.svc", 100)) };
        var proxy = new WorkerHarness(snapshot);

        Assert.Equal(["reply 503 'maintenance mode'", "log"], proxy.Get());
        Assert.Equal("503 UO maintenance_mode attempts=0", proxy.LastLog);
        Assert.Contains("x-envoy-overloaded: true\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_maintenance_mode"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_503"));
    }

    [Fact]
    public void Maintenance_may_take_a_share_of_the_requests()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy() with { Runtime = Snapshots.Runtime(("upstream.maintenance_mode.svc", 30)) });
        var refused = Enumerable.Range(0, 400).Count(_ => proxy.Ask().Log.Details == "maintenance_mode");

        Assert.InRange(refused, 90, 150);
    }

    [Fact]
    public void The_header_of_an_overload_can_be_suppressed()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 0, 1024, 3) };
        var proxy = new WorkerHarness(
            Snapshots.Proxy(cluster: cluster, change: static manager => manager.With(new RouterSettings { SuppressEnvoyHeaders = true }))
        );
        proxy.Get();

        Assert.DoesNotContain("x-envoy-overloaded", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        ConnectOutcome.RemoteFailure,
        "delayed connect error: Connection refused",
        "remote connection failure",
        "remote_connection_failure|delayed_connect_error:_Connection_refused"
    )]
    [InlineData(ConnectOutcome.RemoteFailure, "", "remote connection failure", "remote_connection_failure")]
    [InlineData(ConnectOutcome.LocalFailure, "no file descriptors", "local connection failure", "local_connection_failure|no_file_descriptors")]
    public void A_connection_that_fails_is_UF(ConnectOutcome outcome, string reason, string text, string details)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();

        Assert.Equal([$"reply 503 '{Broken}{text}'", "log"], proxy.FailConnect(1, outcome, reason));
        Assert.Equal($"503 UF upstream_reset_before_response_started{{{details}}} attempts=1", proxy.LastLog);
        Assert.Equal(reason, proxy.Logs[0].TransportFailure);
        Assert.Equal("10.0.0.1:80", proxy.Logs[0].Host);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_connect_fail"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_cx_active"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_total"));
    }

    [Theory]
    [InlineData(ResetReason.RemoteReset, 503, "UR", "remote reset")]
    [InlineData(ResetReason.RemoteRefusedStreamReset, 503, "UR", "remote refused stream reset")]
    [InlineData(ResetReason.LocalReset, 503, "LR", "local reset")]
    [InlineData(ResetReason.ProtocolError, 502, "UPE", "protocol error")]
    public void An_attempt_that_is_reset_is_answered_by_its_reason(ResetReason reason, int status, string flag, string text)
    {
        var proxy = Sent();

        Assert.Equal(["close U1", $"reply {status} '{Broken}{text}'", "log"], proxy.Reset(1, reason));
        Assert.Equal($"{status} {flag} upstream_reset_before_response_started{{{text.Replace(' ', '_')}}} attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat($"cluster.svc.upstream_rq_{status}"));
        Assert.Equal(reason == ResetReason.RemoteRefusedStreamReset ? 0 : 1, proxy.Stat("cluster.svc.upstream_rq_rx_reset"));
    }

    [Theory]
    [InlineData(ResetReason.ConnectionTermination, 503, "UC", "connection termination")]
    [InlineData(ResetReason.ProtocolError, 502, "UPE", "protocol error")]
    public void So_is_one_whose_connection_ends(ResetReason reason, int status, string flag, string text)
    {
        var proxy = Sent();

        Assert.Equal([$"reply {status} '{Broken}{text}'", "log"], proxy.UpstreamClosed(1, reason));
        Assert.Equal($"{status} {flag} upstream_reset_before_response_started{{{text.Replace(' ', '_')}}} attempts=1", proxy.LastLog);
        Assert.Equal(reason == ResetReason.ProtocolError ? 1 : 0, proxy.Stat("cluster.svc.upstream_cx_protocol_error"));
    }

    [Theory]
    [InlineData(RequestError.Malformed, 400, "Bad Request", "http1.codec_error")]
    [InlineData(RequestError.HeadersTooLarge, 431, "Request Header Fields Too Large", "http1.headers_too_large")]
    [InlineData(RequestError.TooManyHeaders, 431, "Request Header Fields Too Large", "http1.too_many_headers")]
    [InlineData(RequestError.InvalidTransferEncoding, 501, "Not Implemented", "http1.invalid_transfer_encoding")]
    [InlineData(RequestError.LowVersion, 426, "Upgrade Required", "low_version")]
    [InlineData(RequestError.InvalidCharacters, 400, "Bad Request", "http1.invalid_characters")]
    [InlineData(RequestError.UnexpectedUnderscore, 400, "Bad Request", "http1.unexpected_underscore")]
    [InlineData(RequestError.ContentLengthAndChunked, 400, "Bad Request", "http1.content_length_and_chunked_not_allowed")]
    [InlineData(RequestError.BodyDisallowed, 400, "Bad Request", "http1.body_disallowed")]
    [InlineData(RequestError.ConnectionHeaderRejected, 400, "Bad Request", "http1.connection_header_rejected")]
    [InlineData(RequestError.InvalidUrl, 400, "Bad Request", "http1.invalid_url")]
    [InlineData(RequestError.InvalidScheme, 400, "Bad Request", "http1.invalid_scheme")]
    [InlineData(RequestError.HttpsInPlaintext, 403, "Forbidden", "http1.https_url_on_plaintext_connection")]
    [InlineData(RequestError.InvalidAuthority, 400, "Bad Request", "http.invalid_authority")]
    public void What_the_codec_refuses_is_DPE_and_closes(RequestError error, int status, string body, string details)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal([$"reply {status} '{body}'", "log", "close downstream after 1000 ms"], proxy.RequestRefused(error));
        Assert.Equal($"{status} DPE {details} attempts=0", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_cx_protocol_error"));
        Assert.Equal(status == 431 ? 1 : 0, proxy.Stat("http.ingress.downstream_rq_too_large"));
    }

    [Fact]
    public void A_client_that_goes_away_is_DC_and_one_that_resets_DR()
    {
        var gone = Sent();
        Assert.Equal(["cancel A1", "log"], gone.ClientLeaves());
        Assert.Equal("0 DC downstream_remote_disconnect attempts=1", gone.LastLog);
        Assert.Equal(1, gone.Stat("http.ingress.downstream_rq_rx_reset"));

        var reset = Sent();
        Assert.Equal(["cancel A1", "log"], reset.ClientResets(reset.LastStream));
        Assert.Equal("0 DR downstream_remote_reset attempts=1", reset.LastLog);
    }

    [Fact]
    public void An_upgrade_that_is_not_configured_is_403_and_closes()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());

        Assert.Equal(
            ["reply 403 ''", "log", "close downstream after 1000 ms"],
            proxy.Request("GET", "/", endStream: false, ("connection", "upgrade"), ("upgrade", "websocket"))
        );
        Assert.Equal("403  upgrade_failed attempts=0", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_ws_on_non_ws_route"));
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(null, true, true)]
    [InlineData(null, null, false)]
    public void A_route_may_say_otherwise_than_the_connection_manager(bool? manager, bool? route, bool allowed)
    {
        ImmutableArray<(string, bool)> Of(bool? enabled) => enabled is { } value ? [("websocket", value)] : [];
        var action = new RouteAction { Cluster = "svc", Upgrades = Of(route) };
        var proxy = new WorkerHarness(Snapshots.Proxy(action, change: snapshot => snapshot with { Upgrades = Of(manager) }));
        var lines = proxy.Request("GET", "/", endStream: false, ("connection", "Upgrade"), ("upgrade", "WebSocket"));

        Assert.Equal(allowed, lines[0].StartsWith("open", StringComparison.Ordinal));
    }

    // Forms.

    [Fact]
    public void The_answer_to_a_HEAD_request_says_how_long_the_body_would_be()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 0)));

        Assert.Equal("reply 503 ''", proxy.Request("HEAD", "/", endStream: true)[0]);
        Assert.Contains("content-length: 19\n", proxy.ResponseHead, StringComparison.Ordinal);
        Assert.Contains("content-type: text/plain\n", proxy.ResponseHead, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_body_is_no_message_and_other_content_types_are_no_gRPC()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", new DirectResponseAction(503, default)))], []));

        Assert.Null(proxy.Ask("/", ("content-type", "application/grpc")).Got("grpc-message"));
        Assert.Equal("503", proxy.Ask("/", ("content-type", "application/grpc-web")).Got(":status"));
    }

    // local_reply_config.

    [Fact]
    public void The_first_mapper_that_fits_changes_status_body_headers_and_format()
    {
        var config = new LocalReplySnapshot(
            [
                Mapper(404) with
                {
                    Status = 410,
                },
                Mapper(503) with
                {
                    Status = 450,
                    Body = Encoding.ASCII.GetBytes("mapped"),
                    HeadersToAdd = new HeaderMutations([], [new HeaderAddition(HeaderName.Of("x-mapped"), Snapshots.Format("%RESPONSE_CODE%"))]),
                },
                Mapper(503) with
                {
                    Status = 500,
                },
            ],
            null
        );
        var proxy = Configured(config);
        var exchange = proxy.Ask();

        Assert.Equal("reply 450 'mapped'", exchange.Lines[0]);
        Assert.Equal("503", exchange.Got("x-mapped"));
        Assert.Equal("450 UH no_healthy_upstream attempts=1", proxy.LastLog);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_4xx"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_503"));
    }

    [Fact]
    public void A_format_holds_for_every_reply_and_a_mappers_own_before_it()
    {
        var config = new LocalReplySnapshot(
            [Mapper(404) with { BodyFormat = new BodyFormat(Snapshots.Format("not found: %REQ(:PATH)%"), "text/x-plain") }],
            new BodyFormat(Snapshots.Format("{\"code\":%RESPONSE_CODE%}\n"), "application/json")
        );
        var exchange = Configured(config).Ask();
        Assert.Equal("reply 503 '{\"code\":503}\n'", exchange.Lines[0]);
        Assert.Equal("application/json", exchange.Got("content-type"));
        Assert.Equal("13", exchange.Got("content-length"));

        var missing = Configured(config).Ask("/nowhere");
        Assert.Equal("reply 404 'not found: /nowhere'", missing.Lines[0]);
        Assert.Equal("text/x-plain", missing.Got("content-type"));
    }

    [Fact]
    public void A_content_type_that_a_mapper_sets_stays()
    {
        var mapper = Mapper(503) with
        {
            Body = Encoding.ASCII.GetBytes("<p>"),
            HeadersToAdd = new HeaderMutations(
                [],
                [new HeaderAddition(HeaderName.ContentType, Snapshots.Format("text/html"), AppendAction.OverwriteIfExistsOrAdd)]
            ),
        };

        Assert.Equal("text/html", Configured(new LocalReplySnapshot([mapper], null)).Ask().Got("content-type"));
    }

    [Fact]
    public void A_JSON_body_loses_its_line_end_in_a_gRPC_message()
    {
        var config = new LocalReplySnapshot([], new BodyFormat(Snapshots.Format("{}\n"), "application/json"));

        Assert.Equal("{}", Configured(config).Ask("/", ("content-type", "application/grpc")).Got("grpc-message"));
    }

    [Fact]
    public void Answers_of_the_upstream_are_not_touched()
    {
        var config = new LocalReplySnapshot([Mapper(503) with { Status = 200 }], new BodyFormat(Snapshots.Format("x"), "text/plain"));
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager with { LocalReply = config }));

        Assert.Equal("503", proxy.Ask("GET", "/", [], 503).Got(":status"));
    }

    [Fact]
    public void A_reply_after_the_answer_has_begun_breaks_it_off()
    {
        var proxy = Sent();
        proxy.Answer(1, 200, endStream: false);
        proxy.AnswerBody(1, 3, endStream: false);

        Assert.Equal(["close U1", "reset downstream", "log", "close downstream after 1000 ms"], proxy.Reset(1));
        Assert.Equal("200 UR upstream_reset_after_response_started{remote_reset} attempts=1", proxy.LastLog);
        Assert.Equal(3, proxy.Logs[0].BytesSent);
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_tx_reset"));
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_200"));
        Assert.Equal(0, proxy.Stat("cluster.svc.upstream_rq_503"));
    }

    private static LocalReplyMapper Mapper(ulong status) =>
        new(new StatusCodeFilter(new Comparison(ComparisonOp.Equal, status, "")), null, null, null, HeaderMutations.None);

    /// <summary>A proxy that has no host behind <c>/api</c> and nothing elsewhere.</summary>
    private static WorkerHarness Configured(LocalReplySnapshot config) =>
        new(
            Snapshots.Proxy(
                [Snapshots.Host("*", new Route { Match = new RouteMatch(PathSpecifier.Path, "/"), Action = Snapshots.To("svc") })],
                [Snapshots.Cluster("svc", 0)],
                manager => manager with { LocalReply = config }
            )
        );

    private static WorkerHarness Sent()
    {
        var proxy = new WorkerHarness(Snapshots.Proxy());
        proxy.Get();
        proxy.Connected(1);
        return proxy;
    }
}
