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

    [Theory]
    [InlineData("foo.com:9090", "exact")]
    [InlineData("a.foo.com:1", "suffix")]
    [InlineData("other:1", "star")]
    [InlineData("foo.com", "exact")]
    public void The_port_can_be_left_out_of_the_comparison(string host, string expected)
    {
        var table = new RouteTable("t", Table.VirtualHosts) { IgnorePortInHostMatching = true };

        Assert.Equal(expected, Find(table, host, "/").VirtualHost?.Name);
    }

    /// <summary>More prefixes of one path than are followed at once; the odd ones also want a header, so that the first that matches is far down.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    public void Routes_are_tried_in_list_order_however_many_prefixes_of_a_path_there_are(int depth)
    {
        var path = "/" + new string('a', depth);
        Route[] routes =
        [
            .. Enumerable.Range(0, depth).Select(i => Wanting("x-a", PathMatcher.Of(PathSpecifier.Prefix, path[..^i]), $"{i}")),
            Wanting("x-b", PathMatcher.Of(PathSpecifier.Path, path), "exact"),
            Wanting("x-c", PathMatcher.Of(Snapshots.Regex("/a*")), "regex"),
            Snapshots.Prefix("/", Snapshots.To("c"), "rest"),
        ];
        var table = new RouteTable("t", [Snapshots.Host("*", routes)]);

        Assert.Equal("0", Named(path, "x-a"));
        Assert.Equal($"{depth - 3}", Named("/aaa", "x-a"));
        Assert.Equal("exact", Named(path, "x-b"));
        Assert.Equal("regex", Named(path, "x-c"));
        Assert.Equal("rest", Named(path, "x-d"));
        Assert.Equal("rest", Named("/b", "x-a"));

        string? Named(string of, string header)
        {
            var request = Request("host", of);
            request.Add(header, "1");
            return table.Find(request, 0, RuntimeSnapshot.Empty, null).Route?.Name;
        }

        static Route Wanting(string header, PathMatcher path, string name) =>
            new()
            {
                Name = name,
                Match = new RouteMatch(path) { Headers = Chains.Header(header, "1") },
                Action = Snapshots.To("c"),
            };
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
