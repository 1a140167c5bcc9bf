using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary>Simulates an experiment once for each seed. Seeds run side by side; each run is alone in its thread, so that makes no difference to it.</summary>
internal static class FidelityRunner
{
    /// <param name="seeds">How many seeds, from 1.</param>
    /// <param name="partitions">How many the entities of a run are divided among; changes nothing but the time it takes.</param>
    public static FidelityOutcome Run(string file, Experiment experiment, int seeds, int partitions)
    {
        var runs = new ExperimentRun[seeds];
        _ = Parallel.For(0, seeds, i => runs[i] = Simulate(experiment, (ulong)i + 1, partitions));
        return new FidelityOutcome(file, experiment, [.. runs], Judge.Of(experiment, runs));
    }

    public static ExperimentRun Simulate(Experiment experiment, ulong seed, int partitions = 1)
    {
        var lead = Lead.OfSeed(seed);
        var observer = new ExperimentObserver(experiment, lead);
        return observer.Record(SingleProcessRunner.Run(Lead.Delay(experiment.SetUp, lead), seed, partitions, observer: observer));
    }
}
