using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>One rule on the value of a field; the notation is explained at the head of Constraints.txt.</summary>
internal sealed class Constraint(string rule)
{
    private readonly string scope =
        rule.StartsWith("each ", StringComparison.Ordinal) ? "each"
        : rule.StartsWith("keys ", StringComparison.Ordinal) ? "keys"
        : "";
    private readonly string body = rule.StartsWith("each ", StringComparison.Ordinal) || rule.StartsWith("keys ", StringComparison.Ordinal) ? rule[5..] : rule;

    public bool IsRequired => body == "required";

    /// <summary>What is wrong with the value, or null. Values of fields that were not written are tested too, except messages and wrappers.</summary>
    public string? Check(FieldDescriptor field, object? value)
    {
        if (IsRequired)
        {
            return value is null ? "this field is required" : null;
        }

        return scope switch
        {
            "each" => ((IEnumerable)value!).Cast<object>().Select(item => CheckOne(field, item)).FirstOrDefault(static error => error is not null),
            "keys" => ((IDictionary)value!).Keys.Cast<object>().Select(item => CheckOne(field, item)).FirstOrDefault(static error => error is not null),
            _ => value is null ? null : CheckOne(field, value),
        };
    }

    private string? CheckOne(FieldDescriptor field, object value)
    {
        var words = body.Split(' ', 3);
        return words[0] switch
        {
            "length" => Compare(((string)value).Length, words[1], words[2]) ? null : $"must have at least {words[2]} character{(words[2] == "1" ? "" : "s")}",
            "bytes" => Compare(Size(value), words[1], words[2]) ? null : $"must have at most {words[2]} bytes",
            "items" => Compare(((ICollection)value).Count, words[1], words[2])
                ? null
                : $"must have {(words[1] == ">=" ? "at least" : "at most")} {words[2]} item(s)",
            "header_name" or "header_value" => HasNulOrLineBreak((string)value) ? "must not contain NUL, CR or LF" : null,
            "in" => body[3..].Split(' ').Contains(value.ToString() == "" ? "''" : value.ToString(), StringComparer.Ordinal)
                ? null
                : $"'{value}' is not accepted; accepted: {body[3..]}",
            "matches" => Regex.IsMatch((string)value, body[8..], RegexOptions.NonBacktracking) ? null : $"'{value}' must match {body[8..]}",
            "known" => field.EnumType.FindValueByNumber(Convert.ToInt32(value, CultureInfo.InvariantCulture)) is null
                ? $"{Convert.ToInt32(value, CultureInfo.InvariantCulture)} is not a value of {field.EnumType.Name}"
                : null,
            "=" => string.Equals(value.ToString(), words[1], StringComparison.OrdinalIgnoreCase) ? null : $"must be {words[1]}",
            _ => CheckRange(value, words[0], words[1]),
        };
    }

    private static string? CheckRange(object value, string op, string bound)
    {
        if (value is Duration duration)
        {
            var seconds = bound.Split('+').Sum(static part => double.Parse(part.TrimEnd('s'), CultureInfo.InvariantCulture));
            return Compare(duration.Seconds + (duration.Nanos / 1e9), op, seconds) ? null : $"must be {op} {bound}";
        }

        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return Compare(number, op, double.Parse(bound, CultureInfo.InvariantCulture))
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{number} must be {op} {bound}");
    }

    private static bool Compare(double value, string op, string bound) => Compare(value, op, double.Parse(bound, CultureInfo.InvariantCulture));

    private static bool Compare(double value, string op, double bound) =>
        op switch
        {
            ">" => value > bound,
            ">=" => value >= bound,
            "<" => value < bound,
            _ => value <= bound,
        };

    private static int Size(object value) => value is ByteString bytes ? bytes.Length : System.Text.Encoding.UTF8.GetByteCount((string)value);

    private static bool HasNulOrLineBreak(string text) => text.AsSpan().ContainsAny('\0', '\r', '\n');
}
