namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What is printed of a check, and what counts as covered.</summary>
public class RouteCheckReportTests
{
    private const string Table = """
        virtual_hosts:
          - name: web
            domains: ["*"]
            routes:
              - {name: first, match: {prefix: /a, case_sensitive: false, headers: [{name: x-a, string_match: {exact: "b\"c"}, invert_match: true, treat_missing_header_as_empty: true}]}, route: {cluster: one}}
              - {match: {path: /b}, redirect: {host_redirect: c}}
              - {name: third, match: {prefix: /w}, route: {weighted_clusters: {clusters: [{name: blue, weight: 1}, {name: green, weight: 1}]}}}
        """;

    private static readonly RouteCheckReport Plain = new(Details: false, OnlyShowFailures: false, FailUnder: 0, Comprehensive: false, DetailedCoverage: false);

    [Fact]
    public void Tests_that_pass_say_nothing_but_how_much_they_cover()
    {
        var lines = Write(Plain, Test("one", "/a", "cluster_name: one"));
        Assert.Equal(["out Current route coverage: 25%"], lines);
        Assert.Equal(["out one", "out Current route coverage: 25%"], Write(Plain with { Details = true }, Test("one", "/a", "cluster_name: one")));
        Assert.Equal(["out Current route coverage: 0%"], Write(Plain, Test("one", "/a", "code_redirect: 0")));
    }

    [Fact]
    public void Failures_go_to_standard_error_and_leave_out_the_coverage()
    {
        var tests = Test("one", "/a", "cluster_name: one") + Test("two", "/a", "cluster_name: z");
        const string Failure = "err expected: [z], actual: [one], test type: cluster_name";
        Assert.Equal(["err 1 of 2 tests failed; --only-show-failures tells what"], Write(Plain, tests, passed: false));
        Assert.Equal(["err two", Failure], Write(Plain with { OnlyShowFailures = true }, tests, passed: false));
        Assert.Equal(["err two", Failure], Write(Plain with { OnlyShowFailures = true, Details = true }, tests, passed: false));
        Assert.Equal(["out one", "err two", Failure], Write(Plain with { Details = true }, tests, passed: false));
    }

    [Fact]
    public void Each_weighted_cluster_counts_as_a_route()
    {
        var x = Test("first", "/w", "cluster_name: blue", "random_value: 0");
        var y = Test("second", "/w", "cluster_name: green", "random_value: 1");
        Assert.Equal(["out Current route coverage: 25%"], Write(Plain, x + x));
        Assert.Equal(["out Current route coverage: 50%"], Write(Plain, x + y));
    }

    [Fact]
    public void A_redirect_is_covered_by_where_it_leads_not_by_the_absence_of_a_cluster()
    {
        Assert.Equal(["out Current route coverage: 0%"], Write(Plain, Test("b", "/b", "cluster_name: ''")));
        Assert.Equal(["out Current route coverage: 25%"], Write(Plain, Test("b", "/b", "code_redirect: 301")));
    }

    [Fact]
    public void Comprehensive_coverage_counts_the_expectations()
    {
        var report = Plain with { Comprehensive = true };
        var tests =
            Test("a", "/a", "cluster_name: one, virtual_host_name: web") + Test("b", "/b", "code_redirect: 301") + Test("first", "/w", "cluster_name: blue");

        // 2 of 5, 1 of 2 and 1 of 5, of four routes.
        Assert.Equal(["out Current route coverage: 27.5%"], Write(report, tests));
        var full = Test("a", "/a", "cluster_name: one, virtual_host_name: web, virtual_cluster_name: '', host_rewrite: h, path_rewrite: /a");
        Assert.Equal(
            [
                """
                out Missing test for host: web, route: path: "/b"

                """.ReplaceLineEndings("\n"),
                """
                out Missing test for host: web, route: prefix: "/w"

                """.ReplaceLineEndings("\n"),
                "out Current route coverage: 25%",
            ],
            Write(report, full)
        );
    }

    [Fact]
    public void Matches_are_printed_as_protobuf_prints_them()
    {
        var missing = Write(Plain with { Comprehensive = true }, Test("b", "/b", "code_redirect: 301"))[0];
        Assert.Equal(
            "out Missing test for host: web, route: prefix: \"/a\"\n"
                + "case_sensitive {\n}\n"
                + "headers {\n  name: \"x-a\"\n  invert_match: true\n  string_match {\n    exact: \"b\\\"c\"\n  }\n  treat_missing_header_as_empty: true\n}\n",
            missing
        );
    }

    [Fact]
    public void Detailed_coverage_names_the_routes_without_a_test()
    {
        Assert.Equal(
            [
                "out Missing test for host: web, route name: -virtual_hosts[0].routes[1]",
                "out Missing test for host: web, route name: third-virtual_hosts[0].routes[2]",
                "out Current route coverage: 25%",
            ],
            Write(Plain with { DetailedCoverage = true }, Test("one", "/a", "cluster_name: one"))
        );
    }

    [Theory]
    [InlineData(25, true)]
    [InlineData(25.1, false)]
    public void Too_little_coverage_fails(double least, bool passed)
    {
        var lines = Write(Plain with { FailUnder = least }, Test("one", "/a", "cluster_name: one"), passed);
        Assert.Equal(passed ? [] : ["err Failed to meet coverage requirement: 25.1%"], lines.Skip(1));
    }

    private static string Test(string name, string path, string validate, string more = "random_value: 0") =>
        $"  - {{test_name: {name}, input: {{authority: h, path: {path}, method: GET, {more}}}, validate: {{{validate}}}}}\n";

    private static string[] Write(RouteCheckReport report, string tests, bool passed = true)
    {
        var outcome = Checks.Run("tests:\n" + tests, Table);
        Assert.Empty(outcome.Problems);
        var (lines, verdict) = report.Write(outcome);
        Assert.Equal(passed, verdict);
        return [.. lines.Select(static line => $"{(line.IsError ? "err" : "out")} {line.Text}")];
    }
}
