using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Writes messages as Envoy's admin pages show them: names as in the API, fields in the order of their numbers, defaults left out, secrets redacted.</summary>
/// <param name="json">Where it is written.</param>
/// <param name="contents">What stands in the Anys of these messages.</param>
/// <param name="replaced">Messages in whose place others are shown.</param>
internal sealed class ProtoJsonWriter(IndentedJson json, AnyContents contents, IReadOnlyDictionary<IMessage, ProtoMessage>? replaced = null)
{
    /// <param name="isSensitive">It stands in a field that is redacted, and so is all of it.</param>
    public void Write(IMessage message, bool isSensitive = false)
    {
        if (replaced is not null && replaced.TryGetValue(message, out var other))
        {
            new ProtoJsonWriter(json, other.Contents).Write(other.Message, isSensitive);
            return;
        }

        switch (message)
        {
            case Any any:
                WriteAny(any, isSensitive);
                break;
            case Duration duration:
                json.Text(ProtoTimes.Text(duration));
                break;
            case Timestamp timestamp:
                json.Text(ProtoTimes.Text(timestamp));
                break;
            case Struct or Value or ListValue:
                new StructJsonWriter(json).Write(message, isSensitive);
                break;
            default:
                json.BeginObject();
                WriteFields(message, isSensitive);
                json.EndObject();
                break;
        }
    }

    private void WriteFields(IMessage message, bool isSensitive)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var redacts = isSensitive || SensitiveFields.Contains(field);
            if (IsThere(field, message) && !(redacts && IsCleared(field)))
            {
                json.Name(field.Name);
                WriteField(field, field.Accessor.GetValue(message), redacts);
            }
        }
    }

    private void WriteField(FieldDescriptor field, object value, bool isSensitive)
    {
        if (field.IsMap)
        {
            WriteMap(field, (IDictionary)value, isSensitive);
        }
        else if (field.IsRepeated)
        {
            json.BeginArray();
            foreach (var item in (IEnumerable)value)
            {
                WriteValue(field, item, isSensitive);
            }

            json.EndArray();
        }
        else
        {
            WriteValue(field, value, isSensitive);
        }
    }

    private void WriteMap(FieldDescriptor field, IDictionary map, bool isSensitive)
    {
        var valueField = field.MessageType.FindFieldByNumber(2);
        json.BeginObject();
        foreach (DictionaryEntry entry in map)
        {
            json.Name(KeyText(entry.Key));
            WriteValue(valueField, entry.Value!, isSensitive);
        }

        json.EndObject();
    }

    private void WriteValue(FieldDescriptor field, object value, bool isSensitive)
    {
        if (value is IMessage message)
        {
            Write(message, isSensitive);
        }
        else
        {
            ScalarJson.Write(json, field, value, isSensitive);
        }
    }

    private void WriteAny(Any any, bool isSensitive)
    {
        if (contents.Packed(any) is { } packed)
        {
            new ProtoJsonWriter(json, packed.Contents, replaced).WriteTyped(any.TypeUrl, packed.Message, isSensitive);
        }
        else if (contents.Message(any) is { } message)
        {
            WriteTyped(any.TypeUrl, message, isSensitive);
        }
        else if (contents.Unread(any) is var (typeUrl, written))
        {
            new UnreadJsonWriter(json).Write(typeUrl, written, isSensitive);
        }
        else
        {
            json.BeginObject();
            if (any.TypeUrl.Length > 0)
            {
                json.Name("@type");
                json.Text(any.TypeUrl);
            }

            json.EndObject();
        }
    }

    /// <summary>A message as it stands in an Any, with its type.</summary>
    public void WriteTyped(string typeUrl, IMessage message, bool isSensitive = false)
    {
        json.BeginObject();
        json.Name("@type");
        json.Text(typeUrl);
        if (message is Duration or Timestamp or Struct or Value or ListValue or Any)
        {
            json.Name("value");
            Write(message, isSensitive);
        }
        else
        {
            WriteFields(message, isSensitive);
        }

        json.EndObject();
    }

    /// <summary>What is redacted and is no text is gone.</summary>
    private static bool IsCleared(FieldDescriptor field) => field.FieldType is not (FieldType.Message or FieldType.String or FieldType.Bytes);

    private static bool IsThere(FieldDescriptor field, IMessage message)
    {
        if (field.IsRepeated)
        {
            return field.Accessor.GetValue(message) is ICollection { Count: > 0 };
        }

        return field.HasPresence ? field.Accessor.HasValue(message) : !ScalarJson.IsDefault(field.Accessor.GetValue(message));
    }

    private static string KeyText(object key) => key is bool truth ? (truth ? "true" : "false") : Convert.ToString(key, CultureInfo.InvariantCulture)!;
}
