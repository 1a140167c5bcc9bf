using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>One rule on the value of a field; the notation is explained at the head of Constraints.txt.</summary>
internal sealed class Constraint
{
    private readonly string op;
    private readonly string operand;
    private readonly string expression;
    private Re2Regex? compiled;

    public Constraint(string rule)
    {
        OfEach = rule.StartsWith("each ", StringComparison.Ordinal);
        OfKeys = rule.StartsWith("keys ", StringComparison.Ordinal);
        var body = OfEach || OfKeys ? rule[5..] : rule;
        var space = body.IndexOf(' ', StringComparison.Ordinal);
        op = space < 0 ? body : body[..space];
        operand = space < 0 ? "" : body[(space + 1)..];
        expression = op switch
        {
            "matches" => operand,
            "strict_header_name" => "^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$",
            "strict_header_value" => @"^[^\x00-\x08\x0A-\x1F\x7F]*$",
            _ => "",
        };
    }

    public bool OfEach { get; }

    public bool OfKeys { get; }

    public bool IsRequired => op == "required";

    public bool IsDisallowed => op == "disallowed";

    /// <summary>An empty text is exempt from the other rules of the field.</summary>
    public bool ExemptsEmpty => op == "ignore_empty";

    /// <summary>What is wrong with the value, or null. For rules on each item or key, one item or key.</summary>
    public string? Check(FieldDescriptor field, object value) =>
        op switch
        {
            "length" => Sized(CountCharacters((string)value), "characters"),
            "bytes" => Sized(value is ByteString bytes ? bytes.Length : Encoding.UTF8.GetByteCount((string)value), "bytes"),
            "items" => Sized(((ICollection)value).Count, "items"),
            "unique" => ((IEnumerable)value).Cast<object>().GroupBy(static item => item).FirstOrDefault(static group => group.Skip(1).Any()) is { } twice
                ? $"'{twice.Key}' stands here twice; items must be unique"
                : null,
            "header_name" or "header_value" => ((string)value).AsSpan().ContainsAny('\0', '\r', '\n') ? "must not contain NUL, CR or LF" : null,
            "matches" or "strict_header_name" or "strict_header_value" => Pattern.IsPartialMatch(Encoding.UTF8.GetBytes((string)value))
                ? null
                : $"'{value}' must match {expression}",
            "prefix" => ((string)value).StartsWith(operand, StringComparison.Ordinal) ? null : $"'{value}' must start with '{operand}'",
            "suffix" => ((string)value).EndsWith(operand, StringComparison.Ordinal) ? null : $"'{value}' must end with '{operand}'",
            "in" => IsOneOf((string)value) ? null : $"'{value}' is not accepted; accepted: {operand.Replace(" ", ", ", StringComparison.Ordinal)}",
            "known" => field.EnumType.FindValueByNumber(Number(value)) is null ? UnknownNumber(field.EnumType, Number(value)) : null,
            "enum" => operand == $"not {Number(value)}" ? $"{field.EnumType.FindValueByNumber(Number(value))?.Name} is not accepted here" : null,
            "=" => string.Equals(value.ToString(), operand, StringComparison.OrdinalIgnoreCase) ? null : $"must be {operand}",
            ">" or ">=" or "<" or "<=" => Ranged(value),
            _ => null,
        };

    /// <summary>Made when a value is there to be matched: most rules are never asked.</summary>
    private Re2Regex Pattern => compiled ??= Expression(expression);

    private string? Sized(int size, string unit)
    {
        var limit = operand[(operand.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        var low = operand.StartsWith(">=", StringComparison.Ordinal);
        var bound = int.Parse(limit, CultureInfo.InvariantCulture);
        return (low ? size >= bound : size <= bound) ? null : $"must have at {(low ? "least" : "most")} {limit} {(bound == 1 ? unit[..^1] : unit)}, has {size}";
    }

    private string? Ranged(object value)
    {
        if (value is Duration duration)
        {
            var seconds = duration.Seconds + (duration.Nanos / 1_000_000_000m);
            var fits = Holds(seconds.CompareTo(decimal.Parse(operand.TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture)));
            return fits ? null : string.Create(CultureInfo.InvariantCulture, $"must be {Words(op)} {operand}, is {seconds}s");
        }

        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        var inside = !double.IsNaN(number) && Holds(number.CompareTo(double.Parse(operand, CultureInfo.InvariantCulture)));
        return inside ? null : string.Create(CultureInfo.InvariantCulture, $"must be {Words(op)} {operand}, is {number}");
    }

    private bool Holds(int order) =>
        op switch
        {
            ">" => order > 0,
            ">=" => order >= 0,
            "<" => order < 0,
            _ => order <= 0,
        };

    private bool IsOneOf(string value) => operand.Split(' ').Contains(value.Length == 0 ? "''" : value, StringComparer.Ordinal);

    private static string Words(string op) =>
        op switch
        {
            ">" => "greater than",
            ">=" => "at least",
            "<" => "less than",
            _ => "at most",
        };

    private static int CountCharacters(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static int Number(object value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);

    private static string UnknownNumber(EnumDescriptor type, int number) =>
        $"{number} is not a value of {type.Name}; accepted: {string.Join(", ", type.Values.Select(static value => $"{value.Name} ({value.Number})"))}";

    private static Re2Regex Expression(string pattern) =>
        Re2Regex.TryParse(pattern, out var error) ?? throw new InvalidOperationException($"rule '{pattern}': {error}");
}
