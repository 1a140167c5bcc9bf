using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests.Theory;

/// <summary>Set-ups of queueing theory as scenario files: one gateway before one service, with next to no network and nothing that ends a long wait.</summary>
internal static class Station
{
    /// <summary>The mean service time; theory counts in it.</summary>
    public const long UnitNs = 10_000_000;

    /// <param name="load">Requests for each mean service time, arriving at random.</param>
    /// <param name="units">How long, in mean service times. Ten times as long where the environment asks for the long set.</param>
    /// <param name="service">Fields of the service besides its name and port.</param>
    /// <param name="cluster">Fields of the cluster besides type and endpoints.</param>
    /// <param name="extra">Further fields of the scenario.</param>
    /// <param name="route">Fields of the route's action besides cluster and time-out.</param>
    public static Scenario Of(double load, double units, string service, string cluster = "lb_policy: ROUND_ROBIN", string route = "", string extra = "") =>
        Load(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                name: theory
                duration: {{TheoryRun.Scale * units * UnitNs / 1e9:0.###}}s
                network: {latency_floor: 1us}
                proxies: [{name: gateway, config: envoy.yaml}]
                services: [{name: svc, port: 80, {{service}}}]
                {{extra}}
                load: [{to: gateway, rate: {{load * 1e9 / UnitNs:0.######}}/s, timeout: 3000s}]
                """
            ),
            Configuration(cluster, route)
        );

    /// <summary>A scenario as users write it.</summary>
    public static Scenario Load(string text, string configuration = "")
    {
        var result = ScenarioLoader.Load(text, "theory.yaml", _ => configuration);
        return result.Scenario ?? throw new InvalidOperationException(string.Join('\n', result.Problems.Select(static problem => problem.ToString())));
    }

    /// <summary>The gateway's bootstrap.</summary>
    public static string Configuration(string cluster, string route) =>
        $$$"""
            static_resources:
              listeners:
                - name: main
                  address: { socket_address: { address: 0.0.0.0, port_value: 15001 } }
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: ingress
                            stream_idle_timeout: 0s
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                            route_config:
                              name: local
                              virtual_hosts: [{name: all, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: svc, timeout: 0s, {{{route}}}}}]}]
              clusters:
                - name: svc
                  type: STRICT_DNS
                  load_assignment: {cluster_name: svc, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: svc, port_value: 80} } } }]}]}
                  {{{(cluster.Contains("circuit_breakers", StringComparison.Ordinal) ? "" : NoLimits)}}}
                  {{{cluster}}}
            """;

    private const string NoLimits =
        "circuit_breakers: {thresholds: [{max_connections: 1000000, max_pending_requests: 1000000, max_requests: 1000000, max_retries: 1000000}]}";
}
