using MeshSim.Grains.Contracts;
using MeshSim.Grains.Simulation;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary>Farms the runs of a sweep over silos, so many at once; keeps each as it comes.</summary>
internal sealed class SweepRunner(IGrainFactory grains, SweepGrid grid, IReadOnlyList<ScenarioSource> points, SweepLog log, long maxEvents)
{
    private const int MaxAttempts = 5;
    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly Lock keeping = new();

    /// <param name="atOnce">Runs at a time, over all silos.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellation">No further runs are begun; those under way are not waited for.</param>
    public async Task RunAsync(int atOnce, Action<int> progress, CancellationToken cancellation)
    {
        var open = Enumerable.Range(0, grid.Runs).Where(run => !log.Runs.ContainsKey(run)).ToArray();
        progress(log.Runs.Count);
        try
        {
            await Parallel
                .ForEachAsync(
                    open,
                    new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
                    async (run, token) =>
                    {
                        var done = await RunAsync(run).WaitAsync(token).ConfigureAwait(false);
                        lock (keeping)
                        {
                            log.Add(done);
                            progress(log.Runs.Count);
                        }
                    }
                )
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What is done is kept.
        }
    }

    private async Task<SweepRun> RunAsync(int number)
    {
        var (point, seed) = grid.Of(number);
        var source = points[point];
        var request = source.Request(seed, partitions: 1, id) with { MaxEvents = maxEvents };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await grains.GetGrain<IReplicationGrain>($"{id}/{number}").Run(request).ConfigureAwait(false);
                return Kept(number, source.Result.Scenario!, seed, outcome);
            }
            catch (Exception e) when (attempt < MaxAttempts && (e is OrleansException or TimeoutException))
            {
                // Its silo is lost; another takes it.
            }
        }
    }

    private static SweepRun Kept(int number, Scenario scenario, ulong seed, ReplicationOutcome outcome)
    {
        if (outcome.Failure is { } failure)
        {
            return new SweepRun(number, seed, "", [], failure);
        }

        var result = RunOutcomes.Result(scenario, seed, outcome);
        return new SweepRun(number, seed, ResultHash.Of(result), SweepFigures.Of(result), null);
    }
}
