using System.CommandLine;

namespace MeshSim.Silo;

/// <summary>Options of every command that takes a scenario.</summary>
internal static class ScenarioOptions
{
    public static readonly Option<string[]> Set = new("--set")
    {
        Description = "Sets a value of the scenario, as path=value: load[0].rate=300/s, services.svc.workers=4, vars.retries=3",
        DefaultValueFactory = static _ => [],
    };
}
