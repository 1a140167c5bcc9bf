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
        var alone = SingleProcessRunner.Run(scenario, request.Seed);

        var result = await RunAsync(request, scenario);

        Assert.Equal(ResultHash.Of(alone), ResultHash.Of(result));
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

    private async Task<RunResult> RunAsync(RunRequest request, Scenario scenario)
    {
        await foreach (var report in cluster.Client.GetGrain<ISimulationGrain>(request.RunId).Run(request))
        {
            if (report.Results is { } results)
            {
                return PartitionResult.Merge(
                    new World(scenario, request.Seed),
                    [.. results.Select(bytes => PartitionResultCodec.Decode(scenario, bytes.Bytes))]
                );
            }
        }

        throw new InvalidOperationException("The run ended without a result.");
    }

    private static (RunRequest Request, Scenario Scenario) Request(int partitions)
    {
        const string file = "seed-httpbin-retry.scenario.yaml";
        var text = ScenarioLibrary.Read(file)!.Replace("duration: 60s", "duration: 25s", StringComparison.Ordinal);
        var files = new Dictionary<string, string> { ["seed_replicas_retry.yaml"] = ScenarioLibrary.Read("seed_replicas_retry.yaml")! };
        var scenario = ScenarioLoader.Load(text, file, files.GetValueOrDefault).Scenario!;
        return (new RunRequest($"run{partitions}", file, text, files, 7, partitions), scenario);
    }
}
