using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Metadata as JSON text without blanks, fields sorted: how access logs and headers show structs and lists.</summary>
internal static class MetadataJson
{
    public static string Write(MetadataValue value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    /// <summary>Reads JSON text.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static MetadataValue Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    /// <summary>A JSON value as metadata.</summary>
    public static MetadataValue Of(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => MetadataValue.Of(element.GetBoolean()),
            JsonValueKind.Number => MetadataValue.Of(element.GetDouble()),
            JsonValueKind.String => MetadataValue.Of(element.GetString()!),
            JsonValueKind.Array => MetadataValue.Of([.. element.EnumerateArray().Select(Of)]),
            JsonValueKind.Object => MetadataValue.Of(element.EnumerateObject().Select(static field => KeyValuePair.Create(field.Name, Of(field.Value)))),
            _ => MetadataValue.Null,
        };

    public static void WriteText(string value, StringBuilder text)
    {
        _ = text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        _ = text.Append('"');
    }

    /// <summary>Whole numbers without a point, others in the shortest form that reads back the same.</summary>
    public static string WriteNumber(double number) =>
        double.IsInteger(number) && Math.Abs(number) < 1e17
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture);

    private static void Write(MetadataValue value, StringBuilder text)
    {
        switch (value.Kind)
        {
            case MetadataKind.Bool:
                _ = text.Append(value.Bool ? "true" : "false");
                break;
            case MetadataKind.Number:
                _ = text.Append(WriteNumber(value.Number));
                break;
            case MetadataKind.Text:
                WriteText(value.Text, text);
                break;
            case MetadataKind.List:
                WriteList(value, text);
                break;
            case MetadataKind.Struct:
                WriteStruct(value, text);
                break;
            default:
                _ = text.Append("null");
                break;
        }
    }

    private static void WriteList(MetadataValue value, StringBuilder text)
    {
        _ = text.Append('[');
        for (var i = 0; i < value.Items.Length; i++)
        {
            _ = i > 0 ? text.Append(',') : text;
            Write(value.Items[i], text);
        }

        _ = text.Append(']');
    }

    private static void WriteStruct(MetadataValue value, StringBuilder text)
    {
        _ = text.Append('{');
        var first = true;
        foreach (var (name, field) in value.Fields)
        {
            _ = first ? text : text.Append(',');
            first = false;
            WriteText(name, text);
            _ = text.Append(':');
            Write(field, text);
        }

        _ = text.Append('}');
    }
}
