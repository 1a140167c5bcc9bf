using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>Pods that share the CPUs of a machine.</summary>
public class NodeRunTests
{
    /// <summary>A service that wants a fifth of a CPU, and from second 20 on one whose eight workers are always busy; that one answers 201.</summary>
    private const string Neighbours = """
        name: neighbours
        duration: 40s
        network: { latency_floor: 500us }
        nodes: [{ name: shared, cpus: 1 }, { name: other, cpus: 1 }]
        proxies: [{ name: first, config: quiet }, { name: second, config: noisy }]
        services:
          - { name: quiet, workers: 100, service_time: { constant: 10ms }, node: shared }
          - { name: noisy, workers: 8, service_time: { constant: 100ms }, node: NODE, status: 201 }
        load:
          - { to: first, rate: 20/s }
          - { to: second, rate: 40/s, from: 20s }
        """;

    [Theory]
    [InlineData("other", 10, 25)] // Alone it takes 10 ms and four times the floor.
    [InlineData("shared", 70, 130)] // Eight others are always there: a ninth of a CPU.
    public void A_busy_neighbour_makes_others_slow(string node, double least, double most)
    {
        var latencies = new Latencies();

        _ = SingleProcessRunner.Run(Load(node).Scenario!, seed: 3, observer: latencies);

        Assert.InRange(latencies.MedianMs(0, 20), 10, 25);
        Assert.InRange(latencies.MedianMs(22, 40), least, most);
    }

    [Fact]
    public void Partitions_do_not_change_the_result()
    {
        var scenario = Load("shared").Scenario!;

        Assert.Equal(ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7)), ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7, partitions: 3)));
    }

    [Fact]
    public void A_node_that_nobody_described_is_refused() =>
        Assert.Contains(Load("shard").Problems, static problem => problem.Message == "unknown node 'shard'; did you mean 'shared'?");

    private static ScenarioResult Load(string node) =>
        ScenarioLoader.Load(Neighbours.Replace("NODE", node, StringComparison.Ordinal), "neighbours.yaml", Configuration);

    private static string Configuration(string service) =>
        """
            static_resources:
              listeners:
                - name: main
                  address: { socket_address: { address: 0.0.0.0, port_value: 8080 } }
                  filter_chains:
                    - filters:
                        - name: hcm
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: in
                            http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                            route_config: {name: local, virtual_hosts: [{name: all, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: SERVICE}}]}]}
              clusters:
                - {name: SERVICE, type: STRICT_DNS, load_assignment: {cluster_name: SERVICE, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: SERVICE, port_value: 80}}}}]}]}}
            """.Replace("SERVICE", service, StringComparison.Ordinal);

    /// <summary>Latencies of answers with 200, by the second they were asked for in.</summary>
    private sealed class Latencies : IRunObserver
    {
        private readonly List<(long SentNs, double Ms)> all = [];

        public double MedianMs(int fromSecond, int toSecond)
        {
            var some = all.Where(answer => answer.SentNs >= fromSecond * 1_000_000_000L && answer.SentNs < toSecond * 1_000_000_000L).ToArray();
            return some.Select(static answer => answer.Ms).Order().ElementAt(some.Length / 2);
        }

        public void Answered(long sentNs, long nowNs, int status)
        {
            if (status == 200)
            {
                all.Add((sentNs, (nowNs - sentNs) / 1e6));
            }
        }

        public void Arrived(string endpoint, long nowNs) { }
    }
}
