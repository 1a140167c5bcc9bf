using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Messages in protobuf's text format, as its printer writes them: a field a line, in the order of their numbers.</summary>
internal static class ProtoText
{
    public static string Write(IMessage message)
    {
        var text = new StringBuilder();
        WriteFields(message, text, 0);
        return text.ToString();
    }

    private static void WriteFields(IMessage message, StringBuilder text, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
            {
                WriteMap(field, (IDictionary)value, text, depth);
            }
            else if (field.IsRepeated)
            {
                foreach (var item in (IList)value)
                {
                    WriteField(field, item!, text, depth);
                }
            }
            else if (field.HasPresence ? value is not null && field.Accessor.HasValue(message) : !IsDefault(value))
            {
                WriteField(field, value!, text, depth);
            }
        }
    }

    private static void WriteMap(FieldDescriptor field, IDictionary map, StringBuilder text, int depth)
    {
        var key = field.MessageType.FindFieldByNumber(1);
        var value = field.MessageType.FindFieldByNumber(2);
        foreach (var entry in map.Cast<DictionaryEntry>().OrderBy(static entry => $"{entry.Key}", StringComparer.Ordinal))
        {
            _ = Indent(text, depth).Append(field.Name).Append(" {\n");
            WriteField(key, entry.Key, text, depth + 1);
            WriteField(value, entry.Value!, text, depth + 1);
            _ = Indent(text, depth).Append("}\n");
        }
    }

    private static void WriteField(FieldDescriptor field, object value, StringBuilder text, int depth)
    {
        _ = Indent(text, depth).Append(field.Name);
        if (field.FieldType != FieldType.Message)
        {
            _ = text.Append(": ").Append(Scalar(field, value)).Append('\n');
            return;
        }

        _ = text.Append(" {\n");
        if (value is IMessage message)
        {
            WriteFields(message, text, depth + 1);
        }
        else if (!IsDefault(value))
        {
            // What a wrapper holds.
            WriteField(field.MessageType.FindFieldByNumber(1), value, text, depth + 1);
        }

        _ = Indent(text, depth).Append("}\n");
    }

    private static string Scalar(FieldDescriptor field, object value) =>
        value switch
        {
            string s => Quote(Encoding.UTF8.GetBytes(s)),
            ByteString bytes => Quote(bytes.Span),
            bool b => b ? "true" : "false",
            Enum e => field.EnumType.FindValueByNumber(Convert.ToInt32(e, CultureInfo.InvariantCulture))?.Name ?? $"{e:D}",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (var b in bytes)
        {
            _ = b switch
            {
                (byte)'\n' => text.Append("\\n"),
                (byte)'\r' => text.Append("\\r"),
                (byte)'\t' => text.Append("\\t"),
                (byte)'"' => text.Append("\\\""),
                (byte)'\'' => text.Append("\\'"),
                (byte)'\\' => text.Append(@"\\"),
                >= 0x20 and < 0x7F => text.Append((char)b),
                _ => text.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0')),
            };
        }

        return text.Append('"').ToString();
    }

    private static bool IsDefault(object? value) =>
        value switch
        {
            null => true,
            string s => s.Length == 0,
            ByteString bytes => bytes.IsEmpty,
            bool b => !b,
            Enum e => Convert.ToInt32(e, CultureInfo.InvariantCulture) == 0,
            IConvertible number => Convert.ToDouble(number, CultureInfo.InvariantCulture) == 0,
            _ => false,
        };

    private static StringBuilder Indent(StringBuilder text, int depth) => text.Append(' ', 2 * depth);
}
