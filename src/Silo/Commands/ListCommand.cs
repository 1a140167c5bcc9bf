using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeshSim.Scenarios.Library;

namespace MeshSim.Silo;

/// <summary><c>meshsim list</c>: the scenarios of the library.</summary>
internal static class ListCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Machine-readable" };
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var command = new Command("list", "List the scenarios that come with meshsim") { Json };
        command.SetAction(static arguments =>
        {
            var all = ScenarioLibrary
                .Names.Select(static name => new { name, description = ScenarioSource.Open(name).Result.Scenario?.Description ?? "" })
                .ToArray();
            if (arguments.GetValue(Json))
            {
                Console.WriteLine(JsonSerializer.Serialize(all, Format));
                return ExitCodes.Fine;
            }

            var width = all.Max(static one => one.name.Length);
            foreach (var one in all)
            {
                Console.WriteLine($"{one.name.PadRight(width)}  {one.description}");
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
