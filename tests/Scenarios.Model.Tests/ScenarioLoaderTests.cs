namespace MeshSim.Scenarios.Model.Tests;

public class ScenarioLoaderTests
{
    internal const string Configuration = """
        static_resources:
          listeners:
            - address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
              filter_chains: [{filters: []}]
        """;

    private const string Good = """
        name: demo
        duration: 30s
        warm_up: 2s
        proxies:
          - {name: gateway, config: envoy.yaml, concurrency: 2}
        services:
          - {name: svc, replicas: 2, workers: 4, service_time: {exponential: 20ms}}
        load:
          - {to: gateway, rate: 200/s}
        faults:
          - error_rate: {service: svc, replicas: [1], rate: 50%, from: 5s, for: 10s}
        expectations:
          - success_rate >= 99%
          - p99.9 < 250ms
        """;

    [Fact]
    public void A_scenario_is_read_with_its_units_and_defaults()
    {
        var result = Load(Good);

        Assert.Empty(result.Problems);
        var scenario = result.Scenario!;
        Assert.Equal(30_000_000_000, scenario.DurationNs);
        Assert.Equal(200, scenario.Load[0].RatePerSecond);
        Assert.Equal(20_000_000_000, scenario.Load[0].TimeoutNs);
        Assert.Equal(50_000, scenario.Network.LatencyFloorNs);
        Assert.True(scenario.Faults[0].Acts("svc", 1, 14_999_999_999));
        Assert.False(scenario.Faults[0].Acts("svc", 1, 15_000_000_000));
        Assert.False(scenario.Faults[0].Acts("svc", 0, 6_000_000_000));
        Assert.Equal([0.99, 250], scenario.Expectations.Select(e => e.Bound));
        Assert.Equal(0.999, scenario.Expectations[1].Quantile, 6);
    }

    [Fact]
    public void Services_may_be_at_an_address_slow_or_down_and_users_may_have_keys()
    {
        var result = Load(
            """
            name: demo
            duration: 30s
            proxies:
              - {name: gateway, config: envoy.yaml}
            services:
              - {name: svc, address: 10.9.9.9, overhead: 300us, service_time: {lognormal: 20ms, sigma: 0.5}}
            load:
              - {to: gateway, rate: 200/s, zipf: {header: x-user, prefix: u, keys: 100, s: 1.2}}
            faults:
              - slow: {service: svc, factor: 2.5, from: 5s}
              - down: {service: svc, from: 8s, for: 2s}
            """
        );

        Assert.Empty(result.Problems);
        var scenario = result.Scenario!;
        Assert.Equal(("10.9.9.9", 300_000), (scenario.Services[0].AddressOf(0), scenario.Services[0].OverheadNs));
        Assert.Equal(new ServiceTime(ServiceTimeShape.Lognormal, 20_000_000, 0.5), scenario.Services[0].ServiceTime);
        Assert.Equal(new ZipfHeader("x-user", "u", 100, 1.2), scenario.Load[0].Zipf);
        Assert.Equal((2.5, 5_000_000_000), scenario.Faults[0] is SlowFault slow ? (slow.Factor, slow.FromNs) : default);
        Assert.Equal((8_000_000_000, 10_000_000_000), scenario.Faults[1] is DownFault down ? (down.FromNs, down.UntilNs) : default);
        Assert.Equal(["svc 2.5 times as slow", "svc down"], scenario.Faults.Select(fault => fault.Description));
    }

    [Theory]
    [InlineData("duration: 30s", "duraton: 30s", 2, "unknown field 'duraton'; did you mean 'duration'?")]
    [InlineData("duration: 30s", "duration: 30", 2, "'30' is not accepted; accepted is a duration with its unit")]
    [InlineData("rate: 200/s", "rate: 200", 9, "'200' is not accepted; accepted is a rate such as 200/s")]
    [InlineData("to: gateway", "to: gatewy", 9, "unknown proxy 'gatewy'; did you mean 'gateway'?")]
    [InlineData("service: svc", "service: svd", 11, "unknown service 'svd'; did you mean 'svc'?")]
    [InlineData("replicas: [1]", "replicas: [2]", 11, "service 'svc' has replicas 0 to 1")]
    [InlineData("p99.9 < 250ms", "p99.9 2xx in 5s..9s < 250ms", 14, "this is counted over the whole run only")]
    [InlineData("p99.9 < 250ms", "p50 503 < 250ms", 14, "'p50 503 < 250ms' is not accepted; 'p50' is followed by the comparison, or by 2xx")]
    [InlineData("p99.9 < 250ms", "p99.9 below 250ms", 14, "'p99.9 below 250ms' is not accepted")]
    [InlineData("config: envoy.yaml", "config: nothing.yaml", 5, "cannot read 'nothing.yaml'")]
    [InlineData("error_rate: {service", "slow: {factor: 0, service", 11, "'0' is not accepted; accepted is a number above 0 and up to 1000000")]
    [InlineData("error_rate: {service", "gone: {service", 11, "unknown kind of fault; accepted: cpu_steal, crash, dns_failure, down, error_rate")]
    [InlineData(
        "replicas: 2, workers",
        "replicas: 2, address: 10.9.9.9, workers",
        7,
        "there are 2 replicas and 1 addresses; accepted is an IP address for each"
    )]
    [InlineData("replicas: 2, workers", "address: [10.9.9.9, ten], workers", 7, "'ten' is not accepted; accepted is an IP address for each replica")]
    [InlineData("rate: 200/s}", "rate: 200/s, zipf: {header: x}}", 9, "this field is required")]
    [InlineData("rate: 200/s}", "rate: 200/s, zipf: {header: x, keys: 2, s: 21}}", 9, "'21' is not accepted; accepted is a number from 0 up to 20")]
    [InlineData("{exponential: 20ms}", "{gama: 20ms}", 7, "give one of constant, exponential, lognormal")]
    [InlineData("{exponential: 20ms}", "{gama: 20ms}", 7, "unknown field 'gama'; did you mean 'gamma'?")]
    [InlineData("workers: 4", "discipline: priorty", 7, "'priorty' is not accepted; did you mean 'priority'?")]
    public void A_mistake_is_told_with_its_line(string right, string wrong, int line, string message)
    {
        var result = Load(Good.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Null(result.Scenario);
        var problem = Assert.Single(result.Problems, problem => problem.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.Equal(line, problem.Line);
        Assert.Equal("demo.yaml", problem.File);
    }

    /// <summary>That nothing has a name is found when all is read, and is told where the name stands nevertheless.</summary>
    [Theory]
    [InlineData("load", "{host: gatewy, to: gatewy, rate: 1/s}", "10:24 load[1].to: unknown proxy 'gatewy'; did you mean 'gateway'?")]
    [InlineData("load", "{rate: 1/s}", "10:5 load[1].to: this field is required")]
    [InlineData("load", "{to: '', rate: 1/s}", "10:10 load[1].to: must not be empty")]
    [InlineData("services", "{name: gateway, service_time: 1ms}", "8:12 services[1].name: the name 'gateway' is used twice")]
    [InlineData("load", "{to: gateway, listener: main, rate: 1/s}", "10:29 load[1].listener: 'gateway' has no listener 'main'; it has 0.0.0.0:15001")]
    [InlineData("faults", "slow: {factor: 2, service: sv}", "12:32 faults[1].slow.service: unknown service 'sv'; did you mean 'svc'?")]
    [InlineData("faults", "slow: {factor: 2, service: svc, replicas: [0, 2]}", "12:51 faults[1].slow.replicas[1]: service 'svc' has replicas 0 to 1")]
    [InlineData("faults", "slow: {factor: 2}", "12:11 faults[1].slow.service: this field is required")]
    [InlineData(
        "faults",
        "partition: {between: [gateway, [svc, east]]}",
        "12:42 faults[1].partition.between[1][1]: no service, proxy or zone has the name 'east'"
    )]
    [InlineData("services", "{name: east, service_time: 1ms, sidecar: {proxy: east}}", "8:54 services[1].sidecar.proxy: unknown proxy 'east'")]
    [InlineData("services", "{name: east, service_time: 1ms, sidecar: east}", "8:46 services[1].sidecar: unknown proxy 'east'")]
    [InlineData("services", "{name: b, service_time: 1ms, node: [n]}", "8:41 services[1].node[0]: unknown node 'n'")]
    [InlineData(
        "services",
        "{name: b, service_time: 1ms, calls: [{to: svc, via: direct}, {to: sv, via: direct}]}",
        "8:71 services[1].calls[1].to: unknown service 'sv'; did you mean 'svc'?"
    )]
    [InlineData("changes", "scale: {service: sv, at: 1s, replicas: 3}", "11:22 changes[0].scale.service: unknown service 'sv'; did you mean 'svc'?")]
    public void A_name_that_nothing_has_is_told_where_it_stands(string list, string item, string told)
    {
        var lines = Good.Split('\n').ToList();
        if (!lines.Contains($"{list}:"))
        {
            lines.InsertRange(lines.IndexOf("faults:"), [$"{list}:", "  - {}"]);
        }

        var at = lines.IndexOf($"{list}:") + 1;
        lines[at] = lines[at] == "  - {}" ? $"  - {item}" : $"{lines[at]}\n  - {item}";

        var problem = Assert.Single(Load(string.Join('\n', lines)).Problems);

        Assert.Equal(told, $"{problem.Line}:{problem.Column} {problem.Path}: {problem.Message}");
    }

    [Theory]
    [InlineData("missing.yaml", "cannot read 'missing.yaml'")]
    [InlineData("empty.yaml", "'empty.yaml' is empty; accepted is Envoy configuration")]
    public void A_configuration_that_is_not_there_is_told_once(string file, string message)
    {
        var text = Good.Replace("envoy.yaml", file, StringComparison.Ordinal);
        var result = ScenarioLoader.Load(text, "demo.yaml", path => path == "empty.yaml" ? "" : null);

        Assert.Equal(message, Assert.Single(result.Problems).Message);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var result = Load(
            Good.Replace("30s", "30", StringComparison.Ordinal)
                .Replace("200/s", "many", StringComparison.Ordinal)
                .Replace("50%", "150%", StringComparison.Ordinal)
        );

        Assert.Equal(3, result.Problems.Length);
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("inner")]
    public void HTTP_2_from_proxy_to_proxy_is_refused(string endpoint)
    {
        var result = Load(
            """
            name: demo
            duration: 30s
            proxies:
              - name: gateway
                config_inline: |
                  static_resources:
                    listeners:
                      - address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
                        filter_chains: [{filters: []}]
                    clusters:
                      - name: next
                        type: STRICT_DNS
                        http2_protocol_options: {}
                        load_assignment:
                          cluster_name: next
                          endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: ENDPOINT, port_value: 80}}}}]}]
            services:
              - {name: inner, handshake_round_trips: 2, dns_ttl_s: 30, service_time: {constant: 1ms}}
            load:
              - {to: gateway, rate: 1/s}
            """.Replace("ENDPOINT", endpoint, StringComparison.Ordinal)
        );

        if (endpoint == "inner")
        {
            Assert.Empty(result.Problems);
            Assert.Equal((2, 30u), (result.Scenario!.Services[0].HandshakeRoundTrips, result.Scenario.Services[0].DnsTtlS));
        }
        else
        {
            Assert.StartsWith(
                "'gateway', cluster 'next': HTTP/2 from one proxy to another ('gateway') is not simulated yet",
                Assert.Single(result.Problems).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void A_TCP_proxy_is_refused_where_its_configuration_stands()
    {
        const string Chain =
            "filter_chains: [{filters: [{name: t, typed_config: {\"@type\": t/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: a}}]}]";
        var configuration = Configuration.Replace("filter_chains: [{filters: []}]", Chain, StringComparison.Ordinal);
        var problem = Assert.Single(ScenarioLoader.Load(Good, "demo.yaml", path => path == "envoy.yaml" ? configuration : null).Problems);

        Assert.Equal((5, "proxies[0].config"), (problem.Line, problem.Path));
        Assert.Contains("listener '0.0.0.0:15001': envoy.filters.network.tcp_proxy is not simulated under load", problem.Message, StringComparison.Ordinal);
    }

    private static ScenarioResult Load(string text) => ScenarioLoader.Load(text, "demo.yaml", path => path == "envoy.yaml" ? Configuration : null);
}
