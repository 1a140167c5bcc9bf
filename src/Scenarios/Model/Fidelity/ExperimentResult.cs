using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>What came of an experiment file.</summary>
/// <param name="Experiment">Null when there are problems.</param>
public sealed record ExperimentResult(Experiment? Experiment, ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings);
