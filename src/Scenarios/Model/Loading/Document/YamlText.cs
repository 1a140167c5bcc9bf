using System.Text;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Writes a document as YAML.</summary>
public static class YamlText
{
    public static string Write(ConfigNode node)
    {
        var text = new StringBuilder();
        Write(text, node, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, ConfigNode node, int depth)
    {
        switch (node)
        {
            case ConfigMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    _ = text.Append(' ', 2 * depth).Append(Scalar(entry.Key, ScalarKind.Text)).Append(':');
                    WriteValue(text, entry.Value, depth + 1);
                }

                break;
            case ConfigSequence list:
                foreach (var item in list.Items)
                {
                    var begin = text.Length;
                    _ = text.Append(' ', 2 * depth).Append('-');
                    WriteValue(text, item, depth + 1);
                    if (item is ConfigMapping { Entries.Count: > 0 })
                    {
                        // The first of its fields stands behind the dash.
                        _ = text.Remove(begin + (2 * depth) + 1, (2 * depth) + 3).Insert(begin + (2 * depth) + 1, ' ');
                    }
                }

                break;
            case ConfigScalar scalar:
                _ = text.Append(Scalar(scalar.Text, scalar.Scalar)).Append('\n');
                break;
        }
    }

    private static void WriteValue(StringBuilder text, ConfigNode value, int depth)
    {
        switch (value)
        {
            case ConfigScalar { Text: var lines }
                when lines.Contains('\n') && lines.EndsWith('\n') && !lines.StartsWith(' ') && !lines.EndsWith("\n\n", StringComparison.Ordinal):
                _ = text.Append(" |\n");
                foreach (var line in lines.TrimEnd('\n').Split('\n'))
                {
                    _ = text.Append(' ', line.Length == 0 ? 0 : 2 * depth).Append(line).Append('\n');
                }

                break;
            case ConfigScalar:
                _ = text.Append(' ');
                Write(text, value, 0);
                break;
            case ConfigMapping { Entries.Count: 0 }:
                _ = text.Append(" {}\n");
                break;
            case ConfigSequence { Items.Count: 0 }:
                _ = text.Append(" []\n");
                break;
            default:
                _ = text.Append('\n');
                Write(text, value, depth);
                break;
        }
    }

    private static string Scalar(string value, ScalarKind kind) =>
        kind != ScalarKind.Text ? (kind == ScalarKind.Null ? "null" : value)
        : IsPlain(value) ? value
        : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"";

    /// <summary>Words that YAML could take for nothing but text.</summary>
    private static bool IsPlain(string value) =>
        value.Length > 0
        && (char.IsAsciiLetter(value[0]) || value[0] is '/' or '_' || (char.IsAsciiDigit(value[0]) && char.IsAsciiLetter(value[^1])))
        && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
        && value
            is not (
                "true"
                or "false"
                or "null"
                or "yes"
                or "no"
                or "on"
                or "off"
                or "y"
                or "n"
                or "True"
                or "False"
                or "Null"
                or "Yes"
                or "No"
                or "On"
                or "Off"
            )
        && !double.TryParse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _);
}
