using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads scalars with the lenience of protobuf's JSON: numbers as strings, whole numbers with a fraction of zero, enums by name or number.</summary>
internal static class ScalarReader
{
    /// <summary>The value as the CLR type of the field, or null with what is wrong.</summary>
    public static object? Read(FieldDescriptor field, FieldType type, ConfigScalar scalar, out string? error)
    {
        error = null;
        return type switch
        {
            FieldType.String => scalar.Scalar == ScalarKind.Text ? scalar.Text : Expected("a string", scalar, out error),
            FieldType.Bool => ReadBool(scalar, out error),
            FieldType.UInt32 => ReadInteger(scalar, uint.MinValue, uint.MaxValue, out error) is { } v ? (uint)v : null,
            FieldType.UInt64 => ReadInteger(scalar, ulong.MinValue, ulong.MaxValue, out error) is { } v ? (ulong)v : null,
            FieldType.Int32 => ReadInteger(scalar, int.MinValue, int.MaxValue, out error) is { } v ? (int)v : null,
            FieldType.Int64 => ReadInteger(scalar, long.MinValue, long.MaxValue, out error) is { } v ? (long)v : null,
            FieldType.Double => ReadDouble(scalar, out error),
            FieldType.Float => ReadDouble(scalar, out error) is { } v ? (float)v : null,
            FieldType.Bytes => ReadBytes(scalar, out error),
            FieldType.Enum => ReadEnum(field.EnumType, scalar, out error),
            _ => Expected("an object", scalar, out error),
        };
    }

    private static object? Expected(string what, ConfigNode found, out string? error)
    {
        error = $"expected {what}, found {found.Kind}";
        return null;
    }

    private static object? ReadBool(ConfigScalar scalar, out string? error)
    {
        error = null;
        return scalar.Scalar == ScalarKind.Bool ? ScalarRules.IsTrue(scalar.Text) : Expected("true or false", scalar, out error);
    }

    private static BigInteger? ReadInteger(ConfigScalar scalar, BigInteger min, BigInteger max, out string? error)
    {
        error = null;
        if (scalar.Scalar is ScalarKind.Bool or ScalarKind.Null)
        {
            _ = Expected("a whole number", scalar, out error);
            return null;
        }

        BigInteger value;
        if (!BigInteger.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            if (!decimal.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) || exact != decimal.Truncate(exact))
            {
                error = $"expected a whole number, found '{scalar.Text}'";
                return null;
            }

            value = new BigInteger(exact);
        }

        if (value < min || value > max)
        {
            error = $"'{scalar.Text}' is out of range; accepted is {min} to {max}";
            return null;
        }

        return value;
    }

    private static double? ReadDouble(ConfigScalar scalar, out string? error)
    {
        error = null;
        if (
            scalar.Scalar is ScalarKind.Number or ScalarKind.Text
            && (double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || Special(scalar.Text, out value))
        )
        {
            return value;
        }

        error = $"expected a number, found {scalar.Kind}{(scalar.Text.Length > 0 ? $" '{scalar.Text}'" : "")}";
        return null;
    }

    private static bool Special(string text, out double value)
    {
        value = text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => 0,
        };
        return value != 0;
    }

    private static object? ReadBytes(ConfigScalar scalar, out string? error)
    {
        error = null;
        var buffer = new byte[scalar.Text.Length];
        return scalar.Scalar == ScalarKind.Text && Convert.TryFromBase64String(scalar.Text.Replace('-', '+').Replace('_', '/'), buffer, out var length)
            ? ByteString.CopyFrom(buffer, 0, length)
            : Expected("bytes as base64", scalar, out error);
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
        error =
            $"'{scalar.Text}' is not a value of {type.Name}; accepted: {string.Join(", ", known)}{NearestWord.Suggest(scalar.Text.ToUpperInvariant(), known)}";
        return null;
    }
}
