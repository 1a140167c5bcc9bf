namespace MeshSim.ProxyRuntime.Core.Tests;

public class RouteMatchTests
{
    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpcx", false)]
    [InlineData("", false)]
    public void Grpc_goes_by_the_content_type(string contentType, bool matches) =>
        Assert.Equal(matches, Matches(Any(grpc: true), ("content-type", contentType)));

    // Header matchers.

    [Theory]
    [InlineData(StringMatch.Exact, "abc", "abc", true)]
    [InlineData(StringMatch.Exact, "abc", "abcd", false)]
    [InlineData(StringMatch.Exact, "abc", "ABC", false)]
    [InlineData(StringMatch.Prefix, "ab", "abc", true)]
    [InlineData(StringMatch.Prefix, "bc", "abc", false)]
    [InlineData(StringMatch.Suffix, "bc", "abc", true)]
    [InlineData(StringMatch.Suffix, "ab", "abc", false)]
    [InlineData(StringMatch.Contains, "b", "abc", true)]
    [InlineData(StringMatch.Contains, "x", "abc", false)]
    public void A_header_is_compared_as_text(StringMatch kind, string text, string value, bool matches)
    {
        Assert.Equal(matches, Fits(HeaderMatcher.OfText("X-A", StringMatcher.Of(kind, text)), ("x-a", value)));
        Assert.True(Fits(HeaderMatcher.OfText("x-a", StringMatcher.Of(kind, text, ignoreCase: true)), ("x-a", text.ToUpperInvariant())));
    }

    [Theory]
    [InlineData("a+", "aaa", true)]
    [InlineData("a+", "aaab", false)]
    [InlineData("", "", true)]
    public void A_regular_expression_covers_the_whole_value(string pattern, string value, bool matches) =>
        Assert.Equal(matches, Fits(HeaderMatcher.OfText("x-a", StringMatcher.Of(Snapshots.Regex(pattern))), ("x-a", value)));

    [Theory]
    [InlineData("-5", true)]
    [InlineData("0", true)]
    [InlineData("9", true)]
    [InlineData("10", false)]
    [InlineData("-6", false)]
    [InlineData("5x", false)]
    [InlineData("", false)]
    [InlineData("5.0", false)]
    public void A_range_is_of_whole_numbers_and_excludes_its_end(string value, bool matches) =>
        Assert.Equal(matches, Fits(HeaderMatcher.OfRange("x-a", -5, 10), ("x-a", value)));

    [Fact]
    public void The_deprecated_exact_match_with_an_empty_text_fits_every_value_of_a_present_header()
    {
        Assert.True(Fits(HeaderMatcher.OfExactMatch("x-a", ""), ("x-a", "whatever")));
        Assert.False(Fits(HeaderMatcher.OfExactMatch("x-a", "")));
        Assert.False(Fits(HeaderMatcher.OfExactMatch("x-a", "b"), ("x-a", "bb")));
        Assert.False(Fits(HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Exact, "")), ("x-a", "whatever")));
    }

    /// <summary>Rows: present_match, invert_match, treat_missing_header_as_empty; columns: header missing, header empty.</summary>
    [Theory]
    [InlineData(true, false, false, false, true)]
    [InlineData(true, true, false, true, false)]
    [InlineData(false, false, false, true, false)]
    [InlineData(false, true, false, false, true)]
    [InlineData(true, false, true, true, true)]
    [InlineData(true, true, true, false, false)]
    [InlineData(false, false, true, false, false)]
    [InlineData(false, true, true, true, true)]
    public void Presence_can_be_inverted_and_a_missing_header_counted_as_empty(bool present, bool invert, bool asEmpty, bool missing, bool empty)
    {
        var matcher = HeaderMatcher.OfPresence("x-a", present).With(invert, asEmpty);

        Assert.Equal(missing, Fits(matcher));
        Assert.Equal(empty, Fits(matcher, ("x-a", "")));
    }

    [Fact]
    public void A_missing_header_treated_as_empty_is_compared_with_the_empty_text_and_then_inverted()
    {
        var empty = HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Exact, ""));

        Assert.False(Fits(empty));
        Assert.True(Fits(Text("", invert: false, asEmpty: true)));
        Assert.False(Fits(Text("", invert: true, asEmpty: true)));
        Assert.True(Fits(Text("v", invert: true, asEmpty: true)));
    }

    [Fact]
    public void Several_lines_are_tested_one_by_one_and_one_line_with_a_comma_is_one_value()
    {
        var exact = HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Exact, "b"));

        Assert.True(Fits(exact, ("x-a", "a"), ("x-a", "b")));
        Assert.False(Fits(exact, ("x-a", "a,b")));
        Assert.False(Fits(Text("b", invert: true, asEmpty: false), ("x-a", "a"), ("x-a", "b")));
    }

    [Fact]
    public void Pseudo_headers_can_be_tested_the_path_with_its_query()
    {
        Assert.True(Fits(HeaderMatcher.OfText(":method", StringMatcher.Of(StringMatch.Exact, "GET"))));
        Assert.True(Fits(HeaderMatcher.OfPresence(":method")));
        Assert.True(Fits(HeaderMatcher.OfText(":path", StringMatcher.Of(StringMatch.Exact, "/p?q=1"))));
        Assert.True(Fits(HeaderMatcher.OfText("host", StringMatcher.Of(StringMatch.Exact, "svc.local"))));
    }

    [Fact]
    public void All_headers_must_fit()
    {
        var match = new RouteMatch(PathSpecifier.Prefix, "") { Headers = [HeaderMatcher.OfPresence("a"), HeaderMatcher.OfPresence("b")] };

        Assert.True(Matches(match, ("a", "1"), ("b", "1")));
        Assert.Equal(new RouteMismatch(RouteCondition.Headers, 1), Test(match, ("a", "1")));
    }

    // Query parameters and cookies.

    [Theory]
    [InlineData("/p?a=1&b=2", true)]
    [InlineData("/p?b=2&a=1", true)]
    [InlineData("/p?a=2&a=1", false)]
    [InlineData("/p?a", false)]
    [InlineData("/p?%61=1", false)]
    [InlineData("/p?a=%31", false)]
    [InlineData("/p?a=1#a=2", true)]
    [InlineData("/p", false)]
    public void The_first_value_of_a_query_parameter_counts_and_is_not_decoded(string path, bool matches) =>
        Assert.Equal(matches, MatchesPath(Query(new QueryParameterMatcher("a", StringMatcher.Of(StringMatch.Exact, "1"))), path));

    [Theory]
    [InlineData("/p?a", true, true)]
    [InlineData("/p?a=", true, true)]
    [InlineData("/p?ab=1", true, false)]
    [InlineData("/p", true, false)]
    [InlineData("/p?b=1", false, true)]
    [InlineData("/p?a=1", false, false)]
    public void A_query_parameter_may_have_to_be_there_or_not_to_be(string path, bool present, bool matches) =>
        Assert.Equal(matches, MatchesPath(Query(new QueryParameterMatcher("a", null, present)), path));

    [Theory]
    [InlineData("a=1; b=2", false, true)]
    [InlineData("b=2; a=\"1\"", false, true)]
    [InlineData("a=2; a=1", false, false)]
    [InlineData("b=2", false, false)]
    [InlineData("b=2", true, false)]
    [InlineData("a=3", true, true)]
    public void A_cookie_that_is_missing_never_fits(string cookie, bool invert, bool matches) =>
        Assert.Equal(
            matches,
            Matches(
                new RouteMatch(PathSpecifier.Prefix, "") { Cookies = [new CookieMatcher("a", StringMatcher.Of(StringMatch.Exact, "1"), invert)] },
                ("cookie", cookie)
            )
        );

    // Fractions.

    [Theory]
    [InlineData(25u, 100u, 24ul, true)]
    [InlineData(25u, 100u, 25ul, false)]
    [InlineData(25u, 100u, 124ul, true)]
    [InlineData(1u, 10_000u, 100ul, false)]
    [InlineData(1u, 1_000_000u, 1_000_000ul, true)]
    public void A_fraction_goes_by_the_random_number_modulo_its_denominator(uint numerator, uint denominator, ulong random, bool matches) =>
        Assert.Equal(matches, WithRandom(new RuntimeFraction(new FractionalPercent(numerator, denominator)), random, RuntimeSnapshot.Empty));

    [Fact]
    public void The_runtime_overrides_a_fraction_by_a_percent_a_number_or_more_than_a_hundred()
    {
        var fraction = new RuntimeFraction(FractionalPercent.Never, "key");
        RuntimeSnapshot Of(RuntimeValue value) => new([KeyValuePair.Create("key", value)]);

        Assert.True(WithRandom(fraction, 9_999, Of(new RuntimeValue("", Percent: new FractionalPercent(10_000, 10_000)))));
        Assert.True(WithRandom(fraction, 149, Of(new RuntimeValue("50", Integer: 50))));
        Assert.False(WithRandom(fraction, 150, Of(new RuntimeValue("50", Integer: 50))));
        Assert.True(WithRandom(fraction, 199, Of(new RuntimeValue("101", Integer: 101))));
        Assert.False(WithRandom(fraction, 0, Of(new RuntimeValue("text"))));
    }

    // The connection, and what filters said.

    [Theory]
    [InlineData(null, null, false, false, false, true)]
    [InlineData(true, null, false, false, false, false)]
    [InlineData(false, null, false, false, false, false)]
    [InlineData(true, null, true, true, false, true)]
    [InlineData(false, null, true, false, false, true)]
    [InlineData(true, true, true, true, false, false)]
    [InlineData(true, true, true, true, true, true)]
    [InlineData(null, false, true, true, false, true)]
    public void A_tls_context_is_of_the_clients_certificate(bool? presented, bool? validated, bool isTls, bool has, bool valid, bool matches)
    {
        var info = Info();
        info.Connection = Snapshots.Connection() with { IsTls = isTls, PeerCertificatePresented = has, PeerCertificateValidated = valid };
        var match = new RouteMatch(PathSpecifier.Prefix, "") { TlsContext = new TlsContextMatch(presented, validated) };

        Assert.Equal(matches, match.Test(Request(info, "/p")).Condition == RouteCondition.None);
    }

    [Fact]
    public void Metadata_of_filters_and_their_state_can_be_tested()
    {
        var info = Info();
        var metadata = new RouteMatch(PathSpecifier.Prefix, "")
        {
            DynamicMetadata = [new MetadataMatcher("f", ["a", "b"], new TextValueMatcher(StringMatcher.Of(StringMatch.Exact, "x")))],
        };
        var state = new RouteMatch(PathSpecifier.Prefix, "") { FilterState = [new FilterStateMatcher("k", StringMatcher.Of(StringMatch.Prefix, "v"))] };

        Assert.Equal(RouteCondition.DynamicMetadata, metadata.Test(Request(info, "/p")).Condition);
        Assert.Equal(RouteCondition.FilterState, state.Test(Request(info, "/p")).Condition);
        Assert.Equal(RouteCondition.DynamicMetadata, Test(metadata).Condition);
        Assert.Equal(RouteCondition.FilterState, Test(state).Condition);

        info.DynamicMetadata.Merge("f", Struct("a", Struct("b", MetadataValue.Of("x"))));
        info.FilterState.Set("k", "value");

        Assert.Equal(RouteCondition.None, metadata.Test(Request(info, "/p")).Condition);
        Assert.Equal(RouteCondition.None, state.Test(Request(info, "/p")).Condition);
    }

    [Fact]
    public void Values_of_metadata_are_compared_by_kind()
    {
        var number = MetadataValue.Of(3.5);
        var list = MetadataValue.Of([MetadataValue.Of(true), MetadataValue.Of("b")]);

        Assert.True(new DoubleMatcher(3.5).Matches(number));
        Assert.True(new DoubleMatcher(null, 3.5, 4).Matches(number));
        Assert.False(new DoubleMatcher(null, 3, 3.5).Matches(number));
        Assert.True(new ListMatcher(new BoolMatcher(true)).Matches(list));
        Assert.False(new ListMatcher(new BoolMatcher(false)).Matches(list));
        Assert.False(new ListMatcher(new BoolMatcher(true)).Matches(number));
        Assert.True(new OrMatcher([new NullMatcher(), new TextValueMatcher(StringMatcher.Of(StringMatch.Exact, "b"))]).Matches(MetadataValue.Of("b")));
        Assert.False(new OrMatcher([new NullMatcher()]).Matches(null));
        Assert.True(new NullMatcher().Matches(MetadataValue.Null));
        Assert.False(new NullMatcher().Matches(null));
        Assert.True(new PresenceMatcher(true).Matches(MetadataValue.Null));
        Assert.False(new PresenceMatcher(true).Matches(null));
        Assert.True(new MetadataMatcher("f", ["a"], new PresenceMatcher(true), Invert: true).Matches(MetadataMap.Empty));
    }

    [Fact]
    public void Conditions_are_tried_in_Envoys_order_and_the_first_that_fails_is_named()
    {
        var match = new RouteMatch(PathSpecifier.Prefix, "/other")
        {
            Fraction = RuntimeFraction.Never,
            Grpc = true,
            Headers = [HeaderMatcher.OfPresence("x-a")],
            QueryParameters = [new QueryParameterMatcher("z", null)],
            Cookies = [new CookieMatcher("c", StringMatcher.Of(StringMatch.Exact, "1"))],
            TlsContext = new TlsContextMatch(true, null),
            DynamicMetadata = [new MetadataMatcher("f", ["a"], new PresenceMatcher(true))],
            FilterState = [new FilterStateMatcher("k", StringMatcher.Of(StringMatch.Exact, "v"))],
        };
        var said = match.Describe(Test(match));

        Assert.Equal("runtime_fraction (0 of 100) left it out", said);
        Assert.Equal("it is no gRPC request", match.Describe(new RouteMismatch(RouteCondition.Grpc)));
        Assert.Equal("header 'x-a' is present", match.Describe(new RouteMismatch(RouteCondition.Headers)));
        Assert.Equal("query parameter 'z' is present", match.Describe(new RouteMismatch(RouteCondition.QueryParameters)));
        Assert.Equal("cookie 'c' equals '1'", match.Describe(new RouteMismatch(RouteCondition.Cookies)));
        Assert.Equal("client certificate: presented True, validated ", match.Describe(new RouteMismatch(RouteCondition.TlsContext)));
        Assert.Equal("metadata f:a is present", match.Describe(new RouteMismatch(RouteCondition.DynamicMetadata)));
        Assert.Equal("filter state 'k' equals 'v'", match.Describe(new RouteMismatch(RouteCondition.FilterState)));
        Assert.Equal("path starts with '/other'", match.Describe(new RouteMismatch(RouteCondition.Path)));
        Assert.Equal("", match.Describe(default));
    }

    private static RouteMatch Any(bool grpc) => new(PathSpecifier.Prefix, "") { Grpc = grpc };

    private static RouteMatch Query(QueryParameterMatcher matcher) => new(PathSpecifier.Prefix, "") { QueryParameters = [matcher] };

    private static HeaderMatcher Text(string text, bool invert, bool asEmpty) =>
        HeaderMatcher.OfText("x-a", StringMatcher.Of(StringMatch.Exact, text)).With(invert, asEmpty);

    private static bool Fits(HeaderMatcher matcher, params ReadOnlySpan<(string Name, string Value)> headers) => matcher.Matches(Head("/p?q=1", headers));

    private static bool Matches(RouteMatch match, params ReadOnlySpan<(string Name, string Value)> headers) =>
        Test(match, headers).Condition == RouteCondition.None;

    private static RouteMismatch Test(RouteMatch match, params ReadOnlySpan<(string Name, string Value)> headers) =>
        match.Test(new RouteRequest(Head("/p?q=1", headers), 0, RuntimeSnapshot.Empty, null));

    private static bool MatchesPath(RouteMatch match, string path) =>
        match.Test(new RouteRequest(Head(path, []), 0, RuntimeSnapshot.Empty, null)).Condition == RouteCondition.None;

    private static bool WithRandom(RuntimeFraction fraction, ulong random, RuntimeSnapshot runtime) =>
        new RouteMatch(PathSpecifier.Prefix, "") { Fraction = fraction }
            .Test(new RouteRequest(Head("/", []), random, runtime, null))
            .Condition == RouteCondition.None;

    private static RouteRequest Request(StreamInfo info, string path) => new(Head(path, []), 0, RuntimeSnapshot.Empty, info);

    private static StreamInfo Info() => new() { Connection = Snapshots.Connection() };

    private static MetadataValue Struct(string name, MetadataValue value) => MetadataValue.Of([KeyValuePair.Create(name, value)]);

    private static HeaderMap Head(string path, ReadOnlySpan<(string Name, string Value)> headers)
    {
        var map = new HeaderMap();
        map.Add(":method", "GET");
        map.Add(":path", path);
        map.Add(":authority", "svc.local");
        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        return map;
    }
}
