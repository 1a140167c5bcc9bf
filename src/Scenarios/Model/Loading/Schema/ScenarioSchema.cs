using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeshSim.Scenarios.Model;

/// <summary>The JSON Schema of scenario files, made from what the loader asks for.</summary>
public static class ScenarioSchema
{
    private const string Duration = "^[0-9.eE+-]+ ?(ns|us|µs|ms|s|m|min|h)$|^0$";
    private const string Variable = "\\$\\{";

    private static readonly FieldSheet Whole = ScenarioDescription.File();

    public static string Json()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "meshsim scenario");
            WriteObject(json, Whole.Fields, isOpen: true);
            json.WriteStartObject("$defs");
            json.WriteStartObject(TimeReader.Name);
            WriteObject(json, ScenarioDescription.Time().Fields, isOpen: false);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    /// <param name="isOpen">Parts may come from included files: nothing is required.</param>
    private static void WriteObject(Utf8JsonWriter json, IReadOnlyCollection<FieldDescription> fields, bool isOpen)
    {
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartObject("properties");
        foreach (var field in fields)
        {
            json.WriteStartObject(field.Name);
            WriteField(json, field);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        string[] required = isOpen ? [] : [.. fields.Where(static field => field.Default is null).Select(static field => field.Name)];
        if (required.Length > 0)
        {
            json.WriteStartArray("required");
            foreach (var name in required)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteField(Utf8JsonWriter json, FieldDescription field)
    {
        var unsaid = field.Default is null ? "" : $" Default: {field.Default}.";
        json.WriteString("description", $"{char.ToUpperInvariant(field.About.FirstOrDefault('?'))}{(field.About.Length > 1 ? field.About[1..] : "")}.{unsaid}");
        switch (field.Kind)
        {
            case FieldKind.Text:
                WriteTypes(json, "string", "number", "boolean");
                break;
            case FieldKind.Integer:
                WriteNumber(json, "integer", field);
                break;
            case FieldKind.Number:
                WriteNumber(json, "number", field);
                break;
            case FieldKind.Flag:
                WriteTypes(json, "boolean", "string");
                break;
            case FieldKind.Duration:
                WritePattern(json, Duration);
                break;
            case FieldKind.Rate:
                WritePattern(json, "^[0-9.eE+-]+/(s|m|min)$");
                break;
            case FieldKind.Share:
                WriteTypes(json, "string", "number");
                break;
            case FieldKind.Bandwidth:
                WritePattern(json, "^[0-9.eE+-]+(G|M|k)?bit/s$");
                break;
            case FieldKind.Word:
                json.WriteStartArray("enum");
                foreach (var word in field.Words)
                {
                    json.WriteStringValue(word);
                }

                json.WriteEndArray();
                break;
            case FieldKind.Map:
                json.WriteString("type", "object");
                break;
            case FieldKind.ValueList:
                WriteTypes(json, "array", "string", "number");
                break;
            case FieldKind.ObjectList:
                WriteList(json, field);
                break;
            case FieldKind.Object:
                WriteInner(json, field);
                break;
        }
    }

    private static void WriteInner(Utf8JsonWriter json, FieldDescription field)
    {
        if (!field.TakesValue)
        {
            WriteObject(json, field.Inner!.Fields, isOpen: false);
            return;
        }

        json.WriteStartArray("anyOf");
        json.WriteStartObject();
        WriteTypes(json, "string", "number");
        json.WriteEndObject();
        json.WriteStartObject();
        if (field.Shared is { } name)
        {
            json.WriteString("$ref", $"#/$defs/{name}");
        }
        else
        {
            WriteObject(json, field.Inner!.Fields, isOpen: false);
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>One of a list may stand without it.</summary>
    private static void WriteList(Utf8JsonWriter json, FieldDescription field)
    {
        json.WriteStartArray("anyOf");
        json.WriteStartObject();
        json.WriteString("type", "array");
        json.WriteStartObject("items");
        WriteItem(json, field);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        WriteItem(json, field);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteItem(Utf8JsonWriter json, FieldDescription field)
    {
        var fields = field.Inner!.Fields;
        WriteObject(json, field.IsOpen ? [.. fields, .. Rest(field)] : fields, isOpen: fields.Any(static inner => inner.Name == "parallel"));
    }

    /// <summary>What an item of <c>mesh.services</c> has beside its own: the fields of the list of the same name that it becomes one of.</summary>
    private static IEnumerable<FieldDescription> Rest(FieldDescription field) =>
        Whole
            .Fields.Single(list => list.Name == field.Name)
            .Inner!.Fields.ExceptBy(field.Inner!.Fields.Select(static own => own.Name), static other => other.Name, StringComparer.Ordinal);

    private static void WriteNumber(Utf8JsonWriter json, string type, FieldDescription field)
    {
        json.WriteStartArray("anyOf");
        json.WriteStartObject();
        json.WriteString("type", type);
        if (field.Least is { } least)
        {
            json.WriteNumber("minimum", least);
        }

        if (field.Most is { } most)
        {
            json.WriteNumber("maximum", most);
        }

        json.WriteEndObject();
        json.WriteStartObject();
        WritePattern(json, Variable);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePattern(Utf8JsonWriter json, string pattern)
    {
        WriteTypes(json, "string", "number");
        json.WriteString("pattern", pattern == Variable ? pattern : $"{pattern}|{Variable}");
    }

    private static void WriteTypes(Utf8JsonWriter json, params ReadOnlySpan<string> types)
    {
        json.WriteStartArray("type");
        foreach (var type in types)
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
    }
}
