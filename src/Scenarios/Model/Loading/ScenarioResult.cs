using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>What came of a scenario file and the configurations it names.</summary>
/// <param name="Scenario">Null when there are problems.</param>
public sealed record ScenarioResult(Scenario? Scenario, ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings)
{
    /// <summary>The file with all that it includes, its variables in their places and its short form written out; null if it cannot be read.</summary>
    public ConfigNode? Document { get; init; }

    /// <summary>The file says all of it by itself.</summary>
    public bool IsAsWritten { get; init; }
}
