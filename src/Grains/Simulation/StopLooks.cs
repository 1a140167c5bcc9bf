using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;

namespace MeshSim.Grains.Simulation;

/// <summary>When a run is looked at to see whether it may end, and what came of it.</summary>
internal sealed class StopLooks
{
    private readonly StopRule? rule;
    private readonly Scenario scenario;

    /// <param name="goneNs">Where the run is already.</param>
    public StopLooks(RunRequest request, Scenario scenario, long goneNs)
    {
        this.scenario = scenario;
        rule = request.Until is { } text ? StopRule.Parse(text, out _) : null;
        NextNs = rule is null ? long.MaxValue : StopRule.FirstLookNs(scenario);
        while (NextNs < goneNs)
        {
            NextNs = StopRule.NextLookNs(NextNs);
        }
    }

    /// <summary>The next look; <see cref="long.MaxValue"/>: there is none.</summary>
    public long NextNs { get; private set; }

    /// <summary>Where the run was ended; null if it was not.</summary>
    public long? EndedNs { get; private set; }

    /// <summary>A look at what clients saw until now. Returns whether the run may end.</summary>
    public bool IsMet(EventBytes[] clients)
    {
        var recorder = PartitionResult.MergeClients(scenario, [.. clients.Select(part => PartitionResultCodec.Decode(scenario, part.Bytes))]);
        if (rule!.IsMet(scenario, recorder, NextNs))
        {
            EndedNs = NextNs;
            return true;
        }

        NextNs = StopRule.NextLookNs(NextNs);
        return false;
    }
}
