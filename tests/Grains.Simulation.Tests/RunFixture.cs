using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;
using Orleans.TestingHost;

namespace MeshSim.Grains.Simulation.Tests;

/// <summary>Silos in this process, and runs in them.</summary>
public sealed class RunFixture : IAsyncDisposable
{
    private readonly InProcessTestCluster cluster;

    private RunFixture(InProcessTestCluster cluster) => this.cluster = cluster;

    public IGrainFactory Grains => cluster.Client;

    public static async Task<RunFixture> StartAsync(short silos)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        _ = builder.ConfigureSilo(static (_, silo) => silo.AddSimulation());
        var built = builder.Build();
        await built.DeployAsync();
        return new RunFixture(built);
    }

    /// <summary>A scenario of the library, for so many seconds.</summary>
    public static (RunRequest Request, Scenario Scenario) Library(string id, int partitions, int seconds)
    {
        const string file = "seed-httpbin-retry.scenario.yaml";
        var text = ScenarioLibrary.Read(file)!.Replace("duration: 60s", $"duration: {seconds}s", StringComparison.Ordinal);
        var files = new Dictionary<string, string> { ["seed_replicas_retry.yaml"] = ScenarioLibrary.Read("seed_replicas_retry.yaml")! };
        return Of(id, partitions, text, files);
    }

    public static (RunRequest Request, Scenario Scenario) Of(string id, int partitions, string text, Dictionary<string, string>? files = null)
    {
        files ??= [];
        var loaded = ScenarioLoader.Load(text, "test.scenario.yaml", files.GetValueOrDefault);
        Assert.Empty(loaded.Problems);
        return (new RunRequest(id, "test.scenario.yaml", text, files, 7, partitions), loaded.Scenario!);
    }

    /// <param name="during">Called once, at the first report.</param>
    /// <param name="fromNs">How far the run is by then at least.</param>
    public async Task<(RunResult Result, RunOutcome Outcome)> RunAsync(RunRequest request, Scenario scenario, Func<Task>? during = null, long fromNs = 0)
    {
        Task? asked = null;
        await foreach (var report in Grains.GetGrain<ISimulationGrain>(request.RunId).Run(request))
        {
            asked ??= report.VirtualTimeNs >= fromNs ? during?.Invoke() : null;
            if (report.Outcome is { } outcome)
            {
                await (asked ?? Task.CompletedTask);
                return (RunOutcomes.Result(scenario, request.Seed, outcome), outcome);
            }
        }

        throw new InvalidOperationException("The run ended without an outcome.");
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
