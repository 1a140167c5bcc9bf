using System.Globalization;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What an unquoted scalar means, as Envoy turns YAML into JSON: booleans in all YAML spellings, integers of 32 bits; the rest is text.</summary>
internal static class ScalarRules
{
    public static ScalarKind KindOf(string text, bool json)
    {
        if (text is "" or "~" || text.Equals("null", StringComparison.OrdinalIgnoreCase))
        {
            return ScalarKind.Null;
        }

        if (IsBool(text))
        {
            return ScalarKind.Bool;
        }

        if (json)
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? ScalarKind.Number : ScalarKind.Text;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? ScalarKind.Number : ScalarKind.Text;
    }

    public static bool IsTrue(string text) => text.ToUpperInvariant() is "TRUE" or "YES" or "ON" or "Y";

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
