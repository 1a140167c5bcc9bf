using System.Buffers.Binary;
using System.Globalization;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>ext_authz with a service that is asked by gRPC; paths of field numbers are those of envoy.service.auth.v3.</summary>
public class ExtAuthzGrpcTests
{
    private const string Stat = "http.ingress.ext_authz.";
    private static readonly ExtAuthzSettings Settings = new() { Service = new ExtAuthzGrpcService(new GrpcServiceSnapshot("side")) };

    // attributes.request.http
    private static readonly int[] Http = [1, 4, 2];

    [Fact]
    public void The_call_is_a_unary_grpc_request()
    {
        var proxy = Proxy(Settings);
        proxy.Get();
        var asked = proxy.Sent["side"][0];
        Assert.Equal("POST", asked[":method"]);
        Assert.Equal("/envoy.service.auth.v3.Authorization/Check", asked[":path"]);
        Assert.Equal("side", asked[":authority"]);
        Assert.Equal("application/grpc", asked["content-type"]);
        Assert.Equal("trailers", asked["te"]);
        Assert.Equal("200m", asked["grpc-timeout"]);
        Assert.Equal("true", asked["x-envoy-internal"]);
        Assert.Equal("127.0.0.1", asked["x-forwarded-for"]);
        Assert.Equal(0, asked.Own[0]);
        Assert.Equal(asked.Own.Length - 5, (int)BinaryPrimitives.ReadUInt32BigEndian(asked.Own.AsSpan(1)));
        Assert.True(asked.IsEnded);
    }

    [Fact]
    public void The_service_can_have_an_authority_metadata_and_a_timeout_of_its_own()
    {
        var service = new GrpcServiceSnapshot("side")
        {
            Authority = "authz.test",
            TimeoutNs = 50 * MonotonicTime.NanosecondsPerMillisecond,
            SkipEnvoyHeaders = true,
            InitialMetadata = new HeaderMutations([], [Add("x-tenant", "%REQ(x-who)%"), Add("x-key-bin", "a%REQ(x-who)%")]),
        };
        var proxy = Proxy(Settings with { Service = new ExtAuthzGrpcService(service) });
        proxy.Get("/", ("x-who", "me"));
        var asked = proxy.Sent["side"][0];
        Assert.Equal("authz.test", asked[":authority"]);
        Assert.Equal("me", asked["x-tenant"]);
        Assert.Equal("YW1l", asked["x-key-bin"]);
        Assert.Equal("50m", asked["grpc-timeout"]);
        Assert.Null(asked["x-envoy-internal"]);
        Assert.Null(asked["x-forwarded-for"]);
        proxy.Wait(50.001);
        Assert.Equal(403, proxy.Status);
    }

    [Fact]
    public void The_question_tells_who_asks_whom_for_what()
    {
        var proxy = Proxy(Settings with { DestinationLabels = [KeyValuePair.Create("app", "shop")] });
        proxy.Begin(
            "POST",
            "/a?b=1",
            endStream: true,
            ("x-two", "1"),
            ("X-Two", "2"),
            ("x-bin", "a\u00ff"),
            ("x-envoy-downstream-service-cluster", "caller"),
            ("x-envoy-auth-partial-body", "forged")
        );
        var request = Question(proxy);
        Assert.Equal("192.0.2.7", ProtoMessage.At(request, 1, 1, 1, 1, 2));
        Assert.Equal("40001", ProtoMessage.At(request, 1, 1, 1, 1, 3));
        Assert.Equal("caller", ProtoMessage.At(request, 1, 1, 2));
        Assert.Equal("127.0.0.1", ProtoMessage.At(request, 1, 2, 1, 1, 2));
        Assert.Equal("15001", ProtoMessage.At(request, 1, 2, 1, 1, 3));
        Assert.Equal(["app=shop"], ProtoMessage.Map(request, 1, 2, 3));
        Assert.Equal("1700000000", ProtoMessage.At(request, 1, 4, 1, 1));
        Assert.Equal("124456792", ProtoMessage.At(request, 1, 4, 1, 2));
        Assert.True(ulong.TryParse(ProtoMessage.At(request, [.. Http, 1]), NumberStyles.None, CultureInfo.InvariantCulture, out _));
        Assert.Equal("POST", ProtoMessage.At(request, [.. Http, 2]));
        Assert.Equal("/a?b=1", ProtoMessage.At(request, [.. Http, 4]));
        Assert.Equal("svc.local", ProtoMessage.At(request, [.. Http, 5]));
        Assert.Equal("http", ProtoMessage.At(request, [.. Http, 6]));
        Assert.Equal("HTTP/1.1", ProtoMessage.At(request, [.. Http, 10]));
        Assert.Null(ProtoMessage.At(request, [.. Http, 9]));
        Assert.Null(ProtoMessage.At(request, [.. Http, 11]));
        var headers = ProtoMessage.Map(request, [.. Http, 3]);
        Assert.Contains(":authority=svc.local", headers);
        Assert.Contains("x-two=1,2", headers);
        Assert.Contains("x-bin=a!", headers);
        Assert.DoesNotContain(headers, static header => header.StartsWith("x-envoy-auth-partial-body", StringComparison.Ordinal));

        // Empty, but there.
        Assert.Equal("", ProtoMessage.At(request, 1, 11));
        Assert.Equal("", ProtoMessage.At(request, 1, 13));
        Assert.Null(ProtoMessage.At(request, 1, 12));
    }

    [Fact]
    public void Headers_can_be_chosen_and_sent_raw()
    {
        var settings = Settings with
        {
            AllowedHeaders = NamePatterns.OfExact("x-in", ":path"),
            DisallowedHeaders = NamePatterns.OfExact(":path"),
            EncodeRawHeaders = true,
        };
        var proxy = Proxy(settings);
        proxy.Get("/", ("x-in", "1"), ("x-in", "2"), ("x-out", "3"));
        var request = Question(proxy);
        Assert.Equal(["x-in", "x-in"], ProtoMessage.All(request, [.. Http, 13, 1, 1]));
        Assert.Equal(["1", "2"], ProtoMessage.All(request, [.. Http, 13, 1, 3]));
        Assert.Empty(ProtoMessage.All(request, [.. Http, 3]));
    }

    [Fact]
    public void Metadata_extensions_and_session_can_be_added()
    {
        var settings = Settings with { MetadataNamespaces = ["none", "seen"], RouteMetadataNamespaces = ["of-route"], IncludeTlsSession = true };
        var setup = new FilterSetup
        {
            Before = [new("before", new SetsMetadata("seen", "k", "v"))],
            OnHost = new ExtAuthzRouteSettings { ContextExtensions = [KeyValuePair.Create("a", "host"), KeyValuePair.Create("b", "host")] },
            OnRoute = new ExtAuthzRouteSettings { ContextExtensions = [KeyValuePair.Create("b", "route"), KeyValuePair.Create("c", "route")] },
            Client = new FilterSetup().Client with { RequestedServerName = "sni.test" },
        };
        var proxy = new FilterHarness(settings, setup);
        proxy.Get();
        var request = Question(proxy);
        Assert.Equal(["a=host", "b=route", "c=route"], ProtoMessage.Map(request, 1, 10));
        Assert.Equal("seen", ProtoMessage.At(request, 1, 11, 1, 1));
        Assert.Equal("v", ProtoMessage.At(request, 1, 11, 1, 2, 1, 2, 3));
        Assert.Equal("", ProtoMessage.At(request, 1, 13));
        Assert.Equal("sni.test", ProtoMessage.At(request, 1, 12, 1));
    }

    [Fact]
    public void Who_the_two_sides_are_stands_in_their_certificates()
    {
        var client = new FilterSetup().Client with
        {
            IsTls = true,
            Tls = new TlsInfo
            {
                Peer = new CertificateInfo
                {
                    Subject = "CN=peer",
                    UriSans = ["spiffe://peer"],
                    DnsSans = ["peer.test"],
                    Pem = "-----BEGIN",
                },
                Local = new CertificateInfo
                {
                    Subject = "CN=local",
                    DnsSans = ["local.test"],
                    Pem = "-----BEGIN",
                },
            },
        };
        var proxy = new FilterHarness(Settings with { IncludePeerCertificate = true }, new FilterSetup { Client = client });
        proxy.Get();
        var request = Question(proxy);
        Assert.Equal("spiffe://peer", ProtoMessage.At(request, 1, 1, 4));
        Assert.Equal("-----BEGIN", ProtoMessage.At(request, 1, 1, 5));
        Assert.Equal("local.test", ProtoMessage.At(request, 1, 2, 4));
        Assert.Null(ProtoMessage.At(request, 1, 2, 5));

        var plain = new FilterHarness(Settings, new FilterSetup { Client = client });
        plain.Get();
        Assert.Null(ProtoMessage.At(Question(plain), 1, 1, 5));
    }

    [Fact]
    public void What_a_call_took_can_be_logged()
    {
        var proxy = Proxy(Settings with { EmitFilterStateStats = true });
        var field = $"%FILTER_STATE({FilterHarness.FilterName}:FIELD:";
        proxy.Format = $"{field}latency_us)% {field}bytesReceived)% {field}other)%";
        proxy.Get();
        proxy.Wait(1.5);
        proxy.Answer("side", 200, ProtoMessage.Frame([]), [("grpc-status", "0")]);
        proxy.Answer("svc", 200);
        Assert.StartsWith("1500 ", proxy.Formatted, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 ", proxy.Formatted, StringComparison.Ordinal);

        var collision = new FilterSetup { Before = [new("before", new SetsFilterState(FilterHarness.FilterName, "x"))] };
        var other = new FilterHarness(Settings with { EmitFilterStateStats = true }, collision);
        other.Get();
        Assert.Equal(1, other.Stat(Stat + "filter_state_name_collision"));
    }

    [Theory]
    [InlineData(false, 11)]
    [InlineData(true, 12)]
    public void The_body_is_appended_by_the_driver_behind_the_message(bool packAsBytes, int field)
    {
        var proxy = Proxy(Settings with { Body = new ExtAuthzBodySettings(300, AllowPartialMessage: true, packAsBytes) });
        proxy.Begin("POST", "/", endStream: false);
        proxy.Data(200, endStream: false);
        proxy.Data(200, endStream: false);
        var asked = proxy.Sent["side"][0];
        Assert.Equal(300, asked.Bytes);
        Assert.True(asked.IsEnded);

        // What the driver sends, with a body of dots, is one message.
        byte[] sent = [.. asked.Own, .. Enumerable.Repeat((byte)'.', 300)];
        Assert.Equal(sent.Length - 5, (int)BinaryPrimitives.ReadUInt32BigEndian(sent.AsSpan(1)));
        var request = sent[5..];
        Assert.Equal(new string('.', 300), ProtoMessage.At(request, [.. Http, field]));
        Assert.Equal("400", ProtoMessage.At(request, [.. Http, 9]));
        Assert.Contains("x-envoy-auth-partial-body=true", ProtoMessage.Map(request, [.. Http, 3]));
        proxy.Answer("side", 200, ProtoMessage.Frame([]), [("grpc-status", "0")]);
        Assert.Equal(400, proxy.Sent["svc"][0].Bytes);
    }

    [Fact]
    public void An_empty_answer_is_yes()
    {
        var proxy = Proxy(Settings);
        proxy.Get();
        proxy.Answer("side", 200, ProtoMessage.Frame([]), [("grpc-status", "0")]);
        Assert.Single(proxy.Sent["svc"]);
        Assert.Equal(1, proxy.Stat(Stat + "ok"));
        Assert.Equal(1, proxy.Stat("cluster.svc.ext_authz.ok"));
    }

    [Fact]
    public void Yes_may_come_with_changes()
    {
        var allowed = ProtoMessage.Field(
            3,
            Header(2, "x-set", "new"),
            Header(2, "x-append", "b", append: true),
            Header(2, "x-none", "b", append: true),
            Header(2, "host", "other.local"),
            ProtoMessage.Field(5, "x-drop"),
            ProtoMessage.Field(5, ":path"),
            ProtoMessage.Field(5, "host"),
            Header(6, "r-add", "1"),
            Header(6, "r-absent", "1", action: 1),
            Header(6, "r-there", "1", action: 1),
            Header(6, "r-set", "1", action: 2),
            Header(6, "r-over", "1", action: 3),
            Header(6, "r-not-over", "1", action: 3),
            Header(6, "r-old", "1", append: false),
            ProtoMessage.Field(7, ProtoMessage.Field(1, "q"), ProtoMessage.Field(2, "new")),
            ProtoMessage.Field(8, "gone")
        );
        var metadata = ProtoMessage.Field(4, ProtoMessage.Field(1, ProtoMessage.Field(1, "k"), ProtoMessage.Field(2, ProtoMessage.Field(3, "v"))));
        var proxy = Proxy(Settings);
        proxy.Get("/a?z=%20&q=1&gone&q=2", ("x-set", "old"), ("x-set", "old2"), ("x-append", "a"), ("x-drop", "1"));
        proxy.Wait(3);
        proxy.Answer("side", 200, ProtoMessage.Frame(ProtoMessage.Message(allowed, metadata)), [("grpc-status", "0")]);
        var sent = proxy.Sent["svc"][0];
        Assert.Equal("new", sent["x-set"]);
        Assert.Equal("a,b", sent["x-append"]);
        Assert.Null(sent["x-none"]);
        Assert.Null(sent["x-drop"]);
        Assert.Equal("other.local", sent[":authority"]);
        Assert.Equal("/a?q=new&z=%20", sent[":path"]);

        proxy.Answer("svc", 200, "", ("r-add", "0"), ("r-there", "0"), ("r-set", "0"), ("r-over", "0"), ("r-old", "0"));
        Assert.Equal("0|1", proxy.ResponseHeader("r-add"));
        Assert.Equal("1", proxy.ResponseHeader("r-absent"));
        Assert.Equal("0", proxy.ResponseHeader("r-there"));
        Assert.Equal("1", proxy.ResponseHeader("r-set"));
        Assert.Equal("1", proxy.ResponseHeader("r-over"));
        Assert.Null(proxy.ResponseHeader("r-not-over"));
        Assert.Equal("1", proxy.ResponseHeader("r-old"));
        Assert.Equal("""{"ext_authz_duration":3,"k":"v"}""", proxy.Metadata.Get("envoy.filters.http.ext_authz")!.ToString());
    }

    [Fact]
    public void Metadata_of_the_answer_may_be_ignored()
    {
        var metadata = ProtoMessage.Field(4, ProtoMessage.Field(1, ProtoMessage.Field(1, "k"), ProtoMessage.Field(2, ProtoMessage.Field(3, "v"))));
        var proxy = Proxy(Settings with { EnableDynamicMetadataIngestion = false });
        proxy.Get();
        proxy.Answer("side", 200, ProtoMessage.Frame(metadata), [("grpc-status", "0")]);
        proxy.Answer("svc", 200);
        Assert.Null(proxy.Metadata.Get("envoy.filters.http.ext_authz"));
        Assert.Equal(1, proxy.Stat(Stat + "ignored_dynamic_metadata"));
    }

    [Fact]
    public void No_may_come_with_status_headers_and_body()
    {
        var denied = ProtoMessage.Field(
            2,
            ProtoMessage.Field(1, ProtoMessage.Number(1, 429)),
            Header(2, "x-why", "1"),
            Header(2, "x-lost", "1", append: true),
            ProtoMessage.Field(3, "slow down")
        );
        var proxy = Proxy(Settings);
        proxy.Get();
        proxy.Answer("side", 200, ProtoMessage.Frame(ProtoMessage.Message(ProtoMessage.Field(1, ProtoMessage.Number(1, 7)), denied)), [("grpc-status", "0")]);
        Assert.Equal(429, proxy.Status);
        Assert.Equal("slow down", proxy.Body);
        Assert.Equal("1", proxy.ResponseHeader("x-why"));
        Assert.Null(proxy.ResponseHeader("x-lost"));
        Assert.Equal("UAEX ext_authz_denied", proxy.Log);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_rq_429"));
    }

    [Fact]
    public void No_is_403_unless_it_says_otherwise()
    {
        var proxy = Proxy(Settings);
        proxy.Get();
        proxy.Answer("side", 200, ProtoMessage.Frame(ProtoMessage.Field(1, ProtoMessage.Number(1, 16))), [("grpc-status", "0")]);
        Assert.Equal(403, proxy.Status);
        Assert.Equal("", proxy.Body);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("http")]
    [InlineData("garbage")]
    [InlineData("no message")]
    [InlineData("no trailers")]
    [InlineData("reset")]
    public void What_is_no_answer_is_an_error(string kind)
    {
        var proxy = Proxy(Settings);
        proxy.Get();
        switch (kind)
        {
            case "status":
                proxy.Answer("side", 200, ProtoMessage.Frame([]), [("grpc-status", "14")]);
                break;
            case "http":
                proxy.Answer("side", 404, "no");
                break;
            case "garbage":
                proxy.Answer("side", 200, ProtoMessage.Frame([0x0A, 9]), [("grpc-status", "0")]);
                break;
            case "no message":
                proxy.Answer("side", 200, "", ("grpc-status", "0"));
                break;
            case "no trailers":
                proxy.Answer("side", 200, ProtoMessage.Frame([]), trailers: null);
                break;
            default:
                proxy.Reset("side");
                break;
        }

        Assert.Equal(403, proxy.Status);
        Assert.Equal("UAEX ext_authz_error", proxy.Log);
        Assert.Equal(1, proxy.Stat(Stat + "error"));
    }

    [Fact]
    public void An_unknown_action_is_ignored_or_makes_the_answer_bad()
    {
        var answer = ProtoMessage.Frame(ProtoMessage.Field(3, Header(6, "r", "1", action: 9), Header(6, "s", "1")));
        var lax = Proxy(Settings);
        lax.Get();
        lax.Answer("side", 200, answer, [("grpc-status", "0")]);
        lax.Answer("svc", 200);
        Assert.Null(lax.ResponseHeader("r"));
        Assert.Equal("1", lax.ResponseHeader("s"));

        var strict = Proxy(Settings with { ValidateMutations = true });
        strict.Get();
        strict.Answer("side", 200, answer, [("grpc-status", "0")]);
        Assert.Equal(500, strict.Status);
        Assert.Equal("UAEX ext_authz_invalid", strict.Log);
    }

    [Theory]
    [InlineData("a.b*c_", 200)]
    [InlineData("a b", 500)]
    [InlineData("a%20b", 500)]
    public void Query_parameters_are_validated(string value, int expected)
    {
        var proxy = Proxy(Settings with { ValidateMutations = true });
        proxy.Get("/p");
        proxy.Answer(
            "side",
            200,
            ProtoMessage.Frame(ProtoMessage.Field(3, ProtoMessage.Field(7, ProtoMessage.Field(1, "q"), ProtoMessage.Field(2, value)))),
            [("grpc-status", "0")]
        );
        Assert.Equal(expected == 200 ? 0 : expected, proxy.Status);
        Assert.Equal(expected == 200 ? "/p?q=" + value : null, proxy.Sent["svc"].FirstOrDefault()?[":path"]);
    }

    [Fact]
    public void Random_answers_neither_hang_nor_throw() =>
        Gen
            .Byte.Array[0, 60]
            .Sample(bytes =>
            {
                var response = new ExtAuthzResponse();
                response.Clear();
                _ = CheckResponseReader.TryRead(bytes, response);
            });

    [Fact]
    public void Nothing_is_allocated_for_a_request_that_passes()
    {
        var answer = ProtoMessage.Frame(ProtoMessage.Field(3, Header(2, "x-user", "alice"), Header(6, "x-note", "n")));
        var run = new FilterSteadyRun(Settings, [("x-in", "1")], [(":status", "200"), ("content-type", "application/grpc")], answer, [("grpc-status", "0")]);
        Assert.Equal(0, run.Measure());
    }

    /// <summary>HeaderValueOption.</summary>
    private static byte[] Header(int field, string name, string value, bool? append = null, ulong action = 0) =>
        ProtoMessage.Field(
            field,
            ProtoMessage.Field(1, ProtoMessage.Field(1, name), ProtoMessage.Field(2, value)),
            append is { } flag ? ProtoMessage.Field(2, flag ? ProtoMessage.Number(1, 1) : []) : [],
            action == 0 ? [] : ProtoMessage.Number(3, action)
        );

    private static byte[] Question(FilterHarness proxy) => proxy.Sent["side"][0].Own[5..];

    private static FilterHarness Proxy(ExtAuthzSettings settings) => new(settings);

    private static HeaderAddition Add(string name, string value) =>
        new(HeaderName.Of(name), SubstitutionFormat.TryParse(value, out _)!, AppendAction.OverwriteIfExistsOrAdd);
}

/// <summary>A filter that notes metadata.</summary>
internal sealed record SetsMetadata(string Namespace, string Key, string Text) : ICustomFilterSettings
{
    public HttpFilter Create() => new Filter(this);

    private sealed class Filter(SetsMetadata settings) : HttpFilter
    {
        private ActiveStream stream = null!;

        public override void Begin(ActiveStream stream) => this.stream = stream;

        public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
        {
            stream.Info.DynamicMetadata.Merge(settings.Namespace, MetadataValue.Of([KeyValuePair.Create(settings.Key, MetadataValue.Of(settings.Text))]));
            return FilterStatus.Continue;
        }
    }
}
