using Envoy.RouterCheckToolSchema;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What is said of tests that fail, word for word as Envoy's tool says it, and what is written of them.</summary>
public class RouteFailureTests
{
    [Theory]
    [InlineData("cluster_name: other", "expected: [other], actual: [orders], test type: cluster_name")]
    [InlineData("cluster_name: ''", "expected: [], actual: [orders], test type: cluster_name")]
    [InlineData("virtual_cluster_name: orders", "expected: [orders], actual: [other], test type: virtual_cluster_name")]
    [InlineData("virtual_host_name: shop", "expected: [shop], actual: [web], test type: virtual_host_name")]
    [InlineData("path_rewrite: /orders", "expected: [/orders], actual: [/v2/orders], test type: path_rewrite")]
    [InlineData("host_rewrite: web.test", "expected: [web.test], actual: [orders.internal], test type: host_rewrite")]
    [InlineData("path_redirect: 'http://x/'", "expected: [http://x/], actual: [], test type: path_redirect")]
    [InlineData("code_redirect: 301", "expected: [301], actual: [0], test type: code_redirect")]
    [InlineData("timeout: 15s", "expected: [15000], actual: [2500], test type: timeout")]
    [InlineData("request_header_fields: [{key: x-table, value: 'no'}]", "expected: [no], actual: [yes], test type: request_header_fields")]
    [InlineData("response_header_fields: [{key: x-none, value: a}]", "expected: [a], actual: [], test type: response_header_fields")]
    public void Values_that_differ(string validate, string expected) => Assert.Equal(expected, Checks.Failure("/orders", validate));

    [Theory]
    [InlineData(
        "{name: x-table, string_match: {exact: 'no'}}",
        "expected: [x-table: no], actual: [x-table: yes], test type: request_header_matches.string_match.exact"
    )]
    [InlineData(
        "{name: x-table, string_match: {exact: 'yes'}, invert_match: true}",
        "expected: [x-table: yes], actual: NOT [x-table: yes], test type: request_header_matches.string_match.exact"
    )]
    [InlineData("{name: x-table, string_match: {prefix: z}}", "actual: [x-table: yes], test type: request_header_matches.string_match.prefix")]
    [InlineData("{name: x-table, range_match: {start: 1, end: 2}}", "actual: [x-table: yes], test type: request_header_matches.range_match")]
    [InlineData("{name: x-none, string_match: {suffix: z}}", "actual: [x-none: NULL], test type: request_header_matches.string_match.suffix")]
    [InlineData("{name: x-none}", "expected: [has(x-none):true], actual: [has(x-none):false], test type: request_header_matches.present_match")]
    [InlineData(
        "{name: x-table, present_match: true, invert_match: true}",
        "expected: [has(x-table):false], actual: [has(x-table):true], test type: request_header_matches.present_match"
    )]
    public void Headers_that_do_not_match(string matcher, string expected) =>
        Assert.Equal(expected, Checks.Failure("/orders", $"request_header_matches: [{matcher}]"));

    [Fact]
    public void Expectations_are_compared_in_the_order_of_the_tool()
    {
        var outcome = Checks.Ask(
            "/orders",
            "response_header_matches: [{name: a}], request_header_matches: [{name: b}], timeout: 1s, code_redirect: 1, path_redirect: a, host_rewrite: a, path_rewrite: a, virtual_host_name: a, virtual_cluster_name: a, cluster_name: a"
        );
        Assert.Empty(outcome.Problems);
        Assert.Equal(
            [
                "cluster_name",
                "virtual_cluster_name",
                "virtual_host_name",
                "path_rewrite",
                "host_rewrite",
                "path_redirect",
                "code_redirect",
                "timeout",
                "request_header_matches.present_match",
                "response_header_matches.present_match",
            ],
            outcome.Tests[0].Failures.Select(static line => line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..])
        );
    }

    [Fact]
    public void Results_are_written_as_a_ValidationResult()
    {
        const string Tests = """
            tests:
              - test_name: good
                input: {authority: web.test, path: /exact, method: GET}
                validate: {cluster_name: exact}
              - test_name: bad
                input: {authority: web.test, path: /old, method: GET}
                validate: {cluster_name: a, code_redirect: 301, request_header_matches: [{name: x-none}]}
            """;
        var outcome = Checks.Run(Tests);
        var all = ValidationResult.Parser.ParseFrom(outcome.ToBytes(onlyFailures: false));
        Assert.Equal(["good", "bad"], all.TestResults.Select(static result => result.TestName));
        Assert.True(all.TestResults[0].TestPassed);
        Assert.Null(all.TestResults[0].Failure);

        var failed = Assert.Single(ValidationResult.Parser.ParseFrom(outcome.ToBytes(onlyFailures: true)).TestResults);
        Assert.False(failed.TestPassed);
        Assert.Equal(("a", ""), (failed.Failure.ExpectedClusterName, failed.Failure.ActualClusterName));
        Assert.Equal((301u, 302u), (failed.Failure.ExpectedCodeRedirect, failed.Failure.ActualCodeRedirect));
        var header = Assert.Single(failed.Failure.RequestHeaderMatchFailures);
        Assert.Equal(("x-none", ""), (header.HeaderMatcher.Name, header.ActualHeaderValue));
    }
}
