using System.Globalization;
using System.Text;
using MeshSim.Scenarios.Model;

namespace MeshSim.Benchmarks.Engine;

/// <summary>The scenarios that are measured, as users write them.</summary>
internal static class EngineScenarios
{
    /// <summary>
    /// One proxy with all it can do for a request: ten routes with headers and regular expressions of which the last matches, least request over 100
    /// hosts, retries with a timeout for each try, outlier detection, breakers, statistics. One load and one service of so many hosts for each virtual host.
    /// </summary>
    public static Scenario Full(int services, int replicas, double ratePerSecond, int seconds, int warmUpSeconds)
    {
        var text = new StringBuilder();
        _ = text.AppendLine(CultureInfo.InvariantCulture, $"name: full\nduration: {seconds}s\nwarm_up: {warmUpSeconds}s");
        _ = text.AppendLine("network: {latency_floor: 50us, latency_mean: 50us}\nproxies: [{name: gateway, config: full.yaml}]\nservices:");
        for (var i = 0; i < services; i++)
        {
            _ = text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  - {{name: svc{i}, port: 8000, replicas: {replicas}, workers: 8, service_time: {{exponential: 5ms}}}}"
            );
        }

        _ = text.AppendLine("load:");
        for (var i = 0; i < services; i++)
        {
            var rate = (ratePerSecond / services).ToString("0.###", CultureInfo.InvariantCulture);
            _ = text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  - {{to: gateway, rate: {rate}/s, path: /api/v2/users/{i}/cart, host: svc{i}, zipf: {{header: x-tenant, prefix: silver-, keys: 100, s: 1}}}}"
            );
        }

        _ = text.AppendLine("faults: [{error_rate: {service: svc0, rate: 5%, status: 503, from: 0s}}]");
        return Load(text.ToString(), FullProxy(services));
    }

    /// <summary>So many proxies, each before all replicas of one service.</summary>
    public static Scenario Fleet(int proxies, int replicas, double ratePerSecond, int seconds) =>
        Load(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                name: fleet
                duration: {seconds}s
                proxies: [{"{"}name: sidecar, config: fleet.yaml, replicas: {proxies}{"}"}]
                services: [{"{"}name: svc0, port: 8000, replicas: {replicas}, workers: 8, service_time: {"{"}constant: 1ms{"}"}{"}"}]
                load: [{"{"}to: sidecar, rate: {ratePerSecond:0.###}/s, path: /, host: svc0{"}"}]

                """
            ),
            Bootstrap(
                "",
                "                  - {name: svc0, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: svc0}}]}\n",
                "    - {name: svc0, type: STRICT_DNS, lb_policy: ROUND_ROBIN, outlier_detection: {}, " + Endpoint(0)
            )
        );

    /// <summary>Ten services of ten replicas, sidecars on every hop, three deep: four calls a request on average, so eight passes through proxies.</summary>
    public static Scenario Mesh(double ratePerSecond, int seconds, int warmUpSeconds) => Load(MeshText(ratePerSecond, seconds, warmUpSeconds), "");

    /// <param name="latencyFloor">What a message takes at least, as users write it: so long partitions need not hear of each other.</param>
    public static string MeshText(double ratePerSecond, int seconds, int warmUpSeconds, string latencyFloor = "500us") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
                name: mesh
                duration: {{seconds}}s
                warm_up: {{warmUpSeconds}}s
                network: { latency_floor: {{latencyFloor}} }
                mesh:
                  policies: { timeout: 2s, lb: LEAST_REQUEST, retries: { attempts: 1, retry_on: "5xx", per_try_timeout: 500ms } }
                  gateway: { to: front, replicas: 4 }
                  services:
                    - { name: front, replicas: 10, workers: 64, service_time: { exponential: 1ms }, calls: [{{Half("a", "b", "c")}}] }
                    - { name: a, replicas: 10, workers: 64, service_time: { exponential: 2ms }, calls: [{{Half("d", "e")}}] }
                    - { name: b, replicas: 10, workers: 64, service_time: { exponential: 2ms }, calls: [{{Half("f", "g")}}] }
                    - { name: c, replicas: 10, workers: 64, service_time: { exponential: 2ms }, calls: [{{Half("h", "i")}}] }
                    {{string.Join(
                    "\n    ",
                    "defghi".Select(static name => $"- {{ name: {name}, replicas: 10, workers: 64, service_time: {{ exponential: 2ms }} }}")
                )}}
                load:
                  - { to: gateway, rate: {{ratePerSecond:0.###}}/s }

                """
        );

    /// <summary>So many services of five replicas, each of which calls up to three others: a tree, as isotope makes them.</summary>
    public static string TreeText(int services, double ratePerSecond, int seconds)
    {
        var text = new StringBuilder();
        _ = text.AppendLine(
            CultureInfo.InvariantCulture,
            $"name: tree\nduration: {seconds}s\nnetwork: {{ latency_floor: 500us }}\nmesh:\n  policies: {{ timeout: 5s, lb: LEAST_REQUEST, retries: {{ attempts: 1, retry_on: 5xx }} }}\n  gateway: {{ to: s0, replicas: 2 }}\n  services:"
        );
        for (var i = 0; i < services; i++)
        {
            var calls = string.Join(", ", Enumerable.Range((3 * i) + 1, 3).Where(child => child < services).Select(child => Call($"s{child}")));
            _ = text.AppendLine(
                CultureInfo.InvariantCulture,
                $"    - {{ name: s{i}, replicas: 5, workers: 64, service_time: {{ exponential: 1ms }}, calls: [{calls}] }}"
            );
        }

        _ = text.AppendLine(CultureInfo.InvariantCulture, $"load: [{{ to: gateway, rate: {ratePerSecond:0.###}/s }}]");
        return text.ToString();
    }

    private static string Call(string service) => $"{{ to: {service}, probability: 0.5 }}";

    private static string Half(params string[] services) => string.Join(", ", services.Select(static name => $"{{ to: {name}, probability: 0.5 }}"));

    private static string FullProxy(int services)
    {
        var hosts = new StringBuilder();
        var clusters = new StringBuilder();
        for (var i = 0; i < services; i++)
        {
            _ = hosts.AppendLine(
                CultureInfo.InvariantCulture,
                $"                  - name: svc{i}\n                    domains: [svc{i}]\n                    routes:"
            );
            foreach (var match in Matches)
            {
                _ = hosts.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"                      - {{match: {{{match}}}, route: {{cluster: svc{i}, timeout: 2s, retry_policy: {{retry_on: '5xx,reset,connect-failure', num_retries: 2, per_try_timeout: 0.25s}}}}}}"
                );
            }

            _ = clusters.Append(
                CultureInfo.InvariantCulture,
                $"    - {{name: svc{i}, type: STRICT_DNS, lb_policy: LEAST_REQUEST, outlier_detection: {{consecutive_5xx: 20, interval: 5s}}, circuit_breakers: {{thresholds: [{{max_connections: 2000, max_pending_requests: 1000, max_requests: 2000, max_retries: 100}}]}}, "
            );
            _ = clusters.Append(Endpoint(i));
        }

        return Bootstrap("", hosts.ToString(), clusters.ToString());
    }

    /// <summary>The last one fits the requests.</summary>
    private static readonly string[] Matches =
    [
        "prefix: /api/v2/users, headers: [{name: x-canary, string_match: {exact: '1'}}]",
        "safe_regex: {regex: '/api/v[0-9]+/users/[^/]+/orders'}, headers: [{name: x-tenant, string_match: {prefix: silver-}}]",
        "prefix: /api/, headers: [{name: x-role, string_match: {exact: admin}}]",
        @"safe_regex: {regex: '/static/.+\.(css|js|png)'}, headers: [{name: accept, string_match: {contains: json}}]",
        "path: /healthz, headers: [{name: user-agent, string_match: {prefix: probe/}}]",
        "safe_regex: {regex: '/api/v[0-9]+/orders/[0-9]+'}, headers: [{name: x-tenant, string_match: {safe_regex: {regex: '(gold|silverx)-[a-z0-9]+'}}}]",
        "prefix: /admin, headers: [{name: x-role, present_match: true}]",
        "safe_regex: {regex: '/api/v3/.*'}, headers: [{name: x-tenant, present_match: true}]",
        "path_separated_prefix: /api/v2, headers: [{name: content-type, string_match: {prefix: application/grpc}}]",
        "safe_regex: {regex: '/api/v[0-9]+/users/[^/]+/cart'}, headers: [{name: x-tenant, string_match: {safe_regex: {regex: 'silver-[0-9]+'}}}]",
    ];

    private static string Endpoint(int service) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"load_assignment: {{cluster_name: svc{service}, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: svc{service}, port_value: 8000}}}}}}}}]}}]}}}}\n"
        );

    private static string Bootstrap(string manager, string virtualHosts, string clusters) =>
        $$"""
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
            {{manager}}                http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                            route_config:
                              name: local
                              virtual_hosts:
            {{virtualHosts}}  clusters:
            {{clusters}}
            """;

    private static Scenario Load(string text, string configuration)
    {
        var result = ScenarioLoader.Load(text, "engine.yaml", _ => configuration);
        return result.Scenario ?? throw new InvalidOperationException(string.Join('\n', result.Problems.Select(static problem => problem.ToString())));
    }
}
