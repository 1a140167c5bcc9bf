using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;
using Orleans.TestingHost;

namespace MeshSim.Grains.Simulation.Tests;

public class GrainRunTests : IAsyncLifetime
{
    private InProcessTestCluster cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = new InProcessTestClusterBuilder(1).Build();
        await cluster.DeployAsync();
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    /// <summary>The grains and the one-process runner are two ways of driving the same partitions: the hash is the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Grains_give_the_result_of_the_one_process_runner(int partitions)
    {
        var (request, scenario) = Request(partitions);
        var alone = SingleProcessRunner.Run(scenario, request.Seed, details: true);

        var result = await RunAsync(request, scenario);

        Assert.Equal(ResultHash.Of(alone), ResultHash.Of(result));
        Assert.Equal(Details(alone), Details(result));
        Assert.Equal(partitions, result.Partitions.Length);
        Assert.All(result.Partitions, partition => Assert.True(partition.Events > 0));
    }

    [Fact]
    public async Task Entity_grains_answer_for_their_simulated_entities()
    {
        var (request, scenario) = Request(2);
        _ = await RunAsync(request, scenario);

        var proxy = cluster.Client.GetGrain<IProxyGrain>($"{request.RunId}/gateway");

        Assert.Contains("httpbin_service::10.1.0.1:8000::hostname::httpbin\n", await proxy.Clusters(), StringComparison.Ordinal);
        Assert.Contains("cluster.httpbin_service.upstream_rq_200: ", await proxy.Stats(), StringComparison.Ordinal);
        var members = await cluster.Client.GetGrain<IClusterGrain>($"{request.RunId}/gateway/httpbin_service").Status();
        Assert.Equal(3, members!.Split('\n').Count(line => line.EndsWith("::health_flags::healthy", StringComparison.Ordinal)));
        var endpoint = await cluster.Client.GetGrain<IEndpointGrain>($"{request.RunId}/httpbin-0").Status();
        Assert.Equal("10.1.0.1:8000", endpoint!.Address);
        Assert.True(endpoint.Errors > 0 && endpoint.Answered >= endpoint.Errors);
        Assert.Null(await cluster.Client.GetGrain<IEndpointGrain>($"{request.RunId}/httpbin-9").Status());
        Assert.Null(await cluster.Client.GetGrain<IProxyGrain>($"{request.RunId}/nobody").Stats());
    }

    /// <summary>A run may end at a boundary of batches; the same one however it is divided, as if the scenario were that long.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_run_ends_when_an_interval_is_narrow_enough(int partitions)
    {
        var (request, scenario) = Request(partitions, "60s");
        var result = await RunAsync(request with { Until = "p50 half-width < 60%" }, scenario);

        Assert.Equal(25_000_000_000, result.DurationNs);
        Assert.Equal(25, result.Seconds.Length);
        var shorter = Request(1, "25s").Scenario;
        Assert.Equal(SingleProcessRunner.Run(shorter, request.Seed).Totals.ByStatus, result.Totals.ByStatus);
    }

    /// <summary>All that a report shows, but for statistics pages, which only grains make.</summary>
    private static string Details(RunResult result) =>
        System.Text.Json.JsonSerializer.Serialize(result.Proxies.Select(static proxy => proxy.Details! with { Stats = "" }).ToArray());

    private async Task<RunResult> RunAsync(RunRequest request, Scenario scenario)
    {
        await foreach (var report in cluster.Client.GetGrain<ISimulationGrain>(request.RunId).Run(request))
        {
            if (report.Results is { } results)
            {
                return PartitionResult.Merge(
                    new World(scenario, request.Seed),
                    [.. results.Select(bytes => PartitionResultCodec.Decode(scenario, bytes.Bytes))],
                    report.VirtualTimeNs
                );
            }
        }

        throw new InvalidOperationException("The run ended without a result.");
    }

    private static (RunRequest Request, Scenario Scenario) Request(int partitions, string duration = "25s")
    {
        const string file = "seed-httpbin-retry.scenario.yaml";
        var text = ScenarioLibrary.Read(file)!.Replace("duration: 60s", $"duration: {duration}", StringComparison.Ordinal);
        var files = new Dictionary<string, string> { ["seed_replicas_retry.yaml"] = ScenarioLibrary.Read("seed_replicas_retry.yaml")! };
        var scenario = ScenarioLoader.Load(text, file, files.GetValueOrDefault).Scenario!;
        return (new RunRequest($"run{partitions}", file, text, files, 7, partitions), scenario);
    }
}
