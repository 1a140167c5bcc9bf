namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What others who build Envoy anew often get wrong about routing, each point by a whole request.</summary>
public class RoutingSemanticsTests
{
    /// <summary>Each matcher would fit the value <c>v</c>, and what is asked for is that it does not.</summary>
    [Fact]
    public void A_missing_header_never_fits_an_inverted_matcher_but_one_of_presence_or_one_that_counts_it_as_empty()
    {
        HeaderMatcher[] ofValues =
        [
            HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Exact, "v")),
            HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Prefix, "v")),
            HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Suffix, "v")),
            HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Contains, "v")),
            HeaderMatcher.OfText("x-a", StringMatcher.Of(Snapshots.Regex("v+"))),
            HeaderMatcher.OfRange("x-a", 1, 9),
        ];
        foreach (var matcher in ofValues)
        {
            Assert.Equal("rest", RouteOf(matcher.With(invert: true, treatMissingAsEmpty: false)));
            Assert.Equal("inverted", RouteOf(matcher.With(invert: true, treatMissingAsEmpty: false), ("x-a", "other")));
            Assert.Equal("inverted", RouteOf(matcher.With(invert: true, treatMissingAsEmpty: true)));
        }

        Assert.Equal("inverted", RouteOf(HeaderMatcher.OfPresence("x-a").With(invert: true, treatMissingAsEmpty: false)));
        Assert.Equal("rest", RouteOf(HeaderMatcher.OfPresence("x-a").With(invert: true, treatMissingAsEmpty: false), ("x-a", "")));
    }

    /// <summary>Exact, longest suffix wildcard, longest prefix wildcard, star; the port is part of the name; a wildcard stands for something.</summary>
    [Theory]
    [InlineData("foo.com", "foo.com")]
    [InlineData("FOO.COM", "foo.com")]
    [InlineData("foo.com:8080", "foo.com:8080")]
    [InlineData("foo.com:9090", "foo.*")]
    [InlineData("a.foo.com", "*.foo.com")]
    [InlineData("a.foo.com:80", "*")]
    [InlineData("a.bar.foo.com", "*.bar.foo.com")]
    [InlineData("bar.foo.com", "*.foo.com")]
    [InlineData("foo.bar.foo.com", "*.bar.foo.com")]
    [InlineData(".foo.com", "*")]
    [InlineData("foo.org", "foo.*")]
    [InlineData("foo.bar.org", "foo.bar.*")]
    [InlineData("other", "*")]
    public void The_virtual_host_is_exact_before_suffix_before_prefix_before_star_and_the_port_is_part_of_the_name(string host, string domain)
    {
        string[] domains = ["*", "foo.com", "foo.com:8080", "*.foo.com", "*.bar.foo.com", "foo.*", "foo.bar.*"];
        var hosts = domains.Select(static name => Snapshots.Host(name, Snapshots.Prefix("/", Snapshots.To("svc"), name)));

        Assert.Equal(domain, new WorkerHarness(Snapshots.Proxy([.. hosts], [Snapshots.Cluster("svc", 1)])).Ask("/", (":authority", host)).Route);
    }

    [Fact]
    public void There_is_no_falling_through_to_another_virtual_host()
    {
        var star = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc"), "star"));
        var narrow = Snapshots.Host("a", Snapshots.Prefix("/only", Snapshots.To("svc"), "narrow"));
        var proxy = new WorkerHarness(Snapshots.Proxy([star, narrow], [Snapshots.Cluster("svc", 1)]));

        Assert.Equal("narrow", proxy.Ask("/only/this", (":authority", "a")).Route);
        Assert.Equal("star", proxy.Ask("/other", (":authority", "b")).Route);
        Assert.Equal("404 NR route_not_found attempts=0", proxy.Ask("/other", (":authority", "a")).Log.ToString());
    }

    [Theory]
    [InlineData("/v12", "regex")]
    [InlineData("/v12?x=/", "regex")]
    [InlineData("/v12/x", "rest")]
    [InlineData("/x/v12", "rest")]
    [InlineData("/foo", "prefix")]
    [InlineData("/foobar", "prefix")]
    [InlineData("/foo?x", "prefix")]
    [InlineData("/fo", "rest")]
    [InlineData("/FOO", "rest")]
    [InlineData("/?/foo", "rest")]
    public void A_regular_expression_covers_the_whole_path_without_its_query_and_a_prefix_is_one_of_bytes(string path, string route)
    {
        var regex = new Route
        {
            Name = "regex",
            Match = new RouteMatch(PathMatcher.Of(Snapshots.Regex("/v[0-9]+"))),
            Action = Snapshots.To("svc"),
        };

        Assert.Equal(route, Proxy(regex, Snapshots.Prefix("/foo", Snapshots.To("svc"), "prefix")).Ask(path).Route);
    }

    [Fact]
    public void A_prefix_without_a_last_slash_that_is_rewritten_to_a_slash_leaves_two_of_them()
    {
        var root = new RouteAction { Cluster = "svc", PrefixRewrite = "/" };

        Assert.Equal("//b?q=1", Proxy(Snapshots.Prefix("/a", root)).Ask("/a/b?q=1").Sent(":path"));
        Assert.Equal("/b?q=1", Proxy(Snapshots.Prefix("/a/", root)).Ask("/a/b?q=1").Sent(":path"));
    }

    [Theory]
    [InlineData("/a/b/a?q=/a", "/x/b/x?q=/a")]
    [InlineData("/b", "/b")]
    public void A_regex_rewrite_replaces_every_match_in_the_path_and_keeps_the_query(string path, string expected)
    {
        var action = new RouteAction { Cluster = "svc", RegexRewrite = Snapshots.Rewrite("/a", "/x") };

        Assert.Equal(expected, Proxy(Snapshots.Prefix("/", action)).Ask(path).Sent(":path"));
    }

    /// <summary>The first 30 of 100 fit the fraction; of them the first 10 go to <c>a</c>, the others to <c>b</c>, and the first 20 are mirrored. Nobody goes to <c>c</c>.</summary>
    [Fact]
    public void Fraction_weighted_cluster_and_mirror_go_by_the_same_number_of_the_request_and_retries_stay_with_the_cluster()
    {
        var action = new RouteAction
        {
            WeightedClusters = new WeightedClusters { Clusters = [Weight("a", 10), Weight("b", 20), Weight("c", 70)] },
            MirrorPolicies = [new MirrorPolicy { Cluster = "mirror", Fraction = new RuntimeFraction(new FractionalPercent(20)) }],
            RetryPolicy = Snapshots.Retry(RetryOn.FiveXx, retries: 2),
        };
        var part = new Route
        {
            Name = "part",
            Match = new RouteMatch(PathSpecifier.Prefix, "/") { Fraction = new RuntimeFraction(new FractionalPercent(30)) },
            Action = action,
        };
        string[] clusters = ["svc", "a", "b", "c", "mirror"];
        var proxy = Proxy([.. clusters.Select(static (name, i) => Snapshots.Cluster(name, 1, net: i))], part);
        var random = proxy.Random.Derive("stream");
        for (var i = 0; i < 100; i++)
        {
            var number = random.NextUInt64() % 100;
            var expected = number switch
            {
                < 10 => "a",
                < 30 => "b",
                _ => "svc",
            };
            var exchange = proxy.Ask([503, 503, 200]);

            Assert.Equal((expected, number < 30 ? 3 : 1), (exchange.Cluster, exchange.Log.Attempts));
            Assert.Equal(number < 20 ? 1 : 0, exchange.Lines.Count(static line => line.Contains(" for C-1/", StringComparison.Ordinal)));
            _ = number < 20 ? random.NextUInt64() : 0; // The copy draws a number of its own.
        }

        Assert.Equal(proxy.Stat("cluster.a.upstream_rq_total"), 3 * proxy.Stat("cluster.a.upstream_rq_completed"));
        Assert.Equal(proxy.Stat("cluster.b.upstream_rq_total"), 3 * proxy.Stat("cluster.b.upstream_rq_completed"));
        Assert.True(proxy.Stat("cluster.a.upstream_rq_total") > 0 && proxy.Stat("cluster.b.upstream_rq_total") > 0);
        Assert.Equal(0, proxy.Stat("cluster.c.upstream_rq_total"));
    }

    /// <summary>What share of the requests is mirrored goes by the request's own number, as a test above shows.</summary>
    [Fact]
    public void A_mirror_copies_the_first_attempt_only_under_a_host_with_a_suffix_is_not_retried_and_its_answer_goes_nowhere()
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            RetryPolicy = Snapshots.Retry(RetryOn.FiveXx),
            MirrorPolicies = [new MirrorPolicy { Cluster = "mirror" }],
        };
        var proxy = Proxy([Snapshots.Cluster("svc", 1), Snapshots.Cluster("mirror", 1, net: 1)], Snapshots.Prefix("/", action));
        Assert.Equal(["open U1 10.0.0.1:80", "open U2 10.0.1.1:80"], proxy.Get("/", (":authority", "svc.local:80")));
        proxy.Connected(1);
        Assert.Equal(["start A2 on U2 end for C-1/0"], proxy.Connected(2));
        Assert.Contains(":authority: svc.local-shadow:80\n", proxy.OwnRequestHead, StringComparison.Ordinal);

        Assert.Empty(proxy.Answer(2, 503));
        Assert.Equal(0, proxy.Stat("cluster.mirror.upstream_rq_retry"));
        Assert.Empty(proxy.Answer(1, 503));
        Assert.Equal(["start A3 on U1 end"], proxy.Wait(25));
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(3, 200));
        Assert.Equal(1, proxy.Stat("cluster.mirror.upstream_rq_total"));
    }

    private static WeightedCluster Weight(string name, uint weight) => new() { Name = name, Weight = weight };

    /// <summary>The route of a request with these headers, where one takes what fits the matcher and another the rest.</summary>
    private static string RouteOf(HeaderMatcher matcher, params (string Name, string Value)[] headers)
    {
        var inverted = new Route
        {
            Name = "inverted",
            Match = new RouteMatch(PathSpecifier.Prefix, "/") { Headers = [matcher] },
            Action = Snapshots.To("svc"),
        };
        return Proxy(inverted).Ask("/", headers).Route;
    }

    /// <summary>These routes, and one for what they leave.</summary>
    private static WorkerHarness Proxy(params Route[] routes) => Proxy([Snapshots.Cluster("svc", 1)], routes);

    private static WorkerHarness Proxy(ClusterSnapshot[] clusters, params Route[] routes) =>
        new(Snapshots.Proxy([Snapshots.Host("*", [.. routes, Snapshots.Prefix("/", Snapshots.To("svc"), "rest")])], [.. clusters]));
}
