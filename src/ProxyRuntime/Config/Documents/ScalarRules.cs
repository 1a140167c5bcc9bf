using System.Globalization;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What an unquoted scalar of YAML means, as Envoy hands it on: null, booleans in all spellings, integers of 32 bits; the rest is text.</summary>
internal static class ScalarRules
{
    public static ScalarKind KindOf(string text) =>
        text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
            _ when IsBool(text) => ScalarKind.Bool,
            _ => TryInteger(text, out _) ? ScalarKind.Number : ScalarKind.Text,
        };

    /// <summary>A number of <see cref="KindOf"/> in decimal.</summary>
    public static string Decimal(string text) => TryInteger(text, out var value) ? value.ToString(CultureInfo.InvariantCulture) : text;

    public static bool IsTrue(string text) => text.ToUpperInvariant() is "TRUE" or "YES" or "ON" or "Y";

    /// <summary>Decimal, hexadecimal with 0x or octal with a leading 0, as C reads them, within 32 bits.</summary>
    private static bool TryInteger(string text, out int value)
    {
        value = 0;
        var sign = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        var digits = text.AsSpan(sign);
        if (digits.Length is 0 or > 12)
        {
            return false;
        }

        long magnitude;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (!long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out magnitude))
            {
                return false;
            }
        }
        else if (digits[0] == '0' && digits.Length > 1)
        {
            if (!TryOctal(digits, out magnitude))
            {
                return false;
            }
        }
        else if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out magnitude))
        {
            return false;
        }

        magnitude = text[0] == '-' ? -magnitude : magnitude;
        value = (int)magnitude;
        return magnitude is >= int.MinValue and <= int.MaxValue;
    }

    private static bool TryOctal(ReadOnlySpan<char> digits, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            value = (value * 8) + (digit - '0');
        }

        return true;
    }

    /// <summary>YAML 1.1 booleans in the three spellings it allows: lower case, capitalised, upper case.</summary>
    private static bool IsBool(string text) =>
        text
            is "true"
                or "True"
                or "TRUE"
                or "false"
                or "False"
                or "FALSE"
                or "yes"
                or "Yes"
                or "YES"
                or "no"
                or "No"
                or "NO"
                or "on"
                or "On"
                or "ON"
                or "off"
                or "Off"
                or "OFF"
                or "y"
                or "Y"
                or "n"
                or "N";
}
