namespace MeshSim.ProxyRuntime.Core.Tests;

public class PathMatcherTests
{
    [Theory]
    [InlineData("/foo", "/foo", true)]
    [InlineData("/foo", "/foobar?x=1", true)]
    [InlineData("/foo", "/fo", false)]
    [InlineData("/foo", "/FOO", false)]
    [InlineData("/foo", "/?/foo", false)]
    [InlineData("", "/anything", true)]
    public void A_prefix_is_a_prefix_of_bytes(string prefix, string path, bool matches) =>
        Assert.Equal(matches, Matches(PathMatcher.Of(PathSpecifier.Prefix, prefix), path));

    [Theory]
    [InlineData("/Exact", true)]
    [InlineData("/exact?q=1", true)]
    [InlineData("/exact#f", true)]
    [InlineData("/exact/", false)]
    [InlineData("/exac", false)]
    public void A_path_is_compared_whole_without_its_query(string path, bool matches) =>
        Assert.Equal(matches, Matches(PathMatcher.Of(PathSpecifier.Path, "/eXact", caseSensitive: false), path));

    [Theory]
    [InlineData("/api", true)]
    [InlineData("/api/", true)]
    [InlineData("/api/v1?x", true)]
    [InlineData("/api?x=/", true)]
    [InlineData("/apis", false)]
    [InlineData("/API", false)]
    public void A_separated_prefix_ends_at_a_slash_or_the_end(string path, bool matches) =>
        Assert.Equal(matches, Matches(PathMatcher.Of(PathSpecifier.PathSeparatedPrefix, "/api"), path));

    [Theory]
    [InlineData(PathSpecifier.Prefix, "/FOObar")]
    [InlineData(PathSpecifier.Path, "/FOO")]
    [InlineData(PathSpecifier.PathSeparatedPrefix, "/foO/x")]
    public void Case_can_be_ignored(PathSpecifier specifier, string path)
    {
        Assert.True(Matches(PathMatcher.Of(specifier, "/Foo", caseSensitive: false), path));
        Assert.False(Matches(PathMatcher.Of(specifier, "/Foo"), path));
    }

    [Theory]
    [InlineData("/v[0-9]+", "/v12?x", true)]
    [InlineData("/v[0-9]+", "/v12/x", false)]
    [InlineData("/v[0-9]+", "/x/v12", false)]
    [InlineData(".*", "/anything", true)]
    public void A_regular_expression_covers_the_whole_path_without_its_query(string pattern, string path, bool matches) =>
        Assert.Equal(matches, Matches(PathMatcher.Of(Snapshots.Regex(pattern)), path));

    [Theory]
    [InlineData("/a/{x}/*", "/a/1/2", true)]
    [InlineData("/a/{x}/*", "/a/1/2/3", false)]
    [InlineData("/a/{x}/*", "/a//2", false)]
    [InlineData("/a/**", "/a/1/2/3?q", true)]
    [InlineData("/a/{rest=**}", "/a/b/c", true)]
    [InlineData("/a/{x=*}/b", "/a/q/b", true)]
    [InlineData("/a/{x=*}/b", "/a/q/c", false)]
    [InlineData("/{x=a/*}/b", "/a/1/b", true)]
    [InlineData("/{x=a/*}/b", "/a1/b", false)]
    [InlineData("/{x}.txt", "/a.txt", true)]
    [InlineData("/{x}.txt", "/a-txt", false)]
    [InlineData("/a_b/{x_y}", "/a_b/1", true)]
    [InlineData("/a_b/{x_y}", "/a-b/1", false)]
    [InlineData("/{a}/{b}/{c}/{d}/{e}", "/1/2/3/4/5", true)]
    [InlineData("/{abcdefghijklmnop}", "/1", true)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    public void A_template_is_matched_segment_by_segment(string template, string path, bool matches) =>
        Assert.Equal(matches, Matches(PathMatcher.Of(Template(template)), path));

    [Theory]
    [InlineData("", "Invalid pattern: \"\"")]
    [InlineData("a/b", "Invalid pattern: \"a/b\"")]
    [InlineData("/a/{x", "Unmatched variable bracket in \"{x\"")]
    [InlineData("/{1x}", "Invalid variable name: \"1x\"")]
    [InlineData("/{x}/{x}", "Repeated variable name: \"x\"")]
    [InlineData("/**/*", "Glob after text glob.")]
    [InlineData("/**/{x}", "Implicit variable path glob after text glob.")]
    [InlineData("/{x=}", "Empty variable match")]
    [InlineData("/{x}a/b", "Prefix match not supported.")]
    [InlineData("/a^b", "Invalid literal: \"a^b\"")]
    [InlineData("/{x=a^}", "Invalid literal: \"a^\"")]
    [InlineData("/{x=*b}", "Invalid variable match: \"b\"")]
    [InlineData("/{x=a/}", "Invalid variable match: \"/\"")]
    [InlineData("/{a}/{b}/{c}/{d}/{e}/{f}", "Exceeded variable count limit (5)")]
    [InlineData("/{abcdefghijklmnopq}", "Invalid variable name length (length of \"abcdefghijklmnopq\" should be at least 1 and no more than 16)")]
    public void A_template_that_makes_no_sense_is_named(string template, string error)
    {
        Assert.Null(UriTemplate.TryParse(template, out var said));
        Assert.Equal(error, said);
    }

    [Fact]
    public void Connect_matches_the_method_and_nothing_else_matches_a_request_without_path()
    {
        var connect = new HeaderMap();
        connect.Add(":method", "CONNECT");
        connect.Add(":authority", "a:443");
        var request = new RouteRequest(connect, 0, RuntimeSnapshot.Empty, null);

        Assert.True(PathMatcher.OfConnect().Matches(request));
        Assert.False(PathMatcher.Of(PathSpecifier.Prefix, "").Matches(request));
        Assert.False(PathMatcher.Of(PathSpecifier.Path, "").Matches(request));
        Assert.False(PathMatcher.Of(PathSpecifier.PathSeparatedPrefix, "").Matches(request));
        Assert.False(PathMatcher.Of(Snapshots.Regex(".*")).Matches(request));
        Assert.False(Matches(PathMatcher.OfConnect(), "/"));
    }

    [Fact]
    public void Connect_matches_an_upgrade_to_connect_udp_too()
    {
        var head = new HeaderMap();
        head.Add(":method", "GET");
        head.Add(":path", "/masque");
        head.Add("upgrade", "Connect-UDP");

        Assert.True(PathMatcher.OfConnect().Matches(new RouteRequest(head, 0, RuntimeSnapshot.Empty, null)));
    }

    [Theory]
    [InlineData(PathSpecifier.Prefix, "path starts with '/x' (ignoring case)")]
    [InlineData(PathSpecifier.Path, "path equals '/x' (ignoring case)")]
    [InlineData(PathSpecifier.PathSeparatedPrefix, "path equals '/x' or starts with '/x/' (ignoring case)")]
    public void It_says_what_it_tests(PathSpecifier specifier, string text) =>
        Assert.Equal(text, PathMatcher.Of(specifier, "/x", caseSensitive: false).ToString());

    [Fact]
    public void So_do_the_others()
    {
        Assert.Equal("path matches the regular expression '/x+'", PathMatcher.Of(Snapshots.Regex("/x+")).ToString());
        Assert.Equal("path fits the template '/{x}'", PathMatcher.Of(Template("/{x}")).ToString());
        Assert.Equal("method is CONNECT", PathMatcher.OfConnect().ToString());
    }

    private static UriTemplate Template(string text) => UriTemplate.TryParse(text, out _) ?? throw new ArgumentException(text, nameof(text));

    private static bool Matches(PathMatcher matcher, string path)
    {
        var head = new HeaderMap();
        head.Add(":method", "GET");
        head.Add(":path", path);
        return matcher.Matches(new RouteRequest(head, 0, RuntimeSnapshot.Empty, null));
    }
}
