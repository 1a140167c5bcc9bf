using MeshSim.Grains.Contracts;
using MeshSim.Grains.Simulation;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary>Runs a scenario by the grains of a cluster.</summary>
internal static class GrainRunner
{
    private const int MaxAttempts = 60;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <param name="progress">Told how far it is; first when all partitions have begun.</param>
    /// <param name="cancellation">Ends the run early; what was computed is kept.</param>
    public static async Task<(RunResult Result, RunOutcome Outcome)> RunAsync(
        IGrainFactory grains,
        RunRequest request,
        Scenario scenario,
        Action<RunReport> progress,
        CancellationToken cancellation
    )
    {
        var grain = grains.GetGrain<ISimulationGrain>(request.RunId);
        await using var stop = cancellation.Register(() => _ = grain.Stop()).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await OutcomeAsync(grain, request, progress).ConfigureAwait(false);
                grain.Release().Ignore(); // Nothing depends on it; what is not released is let go of when it has been idle.
                return (RunOutcomes.Result(scenario, request.Seed, outcome), outcome);
            }
            catch (Exception e) when (attempt < MaxAttempts && (e is OrleansException or EnumerationAbortedException or TimeoutException))
            {
                // The silo that kept the run going is lost; another takes it over, with the partitions that are still there.
                await Task.Delay(RetryAfter, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static async Task<RunOutcome> OutcomeAsync(ISimulationGrain grain, RunRequest request, Action<RunReport> progress)
    {
        await foreach (var report in grain.Run(request).ConfigureAwait(false))
        {
            progress(report);
            if (report.Outcome is { } outcome)
            {
                return outcome;
            }
        }

        throw new InvalidOperationException("The run ended without a result.");
    }
}
