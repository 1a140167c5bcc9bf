namespace MeshSim.ProxyRuntime.Core.Tests;

public class RouteSearchTests
{
    private static readonly Route Headers = new()
    {
        Name = "headers",
        Match = new RouteMatch(PathSpecifier.Prefix, "/a")
        {
            Headers = [HeaderMatcher.OfPresence("x-a"), HeaderMatcher.OfText("x-b", StringMatcher.Of(StringMatch.Exact, "one"))],
            Fraction = new RuntimeFraction(new FractionalPercent(50), "key"),
        },
        Action = Snapshots.To("svc"),
    };

    private static readonly RouteTable Table = new(
        "t",
        [
            Snapshots.Host("*.foo.com", Snapshots.Prefix("/other", Snapshots.To("svc")), Headers, Snapshots.Prefix("/a", Snapshots.To("svc"), "last")),
            Snapshots.Host("foo.org:8080", Snapshots.Prefix("/", Snapshots.To("svc"))),
            Snapshots.Host("bar.org", Snapshots.Prefix("/", Snapshots.To("svc"))),
            Snapshots.Host("tls.org", Snapshots.Prefix("/", Snapshots.To("svc"))) with
            {
                RequireTls = TlsRequirement.All,
            },
        ]
    );

    [Fact]
    public void The_route_that_matches_and_why_those_before_it_do_not()
    {
        var search = Search("WWW.foo.com", "/a/b?x", ("x-a", "1"), ("x-b", "two"));

        Assert.Equal((RouteSearchResult.Found, "*.foo.com", "last", 2), (search.Result, search.Domain, search.Route!.Name, search.Place));
        Assert.Equal("www.foo.com", search.Host);
        Assert.Equal(["path starts with '/a'"], search.Conditions.AsEnumerable());
        Assert.Equal(
            [(0, "prefix", "path starts with '/other'", false), (1, "headers[1]", "header 'x-b' equals 'one'", true)],
            search.Misses.Select(static miss => (miss.Place, miss.Field, miss.Asks, miss.PathFits))
        );
    }

    [Fact]
    public void Of_several_conditions_the_first_in_Envoys_order_is_told_and_whether_the_path_would_fit()
    {
        var search = Search("www.foo.com", "/z", random: 50);
        var miss = search.Misses[1];

        Assert.Equal((RouteSearchResult.NoRoute, -1, 3), (search.Result, search.Place, search.Misses.Length));
        Assert.Null(search.Route);
        Assert.Equal(("runtime_fraction", false), (miss.Field, miss.PathFits));
        Assert.Equal("runtime_fraction (50 of 100, key 'key') left it out", miss.Asks);
    }

    [Fact]
    public void Everything_that_a_match_asks_for()
    {
        Assert.Equal(
            ["path starts with '/a'", "header 'x-a' is present", "header 'x-b' equals 'one'", "runtime_fraction 50 of 100 (runtime key 'key')"],
            Search("www.foo.com", "/a", ("x-a", "1"), ("x-b", "one")).Conditions.AsEnumerable()
        );
    }

    [Theory]
    [InlineData("foo.com", "'*.foo.com' does not stand for 'foo.com' itself: its * takes at least one character")]
    [InlineData("foo.org", "'foo.org:8080' has a port and the host has none")]
    [InlineData("bar.org:80", "without its port it would fit 'bar.org'; ignore_port_in_host_matching is not set")]
    [InlineData("elsewhere", null)]
    public void Where_no_domain_fits_the_usual_traps_are_pointed_out(string host, string? hint)
    {
        var search = Search(host, "/");

        Assert.Equal(RouteSearchResult.NoVirtualHost, search.Result);
        Assert.Equal(hint is null ? [] : [hint], search.Hints.AsEnumerable());
    }

    [Fact]
    public void TLS_that_is_missing_or_unknown()
    {
        Assert.Equal(RouteSearchResult.TlsRequired, Search("tls.org", "/", ("x-forwarded-proto", "http")).Result);
        Assert.Equal(RouteSearchResult.TlsUnknown, Search("tls.org", "/").Result);
        Assert.Equal(RouteSearchResult.Found, Search("tls.org", "/", ("x-forwarded-proto", "https")).Result);
    }

    [Fact]
    public void A_probe_finds_what_a_proxy_finds_and_changes_what_it_changes()
    {
        var action = Snapshots.To("svc") with { PrefixRewrite = "/v2", HostRewriteLiteral = "inner" };
        var probe = new RouteProbe(new RouteTable("t", [Snapshots.Host("*", Snapshots.Prefix("/a", action, "first"))]));
        probe.Request.Add(":authority", "outer");
        probe.Request.Add(":path", "/a/b?c");
        probe.Find(RuntimeSnapshot.Empty, 0);
        probe.Finish();

        Assert.Equal(("first", "svc", ""), (probe.Route!.Name, probe.Cluster, probe.Location()));
        Assert.Equal(
            [":authority: inner", ":path: /v2/b?c", "x-envoy-original-host: outer", "x-envoy-original-path: /a/b?c"],
            probe.Request.ToString().TrimEnd().Split('\n')
        );
    }

    private static RouteSearch Search(string host, string path, params (string Name, string Value)[] headers) => Search(host, path, 0, headers);

    private static RouteSearch Search(string host, string path, ulong random, params (string Name, string Value)[] headers)
    {
        var probe = new RouteProbe(Table);
        probe.Request.Add(":authority", host);
        probe.Request.Add(":path", path);
        foreach (var (name, value) in headers)
        {
            probe.Request.Add(name, value);
        }

        return probe.Search(RuntimeSnapshot.Empty, random);
    }
}
