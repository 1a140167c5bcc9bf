namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>Route checks for tests.</summary>
internal static class Checks
{
    /// <summary>A table with every kind of matcher and of action; each route goes to a cluster of its own name.</summary>
    public const string Table = """
        name: shop
        request_headers_to_add:
          - {header: {key: x-table, value: "yes"}}
        response_headers_to_remove: [x-internal]
        virtual_hosts:
          - name: web
            domains: [web.test, "*.web.test"]
            request_headers_to_remove: [x-debug]
            response_headers_to_add:
              - {header: {key: x-host, value: web}}
            virtual_clusters:
              - name: orders
                headers:
                  - {name: ":path", string_match: {prefix: /orders}}
                  - {name: ":method", string_match: {exact: POST}}
            routes:
              - {match: {path: /exact}, route: {cluster: exact}}
              - {match: {path: /Folded, case_sensitive: false}, route: {cluster: folded}}
              - {match: {path_separated_prefix: /area}, route: {cluster: area}}
              - {match: {safe_regex: {regex: "/item/[0-9]+"}}, route: {cluster: item}}
              - match: {path_match_policy: {name: t, typed_config: {"@type": type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: "/user/{id}/*"}}}
                route: {cluster: template}
              - {match: {prefix: /h/exact, headers: [{name: x-a, string_match: {exact: one}}]}, route: {cluster: h-exact}}
              - {match: {prefix: /h/range, headers: [{name: x-a, range_match: {start: 1, end: 10}}]}, route: {cluster: h-range}}
              - {match: {prefix: /h/regex, headers: [{name: x-a, string_match: {safe_regex: {regex: "v[0-9]"}}}]}, route: {cluster: h-regex}}
              - {match: {prefix: /h/present, headers: [{name: x-a, present_match: true}]}, route: {cluster: h-present}}
              - {match: {prefix: /h/absent, headers: [{name: x-a, present_match: false}]}, route: {cluster: h-absent}}
              - {match: {prefix: /h/not, headers: [{name: x-a, string_match: {suffix: zz}, invert_match: true, treat_missing_header_as_empty: true}]}, route: {cluster: h-not}}
              - {match: {prefix: /h/contains, headers: [{name: x-a, string_match: {contains: MID, ignore_case: true}}]}, route: {cluster: h-contains}}
              - {match: {prefix: /q, query_parameters: [{name: debug, string_match: {exact: "1"}}]}, route: {cluster: q-exact}}
              - {match: {prefix: /q, query_parameters: [{name: trace, present_match: true}]}, route: {cluster: q-present}}
              - {match: {prefix: /c, cookies: [{name: user, string_match: {prefix: beta-}}]}, route: {cluster: cookie}}
              - {match: {prefix: /g, grpc: {}}, route: {cluster: grpc}}
              - {match: {prefix: /r, runtime_fraction: {default_value: {numerator: 0, denominator: TEN_THOUSAND}, runtime_key: canary}}, route: {cluster: canary}}
              - {match: {prefix: /r}, route: {cluster: stable}}
              - match: {prefix: /m, dynamic_metadata: [{filter: auth, path: [{key: user}, {key: role}], value: {string_match: {exact: admin}}}]}
                route: {cluster: metadata}
              - match: {prefix: /w}
                route:
                  weighted_clusters:
                    clusters:
                      - {name: blue, weight: 70, request_headers_to_add: [{header: {key: x-colour, value: blue}}]}
                      - {name: green, weight: 30}
              - {match: {prefix: /by-header}, route: {cluster_header: x-cluster}}
              - {match: {prefix: /orders}, route: {cluster: orders, prefix_rewrite: /v2/orders, host_rewrite_literal: orders.internal, timeout: 2.5s}}
              - {match: {prefix: /subst}, route: {cluster: regex, regex_rewrite: {pattern: {regex: "^/subst/(.*)$"}, substitution: '/\1/x'}, host_rewrite_header: x-to}}
              - {match: {path: /old}, redirect: {path_redirect: /new, response_code: FOUND, https_redirect: true}}
              - {match: {prefix: /moved}, redirect: {host_redirect: other.test, prefix_rewrite: /here, strip_query: true}}
              - match: {path: /hello}
                direct_response: {status: 203, body: {inline_string: "hello"}}
                response_headers_to_add: [{header: {key: content-type, value: text/html}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}]
          - name: secure
            domains: [secure.test]
            require_tls: EXTERNAL_ONLY
            routes:
              - {match: {prefix: /}, route: {cluster: secure}}
        """;

    public static RouteCheckOutcome Run(string tests, string table = Table) => RouteChecker.Run(new RouteCheckConfig(table, "table.yaml"), tests, "tests.yaml");

    /// <summary>One test; <c>authority: web.test, path: /x, method: GET</c> and so on.</summary>
    public static RouteCheckOutcome Ask(string path, string validate, string more = "") =>
        Run(
            $$"""
            tests:
              - test_name: it
                input: {authority: web.test, path: "{{path}}", method: GET{{(more.Length > 0 ? ", " + more : "")}}}
                validate: {{{validate}}}
            """
        );

    public static void Passes(string path, string validate, string more = "")
    {
        var outcome = Ask(path, validate, more);
        Assert.Empty(outcome.Problems);
        Assert.Empty(outcome.Tests[0].Failures);
    }

    public static string Failure(string path, string validate, string more = "")
    {
        var outcome = Ask(path, validate, more);
        Assert.Empty(outcome.Problems);
        return Assert.Single(outcome.Tests[0].Failures);
    }
}
