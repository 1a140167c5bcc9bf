using MeshSim.Grains.Contracts;
using MeshSim.Grains.Simulation;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;
using Microsoft.Extensions.DependencyInjection;

namespace MeshSim.Silo;

/// <summary>What a run may do besides.</summary>
/// <param name="AccessLogOf">The proxy whose access log is kept; null for none.</param>
/// <param name="Until">When it may end before the scenario does; null: it does not.</param>
internal sealed record RunExtras(string? AccessLogOf = null, StopRule? Until = null);

/// <summary>Runs a scenario by the grains of a silo.</summary>
internal static class GrainRunner
{
    /// <param name="progress">Told virtual time reached (nanoseconds) and events handled.</param>
    public static async Task<RunResult> RunAsync(
        IServiceProvider silo,
        ScenarioSource source,
        ulong seed,
        int partitions,
        RunExtras extras,
        Action<long, long> progress,
        CancellationToken cancellation
    )
    {
        var request = new RunRequest(
            Guid.NewGuid().ToString("N"),
            source.File,
            source.Text,
            source.Files,
            seed,
            partitions,
            extras.AccessLogOf,
            extras.Until?.Text
        );
        var grain = silo.GetRequiredService<IGrainFactory>().GetGrain<ISimulationGrain>(request.RunId);
        var scenario = source.Result.Scenario!;
        await foreach (var report in grain.Run(request).WithCancellation(cancellation).ConfigureAwait(false))
        {
            progress(report.VirtualTimeNs, report.Events);
            if (report.Results is { } results)
            {
                return PartitionResult.Merge(
                    new World(scenario, seed),
                    [.. results.Select(bytes => PartitionResultCodec.Decode(scenario, bytes.Bytes))],
                    report.VirtualTimeNs
                );
            }
        }

        throw new InvalidOperationException("The run ended without a result.");
    }
}
