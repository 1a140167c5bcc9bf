using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A hash of a message as it was read: equal for what says the same, wherever and in whatever order it is written.</summary>
internal sealed class MessageHash(SourceMap map)
{
    private readonly StringBuilder text = new();

    /// <param name="without">Fields of the message itself that do not count.</param>
    public ulong Of(IMessage message, params ReadOnlySpan<string> without)
    {
        _ = text.Clear();
        Write(message, without);
        return XxHash64.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private void Write(IMessage message, ReadOnlySpan<string> without)
    {
        _ = text.Append('{');
        if (message is Any any)
        {
            WriteAny(any);
        }
        else
        {
            foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
            {
                if (!without.Contains(field.Name) && IsThere(field, message))
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $"{field.FieldNumber}:");
                    Write(field.Accessor.GetValue(message));
                }
            }
        }

        _ = text.Append('}');
    }

    private void WriteAny(Any any)
    {
        _ = text.Append(CultureInfo.InvariantCulture, $"{any.TypeUrl.Length}:{any.TypeUrl}");
        if (map.Content(any) is { } content)
        {
            Write(content, []);
        }
        else if (map.Raw(any) is { } raw)
        {
            Write(raw);
        }
    }

    private void Write(object value)
    {
        switch (value)
        {
            case IMessage message:
                Write(message, []);
                break;
            case IDictionary entries:
                foreach (var key in entries.Keys.Cast<object>().OrderBy(static key => $"{key}", StringComparer.Ordinal))
                {
                    Write(key);
                    Write(entries[key]!);
                }

                break;
            case IList items:
                _ = text.Append('[');
                foreach (var item in items)
                {
                    Write(item);
                }

                _ = text.Append(']');
                break;
            case ByteString bytes:
                Append(bytes.ToBase64());
                break;
            default:
                Append(Convert.ToString(value, CultureInfo.InvariantCulture)!);
                break;
        }
    }

    /// <summary>What is not read here, as it is written.</summary>
    private void Write(ConfigNode node)
    {
        switch (node)
        {
            case ConfigMapping mapping:
                foreach (var entry in mapping.Entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
                {
                    Append(entry.Key);
                    Write(entry.Value);
                }

                break;
            case ConfigSequence sequence:
                _ = text.Append('[');
                foreach (var item in sequence.Items)
                {
                    Write(item);
                }

                _ = text.Append(']');
                break;
            case ConfigScalar scalar:
                Append(scalar.Text);
                break;
            default:
                break;
        }
    }

    /// <summary>With its length, so that no two lists of texts look alike.</summary>
    private void Append(string value) => _ = text.Append(CultureInfo.InvariantCulture, $"{value.Length}:{value}");

    private static bool IsThere(FieldDescriptor field, IMessage message) =>
        field.IsRepeated || field.IsMap ? field.Accessor.GetValue(message) is ICollection { Count: > 0 }
        : field.HasPresence ? field.Accessor.HasValue(message)
        : true;
}
