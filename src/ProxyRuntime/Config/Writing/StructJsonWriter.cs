using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Structs, values and lists of free form.</summary>
internal sealed class StructJsonWriter(IndentedJson json)
{
    /// <param name="message">A Struct, a Value or a ListValue.</param>
    /// <param name="isSensitive">Texts are redacted; what else stands there is gone.</param>
    public void Write(IMessage message, bool isSensitive)
    {
        switch (message)
        {
            case Struct fields:
                json.BeginObject();
                foreach (var (name, value) in fields.Fields)
                {
                    json.Name(name);
                    Write(value, isSensitive);
                }

                json.EndObject();
                break;
            case ListValue list:
                json.BeginArray();
                foreach (var item in list.Values)
                {
                    Write(item, isSensitive);
                }

                json.EndArray();
                break;
            default:
                WriteValue((Value)message, isSensitive);
                break;
        }
    }

    private void WriteValue(Value value, bool isSensitive)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StructValue:
                Write(value.StructValue, isSensitive);
                break;
            case Value.KindOneofCase.ListValue:
                Write(value.ListValue, isSensitive);
                break;
            case Value.KindOneofCase.StringValue:
                json.Text(isSensitive ? SensitiveFields.Mark : value.StringValue);
                break;
            case Value.KindOneofCase.BoolValue when !isSensitive:
                json.Literal(value.BoolValue ? "true" : "false");
                break;
            case Value.KindOneofCase.NumberValue when !isSensitive:
                ScalarJson.WriteNumber(json, value.NumberValue);
                break;
            default:
                json.Literal("null");
                break;
        }
    }
}
