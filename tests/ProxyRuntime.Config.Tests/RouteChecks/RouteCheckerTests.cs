namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What tests find in a route table: every matcher, every action.</summary>
public class RouteCheckerTests
{
    [Theory]
    [InlineData("/exact", "exact", "")]
    [InlineData("/exact?x=1", "exact", "")]
    [InlineData("/exactly", "", "")]
    [InlineData("/fOLDED", "folded", "")]
    [InlineData("/area", "area", "")]
    [InlineData("/area/51", "area", "")]
    [InlineData("/areas", "", "")]
    [InlineData("/item/42", "item", "")]
    [InlineData("/item/x", "", "")]
    [InlineData("/user/7/photos", "template", "")]
    [InlineData("/user/7", "", "")]
    public void Path_specifiers(string path, string cluster, string more) => Checks.Passes(path, $"cluster_name: '{cluster}'", more);

    [Theory]
    [InlineData("/h/exact", "h-exact", "one")]
    [InlineData("/h/exact", "", "two")]
    [InlineData("/h/range", "h-range", "9")]
    [InlineData("/h/range", "", "10")]
    [InlineData("/h/regex", "h-regex", "v3")]
    [InlineData("/h/regex", "", "v33")]
    [InlineData("/h/present", "h-present", "")]
    [InlineData("/h/present", "", null)]
    [InlineData("/h/absent", "h-absent", null)]
    [InlineData("/h/absent", "", "there")]
    [InlineData("/h/not", "h-not", "abc")]
    [InlineData("/h/not", "h-not", null)]
    [InlineData("/h/not", "", "abzz")]
    [InlineData("/h/contains", "h-contains", "a-mid-b")]
    public void Header_matchers(string path, string cluster, string? value) =>
        Checks.Passes(path, $"cluster_name: '{cluster}'", value is null ? "" : $"additional_request_headers: [{{key: X-A, value: '{value}'}}]");

    [Theory]
    [InlineData("/q?debug=1&trace", "q-exact")]
    [InlineData("/q?debug=2&trace", "q-present")]
    [InlineData("/q?debug=2", "")]
    public void Query_parameters(string path, string cluster) => Checks.Passes(path, $"cluster_name: '{cluster}'");

    [Fact]
    public void Cookies_grpc_and_metadata()
    {
        Checks.Passes("/c", "cluster_name: cookie", "additional_request_headers: [{key: cookie, value: 'a=b; user=beta-7'}]");
        Checks.Passes("/c", "cluster_name: ''", "additional_request_headers: [{key: cookie, value: 'user=alpha'}]");
        Checks.Passes("/g", "cluster_name: grpc", "additional_request_headers: [{key: content-type, value: application/grpc+proto}]");
        Checks.Passes("/g", "cluster_name: ''", "additional_request_headers: [{key: content-type, value: application/grpc-web}]");
        Checks.Passes("/m", "cluster_name: metadata", "dynamic_metadata: [{metadata_namespace: auth, value: {user: {role: admin}}}]");
        Checks.Passes("/m", "cluster_name: ''", "dynamic_metadata: [{metadata_namespace: auth, value: {user: {role: guest}}}]");
    }

    [Fact]
    public void Metadata_that_is_there_stays_unless_it_may_be_overwritten()
    {
        const string Guest = "{metadata_namespace: auth, value: {user: {role: guest, name: ada}}}";
        Checks.Passes("/m", "cluster_name: ''", $"dynamic_metadata: [{Guest}, {{metadata_namespace: auth, value: {{user: {{role: admin}}}}}}]");
        Checks.Passes(
            "/m",
            "cluster_name: metadata",
            $"dynamic_metadata: [{Guest}, {{metadata_namespace: auth, value: {{user: {{role: admin}}}}, allow_overwrite: true}}]"
        );
    }

    [Fact]
    public void A_runtime_fraction_acts_only_under_the_key_of_the_test()
    {
        Checks.Passes("/r", "cluster_name: stable");
        Checks.Passes("/r", "cluster_name: stable", "runtime: other");
        Checks.Passes("/r", "cluster_name: canary", "runtime: canary");

        // A share of nothing counts as one of ten thousand.
        Checks.Passes("/r", "cluster_name: canary", "runtime: canary, random_value: 10000");
        Checks.Passes("/r", "cluster_name: stable", "runtime: canary, random_value: 1");
    }

    [Fact]
    public void Weighted_clusters_by_the_random_value()
    {
        Checks.Passes("/w", "cluster_name: blue, request_header_matches: [{name: x-colour, string_match: {exact: blue}}]", "random_value: 69");
        Checks.Passes("/w", "cluster_name: green, request_header_matches: [{name: x-colour, present_match: false}]", "random_value: 70");

        // 2^31 in 32 bits with a sign is −2147483648, which leaves 68 of 100 as an unsigned number of 64 bits.
        Checks.Passes("/w", "cluster_name: blue", "random_value: 2147483648");
    }

    [Fact]
    public void A_cluster_named_by_a_header()
    {
        Checks.Passes("/by-header", "cluster_name: mine", "additional_request_headers: [{key: x-cluster, value: mine}]");
        Checks.Passes("/by-header", "cluster_name: '', virtual_host_name: web");
    }

    [Fact]
    public void Rewrites_virtual_clusters_and_timeouts()
    {
        const string Expected = "path_rewrite: /v2/orders/7?a=b, host_rewrite: orders.internal, virtual_cluster_name: other, timeout: 2.5s";
        Checks.Passes("/orders/7?a=b", Expected);
        Checks.Passes("/exact", "path_rewrite: /exact, host_rewrite: web.test, timeout: 15s");
        Checks.Passes("/subst/a/b", "path_rewrite: /a/b/x, host_rewrite: there.test", "additional_request_headers: [{key: x-to, value: there.test}]");

        var posted = Checks.Run(
            """
            tests:
              - test_name: posted
                input: {authority: WEB.test, path: /orders, method: POST}
                validate: {virtual_cluster_name: other}
            """
        );

        // Virtual clusters are asked after the path was rewritten, which none fits any more.
        Assert.True(posted.Passed);
    }

    [Fact]
    public void Redirects_and_direct_responses()
    {
        Checks.Passes("/old?x=1", "path_redirect: 'https://web.test/new?x=1', code_redirect: 302, cluster_name: '', path_rewrite: '', host_rewrite: ''");
        Checks.Passes("/moved/on?x=1", "path_redirect: 'http://other.test/here/on', code_redirect: 301, virtual_host_name: ''");
        Checks.Passes(
            "/hello",
            "path_redirect: 'http://web.test/hello', code_redirect: 203, response_header_matches: [{name: content-type, string_match: {exact: text/html}}, {name: content-length, string_match: {exact: '5'}}, {name: ':status', string_match: {exact: '203'}}, {name: x-host, present_match: true}]"
        );
        Checks.Passes("/exact", "path_redirect: '', code_redirect: 0");
    }

    [Fact]
    public void Requests_that_lack_tls_are_redirected_before_any_route()
    {
        const string Tests = """
            tests:
              - test_name: outside
                input: {authority: secure.test, path: /a, method: GET}
                validate: {path_redirect: "https://secure.test/a", code_redirect: 301, cluster_name: ""}
              - test_name: over TLS
                input: {authority: secure.test, path: /a, method: GET, ssl: true}
                validate: {cluster_name: secure, path_redirect: ""}
              - test_name: inside
                input: {authority: secure.test, path: /a, method: GET, internal: true}
                validate: {cluster_name: secure}
            """;
        Assert.True(Checks.Run(Tests).Passed);
    }

    [Fact]
    public void Headers_are_added_and_removed_by_level()
    {
        Checks.Passes(
            "/exact",
            "request_header_matches: [{name: x-table, string_match: {exact: 'yes'}}, {name: x-debug, present_match: false}], response_header_matches: [{name: x-host, string_match: {exact: web}}, {name: x-internal, present_match: false}], request_header_fields: [{key: x-table, value: 'yes'}], response_header_fields: [{key: x-host, value: web}]",
            "additional_request_headers: [{key: x-debug, value: a}], additional_response_headers: [{key: x-internal, value: a}]"
        );
    }

    [Fact]
    public void No_domain_no_route()
    {
        var outcome = Checks.Run(
            """
            tests:
              - test_name: elsewhere
                input: {authority: elsewhere.test, path: /exact, method: GET}
                validate: {cluster_name: "", virtual_host_name: "", path_rewrite: "", virtual_cluster_name: ""}
              - test_name: a subdomain
                input: {authority: a.web.test, path: /exact, method: GET}
                validate: {cluster_name: exact, virtual_host_name: web}
            """
        );
        Assert.True(outcome.Passed);
        Assert.Equal(["elsewhere", "a subdomain"], outcome.Tests.Select(static test => test.Name));
    }
}
