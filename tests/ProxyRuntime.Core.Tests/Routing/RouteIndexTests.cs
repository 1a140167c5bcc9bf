namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Routes are passed over by the begin of their path, and conditions that are the same are tested by one object: neither may change what is found.</summary>
public class RouteIndexTests
{
    [Theory]
    [InlineData("/abcdefgh/", "regex")]
    [InlineData("/abcdefg", "short")]
    [InlineData("/abcdef", "shorter")]
    [InlineData("/ABCDEFGH", "any case")]
    [InlineData("/abcdefgX", "shorter")]
    [InlineData("/", "rest")]
    [InlineData("", null)]
    public void The_first_bytes_of_a_path_pass_over_no_route_that_matches(string path, string? expected)
    {
        Route[] routes =
        [
            Route("longer than any", new RouteMatch(PathSpecifier.Prefix, "/abcdefgh/i")),
            Route("regex", new RouteMatch(PathMatcher.Of(Snapshots.Regex("/abcdefgh.+")))),
            Route("short", new RouteMatch(PathSpecifier.Path, "/abcdefg")),
            Route("shorter", new RouteMatch(PathSpecifier.Prefix, "/abcde")),
            Route("any case", new RouteMatch(PathSpecifier.Prefix, "/abcdefgh", caseSensitive: false)),
            Route("connect", new RouteMatch(PathMatcher.OfConnect())),
            Route("rest", new RouteMatch(PathSpecifier.Prefix, "/")),
        ];

        Assert.Equal(expected, Find(routes, (":path", path)));
    }

    [Fact]
    public void Matchers_that_are_the_same_but_for_one_thing_stay_apart()
    {
        static RouteMatch With(HeaderMatcher header) => new(PathSpecifier.Prefix, "/") { Headers = [header] };
        HeaderMatcher Text(StringMatch kind, bool ignoreCase = false) => HeaderMatcher.OfText("x", StringMatcher.Of(kind, "a", ignoreCase));

        Route[] routes =
        [
            Route("empty", With(HeaderMatcher.OfText("x", StringMatcher.Of(StringMatch.Exact, "")))),
            Route("other", With(HeaderMatcher.OfText("y", StringMatcher.Of(StringMatch.Exact, "a")))),
            Route("exact", With(Text(StringMatch.Exact))),
            Route("case", With(Text(StringMatch.Exact, ignoreCase: true))),
            Route("prefix", With(Text(StringMatch.Prefix))),
            Route("regex", With(HeaderMatcher.OfText("x", StringMatcher.Of(Snapshots.Regex("b"))))),
            Route("range", With(HeaderMatcher.OfRange("x", 1, 5))),
            Route("wider", With(HeaderMatcher.OfRange("x", 1, 50))),
            Route("not range", With(HeaderMatcher.OfRange("x", 1, 500).With(invert: true, treatMissingAsEmpty: false))),
            Route("any", With(HeaderMatcher.OfExactMatch("x", ""))),
            Route("as empty", With(HeaderMatcher.OfText("x", StringMatcher.Of(StringMatch.Exact, "")).With(invert: false, treatMissingAsEmpty: true))),
        ];

        List<string?> found = [.. new[] { "", "a", "A", "ab", "b", "3", "30", "300", "z" }.Select(value => Find(routes, (":path", "/"), ("x", value)))];

        Assert.Equal(["empty", "exact", "case", "prefix", "regex", "range", "wider", "any", "not range"], found);
        Assert.Equal("other", Find(routes, (":path", "/"), ("y", "a")));
        Assert.Equal("as empty", Find(routes, (":path", "/")));
    }

    [Fact]
    public void Virtual_hosts_share_what_their_routes_ask()
    {
        var pool = new MatcherPool();

        var path = pool.Shared(PathMatcher.Of(Snapshots.Regex("/a.*")));

        Assert.Same(path, pool.Shared(PathMatcher.Of(Snapshots.Regex("/a.*"))));
        Assert.NotSame(path, pool.Shared(PathMatcher.Of(PathSpecifier.Prefix, "/a.*")));
        Assert.NotSame(pool.Shared(PathMatcher.Of(PathSpecifier.Prefix, "/a")), pool.Shared(PathMatcher.Of(PathSpecifier.Prefix, "/a", caseSensitive: false)));
        Assert.Same(pool.Shared([HeaderMatcher.OfPresence("x")])[0], pool.Shared([HeaderMatcher.OfPresence("X")])[0]);
    }

    private static Route Route(string name, RouteMatch match) =>
        new()
        {
            Name = name,
            Match = match,
            Action = Snapshots.To("svc"),
        };

    private static string? Find(Route[] routes, params (string Name, string Value)[] headers)
    {
        var request = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            request.Add(name, value);
        }

        return new RouteIndex([.. routes], new MatcherPool()).Find(new RouteRequest(request, 0, RuntimeSnapshot.Empty, null))?.Name;
    }
}
