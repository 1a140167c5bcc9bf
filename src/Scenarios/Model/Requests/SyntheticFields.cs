using System.Globalization;
using System.Text;

namespace MeshSim.Scenarios.Model;

/// <summary>Puts made up texts into the shape that parts of a request must have.</summary>
internal static class SyntheticFields
{
    private const string PathMarks = "/?&=-._~!$'()*+,;:@%";

    /// <summary>A path with its query: what may not stand there is percent-encoded, and it begins with a slash.</summary>
    public static string Path(string text)
    {
        var path = new StringBuilder(text.StartsWith('/') ? "" : "/");
        foreach (var part in Encoding.UTF8.GetBytes(text))
        {
            _ =
                char.IsAsciiLetterOrDigit((char)part) || PathMarks.Contains((char)part, StringComparison.Ordinal)
                    ? path.Append((char)part)
                    : path.Append(CultureInfo.InvariantCulture, $"%{part:X2}");
        }

        return path.ToString();
    }

    /// <summary>A host: letters, digits, points, dashes and what addresses with ports have are left of it.</summary>
    public static string Host(string text) =>
        string.Concat(text.ToLowerInvariant().Where(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']'));

    /// <summary>The value of a header: UTF-8 on one line, in characters that stand for one byte each.</summary>
    public static string Value(string text) =>
        string.Concat(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)).Select(static c => c is < ' ' or '\x7f' ? ' ' : c)).Trim();
}
