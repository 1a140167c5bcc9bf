using System.CommandLine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary><c>meshsim schema</c>: the JSON Schema of scenario files, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema of scenario files, for editors");
        command.SetAction(static _ =>
        {
            Console.Write(ScenarioSchema.Json());
            return ExitCodes.Fine;
        });
        return command;
    }
}
