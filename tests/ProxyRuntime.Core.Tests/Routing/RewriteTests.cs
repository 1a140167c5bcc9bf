namespace MeshSim.ProxyRuntime.Core.Tests;

public class RewriteTests
{
    [Theory]
    [InlineData("/a", "/", "/a/b?q=1", "//b?q=1")]
    [InlineData("/a/", "/", "/a/b", "/b")]
    [InlineData("/a", "/x", "/abc", "/xbc")]
    [InlineData("/a", "/x", "/a", "/x")]
    [InlineData("", "/x", "/a", "/x/a")]
    public void A_prefix_rewrite_replaces_the_matched_prefix(string prefix, string rewrite, string path, string expected) =>
        Assert.Equal(expected, Path(new RouteMatch(PathSpecifier.Prefix, prefix), new RouteAction { Cluster = "svc", PrefixRewrite = rewrite }, path));

    [Fact]
    public void A_prefix_is_cut_by_its_length_in_whatever_case_it_came() =>
        Assert.Equal(
            "/x/Y",
            Path(new RouteMatch(PathSpecifier.Prefix, "/abc", caseSensitive: false), new RouteAction { Cluster = "svc", PrefixRewrite = "/x" }, "/ABC/Y")
        );

    [Fact]
    public void A_separated_prefix_and_a_path_are_replaced_and_the_query_stays()
    {
        var action = new RouteAction { Cluster = "svc", PrefixRewrite = "/new" };

        Assert.Equal("/new/b?q", Path(new RouteMatch(PathSpecifier.PathSeparatedPrefix, "/a"), action, "/a/b?q"));
        Assert.Equal("/new?q", Path(new RouteMatch(PathSpecifier.Path, "/a/b"), action, "/a/b?q"));
    }

    [Fact]
    public void Where_a_regular_expression_matched_a_prefix_rewrite_replaces_the_whole_path() =>
        Assert.Equal(
            "/new?q=1",
            Path(new RouteMatch(PathMatcher.Of(Snapshots.Regex("/a.*"))), new RouteAction { Cluster = "svc", PrefixRewrite = "/new" }, "/a/b/c?q=1")
        );

    [Fact]
    public void Path_parameters_that_matching_ignored_stay_behind_the_rewritten_path()
    {
        var hosts = Snapshots.Host("*", Route(new RouteMatch(PathSpecifier.Path, "/a"), new RouteAction { Cluster = "svc", PrefixRewrite = "/new" }));
        var proxy = new WorkerHarness(
            Snapshots.Proxy(
                [hosts],
                [Snapshots.Cluster("svc", 1)],
                manager => manager with { RouteTable = new RouteTable("t", [hosts]) { IgnorePathParameters = true } }
            )
        );

        Assert.Equal("/new;v=1?q", proxy.Ask("/a;v=1?q").Sent(":path"));
    }

    [Fact]
    public void A_regex_rewrite_may_refer_to_groups() =>
        Assert.Equal(
            "/v2/users/7?x",
            Path(
                new RouteMatch(PathSpecifier.Prefix, "/"),
                new RouteAction { Cluster = "svc", RegexRewrite = Snapshots.Rewrite("^/users/(\\d+)/(v\\d)$", "/\\2/users/\\1") },
                "/users/7/v2?x"
            )
        );

    [Fact]
    public void A_template_rewrite_uses_the_variables_of_the_match()
    {
        var match = UriTemplate.TryParse("/{lang}/{page}", out _)!;
        var action = new RouteAction { Cluster = "svc", TemplateRewrite = UriTemplateRewrite.TryParse("/{page}/in/{lang}", match, out _) };

        Assert.Equal("/home/in/de?q", Path(new RouteMatch(PathMatcher.Of(match)), action, "/de/home?q"));
    }

    [Theory]
    [InlineData("a", "Invalid rewrite variable placement")]
    [InlineData("//a", "Invalid rewrite literal")]
    [InlineData("/a b", "Invalid rewrite literal pattern")]
    [InlineData("/{x", "Unmatched variable bracket")]
    [InlineData("/{1}", "Invalid variable name")]
    [InlineData("/{y}", "mismatch between variables in path_match_policy /{x} and path_rewrite_policy /{y}")]
    public void A_template_rewrite_that_makes_no_sense_is_named(string rewrite, string error)
    {
        Assert.Null(UriTemplateRewrite.TryParse(rewrite, UriTemplate.TryParse("/{x}", out _)!, out var said));
        Assert.Equal(error, said);
    }

    [Fact]
    public void The_old_path_is_kept_with_its_query_unless_Envoys_headers_are_suppressed()
    {
        var action = new RouteAction { Cluster = "svc", PrefixRewrite = "/x" };

        Assert.Equal("/a?q", Ask(new RouteMatch(PathSpecifier.Prefix, "/a"), action, "/a?q").Sent("x-envoy-original-path"));
        Assert.Null(Ask(new RouteMatch(PathSpecifier.Prefix, "/a"), new RouteAction { Cluster = "svc" }, "/a?q").Sent("x-envoy-original-path"));
        Assert.Null(
            new WorkerHarness(Snapshots.Proxy(action, change: manager => manager.With(new RouterSettings { SuppressEnvoyHeaders = true })))
                .Ask("/a")
                .Sent("x-envoy-original-path")
        );
    }

    [Theory]
    [InlineData("/new/%REQ(x-part)%", "/new/7?q=1")]
    [InlineData("%REQ(x-none)%", "/a?q=1")]
    public void A_format_makes_the_whole_path_unless_it_comes_out_empty(string format, string expected)
    {
        var exchange = Ask(new RouteAction { Cluster = "svc", PathRewriteFormat = Snapshots.Format(format) }, "/a?q=1", ("x-part", "7"));

        Assert.Equal(expected, exchange.Sent(":path"));
    }

    // The host.

    [Fact]
    public void A_literal_host_wins_over_a_header_and_a_header_over_a_regular_expression()
    {
        var all = new RouteAction
        {
            Cluster = "svc",
            HostRewriteLiteral = "literal",
            HostRewriteHeader = HeaderName.Of("x-host"),
            HostRewritePathRegex = Snapshots.Rewrite("^/(.*)$", "\\1.example"),
        };

        Assert.Equal("literal", Ask(all, "/p", ("x-host", "header")).Sent(":authority"));
        Assert.Equal("header", Ask(all with { HostRewriteLiteral = "" }, "/p", ("x-host", "header")).Sent(":authority"));
        Assert.Equal("p.example", Ask(all with { HostRewriteLiteral = "", HostRewriteHeader = null }, "/p?q").Sent(":authority"));
    }

    [Fact]
    public void A_host_can_be_a_format_and_one_that_comes_out_empty_changes_nothing()
    {
        var action = new RouteAction { Cluster = "svc", HostRewriteFormat = Snapshots.Format("%REQ(x-tenant?x-none)%") };

        Assert.Equal(
            "a.example",
            Ask(action with { HostRewriteFormat = Snapshots.Format("%REQ(x-tenant)%.example") }, "/", ("x-tenant", "a")).Sent(":authority")
        );
        Assert.Equal("b", Ask(action, "/", ("x-tenant", "b")).Sent(":authority"));
        Assert.Equal("svc.local", Ask(action, "/").Sent(":authority"));
    }

    [Fact]
    public void An_absent_header_leaves_the_host_alone()
    {
        var action = new RouteAction { Cluster = "svc", HostRewriteHeader = HeaderName.Of("x-host") };
        var exchange = Ask(action, "/");

        Assert.Equal("svc.local", exchange.Sent(":authority"));
        Assert.Null(exchange.Sent("x-envoy-original-host"));
    }

    [Fact]
    public void The_old_host_is_kept_and_joined_to_the_forwarded_hosts_unless_it_stands_last_there()
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            HostRewriteLiteral = "new",
            AppendForwardedHost = true,
        };

        Assert.Equal("svc.local", Ask(action, "/").Sent("x-envoy-original-host"));
        Assert.Equal("svc.local", Ask(action, "/").Sent("x-forwarded-host"));
        Assert.Equal("a,svc.local", Ask(action, "/", ("x-forwarded-host", "a")).Sent("x-forwarded-host"));
        Assert.Equal("a, svc.local", Ask(action, "/", ("x-forwarded-host", "a, svc.local")).Sent("x-forwarded-host"));
        Assert.Null(Ask(action with { AppendForwardedHost = false }, "/").Sent("x-forwarded-host"));
    }

    [Fact]
    public void The_hosts_own_name_is_written_when_the_connection_is_there()
    {
        var cluster = Snapshots.Cluster("svc", 1);
        var named = cluster with { Endpoints = [cluster.Endpoints[0] with { Hostname = "backend.example" }] };
        var action = new RouteAction { Cluster = "svc", AutoHostRewrite = true };

        var exchange = new WorkerHarness(Snapshots.Proxy(action, named)).Ask();
        Assert.Equal("backend.example", exchange.Sent(":authority"));
        Assert.Equal("svc.local", exchange.Sent("x-envoy-original-host"));
        Assert.Equal("svc.local", new WorkerHarness(Snapshots.Proxy(action, cluster)).Ask().Sent(":authority"));
    }

    private static string? Path(RouteMatch match, RouteAction action, string path) => Ask(match, action, path).Sent(":path");

    private static Exchange Ask(RouteAction action, string path, params (string Name, string Value)[] headers) =>
        new WorkerHarness(Snapshots.Proxy(action)).Ask(path, headers);

    private static Exchange Ask(RouteMatch match, RouteAction action, string path) =>
        new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", Route(match, action))], [Snapshots.Cluster("svc", 1)])).Ask(path);

    private static Route Route(RouteMatch match, RouteAction action) => new() { Match = match, Action = action };
}
