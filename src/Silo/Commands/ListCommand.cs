using System.CommandLine;
using MeshSim.Scenarios.Library;

namespace MeshSim.Silo;

/// <summary><c>meshsim list</c>: the scenarios of the library.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "List the scenarios that come with meshsim");
        command.SetAction(static _ =>
        {
            foreach (var name in ScenarioLibrary.Names)
            {
                Console.WriteLine($"{name, -24} {ScenarioSource.Open(name).Result.Scenario?.Description}");
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
