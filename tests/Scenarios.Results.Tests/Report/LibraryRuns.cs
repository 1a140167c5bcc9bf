using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

/// <summary>Scenarios of the library, shortened, with what a report shows written down.</summary>
internal static class LibraryRuns
{
    public static Scenario Scenario(string name, int seconds)
    {
        var file = ScenarioLibrary.FileName(name);
        var loaded = ScenarioLoader.Load(ScenarioLibrary.Read(file)!, file, other => ScenarioLibrary.ReadBeside(file, other));
        return loaded.Scenario! with { DurationNs = seconds * 1_000_000_000L };
    }

    public static RunResult Run(Scenario scenario, int partitions = 1) => SingleProcessRunner.Run(scenario, seed: 7, partitions, details: true);
}
