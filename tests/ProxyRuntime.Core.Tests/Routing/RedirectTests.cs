using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class RedirectTests
{
    [Theory]
    [InlineData("svc.local", "/p?q=1", "https://svc.local/p?q=1")]
    [InlineData("svc.local:80", "/p", "https://svc.local/p")]
    [InlineData("svc.local:8080", "/p", "https://svc.local:8080/p")]
    [InlineData("[::1]:80", "/p", "https://[::1]/p")]
    public void To_https_the_default_port_of_http_goes(string host, string path, string location) =>
        Assert.Equal(location, Location(new RedirectAction { HttpsRedirect = true }, path, (":authority", host)));

    /// <summary>Over TLS the request line may say http: the port that goes is the default of x-forwarded-proto, if the new scheme is another.</summary>
    [Theory]
    [InlineData("svc.local:443", "", "https", "https://svc.local:443/p")]
    [InlineData("svc.local:443", "http", "https", "https://svc.local:443/p")]
    [InlineData("svc.local:80", "http", "https", "https://svc.local:80/p")]
    [InlineData("svc.local:443", "", "ftp", "ftp://svc.local/p")]
    [InlineData("svc.local:443", "", "http", "http://svc.local/p")]
    [InlineData("svc.local:80", "", "http", "http://svc.local:80/p")]
    public void What_the_default_port_is_follows_the_forwarded_protocol(string host, string scheme, string to, string location)
    {
        var snapshot = Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", new RedirectAction { SchemeRedirect = to }))], []);
        var proxy = new WorkerHarness(snapshot, client: Snapshots.Connection() with { IsTls = true });

        Assert.Equal(
            location,
            proxy.Ask("/p", [(":authority", host), .. scheme.Length > 0 ? [(":scheme", scheme)] : Array.Empty<(string, string)>()]).Got("location")
        );
    }

    [Fact]
    public void Without_a_change_of_scheme_the_port_stays() =>
        Assert.Equal("http://svc.local:80/new", Location(new RedirectAction { PathRedirect = "/new" }, "/p", (":authority", "svc.local:80")));

    [Theory]
    [InlineData(0, "http://other.example/p")]
    [InlineData(81, "http://other.example:81/p")]
    public void The_host_can_be_another(int port, string location) =>
        Assert.Equal(location, Location(new RedirectAction { HostRedirect = "other.example", PortRedirect = port }, "/p", (":authority", "svc.local:9999")));

    [Fact]
    public void A_given_port_replaces_the_requests_own() =>
        Assert.Equal("http://svc.local:81/p", Location(new RedirectAction { PortRedirect = 81 }, "/p", (":authority", "svc.local:9999")));

    [Fact]
    public void Any_scheme_can_be_named() => Assert.Equal("ftp://svc.local/p", Location(new RedirectAction { SchemeRedirect = "ftp" }, "/p"));

    [Theory]
    [InlineData("/new", false, "http://svc.local/new?q=1")]
    [InlineData("/new", true, "http://svc.local/new")]
    [InlineData("/new?own=2", false, "http://svc.local/new?own=2")]
    [InlineData("/new?own=2", true, "http://svc.local/new?own=2")]
    [InlineData("new", true, "http://svc.local/new")]
    public void A_path_takes_the_requests_query_along_unless_it_has_its_own(string path, bool strip, string location) =>
        Assert.Equal(location, Location(new RedirectAction { PathRedirect = path, StripQuery = strip }, "/p?q=1"));

    [Fact]
    public void The_query_can_be_stripped() => Assert.Equal("http://svc.local/p", Location(new RedirectAction { StripQuery = true }, "/p?q=1"));

    [Theory]
    [InlineData("/new", "http://svc.local/newb?q")]
    [InlineData("/", "http://svc.local/b?q")]
    public void The_matched_prefix_can_be_replaced(string rewrite, string location) =>
        Assert.Equal(location, Location(new RedirectAction { PrefixRewrite = rewrite }, "/p/b?q", prefix: "/p/"));

    [Fact]
    public void The_path_can_be_rewritten_by_a_regular_expression_whatever_was_matched() =>
        Assert.Equal("http://svc.local/x/b/x?q=/p", Location(new RedirectAction { RegexRewrite = Snapshots.Rewrite("/p", "/x") }, "/p/b/p?q=/p", prefix: "/p"));

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public void The_answer_has_the_status_and_no_body(int status)
    {
        var proxy = Proxy(new RedirectAction { HttpsRedirect = true, Status = status });
        var exchange = proxy.Ask("/p");

        Assert.Equal([$"reply {status} ''", "log"], exchange.Lines);
        Assert.Equal($"{status}  direct_response attempts=0", proxy.LastLog);
        Assert.Equal("-", exchange.Cluster);
        Assert.Equal(1, proxy.Stat("http.ingress.rq_direct_response"));
        Assert.Equal(0, proxy.Stat("http.ingress.rq_redirect"));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_3xx"));
        Assert.Equal(1, proxy.Stat("http.ingress.rq_total"));
    }

    [Fact]
    public void A_gRPC_request_gets_200_with_a_status_and_still_the_location()
    {
        var exchange = Proxy(new RedirectAction { HttpsRedirect = true }).Ask("/p", ("content-type", "application/grpc"));

        Assert.Equal("200", exchange.Got(":status"));
        Assert.Equal("2", exchange.Got("grpc-status"));
        Assert.Equal("https://svc.local/p", exchange.Got("location"));
    }

    // require_tls.

    [Theory]
    [InlineData(TlsRequirement.All, "http", false, true)]
    [InlineData(TlsRequirement.All, "http", true, true)]
    [InlineData(TlsRequirement.All, "https", false, false)]
    [InlineData(TlsRequirement.ExternalOnly, "http", false, true)]
    [InlineData(TlsRequirement.ExternalOnly, "http", true, false)]
    [InlineData(TlsRequirement.None, "http", false, false)]
    public void A_virtual_host_that_requires_TLS_redirects_before_any_route_is_tried(TlsRequirement required, string proto, bool inside, bool redirects)
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc"))) with { RequireTls = required };
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                [host],
                [Snapshots.Cluster("svc", 1)],
                manager =>
                    manager with
                    {
                        ClientAddress = new ClientAddressSnapshot { InternalRanges = [new CidrRange(System.Net.IPAddress.Parse("10.0.0.0"), 8)] },
                    }
            )
        );
        var exchange = proxy.Ask("/p?q", ("x-forwarded-proto", proto), ("x-forwarded-for", inside ? "10.1.1.1" : "8.8.8.8"));

        Assert.Equal(redirects ? "https://svc.local/p?q" : null, exchange.Got("location"));
        Assert.Equal(redirects ? "301" : "200", exchange.Got(":status"));
    }

    [Fact]
    public void The_redirect_to_TLS_carries_no_headers_of_the_table()
    {
        var added = new HeaderMutations([], [new HeaderAddition(HeaderName.Of("x-added"), Snapshots.Format("yes"))]);
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc"))) with { RequireTls = TlsRequirement.All, ResponseHeaders = added };
        var proxy = new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)]));

        Assert.Null(proxy.Ask("/", ("x-forwarded-proto", "http")).Got("x-added"));
        Assert.Equal("yes", proxy.Ask("/", ("x-forwarded-proto", "https")).Got("x-added"));
    }

    [Fact]
    public void Without_a_forwarded_protocol_nothing_is_known_and_no_route_is_found()
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc"))) with { RequireTls = TlsRequirement.All };
        var head = new HeaderMap();
        head.Add(":authority", "a");
        head.Add(":path", "/");
        head.Add("x-forwarded-proto", "");

        Assert.Equal(default, new RouteTable("t", [host]).Find(head, 0, RuntimeSnapshot.Empty, null));
    }

    // Direct responses.

    [Fact]
    public void A_direct_response_says_what_it_is_told()
    {
        var proxy = Proxy(new DirectResponseAction(418, Encoding.ASCII.GetBytes("short and stout")));
        var exchange = proxy.Ask("/p");

        Assert.Equal(["reply 418 'short and stout'", "log"], exchange.Lines);
        Assert.Equal("text/plain", exchange.Got("content-type"));
        Assert.Equal("15", exchange.Got("content-length"));
        Assert.Null(exchange.Got("location"));
        Assert.Equal("418  direct_response attempts=0", proxy.LastLog);
    }

    [Theory]
    [InlineData(201, "http://svc.local/p?q")]
    [InlineData(307, "http://svc.local/p?q")]
    [InlineData(200, null)]
    public void A_direct_response_of_a_status_that_wants_an_address_gives_the_requests_own(int status, string? location) =>
        Assert.Equal(location, Proxy(new DirectResponseAction(status, default)).Ask("/p?q").Got("location"));

    [Fact]
    public void A_direct_response_takes_response_headers_of_all_levels_and_no_request_headers()
    {
        var route = Snapshots.Prefix("/", new DirectResponseAction(200, Encoding.ASCII.GetBytes("{}"))) with
        {
            ResponseHeaders = Add("content-type", "application/json"),
        };
        var host = Snapshots.Host("*", route) with { ResponseHeaders = Add("x-host", "1"), RequestHeaders = Add("x-request", "1") };
        var exchange = new WorkerHarness(Snapshots.Proxy([host], [])).Ask("/p");

        Assert.Equal("application/json", exchange.Got("content-type"));
        Assert.Equal(["1"], exchange.AllGot("x-host"));
        Assert.Equal("", exchange.Upstream);
    }

    [Fact]
    public void The_body_of_a_direct_response_can_be_a_format()
    {
        var action = new DirectResponseAction(200, default) { BodyFormat = Snapshots.Format("hi %REQ(:PATH)%"), ContentType = "text/html" };
        var exchange = Proxy(action).Ask("/p");

        Assert.Equal("reply 200 'hi /p'", exchange.Lines[0]);
        Assert.Equal("text/html", exchange.Got("content-type"));
    }

    [Fact]
    public void A_format_of_a_direct_response_may_hold_its_body()
    {
        var action = new DirectResponseAction(200, LocalReply.Text("hi")) { BodyFormat = Snapshots.Format("<%LOCAL_REPLY_BODY%>") };
        var proxy = Proxy(action);

        Assert.Equal(["reply 200 '<hi>'", "reply 200 '<hi>'"], [proxy.Ask().Lines[0], proxy.Ask().Lines[0]]);
    }

    private static HeaderMutations Add(string name, string value) => new([], [new HeaderAddition(HeaderName.Of(name), Snapshots.Format(value))]);

    private static string Location(RedirectAction action, string path, params (string Name, string Value)[] headers) =>
        Proxy(action).Ask(path, headers).Got("location")!;

    private static string Location(RedirectAction action, string path, string prefix) => Proxy(action, prefix).Ask(path).Got("location")!;

    private static WorkerHarness Proxy(ActionSnapshot action, string prefix = "/") =>
        new(Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix(prefix, action))], []));
}
