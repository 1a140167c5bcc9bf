using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A claim as claim_to_headers writes it into a header.</summary>
internal static class JwtClaims
{
    /// <summary>Looks a claim up and writes it.</summary>
    /// <param name="path">Names from the outermost in: claim_name split at its dots.</param>
    /// <returns>
    /// A string as it is, a boolean as true or false, a number from 0 to 2^64 without a fraction as an integer and any other with six decimals, a list or an
    /// object as JSON in Base64 with padding. Null means that no header is added: there is no such claim, or it is null or an empty string.
    /// </returns>
    /// <remarks>The text is to be sent as UTF-8. A string claim may hold any character, line ends too.</remarks>
    public static string? FindText(Jwt jwt, ReadOnlySpan<string> path)
    {
        var found = jwt.Payload;
        foreach (var name in path)
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
            {
                return null;
            }
        }

        var text = found.ValueKind switch
        {
            JsonValueKind.String => found.GetString()!,
            JsonValueKind.Number => NumberText(found.GetDouble()),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Object or JsonValueKind.Array => Convert.ToBase64String(Encoding.UTF8.GetBytes(ProtobufJson.Write(found))),
            _ => "",
        };
        return text.Length > 0 ? text : null;
    }

    private static string NumberText(double number) =>
        number is >= 0 and < 18446744073709551616.0 && double.IsInteger(number)
            ? ((ulong)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("F6", CultureInfo.InvariantCulture);
}
