using System.Diagnostics;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary>A scenario of the library and what came of it.</summary>
/// <param name="Name">What <c>meshsim run</c> calls it.</param>
/// <param name="Took">Time it took to simulate.</param>
internal sealed record LibraryRun(string Name, Scenario Scenario, RunResult Result, TimeSpan Took)
{
    /// <summary>Of scenarios that name none.</summary>
    private const ulong DefaultSeed = 1;

    /// <param name="seed">Null for the scenario's own, or 1.</param>
    /// <exception cref="BadInputException">There is no such scenario.</exception>
    public static LibraryRun Of(string name, ulong? seed = null)
    {
        var watch = Stopwatch.StartNew();
        var loaded = ScenarioSource.Open(name).Result;
        var scenario = loaded.Scenario ?? throw new InvalidOperationException($"The library's {name} cannot be read: {string.Join("; ", loaded.Problems)}");
        var result = SingleProcessRunner.Run(scenario, seed ?? scenario.Seed ?? DefaultSeed);
        return new LibraryRun(name, scenario, result, watch.Elapsed);
    }
}
