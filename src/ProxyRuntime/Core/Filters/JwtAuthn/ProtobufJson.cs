using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes JSON as protobuf prints a <c>google.protobuf.Value</c>: no white space, numbers as doubles, more characters escaped than JSON asks for.</summary>
/// <remarks>Members keep their order; protobuf's own, that of a hash table, means nothing.</remarks>
internal static class ProtobufJson
{
    /// <summary>Characters written as escapes besides the control characters: marks that cannot be seen, and what HTML would take for a tag.</summary>
    private static readonly (int First, int Last)[] Escaped =
    [
        (0x00, 0x1f),
        ('<', '<'),
        ('>', '>'),
        (0x7f, 0x9f),
        (0xad, 0xad),
        (0x600, 0x603),
        (0x6dd, 0x6dd),
        (0x70f, 0x70f),
        (0x17b4, 0x17b5),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x2064),
        (0x206a, 0x206f),
        (0xfeff, 0xfeff),
        (0xfff9, 0xfffb),
        (0x1d173, 0x1d17a),
        (0xe0001, 0xe0001),
        (0xe0020, 0xe007f),
    ];

    /// <summary>Writes a value. It goes as deep as the value is nested, which the reader has bounded.</summary>
    public static string Write(JsonElement value)
    {
        var output = new StringBuilder();
        Write(value, output);
        return output.ToString();
    }

    private static void Write(JsonElement value, StringBuilder output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output);
                break;
            case JsonValueKind.Array:
                WriteArray(value, output);
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, output);
                break;
            case JsonValueKind.Number:
                _ = output.Append(NumberText(value.GetDouble()));
                break;
            case JsonValueKind.True:
                _ = output.Append("true");
                break;
            case JsonValueKind.False:
                _ = output.Append("false");
                break;
            default:
                _ = output.Append("null");
                break;
        }
    }

    private static void WriteObject(JsonElement value, StringBuilder output)
    {
        var separator = '{';
        foreach (var member in value.EnumerateObject())
        {
            _ = output.Append(separator);
            WriteString(member.Name, output);
            _ = output.Append(':');
            Write(member.Value, output);
            separator = ',';
        }

        _ = output.Append(separator == '{' ? "{}" : "}");
    }

    private static void WriteArray(JsonElement value, StringBuilder output)
    {
        var separator = '[';
        foreach (var item in value.EnumerateArray())
        {
            _ = output.Append(separator);
            Write(item, output);
            separator = ',';
        }

        _ = output.Append(separator == '[' ? "[]" : "]");
    }

    private static void WriteString(string text, StringBuilder output)
    {
        _ = output.Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            var shortEscape = rune.Value switch
            {
                '"' or '\\' => (char)rune.Value,
                '\b' => 'b',
                '\f' => 'f',
                '\n' => 'n',
                '\r' => 'r',
                '\t' => 't',
                _ => '\0',
            };
            if (shortEscape != '\0')
            {
                _ = output.Append('\\').Append(shortEscape);
            }
            else if (Array.Exists(Escaped, range => range.First <= rune.Value && rune.Value <= range.Last))
            {
                foreach (var unit in rune.ToString())
                {
                    _ = output.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
                }
            }
            else
            {
                _ = output.Append(rune.ToString());
            }
        }

        _ = output.Append('"');
    }

    /// <summary>15 significant digits if they are enough, else 17.</summary>
    private static string NumberText(double number)
    {
        var text = number.ToString("G15", CultureInfo.InvariantCulture);
        if (!double.Parse(text, CultureInfo.InvariantCulture).Equals(number))
        {
            text = number.ToString("G17", CultureInfo.InvariantCulture);
        }

        return text.Replace('E', 'e');
    }
}
