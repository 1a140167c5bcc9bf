using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>An experiment, its simulated runs, and what became of each figure.</summary>
/// <param name="File">The file it came from.</param>
/// <param name="Simulated">One run a seed, in the order of seeds from 1.</param>
public sealed record FidelityOutcome(string File, Experiment Experiment, ImmutableArray<ExperimentRun> Simulated, ImmutableArray<FigureVerdict> Figures)
{
    public int Count(Verdict verdict) => Figures.Count(figure => figure.Verdict == verdict);
}
