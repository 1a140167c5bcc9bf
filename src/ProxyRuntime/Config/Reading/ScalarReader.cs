using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads scalars with the lenience of protobuf's JSON: numbers as strings, whole numbers with a fraction of zero, enums by name or number.</summary>
internal static class ScalarReader
{
    /// <summary>No integer of 64 bits is written with more characters, leading zeros aside.</summary>
    private const int MaxNumberLength = 400;

    /// <summary>The value as the CLR type of the field, or null with what is wrong.</summary>
    public static object? Read(FieldDescriptor field, ConfigScalar scalar, out string? error)
    {
        error = null;
        return field.FieldType switch
        {
            FieldType.String => scalar.Scalar == ScalarKind.Text ? scalar.Text : Refuse(field, scalar, out error),
            FieldType.Bool => scalar.Scalar == ScalarKind.Bool ? ScalarRules.IsTrue(scalar.Text) : Refuse(field, scalar, out error),
            FieldType.UInt32 => ReadInteger(field, scalar, uint.MinValue, uint.MaxValue, out error) is { } v ? (uint)v : null,
            FieldType.UInt64 => ReadInteger(field, scalar, ulong.MinValue, ulong.MaxValue, out error) is { } v ? (ulong)v : null,
            FieldType.Int32 => ReadInteger(field, scalar, int.MinValue, int.MaxValue, out error) is { } v ? (int)v : null,
            FieldType.Int64 => ReadInteger(field, scalar, long.MinValue, long.MaxValue, out error) is { } v ? (long)v : null,
            FieldType.Double => ReadDouble(field, scalar, out error),
            FieldType.Float => ReadDouble(field, scalar, out error) is { } v ? (float)v : null,
            FieldType.Bytes => ReadBytes(field, scalar, out error),
            FieldType.Enum => ReadEnum(field.EnumType, scalar, out error),
            _ => Refuse(field, scalar, out error),
        };
    }

    /// <summary>What a person would write for the field.</summary>
    public static string Describe(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.String => "a string",
            FieldType.Bool => "true or false",
            FieldType.UInt32 or FieldType.UInt64 or FieldType.Int32 or FieldType.Int64 => "a whole number",
            FieldType.Double or FieldType.Float => "a number",
            FieldType.Bytes => "bytes as base64",
            FieldType.Enum => $"one of {string.Join(", ", field.EnumType.Values.Select(static value => value.Name))}",
            _ => "an object",
        };

    private static object? Refuse(FieldDescriptor field, ConfigScalar found, out string? error)
    {
        var text = found.Text.Length is > 0 and <= 80 ? $" '{found.Text}'" : "";
        var hint = field.FieldType == FieldType.String && found.Scalar != ScalarKind.Null ? "; put it in quotes" : "";
        error = $"expected {Describe(field)}, found {found.Kind}{text}{hint}";
        return null;
    }

    private static BigInteger? ReadInteger(FieldDescriptor field, ConfigScalar scalar, BigInteger min, BigInteger max, out string? error)
    {
        error = null;
        if (scalar.Scalar is ScalarKind.Bool or ScalarKind.Null || scalar.Text.Length > MaxNumberLength)
        {
            _ = Refuse(field, scalar, out error);
            return null;
        }

        if (!BigInteger.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            if (
                !double.TryParse(
                    scalar.Text,
                    NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite),
                    CultureInfo.InvariantCulture,
                    out var number
                ) || !double.IsInteger(number)
            )
            {
                error = $"expected a whole number, found '{scalar.Text}'";
                return null;
            }

            value = new BigInteger(number);
        }

        if (value < min || value > max)
        {
            error = $"'{scalar.Text}' is out of range; accepted is {min} to {max}";
            return null;
        }

        return value;
    }

    private static double? ReadDouble(FieldDescriptor field, ConfigScalar scalar, out string? error)
    {
        error = null;
        double? value = scalar switch
        {
            { Scalar: ScalarKind.Bool or ScalarKind.Null } => null,
            { Text: "NaN" } => double.NaN,
            { Text: "Infinity" } => double.PositiveInfinity,
            { Text: "-Infinity" } => double.NegativeInfinity,
            _ => double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null,
        };
        return value ?? (double?)Refuse(field, scalar, out error);
    }

    private static object? ReadBytes(FieldDescriptor field, ConfigScalar scalar, out string? error)
    {
        error = null;
        if (scalar.Scalar == ScalarKind.Text)
        {
            // Both alphabets and missing padding are accepted.
            var text = scalar.Text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
            var buffer = new byte[text.Length];
            if (Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), buffer, out var length))
            {
                return ByteString.CopyFrom(buffer, 0, length);
            }
        }

        return Refuse(field, scalar, out error);
    }

    private static object? ReadEnum(EnumDescriptor type, ConfigScalar scalar, out string? error)
    {
        error = null;
        if (scalar.Scalar != ScalarKind.Bool)
        {
            if (type.Values.FirstOrDefault(value => string.Equals(value.Name, scalar.Text, StringComparison.OrdinalIgnoreCase)) is { } named)
            {
                return named.Number;
            }

            if (int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        var known = type.Values.Select(static value => value.Name).ToArray();
        var suggestion = NearestWord.Suggest(scalar.Text.ToUpperInvariant(), known);
        error = $"'{scalar.Text}' is not a value of {type.Name}; accepted: {string.Join(", ", known)}{suggestion}";
        return null;
    }
}
