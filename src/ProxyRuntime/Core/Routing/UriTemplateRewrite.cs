using System.Buffers;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>path_rewrite_policy with a URI template: literals and variables of the template that the route matched.</summary>
public sealed class UriTemplateRewrite
{
    private readonly UriTemplate match;
    private readonly Re2Substitution substitution;

    private UriTemplateRewrite(string pattern, UriTemplate match, Re2Substitution substitution)
    {
        Pattern = pattern;
        this.match = match;
        this.substitution = substitution;
    }

    public string Pattern { get; }

    /// <summary>Compiles a rewrite against the template of its route; null with what is wrong, in Envoy's words.</summary>
    public static UriTemplateRewrite? TryParse(string pattern, UriTemplate match, out string? error)
    {
        if ((error = Check(pattern)) is not null)
        {
            return null;
        }

        var text = new StringBuilder();
        var rest = pattern;
        while (rest.Length > 0)
        {
            var open = rest.IndexOf('{', StringComparison.Ordinal);
            _ = text.Append(open < 0 ? rest : rest[..open]);
            if (open < 0)
            {
                break;
            }

            var close = rest.IndexOf('}', open);
            var group = match.Variables.IndexOf(rest[(open + 1)..close]);
            if (group < 0)
            {
                error = $"mismatch between variables in path_match_policy {match.Pattern} and path_rewrite_policy {pattern}";
                return null;
            }

            _ = text.Append('\\').Append((char)('1' + group));
            rest = rest[(close + 1)..];
        }

        return new UriTemplateRewrite(pattern, match, Re2Substitution.Parse(text.ToString()));
    }

    /// <summary>What is wrong with a rewrite pattern by itself; null if nothing is.</summary>
    public static string? Check(string pattern)
    {
        if (pattern.Length == 0 || pattern[0] != '/')
        {
            return "Invalid rewrite variable placement";
        }

        if (pattern.Contains("//", StringComparison.Ordinal))
        {
            return "Invalid rewrite literal";
        }

        for (var rest = pattern; rest.Length > 0; )
        {
            var open = rest.IndexOf('{', StringComparison.Ordinal);
            var literal = open < 0 ? rest : rest[..open];
            if (!literal.All(static c => c == '/' || UriTemplate.IsLiteral(c)))
            {
                return "Invalid rewrite literal pattern";
            }

            if (open < 0)
            {
                break;
            }

            var close = rest.IndexOf('}', open);
            if (close < 0)
            {
                return "Unmatched variable bracket";
            }

            if (!UriTemplate.IsVariableName(rest[(open + 1)..close]))
            {
                return "Invalid variable name";
            }

            rest = rest[(close + 1)..];
        }

        return null;
    }

    /// <summary>Writes the new path; false, and nothing written, if the path does not fit the template.</summary>
    internal bool TryApply(ReadOnlySpan<byte> path, IBufferWriter<byte> output) =>
        match.Regex.IsFullMatch(path) && match.Regex.ReplaceAll(path, substitution, output) > 0;
}
