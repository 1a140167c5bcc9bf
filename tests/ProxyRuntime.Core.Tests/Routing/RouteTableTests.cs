namespace MeshSim.ProxyRuntime.Core.Tests;

public class RouteTableTests
{
    private static readonly RouteTable Table = new(
        "t",
        [
            Host("star", "*"),
            Host("exact", "foo.com"),
            Host("port", "foo.com:8080"),
            Host("suffix", "*.foo.com"),
            Host("longer", "*.bar.foo.com"),
            Host("prefix", "foo.*"),
            Host("longPrefix", "foo.bar.*"),
        ]
    );

    /// <summary>Exact, longest suffix wildcard, longest prefix wildcard, star; the port is part of the name; a wildcard stands for something.</summary>
    [Theory]
    [InlineData("foo.com", "exact")]
    [InlineData("FOO.COM", "exact")]
    [InlineData("foo.com:8080", "port")]
    [InlineData("foo.com:9090", "prefix")]
    [InlineData("a.foo.com", "suffix")]
    [InlineData("a.bar.foo.com", "longer")]
    [InlineData("bar.foo.com", "suffix")]
    [InlineData(".foo.com", "star")]
    [InlineData("foo.org", "prefix")]
    [InlineData("foo.bar.org", "longPrefix")]
    [InlineData("other", "star")]
    public void The_virtual_host_is_chosen_in_order_of_specificity(string host, string expected)
    {
        Assert.Equal(expected, Find(Table, host, "/").VirtualHost?.Name);
    }

    [Fact]
    public void There_is_no_falling_through_to_another_virtual_host()
    {
        var table = new RouteTable(
            "t",
            [
                Host("star", "*"),
                new VirtualHost
                {
                    Name = "narrow",
                    Domains = ["a"],
                    Routes = [Route("/only")],
                },
            ]
        );

        Assert.Null(Find(table, "a", "/other").Route);
        Assert.NotNull(Find(table, "a", "/only/this").Route);
    }

    /// <summary>By every kind of domain, host names in either case, few routes and many, with headers, query parameters and regular expressions.</summary>
    [Fact]
    public void Finding_a_route_allocates_nothing()
    {
        Route[] routes =
        [
            Route("/x"),
            Matching(new RouteMatch(PathMatcher.Of(Snapshots.Regex("/[^/]+/b/c"))) { Headers = [HeaderMatcher.OfPresence("x-none")] }),
            Matching(new RouteMatch(PathSpecifier.Prefix, "/a") { Headers = [HeaderMatcher.OfText("x-a", StringMatcher.Of(Snapshots.Regex("[b-z]+")))] }),
            Matching(new RouteMatch(PathSpecifier.Prefix, "/a") { QueryParameters = [new QueryParameterMatcher("q", null, Present: false)] }),
            Matching(new RouteMatch(PathMatcher.Of(Snapshots.Regex("/a/.*/c"))) { Headers = [HeaderMatcher.OfRange("x-n", 0, 10)] }),
        ];
        Route[] many = [.. Enumerable.Range(0, 30).Select(static i => Route($"/{i}")), .. routes];
        var table = new RouteTable("t", [Snapshots.Host("*.a.com", routes), Snapshots.Host("a.*", many), Snapshots.Host("a.com", many)]);
        HeaderMap[] requests = [.. new[] { "b.a.com", "A.org", "a.com" }.Select(static host => Request(host, "/a/b/c?q=1", ("x-a", "a"), ("x-n", "7")))];
        Assert.All(requests, request => Assert.Same(routes[^1], table.Find(request, 0, RuntimeSnapshot.Empty, null).Route));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _ = table.Find(requests[i % requests.Length], 0, RuntimeSnapshot.Empty, null);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Route Matching(RouteMatch match) => Route("/") with { Match = match };

    private static RouteSelection Find(RouteTable table, string host, string path) => table.Find(Request(host, path), 0, RuntimeSnapshot.Empty, null);

    private static VirtualHost Host(string name, string domain) =>
        new()
        {
            Name = name,
            Domains = [domain],
            Routes = [Route("/")],
        };

    private static Route Route(string prefix) => Snapshots.Prefix(prefix, new RouteAction { Cluster = "c" });

    private static HeaderMap Request(string host, string path, params (string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        map.Add(":authority", host);
        map.Add(":path", path);
        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        return map;
    }
}
