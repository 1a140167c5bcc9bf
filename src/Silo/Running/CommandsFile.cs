using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary><c>commands.jsonl</c>: what was asked of a run from outside, a JSON object in each line.</summary>
internal static class CommandsFile
{
    private const string Name = "commands.jsonl";

    /// <summary>Writes it into a result folder, unless nothing was asked.</summary>
    public static void Write(string folder, RecordedCommand[] commands)
    {
        var path = Path.Combine(folder, Name);
        if (commands.Length == 0)
        {
            File.Delete(path); // Of an earlier run in the same folder.
            return;
        }

        File.WriteAllText(path, string.Concat(commands.Select(static command => Line(command) + "\n")));
    }

    /// <exception cref="BadInputException">It cannot be read, or a line is no command of this scenario.</exception>
    public static RecordedCommand[] Read(string path, Scenario scenario)
    {
        var lines = InputFile.Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select((line, index) => Read(path, scenario, line, index))];
    }

    private static RecordedCommand Read(string path, Scenario scenario, string line, int index)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var (target, command) = (root.GetProperty("target").GetString()!, root.GetProperty("command").GetRawText());
            _ = CommandReader.Read(scenario, target, command, out var problem);
            return problem is null
                ? new RecordedCommand(index, root.GetProperty("timeNs").GetInt64(), target, command)
                : throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"{path}:{index + 1}: {problem}"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new BadInputException(
                string.Create(CultureInfo.InvariantCulture, $"{path}:{index + 1}: expected an object with timeNs, target and command: {e.Message}"),
                e
            );
        }
    }

    private static string Line(RecordedCommand command)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("timeNs", command.TimeNs);
            json.WriteString("target", command.Target);
            json.WritePropertyName("command");
            json.WriteRawValue(command.Json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
