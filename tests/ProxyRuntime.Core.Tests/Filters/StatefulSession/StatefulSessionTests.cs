using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class StatefulSessionTests
{
    private const string Filter = "envoy.filters.http.stateful_session";
    private const string Stats = "http.ingress.stateful_session.s.";

    private static readonly StatefulSessionSettings ByHeader = new(new HeaderSessionSettings(HeaderName.Of("x-session")), StatPrefix: "s");
    private static readonly CookieSessionSettings Cookie = new("sid", 0, "", []);

    [Fact]
    public void A_client_is_told_its_host_and_comes_back_to_it()
    {
        var proxy = Proxy(ByHeader);
        var host = Serve(proxy);
        var told = Header(proxy, "x-session");

        Assert.Equal(Base64(host), told);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(host, Serve(proxy, ("x-session", told)));
            Assert.Equal("", Header(proxy, "x-session"));
        }

        Assert.Equal((5, 1, 0, 0), Counts(proxy));
    }

    [Fact]
    public void A_host_that_is_not_there_is_replaced_by_another()
    {
        var proxy = Proxy(ByHeader);
        var host = Serve(proxy, ("x-session", Base64("10.9.9.9:80")));

        Assert.Equal(Base64(host), Header(proxy, "x-session"));
        Assert.Equal((0, 1, 0, 0), Counts(proxy));
    }

    [Fact]
    public void In_strict_sessions_no_other_host_will_do()
    {
        var proxy = Proxy(ByHeader with { Strict = true });

        Assert.Equal("reply 503 'no healthy upstream'", proxy.Get("/", ("x-session", Base64("10.9.9.9:80")))[0]);
        Assert.Equal("UH", proxy.Logs[^1].Flags);
        Assert.Equal(1, proxy.Stat("cluster.svc.upstream_cx_none_healthy"));
        Assert.Equal((0, 0, 1, 0), Counts(proxy));
    }

    /// <summary>10.0.0.2 is unhealthy, 10.0.0.3 degraded.</summary>
    [Theory]
    [InlineData(new[] { EdsHealth.Unknown, EdsHealth.Healthy, EdsHealth.Degraded }, false, true)]
    [InlineData(new[] { EdsHealth.Unhealthy }, true, false)]
    [InlineData(new EdsHealth[0], false, false)]
    public void A_host_must_be_of_the_health_that_override_host_status_says(EdsHealth[] statuses, bool unhealthy, bool degraded)
    {
        var proxy = Proxy(ByHeader with { Strict = true }, balancing: LoadBalancingSnapshot.Default with { OverrideHostStatuses = [.. statuses] });

        Assert.Equal(unhealthy, proxy.Get("/", ("x-session", Base64("10.0.0.2:80")))[0].Contains("10.0.0.2:80", StringComparison.Ordinal));
        Assert.Equal(degraded, proxy.Get("/", ("x-session", Base64("10.0.0.3:80")))[0].Contains("10.0.0.3:80", StringComparison.Ordinal));
    }

    [Fact]
    public void A_retry_goes_where_the_balancer_says()
    {
        var proxy = Proxy(ByHeader, Snapshots.To("svc") with { RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) });
        _ = proxy.Get("/", ("x-session", Base64("10.0.0.3:80")));
        _ = proxy.Connected(1);
        _ = proxy.Answer(1, 503);

        Assert.Contains(
            proxy.Wait(100),
            static line => line.StartsWith("open", StringComparison.Ordinal) && !line.Contains("10.0.0.3:80", StringComparison.Ordinal)
        );
    }

    /// <summary>Field 1 is the address, field 2 the second of the proxy's own clock in which the cookie ends.</summary>
    [Fact]
    public void A_cookie_holds_a_message_with_the_address()
    {
        var proxy = Proxy(new StatefulSessionSettings(Cookie with { TtlSeconds = 120, Path = "/a", Attributes = [("SameSite", "Lax"), ("Secure", "")] }));
        _ = proxy.Wait(3_000);
        var host = Serve(proxy, "/a/b");

        byte[] message = [0x0a, (byte)host.Length, .. Encoding.ASCII.GetBytes(host), 0x10, 123];
        Assert.Equal($"sid=\"{Convert.ToBase64String(message)}\"; Max-Age=120; Path=/a; SameSite=Lax; Secure; HttpOnly", Header(proxy, "set-cookie"));
    }

    [Fact]
    public void A_cookie_counts_until_its_last_second()
    {
        var proxy = Proxy(new StatefulSessionSettings(Cookie, Strict: true));
        byte[] message = [0x0a, 11, .. "10.0.0.3:80"u8, 0x10, 5];
        var cookie = ("cookie", $"a=b; sid=\"{Convert.ToBase64String(message)}\"");

        _ = proxy.Wait(5_900);
        Assert.Equal("10.0.0.3:80", Host(proxy.Get("/", cookie)));
        _ = proxy.Wait(100);
        Assert.Equal("10.0.0.1:80", Host(proxy.Get("/", cookie)));
    }

    /// <summary>The text of some addresses happens to be a message, without an address: those count for nothing.</summary>
    [Theory]
    [InlineData("127.0.0.1:21001", "127.0.0.1:21001")]
    [InlineData("10.0.0.3:80", "")]
    public void A_cookie_of_old_releases_is_the_address_itself(string text, string address)
    {
        var head = new HeaderMap();
        head.Add("cookie", "sid=" + Base64(text));
        var read = new ByteBuffer();
        new CookieSession(Cookie).Read(head, default, read);

        Assert.Equal(address, Encoding.ASCII.GetString(read.Span));
    }

    [Theory]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/a/b", true)]
    [InlineData("/a", "/a?x", true)]
    [InlineData("/a", "/a#x", true)]
    [InlineData("/a", "/ab", false)]
    [InlineData("/a", "/", false)]
    [InlineData("/a/", "/a", false)]
    [InlineData("/a/", "/a/b", true)]
    [InlineData("/", "/x", true)]
    [InlineData("", "/x", true)]
    public void Sessions_by_cookie_are_for_requests_below_its_path(string path, string target, bool covered)
    {
        var head = new HeaderMap();
        head.Set(HeaderName.Path, Encoding.ASCII.GetBytes(target));

        Assert.Equal(covered, new CookieSession(Cookie with { Path = path }).Covers(head));
    }

    [Fact]
    public void Requests_outside_the_path_have_no_session_and_are_counted_so()
    {
        var proxy = Proxy(new StatefulSessionSettings(Cookie with { Path = "/a" }, StatPrefix: "s"));
        _ = Serve(proxy, "/b");

        Assert.Equal("", Header(proxy, "set-cookie"));
        Assert.Equal((0, 0, 0, 1), Counts(proxy));
    }

    [Fact]
    public void A_route_disables_sessions_or_has_its_own()
    {
        var off = Snapshots.Prefix("/off", Snapshots.To("svc")) with { PerFilterConfig = Settings(null) };
        var own = Snapshots.Prefix("/own", Snapshots.To("svc")) with { PerFilterConfig = Settings(new(new HeaderSessionSettings(HeaderName.Of("x-own")))) };
        var proxy = Proxy(ByHeader, routes: [off, own]);

        _ = Serve(proxy, "/off");
        Assert.Equal("", Header(proxy, "x-session"));
        var host = Serve(proxy, "/own");
        Assert.Equal((Base64(host), ""), (Header(proxy, "x-own"), Header(proxy, "x-session")));
        Assert.Equal((0, 0, 0, 0), Counts(proxy));
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 1, 0x61 }, true, "a")]
    [InlineData(new byte[] { }, true, "")]
    [InlineData(new byte[] { 0x10, 0x80, 0x01, 0x0a, 1, 0x61 }, true, "a")]
    [InlineData(new byte[] { 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x0a, 1, 0x61 }, true, "a")]
    [InlineData(new byte[] { 0x0a, 2, 0x61 }, false, "")]
    [InlineData(new byte[] { 0x0a, 1, 0xff }, false, "")]
    [InlineData(new byte[] { 0x02, 1, 0x61 }, false, "")]
    [InlineData(new byte[] { 0x0b }, false, "")]
    [InlineData(new byte[] { 0x80 }, false, "")]
    public void Only_a_protobuf_message_is_taken_for_one(byte[] bytes, bool valid, string address)
    {
        Assert.Equal(valid, SessionMessage.TryRead(bytes, out var read, out _));
        if (valid)
        {
            Assert.Equal(address, Encoding.ASCII.GetString(read));
        }
    }

    [Fact]
    public void Sessions_allocate_nothing()
    {
        var session = new CookieSession(Cookie);
        var header = new HeaderSession(new HeaderSessionSettings(HeaderName.Of("x-session")));
        HeaderMap request = new(),
            response = new();
        var (scratch, address) = (new ByteBuffer(), new ByteBuffer());
        void Run()
        {
            response.Reset();
            address.Clear();
            session.Write(response, "10.0.0.3:80"u8, default, scratch);
            header.Write(response, "10.0.0.3:80"u8, default, scratch);
            session.Read(request, default, address);
            header.Read(request, default, address);
        }

        request.Add("cookie", "sid=" + Convert.ToBase64String([0x0a, 3, .. "a:1"u8]));
        Run();
        Assert.Equal(0, Allocation.Of(Run));
    }

    private static PerFilterConfig Settings(StatefulSessionSettings? settings) =>
        new([new PerFilterEntry(Filter, new StatefulSessionRouteSettings(settings), Disabled: false)]);

    /// <summary>Three hosts, of which the second is unhealthy and the third degraded: on its own the balancer chooses the first.</summary>
    private static WorkerHarness Proxy(
        StatefulSessionSettings settings,
        RouteAction? action = null,
        LoadBalancingSnapshot? balancing = null,
        params Route[] routes
    )
    {
        var cluster = Snapshots.Cluster("svc", 3);
        cluster = cluster with
        {
            LoadBalancing = balancing ?? cluster.LoadBalancing,
            Endpoints =
            [
                cluster.Endpoints[0],
                cluster.Endpoints[1] with
                {
                    Health = EdsHealth.Unhealthy,
                },
                cluster.Endpoints[2] with
                {
                    Health = EdsHealth.Degraded,
                },
            ],
        };
        return new WorkerHarness(
            Snapshots.Proxy(
                [Snapshots.Host("*", [.. routes, Snapshots.Prefix("/", action ?? Snapshots.To("svc"))])],
                [cluster],
                manager => manager with { HttpFilters = [new HttpFilterSnapshot(Filter, settings), .. manager.HttpFilters] }
            )
        );
    }

    private long connections;
    private long attempts;

    private string Serve(WorkerHarness proxy, params (string Name, string Value)[] headers) => Serve(proxy, "/", headers);

    /// <summary>A whole request; the host that served it.</summary>
    private string Serve(WorkerHarness proxy, string path, params (string Name, string Value)[] headers)
    {
        attempts++;
        if (proxy.Get(path, headers)[0].StartsWith("open", StringComparison.Ordinal))
        {
            _ = proxy.Connected(++connections);
        }

        _ = proxy.Answer(attempts, 200);
        return proxy.Logs[^1].Host;
    }

    private static string Host(string[] lines) => lines[0].Split(' ')[2];

    private static string Header(WorkerHarness proxy, string name) =>
        proxy
            .ResponseHead.Split('\n')
            .Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal))
            .Select(line => line[(name.Length + 2)..])
            .SingleOrDefault("");

    private static (long Routed, long Open, long Closed, long None) Counts(WorkerHarness proxy) =>
        (proxy.Stat(Stats + "routed"), proxy.Stat(Stats + "failed_open"), proxy.Stat(Stats + "failed_closed"), proxy.Stat(Stats + "no_session"));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
