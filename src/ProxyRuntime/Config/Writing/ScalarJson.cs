using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Single values of messages in JSON: wide numbers are texts, enums their names, bytes base64.</summary>
internal static class ScalarJson
{
    private static readonly string MarkBytes = Convert.ToBase64String(Encoding.ASCII.GetBytes(SensitiveFields.Mark));

    /// <param name="field">The field it stands in; of a wrapper the field that holds one.</param>
    /// <param name="isSensitive">Something else stands in its place.</param>
    public static void Write(IndentedJson json, FieldDescriptor field, object value, bool isSensitive)
    {
        switch (value)
        {
            case string text:
                json.Text(isSensitive ? SensitiveFields.Mark : text);
                break;
            case ByteString bytes:
                json.Text(isSensitive ? MarkBytes : bytes.ToBase64());
                break;
            case bool truth:
                json.Literal(truth && !isSensitive ? "true" : "false");
                break;
            case long or ulong:
                json.Text(isSensitive ? "0" : Convert.ToString(value, CultureInfo.InvariantCulture)!);
                break;
            case double number:
                WriteNumber(json, isSensitive ? 0 : number, Text(number));
                break;
            case float number:
                WriteNumber(json, isSensitive ? 0 : number, Text(number));
                break;
            case Enum:
                WriteEnum(json, field.EnumType, isSensitive ? 0 : Convert.ToInt32(value, CultureInfo.InvariantCulture));
                break;
            default:
                json.Literal(isSensitive ? "0" : Convert.ToString(value, CultureInfo.InvariantCulture)!);
                break;
        }
    }

    /// <summary>A number of a struct.</summary>
    public static void WriteNumber(IndentedJson json, double number) => WriteNumber(json, number, Text(number));

    public static bool IsDefault(object value) =>
        value switch
        {
            string text => text.Length == 0,
            ByteString bytes => bytes.IsEmpty,
            bool truth => !truth,
            Enum => Convert.ToInt32(value, CultureInfo.InvariantCulture) == 0,
            _ => Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0,
        };

    private static void WriteEnum(IndentedJson json, EnumDescriptor type, int number)
    {
        if (type.FullName == "google.protobuf.NullValue")
        {
            json.Literal("null");
        }
        else if (type.FindValueByNumber(number) is { } known)
        {
            json.Text(known.Name);
        }
        else
        {
            json.Literal(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteNumber(IndentedJson json, double number, string text)
    {
        if (double.IsFinite(number))
        {
            json.Literal(number == 0 ? "0" : text);
        }
        else
        {
            json.Text(
                double.IsNaN(number) ? "NaN"
                : number > 0 ? "Infinity"
                : "-Infinity"
            );
        }
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    private static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
}
