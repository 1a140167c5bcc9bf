using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary>Simulates an experiment once for each seed. Seeds run side by side; each run is alone in its thread, so that makes no difference to it.</summary>
internal static class FidelityRunner
{
    /// <param name="seeds">How many seeds, from 1.</param>
    public static FidelityOutcome Run(string file, Experiment experiment, int seeds)
    {
        var runs = new ExperimentRun[seeds];
        _ = Parallel.For(0, seeds, i => runs[i] = Simulate(experiment, (ulong)i + 1));
        return new FidelityOutcome(file, experiment, [.. runs], Judge.Of(experiment, runs));
    }

    public static ExperimentRun Simulate(Experiment experiment, ulong seed)
    {
        var lead = Lead.OfSeed(seed);
        var observer = new ExperimentObserver(experiment, lead);
        return observer.Record(SingleProcessRunner.Run(Lead.Delay(experiment.SetUp, lead), seed, observer: observer));
    }
}
