using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// COALESCE: the first of several operators that has a value which is not empty. They are given as JSON,
/// <c>{"operators": ["REQUESTED_SERVER_NAME", {"command": "REQ", "param": ":authority", "max_length": 10}]}</c>.
/// </summary>
internal sealed class CoalesceSegment(FormatSegment[] segments, int? maxLength) : FormatSegment
{
    public static FormatSegment? Create(in FormatArguments arguments, out string? error)
    {
        if (arguments.Parameters.Length == 0)
        {
            error = "COALESCE requires a JSON configuration parameter";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(arguments.Parameters);
            return Create(document.RootElement, arguments, out error);
        }
        catch (JsonException e)
        {
            error = $"COALESCE: failed to parse JSON configuration: {e.Message}";
            return null;
        }
    }

    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        var start = output.Length;
        foreach (var segment in segments)
        {
            if (segment.Write(info, output) && output.Length > start)
            {
                output.Truncate(start + Math.Min(maxLength ?? int.MaxValue, output.Length - start));
                return true;
            }
        }

        return false;
    }

    public override bool WriteJson(StreamInfo info, ByteBuffer output)
    {
        var start = output.Length;
        foreach (var segment in segments)
        {
            if (segment.WriteJson(info, output) && !output.Span[start..].SequenceEqual("\"\""u8))
            {
                var isText = output.Span[start] == (byte)'"';
                if (!isText || maxLength is null)
                {
                    return true;
                }

                // Only texts are cut, and before they are escaped.
                output.Truncate(start);
                return base.WriteJson(info, output);
            }

            output.Truncate(start);
        }

        return false;
    }

    private static CoalesceSegment? Create(JsonElement root, in FormatArguments arguments, out string? error)
    {
        error = null;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("operators", out var operators))
        {
            error = "COALESCE: JSON configuration must contain 'operators' array";
            return null;
        }

        if (operators.ValueKind != JsonValueKind.Array)
        {
            error = $"COALESCE: 'operators' must be an array: it is {operators.ValueKind}";
            return null;
        }

        var segments = new FormatSegment[operators.GetArrayLength()];
        if (segments.Length == 0)
        {
            error = "COALESCE: 'operators' array must not be empty";
            return null;
        }

        for (var i = 0; i < segments.Length; i++)
        {
            if (Operator(operators[i], arguments.Options, out var problem) is not { } segment)
            {
                error = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"COALESCE: failed to parse operator at index {i}: {problem}");
                return null;
            }

            segments[i] = segment;
        }

        return new CoalesceSegment(segments, arguments.Length);
    }

    private static FormatSegment? Operator(JsonElement entry, FormatOptions options, out string? problem)
    {
        var command = entry.ValueKind == JsonValueKind.String ? entry.GetString()! : "";
        var parameters = "";
        int? maxLength = null;
        problem = null;
        if (entry.ValueKind == JsonValueKind.Object)
        {
            problem = ReadEntry(entry, ref command, ref parameters, ref maxLength);
        }
        else if (entry.ValueKind != JsonValueKind.String)
        {
            problem = "operator entry must be either a string (command name) or an object with 'command' field";
        }

        if (problem is not null)
        {
            return null;
        }

        var segment = FormatOperators.Create(new FormatArguments(command, parameters, maxLength, options), out var found);
        problem = found is { Kind: FormatProblemKind.UnknownOperator } ? $"unknown command: '{command}'" : found?.Message;
        return segment;
    }

    private static string? ReadEntry(JsonElement entry, ref string command, ref string parameters, ref int? maxLength)
    {
        if (!entry.TryGetProperty("command", out var name) || name.ValueKind != JsonValueKind.String)
        {
            return "operator object must have 'command' field: key 'command' missing or not a string";
        }

        command = name.GetString()!;
        if (entry.TryGetProperty("param", out var given))
        {
            if (given.ValueKind != JsonValueKind.String)
            {
                return "'param' field must be a string";
            }

            parameters = given.GetString()!;
        }

        if (entry.TryGetProperty("max_length", out var limit))
        {
            if (limit.ValueKind != JsonValueKind.Number || !limit.TryGetInt64(out var length))
            {
                return "'max_length' field must be an integer";
            }

            if (length <= 0)
            {
                return "'max_length' must be a positive integer";
            }

            maxLength = (int)Math.Min(length, int.MaxValue);
        }

        return null;
    }
}
