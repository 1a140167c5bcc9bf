using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MeshSim.Silo.Tests;

/// <summary>Runs over several silo processes, some of which are killed.</summary>
public sealed class ClusterRunTests : IDisposable
{
    /// <summary>Forty-one pods, with faults of three kinds.</summary>
    private const string Scenario = """
        name: forty
        duration: 20s
        warm_up: 2s
        proxies:
          - {name: gateway, config: forty.yaml, replicas: 10}
        services:
          - {name: alpha, port: 8080, replicas: 15, workers: 8, service_time: {exponential: 20ms}}
          - {name: beta, port: 8080, replicas: 15, workers: 8, service_time: {exponential: 10ms}}
        network: {latency_floor: 500us, latency_mean: 200us}
        load:
          - {to: gateway, rate: 400/s, path: /alpha}
          - {to: gateway, rate: 400/s, path: /beta}
        faults:
          - error_rate: {service: alpha, replicas: [0, 1, 2], rate: 50%, from: 4s, for: 6s}
          - slow: {service: beta, replicas: [0, 1], factor: 5, from: 8s, for: 6s}
          - down: {service: alpha, replicas: [5], from: 12s, for: 4s}
        """;

    private const string Configuration = """
        static_resources:
          listeners:
          - name: in
            address: {socket_address: {address: 0.0.0.0, port_value: 10000}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  route_config:
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                      - match: {prefix: /alpha}
                        route: {cluster: alpha, timeout: 1s, retry_policy: {retry_on: "5xx,reset,connect-failure", num_retries: 2}}
                      - match: {prefix: /beta}
                        route: {cluster: beta, timeout: 1s}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
          - name: alpha
            type: STRICT_DNS
            lb_policy: LEAST_REQUEST
            connect_timeout: 1s
            outlier_detection: {consecutive_5xx: 5, interval: 2s}
            load_assignment: {cluster_name: alpha, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: alpha, port_value: 8080}}}}]}]}
          - name: beta
            type: STRICT_DNS
            connect_timeout: 1s
            load_assignment: {cluster_name: beta, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: beta, port_value: 8080}}}}]}]}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("meshsim").FullName;

    public ClusterRunTests()
    {
        File.WriteAllText(Path.Combine(folder, "forty.scenario.yaml"), Scenario);
        File.WriteAllText(Path.Combine(folder, "forty.yaml"), Configuration);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Partitions_and_silo_processes_make_no_difference_and_all_take_part()
    {
        var alone = await RunAsync("--partitions", "1");
        foreach (var (silos, partitions) in new[] { (1, 2), (1, 4), (2, 2), (2, 4) })
        {
            var result = await RunAsync("--silos", Text(silos), "--partitions", Text(partitions));

            Assert.Equal(alone.Hash, result.Hash);
            Assert.Equal(partitions, result.Partitions.Length);
            Assert.Equal(silos, result.Partitions.Select(static partition => partition.Silo).Distinct().Count());
            Assert.All(result.Partitions, static partition => Assert.True(partition is { Events: > 0, Batches: > 0, Executions: 1 }));
        }
    }

    [Fact]
    public async Task A_silo_process_that_is_killed_costs_its_partitions_a_second_execution_and_nothing_else()
    {
        var alone = await RunAsync("--partitions", "1");
        await using var run = RunningMeshsim.Start(folder, Arguments("--silos", "2", "--partitions", "4", "--verbose"));
        var silos = await run.LineAsync("silo processes");
        _ = await run.LineAsync(" events");

        using (var child = Process.GetProcessById(int.Parse(silos[(silos.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)))
        {
            child.Kill();
        }

        var (code, output) = await run.EndAsync();
        Assert.Equal(0, code);
        var result = Result();
        Assert.Equal(alone.Hash, result.Hash);
        var again = result.Partitions.Where(static partition => partition.Executions == 2).ToArray();
        Assert.Equal(2, again.Length);
        Assert.All(result.Partitions.Except(again), static partition => Assert.Equal(1, partition.Executions));
        Assert.Contains("Executed again after the loss of a silo: partition", output, StringComparison.Ordinal);
    }

    /// <summary>One of the two silos kept the run going as well: whichever it is, the other takes over.</summary>
    [RedisTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task In_a_cluster_over_Redis_any_silo_may_be_killed(int killed)
    {
        var alone = await RunAsync("--partitions", "1");
        var redisPort = FreePorts.Pair();
        using var redis = StartRedis(redisPort);
        try
        {
            var cluster = $"redis://127.0.0.1:{redisPort}";
            await using var a = RunningMeshsim.Start(folder, "silo", "--cluster", cluster, "--port", Text(FreePorts.Pair()));
            await using var b = RunningMeshsim.Start(folder, "silo", "--cluster", cluster, "--port", Text(FreePorts.Pair()));
            _ = await a.LineAsync("is in cluster");
            _ = await b.LineAsync("is in cluster");
            await using var run = RunningMeshsim.Start(folder, Arguments("--cluster", cluster, "--partitions", "4", "--verbose"));
            _ = await run.LineAsync(" events");

            (killed == 0 ? a : b).Kill();

            var (code, _) = await run.EndAsync();
            Assert.Equal(0, code);
            var result = Result();
            Assert.Equal(alone.Hash, result.Hash);
            Assert.Equal(2, result.Partitions.Count(static partition => partition.Executions == 2));
        }
        finally
        {
            redis.Kill();
        }
    }

    private async Task<RunFacts> RunAsync(params string[] arguments)
    {
        await using var run = RunningMeshsim.Start(folder, Arguments(arguments));
        var (code, output) = await run.EndAsync();
        Assert.True(code == 0, output);
        return Result();
    }

    private static string[] Arguments(params string[] more) => ["run", "forty.scenario.yaml", "--seed", "7", "--out", "result", .. more];

    private RunFacts Result()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "result", "result.json")));
        var partitions = json
            .RootElement.GetProperty("partitions")
            .EnumerateArray()
            .Select(static partition => new PartitionFacts(
                partition.GetProperty("events").GetInt64(),
                partition.GetProperty("batches").GetInt64(),
                partition.GetProperty("silo").GetString()!,
                partition.GetProperty("executions").GetInt32()
            ));
        return new RunFacts(json.RootElement.GetProperty("resultHash").GetString()!, [.. partitions]);
    }

    private static Process StartRedis(int port)
    {
        var start = new ProcessStartInfo("redis-server", ["--port", Text(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record RunFacts(string Hash, PartitionFacts[] Partitions);

    private sealed record PartitionFacts(long Events, long Batches, string Silo, int Executions);
}
