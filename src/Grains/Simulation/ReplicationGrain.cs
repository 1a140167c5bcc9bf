using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Grains.Simulation;

/// <summary>Runs whole scenarios, outside the threads that keep grains going.</summary>
[PartitionPlacement]
internal sealed class ReplicationGrain : Grain, IReplicationGrain
{
    public async Task<ReplicationOutcome> Run(RunRequest request)
    {
        var outcome = await Task.Run(() => Simulate(request));
        DeactivateOnIdle();
        return outcome;
    }

    private static ReplicationOutcome Simulate(RunRequest request)
    {
        using var run = new PartitionRun(request with { Partitions = 1, RecordsDetails = false }, 0);
        while (run.Failure is null && run.Step(long.MaxValue) == WindowStep.More) { }

        return run.Failure is null
            ? new ReplicationOutcome(new EventBytes(run.Collect(run.DurationNs)), null)
            : new ReplicationOutcome(new EventBytes([]), run.Failure);
    }
}
