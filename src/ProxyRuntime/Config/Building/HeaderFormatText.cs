using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The forms that values of headers had before they became formats like all others, and that Envoy still takes.</summary>
internal static partial class HeaderFormatText
{
    /// <summary><c>%UPSTREAM_METADATA(["a", "b"])%</c> as <c>%UPSTREAM_METADATA(a:b)%</c>, <c>%PER_REQUEST_STATE(x)%</c> as <c>%FILTER_STATE(x:PLAIN)%</c>.</summary>
    public static string Translate(string text) =>
        text.Contains("METADATA([", StringComparison.Ordinal) || text.Contains("PER_REQUEST_STATE(", StringComparison.Ordinal)
            ? PerRequestState().Replace(JsonMetadata().Replace(text, Colons), "%FILTER_STATE(${key}:PLAIN)%")
            : text;

    /// <summary>What is no list of texts stays as it is.</summary>
    private static string Colons(Match match)
    {
        try
        {
            using var keys = JsonDocument.Parse(match.Groups["keys"].Value);
            var names = keys.RootElement.EnumerateArray().Select(static key => key.GetString()).ToArray();
            return names.Length > 0 ? $"%{match.Groups["kind"].Value}_METADATA({string.Join(':', names)})%" : match.Value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return match.Value;
        }
    }

    [GeneratedRegex(@"%(?<kind>UPSTREAM|DYNAMIC)_METADATA\((?<keys>\s*\[(.|\r?\n)+?\]\s*)\)%", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex JsonMetadata();

    [GeneratedRegex(@"%PER_REQUEST_STATE\((?<key>.+?)\)%", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PerRequestState();
}
