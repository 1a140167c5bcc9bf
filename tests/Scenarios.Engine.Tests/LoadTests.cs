using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests;

public class LoadTests
{
    private const string Text = """
        name: users
        duration: 20s
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
                              http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                              route_config:
                                virtual_hosts:
                                  - name: all
                                    domains: ["*"]
                                    routes:
                                      - match: {prefix: /, headers: [{name: x-user, string_match: {exact: u0}}]}
                                        direct_response: {status: 201}
                                      - match: {prefix: /, headers: [{name: x-user, string_match: {exact: u1}}]}
                                        direct_response: {status: 202}
                                      - match: {prefix: /, headers: [{name: x-user, string_match: {exact: u2}}]}
                                        direct_response: {status: 203}
        services:
          - {name: svc, service_time: {constant: 1ms}}
        load:
          - {to: gateway, rate: 500/s, zipf: {header: x-user, prefix: u, keys: 3, s: 1}}
        """;

    /// <summary>6/11, 3/11 and 2/11 of some 10000 requests, each within its 99.9 % interval; nobody else comes.</summary>
    [Fact]
    public void Keys_come_as_headers()
    {
        var loaded = ScenarioLoader.Load(Text, "users.yaml", _ => null);
        Assert.Empty(loaded.Problems);

        var totals = SingleProcessRunner.Run(loaded.Scenario!, seed: 4).Totals;

        Assert.Equal([201, 202, 203], totals.ByStatus.Keys);
        var all = totals.ByStatus.Values.Sum();
        Assert.InRange(all, 9_600, 10_400);
        foreach (var (status, share) in ((int, double)[])[(201, 6.0 / 11), (202, 3.0 / 11), (203, 2.0 / 11)])
        {
            var half = 3.29 * Math.Sqrt(all * share * (1 - share));
            Assert.InRange(totals.ByStatus[status], (all * share) - half, (all * share) + half);
        }
    }

    /// <summary>A trace asks for what it says, at a listener that is not the first; made up people come with their headers. Partitions change nothing.</summary>
    [Fact]
    public void Traces_and_made_up_people_are_the_same_in_any_partition()
    {
        var text = Text.Replace(
                "- address: {",
                "- {name: other, address: {socket_address: {address: 0.0.0.0, port_value: 9}}, filter_chains: [{filters: [{name: hcm, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: o, http_filters: [{name: router, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}], route_config: {virtual_hosts: []}}}]}]}\n          - address: {",
                StringComparison.Ordinal
            )
            .Replace("match: {prefix: /, headers: [{name: x-user, string_match: {exact: u0}}]}", "match: {prefix: /traced}", StringComparison.Ordinal)
            .Replace(
                "match: {prefix: /, headers: [{name: x-user, string_match: {exact: u1}}]}",
                "match: {prefix: /, headers: [{name: x-mail, string_match: {suffix: .com}}]}",
                StringComparison.Ordinal
            )
            .Replace(
                "- {to: gateway, rate: 500/s, zipf: {header: x-user, prefix: u, keys: 3, s: 1}}",
                """
                - {to: gateway, listener: 10000, trace: t}
                  - {to: gateway, listener: 10000, rate: 50/s, people: {count: 30, requests: 2}, path: "/{{commerce.product}}", headers: {x-mail: "{{internet.email}}"}, body: "{{lorem.sentence}}"}
                """.TrimStart(),
                StringComparison.Ordinal
            );
        var loaded = ScenarioLoader.Load(text, "users.yaml", _ => "1 GET /traced/1 a.example\n2 POST /traced/2 b.example 100\n3 GET /else b.example");
        Assert.Empty(loaded.Problems);

        var alone = SingleProcessRunner.Run(loaded.Scenario!, seed: 4);
        var parted = SingleProcessRunner.Run(loaded.Scenario!, seed: 4, partitions: 2);

        Assert.Equal([201, 202, 404], alone.Totals.ByStatus.Keys);
        Assert.Equal((2, 1), (alone.Totals.ByStatus[201], alone.Totals.ByStatus[404]));
        Assert.Equal(ResultHash.Of(alone), ResultHash.Of(parted));
    }
}
