using System.Text;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>Where the route table comes from, and what is said of inputs that cannot be used.</summary>
public class RouteCheckInputTests
{
    private const string OneTest = """
        tests:
          - test_name: it
            input: {authority: web.test, path: /, method: GET}
            validate: {cluster_name: httpbin_service}
        """;

    [Fact]
    public void The_table_of_a_bootstrap()
    {
        var outcome = Run(Configurations.Good);
        Assert.Empty(outcome.Problems);
        Assert.True(outcome.Passed);
    }

    [Fact]
    public void A_bootstrap_may_have_an_overlay_a_table_may_not()
    {
        var overlay = new ConfigOverlay("""{"admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 1}}}}""");
        Assert.True(RouteChecker.Run(new RouteCheckConfig(Configurations.Good, "envoy.yaml", overlay), OneTest, "tests.yaml").Passed);
        var refused = RouteChecker.Run(new RouteCheckConfig("name: a", "envoy.yaml", overlay), OneTest, "tests.yaml");
        Assert.Contains("a route table is accepted only alone", Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_else_of_a_bootstrap_is_wrong_or_unsupported_does_not_matter()
    {
        var outcome = Run(Configurations.Good.Replace("type: LOGICAL_DNS", "type: EDS", StringComparison.Ordinal));
        Assert.Empty(outcome.Problems);
        Assert.True(outcome.Passed);
        var wrong = Run(Configurations.Good.Replace("stat_prefix: ingress_http", "", StringComparison.Ordinal));
        Assert.True(wrong.Passed);
        Assert.Contains("1 problem(s) outside the route table", Assert.Single(wrong.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_in_the_table_are_told_with_their_place()
    {
        var outcome = Run(Configurations.Good.Replace("match: {prefix: \"/\"}", "match: {prefx: \"/\"}", StringComparison.Ordinal));
        Assert.StartsWith(
            "envoy.yaml:22:35: static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0].routes[0].match.prefx: unknown field 'prefx'",
            outcome.Problems[0].ToString(),
            StringComparison.Ordinal
        );
        Assert.Empty(outcome.Tests);
    }

    [Fact]
    public void Of_several_tables_one_must_be_chosen()
    {
        var listener = Configurations.Good[
            Configurations.Good.IndexOf("    - name: main", StringComparison.Ordinal)..Configurations.Good.IndexOf("  clusters:", StringComparison.Ordinal)
        ];
        var second = listener.Replace("name: main", "name: second", StringComparison.Ordinal).Replace("name: local", "name: far", StringComparison.Ordinal);
        var two = Configurations.Good.Replace("  clusters:", second + "  clusters:", StringComparison.Ordinal);

        var ambiguous = Run(two);
        Assert.Equal(
            "2 route tables; choose one with --route-config NAME or --listener NAME: 'local' (listener 'main'), 'far' (listener 'second')",
            Assert.Single(ambiguous.Problems).Message
        );
        Assert.True(Run(two, listener: "second").Passed);
        Assert.True(Run(two, table: "far").Passed);
        Assert.Equal(
            "there is no route table named 'near' of listener 'main'; there are: 'local' (listener 'main'), 'far' (listener 'second')",
            Assert.Single(Run(two, listener: "main", table: "near").Problems).Message
        );
    }

    [Fact]
    public void A_document_without_a_table()
    {
        var outcome = Run("static_resources: {}");
        Assert.Contains("there is no route table in it", Assert.Single(outcome.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_that_istioctl_or_an_rds_file_list()
    {
        const string Host = """{"name": "h", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "httpbin_service"}}]}""";
        var list = $$"""[{"name": "a", "virtualHosts": [{{Host}}], "validateClusters": true}, {"name": "b", "virtualHosts": [{{Host}}]}]""";
        Assert.True(Run(list, table: "b", file: "routes.json").Passed);
        Assert.Contains("2 route tables", Assert.Single(Run(list, file: "routes.json").Problems).Message, StringComparison.Ordinal);
        var rds = $$"""{"resources": [{"@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "name": "a", "virtual_hosts": [{{Host}}]}]}""";
        Assert.True(Run(rds, file: "rds.json").Passed);
    }

    [Fact]
    public void Unknown_fields_of_a_test_file_are_told_with_their_place()
    {
        var outcome = Checks.Run("tests:\n  - test_name: it\n    input: {authority: a, path: /, methd: GET}\n    validate: {clusters: x}\n");
        Assert.Equal(
            [
                "tests.yaml:3:36: tests[0].input.methd: unknown field 'methd' in envoy.RouterCheckToolSchema.ValidationInput; did you mean 'method'?; accepted: authority, path, method, random_value, ssl, internal, runtime, additional_request_headers, additional_response_headers, dynamic_metadata",
                "tests.yaml:4:16: tests[0].validate.clusters: unknown field 'clusters' in envoy.RouterCheckToolSchema.ValidationAssert; accepted: cluster_name, virtual_cluster_name, virtual_host_name, host_rewrite, path_rewrite, path_redirect, request_header_fields, response_header_fields, request_header_matches, response_header_matches, code_redirect, timeout",
            ],
            outcome.Problems.Select(static problem => problem.ToString())
        );
    }

    [Theory]
    [InlineData("{}", "must have at least 1 item, has 0")]
    [InlineData("tests: [{test_name: a, validate: {}}]", "'input' is required in ValidationItem")]
    [InlineData("tests: [{test_name: a, input: {authority: a, path: /, method: GET}}]", "'validate' is required in ValidationItem")]
    [InlineData("tests: [{input: {authority: a, path: /, method: GET}, validate: {}}]", "must have at least 1 character, has 0")]
    [InlineData("tests: [{test_name: a, input: {authority: a, path: /, method: GO}, validate: {}}]", "must have at least 3 characters, has 2")]
    [InlineData("tests: [", "not valid YAML")]
    public void Test_files_are_held_to_their_rules(string tests, string problem) =>
        Assert.Contains(problem, Checks.Run(tests).Problems[0].Message, StringComparison.Ordinal);

    [Fact]
    public void Commas_behind_the_last_item_are_accepted_in_tests_alone()
    {
        const string Tests =
            """{"tests": [{"test_name": "it", "input": {"authority": "web.test", "path": "/exact", "method": "GET",}, "validate": {"cluster_name": "exact"},},],}""";
        Assert.True(RouteChecker.Run(new RouteCheckConfig(Checks.Table, "table.yaml"), Tests, "tests.json").Passed);
        var refused = RouteChecker.Run(new RouteCheckConfig("""{"name": "a",}""", "table.json"), Tests, "tests.json");
        Assert.Contains("not valid JSON", Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_of_both_files_are_told_at_once()
    {
        var outcome = RouteChecker.Run(new RouteCheckConfig("nam: a", "table.yaml"), "tests: 7", "tests.yaml");
        Assert.Equal(["table.yaml", "tests.yaml"], outcome.Problems.Select(static problem => problem.File).Distinct());
    }

    [Fact]
    public void Files_are_read_through_the_environment()
    {
        const string Table = """
            virtual_hosts:
              - name: a
                domains: ["*"]
                routes:
                  - {match: {prefix: /}, direct_response: {status: 200, body: {filename: body.txt}}}
            """;
        const string Tests = """
            tests:
              - test_name: it
                input: {authority: a, path: /, method: GET}
                validate: {response_header_matches: [{name: content-length, string_match: {exact: "7"}}]}
            """;
        Assert.True(RouteChecker.Run(new RouteCheckConfig(Table, "t.yaml"), Tests, "tests.yaml", new OneFile()).Passed);
    }

    private static RouteCheckOutcome Run(string config, string? listener = null, string? table = null, string file = "envoy.yaml") =>
        RouteChecker.Run(new RouteCheckConfig(config, file, null, listener, table), OneTest, "tests.yaml");

    private sealed class OneFile : ConfigEnvironment
    {
        public override byte[]? ReadFile(string path, long maxBytes, out string? error)
        {
            error = null;
            return Encoding.UTF8.GetBytes("content");
        }

        public override string? ReadVariable(string name, out string? error)
        {
            error = "no";
            return null;
        }
    }
}
