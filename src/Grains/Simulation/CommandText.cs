using System.Text.Json;
using System.Text.Json.Nodes;
using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Model;

namespace MeshSim.Grains.Simulation;

/// <summary>Commands as they travel, and what they mean.</summary>
internal static class CommandText
{
    /// <summary>Why a command cannot be carried out; null if it can.</summary>
    public static string? Problem(Scenario scenario, string target, string json)
    {
        _ = CommandReader.Read(scenario, target, json, out var problem);
        return problem;
    }

    /// <summary>A part of a command that was given as text; null if it is no JSON object.</summary>
    public static JsonObject? Object(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="InvalidOperationException">It was accepted before it was recorded, and is refused here.</exception>
    public static TimedCommand Read(Scenario scenario, RecordedCommand recorded) =>
        CommandReader.Read(scenario, recorded.Target, recorded.Json, out var problem) is { } command
            ? new TimedCommand(recorded.Number, recorded.TimeNs, recorded.Target, command)
            : throw new InvalidOperationException($"Command {recorded.Number} was accepted before it was recorded, and is refused here: {problem}");
}
