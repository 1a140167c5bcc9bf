using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Grains.Simulation;

/// <summary>Makes a result of what the partitions of a run counted.</summary>
public static class RunOutcomes
{
    public static RunResult Result(Scenario scenario, ulong seed, RunOutcome outcome)
    {
        PartitionResult[] parts = [.. outcome.Partitions.Select(partition => Decode(scenario, partition))];
        return PartitionResult.Merge(new World(scenario, seed), parts, outcome.EndedNs);
    }

    /// <summary>The result of a run that went to its end in one partition.</summary>
    public static RunResult Result(Scenario scenario, ulong seed, ReplicationOutcome outcome) =>
        PartitionResult.Merge(new World(scenario, seed), [PartitionResultCodec.Decode(scenario, outcome.Counts.Bytes)]);

    private static PartitionResult Decode(Scenario scenario, PartitionOutcome partition)
    {
        var result = PartitionResultCodec.Decode(scenario, partition.Counts.Bytes);
        return result with { Partition = result.Partition with { Silo = partition.Silo, Batches = partition.Batches, Executions = partition.Executions } };
    }
}
