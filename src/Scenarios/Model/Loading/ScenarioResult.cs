using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>What came of a scenario file and the configurations it names.</summary>
/// <param name="Scenario">Null when there are problems.</param>
public sealed record ScenarioResult(Scenario? Scenario, ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings);
