using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>Rate limit and ext_authz services in a run: the proxy's own filters ask them, over the simulated network.</summary>
public class JudgingServiceTests
{
    private const string Text = """
        name: judged
        duration: 10s
        proxies:
          - name: gateway
            config_inline: |
              static_resources:
                listeners:
                  - address: {socket_address: {address: 0.0.0.0, port_value: 10000}}
                    filter_chains:
                      - filters:
                          - name: hcm
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                              stat_prefix: in
                              http_filters: [FILTER, {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                              route_config:
                                virtual_hosts:
                                  - name: all
                                    domains: ["*"]
                                    rate_limits:
                                      - actions: [{request_headers: {header_name: x-plan, descriptor_key: plan}}, {request_headers: {header_name: x-user, descriptor_key: user}}]
                                    routes: [{match: {prefix: /}, route: {cluster: svc}}]
                clusters:
                  - {name: svc, type: STRICT_DNS, load_assignment: {cluster_name: svc, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: svc, port_value: 80}}}}]}]}}
                  - {name: judge, type: STRICT_DNS, HTTP2load_assignment: {cluster_name: judge, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: judge, port_value: 81}}}}]}]}}
        services:
          - {name: svc, workers: 100, service_time: 1ms}
          - {name: judge, port: 81, workers: 100, service_time: 1ms, JUDGE}
        LOAD
        """;

    private const string Http2 =
        "typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {\"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: {http2_protocol_options: {}}}}, ";

    private const string RateLimit =
        "{name: envoy.filters.http.ratelimit, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit, domain: shop, failure_mode_deny: true, enable_x_ratelimit_headers: DRAFT_VERSION_03, rate_limit_service: {transport_api_version: V3, grpc_service: {timeout: 1s, envoy_grpc: {cluster_name: judge}}}}}";

    private const string Limits = """
        domain: shop
        descriptors:
          - key: plan
            value: free
            descriptors:
              - {key: user, rate_limit: {unit: second, requests_per_unit: 3}}
              - {key: user, value: staff*, rate_limit: {unlimited: true}}
          - key: plan
            value: trial
            descriptors: [{key: user, shadow_mode: true, rate_limit: {unit: MINUTE, requests_per_unit: 1}}]
        """;

    /// <summary>
    /// A request every 100 ms of each kind: of a user with a limit of three in a second, three of each ten are answered; staff, those of another plan,
    /// and whom only a shadow limit concerns, always.
    /// </summary>
    [Fact]
    public void A_rate_limit_service_counts_each_user_by_itself()
    {
        string[] kinds = ["free, x-user: a", "free, x-user: b", "free, x-user: staff-1", "paid, x-user: a", "trial, x-user: a"];
        var load = "load:\n" + string.Concat(kinds.Select(static kind => $"  - {{to: gateway, rate: 10/s, arrivals: uniform, headers: {{x-plan: {kind}}}}}\n"));

        var result = Run(RateLimit, "rate_limits: limits.yaml", load, Http2);

        // Of each kind 99 are over before the end: nine in the first second, ten in each of the others.
        Assert.Equal(2 * (99 - 30), result.Totals.ByStatus[429]);
        Assert.Equal((3 * 99) + (2 * 30), result.Totals.ByStatus[200]);
        Assert.Equal(2 * (99 - 30), result.Proxies[0].Stats["cluster.svc.ratelimit.over_limit"]);
        Assert.Equal(2 * (99 - 30), result.Proxies[0].Responses["429 RL"]);
        Assert.Equal(5 * 99, result.Endpoints.Single(static endpoint => endpoint.Name == "judge-0").Arrivals);
    }

    /// <summary>Where it fails, the filter's own failure mode counts.</summary>
    [Fact]
    public void A_rate_limit_service_that_fails_is_an_error_of_the_filter()
    {
        var result = Run(
            RateLimit,
            "error_rate: 100%, rate_limits: limits.yaml",
            "load: [{to: gateway, rate: 10/s, headers: {x-plan: paid, x-user: a}}]",
            Http2
        );

        Assert.Equal([500], result.Totals.ByStatus.Keys);
        Assert.Equal(result.Totals.ByStatus[500], result.Proxies[0].Stats["cluster.svc.ratelimit.error"]);
    }

    [Theory]
    [InlineData("grpc_service: {timeout: 1s, envoy_grpc: {cluster_name: judge}}", Http2)]
    [InlineData(
        "http_service: {server_uri: {uri: 'http://judge:81', cluster: judge, timeout: 1s}, path_prefix: /check, authorization_request: {allowed_headers: {patterns: [{exact: x-user}]}}, authorization_response: {allowed_upstream_headers: {patterns: [{exact: x-ok}]}}}",
        ""
    )]
    public void An_ext_authz_service_denies_what_its_rules_fit(string service, string http2)
    {
        var filter =
            $"{{name: envoy.filters.http.ext_authz, typed_config: {{\"@type\": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz, transport_api_version: V3, {service}}}}}";
        var prefix = http2.Length > 0 ? "" : "/check";
        const string load = """
            load:
              - {to: gateway, rate: 10/s, arrivals: uniform, path: /admin/x, headers: {x-user: a}}
              - {to: gateway, rate: 10/s, arrivals: uniform, path: /shop, headers: {x-user: a}, method: POST, body: text}
              - {to: gateway, rate: 10/s, arrivals: uniform, path: /shop, headers: {x-user: mallory}}
              - {to: gateway, rate: 10/s, arrivals: uniform, path: /shop}
            """;

        var result = Run(
            filter,
            $"ext_authz: {{headers: {{x-ok: 'yes'}}, deny: [{{path_prefix: {prefix}/admin}}, {{header: X-User, status: 401, body: who}}, {{header: x-user, values: [eve, mallory], status: 418}}]}}",
            load,
            http2
        );

        Assert.Equal([200, 401, 403, 418], result.Totals.ByStatus.Keys);
        Assert.All(result.Totals.ByStatus.Values, static count => Assert.Equal(99, count));
        Assert.Equal(3 * 99, result.Proxies[0].Stats["http.in.ext_authz.denied"]);
        Assert.Equal(99, result.Proxies[0].Responses["403 UAEX"]);
        Assert.Equal(99, result.Endpoints.Single(static endpoint => endpoint.Name == "svc-0").Arrivals);
    }

    [Fact]
    public void Partitions_change_nothing()
    {
        const string load = "load: [{to: gateway, rate: 200/s, people: {count: 50}, headers: {x-plan: free, x-user: \"{{internet.userName}}\"}}]";

        Assert.Equal(
            ResultHash.Of(Run(RateLimit, "rate_limits: limits.yaml", load, Http2)),
            ResultHash.Of(Run(RateLimit, "rate_limits: limits.yaml", load, Http2, partitions: 3))
        );
    }

    [Theory]
    [InlineData("rate_limits: nowhere.yaml", "cannot read 'nowhere.yaml'")]
    [InlineData(
        "rate_limits: {domain: a, descriptors: [{key: k, rate_limit: {unit: secnd, requests_per_unit: 1}}]}",
        "'secnd' is not accepted; did you mean 'second'?"
    )]
    [InlineData("rate_limits: {domain: a, descriptors: [{key: k, rate_limt: 1}]}", "unknown field 'rate_limt'; did you mean 'rate_limit'?")]
    [InlineData("rate_limits: [limits.yaml, limits.yaml]", "the domain 'shop' is there already")]
    [InlineData("replicas: 2, rate_limits: limits.yaml", "accepted is one replica")]
    [InlineData("ext_authz: {}, rate_limits: limits.yaml", "a service is one or the other")]
    [InlineData("ext_authz: {deny: [{values: [a]}]}", "only a 'header' has values")]
    public void What_cannot_be_is_told(string judge, string problem) =>
        Assert.Contains(
            Load(RateLimit, judge, "load: [{to: gateway, rate: 1/s}]", Http2).Problems,
            found => found.Message.Contains(problem, StringComparison.Ordinal)
        );

    private static RunResult Run(string filter, string judge, string load, string http2, int partitions = 1)
    {
        var loaded = Load(filter, judge, load, http2);
        Assert.Empty(loaded.Problems);
        return SingleProcessRunner.Run(loaded.Scenario!, seed: 4, partitions: partitions);
    }

    private static ScenarioResult Load(string filter, string judge, string load, string http2) =>
        ScenarioLoader.Load(
            Text.Replace("FILTER", filter, StringComparison.Ordinal)
                .Replace("JUDGE", judge, StringComparison.Ordinal)
                .Replace("LOAD", load, StringComparison.Ordinal)
                .Replace("HTTP2", http2, StringComparison.Ordinal),
            "judged.yaml",
            static name => name == "limits.yaml" ? Limits : null
        );
}
