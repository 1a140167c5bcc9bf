using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Lines that are JSON objects: what a field says is what stands at its place in the format.</summary>
internal sealed class JsonLogFormat : LogFormat
{
    private readonly ImmutableArray<Field> fields;

    private JsonLogFormat(ImmutableArray<Field> fields, string name)
        : base(name) => this.fields = fields;

    /// <summary>Null, with what is wrong, for a format whose lines cannot be read back.</summary>
    public static JsonLogFormat? TryCreate(MetadataValue format, string name, out string? error)
    {
        var found = ImmutableArray.CreateBuilder<Field>();
        error = Collect(format, [], found);
        error ??= ProblemOf([.. found.Select(static field => field.Operator)]);
        return error is null ? new JsonLogFormat(found.ToImmutable(), name) : null;
    }

    public override LoggedRequest? Read(string line, out string? error)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement, out error);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException) // The others for halves of surrogate pairs.
        {
            error = $"it is not valid JSON: {e.Message}";
            return null;
        }
    }

    private LoggedRequest? Read(JsonElement root, out string? error)
    {
        error = null;
        var request = new LoggedRequest();
        foreach (var field in fields)
        {
            if (Value(root, field.Path) is { } value && !Take(field.Operator, field.Take, request, value, out error))
            {
                return null;
            }
        }

        error = request.StartUnixNs is null
            ? $"it has no '{fields.First(static field => field.Operator.Operator.StartsWith("START_TIME", StringComparison.Ordinal)).PathText}'"
            : null;
        return error is null ? request : null;
    }

    /// <summary>Fields with one operator and nothing else; others do not say where a value ends.</summary>
    private static string? Collect(MetadataValue value, ImmutableArray<string> path, ImmutableArray<Field>.Builder fields)
    {
        foreach (var (name, inner) in value.Fields)
        {
            if (inner.Kind == MetadataKind.Struct)
            {
                if (Collect(inner, path.Add(name), fields) is { } deeper)
                {
                    return deeper;
                }
            }
            else if (inner.Kind == MetadataKind.Text)
            {
                var pieces = FormatPieces.Parse(Encoding.UTF8.GetBytes(inner.Text), out var problem);
                if (problem is not null)
                {
                    return problem.Message;
                }

                if (pieces is [{ IsOperator: true } only])
                {
                    fields.Add(new Field(path.Add(name), only, LogOperators.Of(only, out _)));
                }
            }
        }

        return null;
    }

    /// <summary>A text or a number; null where there is none.</summary>
    private static string? Value(JsonElement element, ImmutableArray<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.GetRawText(),
            _ => null,
        };
    }

    private sealed record Field(ImmutableArray<string> Path, FormatPiece Operator, LogOperators.Take? Take)
    {
        public string PathText => string.Join('.', Path);
    }
}
