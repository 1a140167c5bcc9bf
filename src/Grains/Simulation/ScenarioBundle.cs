using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Model;

namespace MeshSim.Grains.Simulation;

/// <summary>The scenario of a run, read again wherever a part of it runs.</summary>
internal static class ScenarioBundle
{
    public static Scenario Load(RunRequest request)
    {
        var result = ScenarioLoader.Load(request.ScenarioText, request.ScenarioFile, request.Files.GetValueOrDefault);
        return result.Scenario
            ?? throw new InvalidOperationException($"The scenario was accepted before it was sent, and is refused here: {result.Problems[0]}");
    }
}
