using System.Text;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Metadata as JSON text without blanks, fields sorted: how access logs and headers show structs and lists.</summary>
public static class MetadataJson
{
    public static string Write(MetadataValue value)
    {
        var text = new ByteBuffer();
        Write(value, text);
        return Encoding.UTF8.GetString(text.Span);
    }

    public static void Write(MetadataValue value, ByteBuffer output)
    {
        switch (value.Kind)
        {
            case MetadataKind.Bool:
                output.Append(value.Bool ? "true"u8 : "false"u8);
                break;
            case MetadataKind.Number:
                JsonText.AppendNumber(output, value.Number);
                break;
            case MetadataKind.Text:
                JsonText.Append(output, value.Text);
                break;
            case MetadataKind.List:
                WriteList(value, output);
                break;
            case MetadataKind.Struct:
                WriteStruct(value, output);
                break;
            default:
                output.Append("null"u8);
                break;
        }
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

    private static void WriteList(MetadataValue value, ByteBuffer output)
    {
        output.Append((byte)'[');
        for (var i = 0; i < value.Items.Length; i++)
        {
            if (i > 0)
            {
                output.Append((byte)',');
            }

            Write(value.Items[i], output);
        }

        output.Append((byte)']');
    }

    private static void WriteStruct(MetadataValue value, ByteBuffer output)
    {
        output.Append((byte)'{');
        var first = true;
        foreach (var (name, field) in value.Fields)
        {
            if (!first)
            {
                output.Append((byte)',');
            }

            first = false;
            JsonText.Append(output, name);
            output.Append((byte)':');
            Write(field, output);
        }

        output.Append((byte)'}');
    }
}
