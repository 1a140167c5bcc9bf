using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A URI template of path_match_policy: segments that are literal, <c>*</c> (one segment), <c>**</c> (any number), or variables
/// <c>{name}</c> and <c>{name=pattern}</c>; at the end a literal suffix may stand.
/// </summary>
public sealed class UriTemplate
{
    private const int MaxVariables = 5;
    private const int MaxVariableName = 16;
    private const string LiteralClass = "a-zA-Z0-9-._~%!$&'()+,;:@=*";

    private UriTemplate(string pattern, Re2Regex regex, ImmutableArray<string> variables)
    {
        Pattern = pattern;
        Regex = regex;
        Variables = variables;
    }

    public string Pattern { get; }

    /// <summary>The names of its variables in order; the n-th is the n-th group of the expression.</summary>
    public ImmutableArray<string> Variables { get; }

    internal Re2Regex Regex { get; }

    /// <summary>Compiles a template; null with what is wrong, in Envoy's words.</summary>
    public static UriTemplate? TryParse(string pattern, out string? error)
    {
        if (pattern.Length == 0 || pattern[0] != '/' || pattern.Any(static c => c is <= ' ' or > '~'))
        {
            error = $"Invalid pattern: \"{pattern}\"";
            return null;
        }

        var state = new Parser(pattern);
        if ((error = state.Parse()) is not null)
        {
            return null;
        }

        var regex = Re2Regex.TryParse(state.Expression, out error);
        return regex is null ? null : new UriTemplate(pattern, regex, [.. state.Variables]);
    }

    internal static bool IsLiteral(char c) => char.IsAsciiLetterOrDigit(c) || "-._~%!$&'()+,;:@=*".Contains(c, StringComparison.Ordinal);

    internal static bool IsVariableName(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Reads a template from left to right into a regular expression.</summary>
    private sealed class Parser(string pattern)
    {
        private readonly StringBuilder expression = new("^");
        private bool textGlobSeen;

        public List<string> Variables { get; } = [];

        public string Expression => expression + "$";

        public string? Parse()
        {
            var rest = pattern[1..];
            _ = expression.Append('/');
            while (rest.Length > 0)
            {
                var error = rest[0] == '{' ? Variable(ref rest) : Item(ref rest);
                if (error is not null)
                {
                    return error;
                }

                if (rest.Length == 0)
                {
                    break;
                }

                if (rest[0] != '/')
                {
                    return Suffix(rest);
                }

                _ = expression.Append('/');
                rest = rest[1..];
            }

            return Variables.Count > MaxVariables ? $"Exceeded variable count limit ({MaxVariables})" : null;
        }

        private string? Suffix(string rest)
        {
            return rest.Contains('/', StringComparison.Ordinal) ? "Prefix match not supported." : Literal(ref rest);
        }

        /// <summary><c>*</c>, <c>**</c> or a literal.</summary>
        private string? Item(ref string rest)
        {
            if (rest[0] != '*')
            {
                return Literal(ref rest);
            }

            if (textGlobSeen)
            {
                return "Glob after text glob.";
            }

            if (rest.StartsWith("**", StringComparison.Ordinal))
            {
                textGlobSeen = true;
                _ = expression.Append('[').Append(LiteralClass).Append("/]*");
                rest = rest[2..];
                return null;
            }

            _ = expression.Append('[').Append(LiteralClass).Append("]+");
            rest = rest[1..];
            return null;
        }

        private string? Literal(ref string rest)
        {
            var end = rest.IndexOf('/', StringComparison.Ordinal);
            var literal = end < 0 ? rest : rest[..end];
            if (literal.Length == 0 || !literal.All(IsLiteral))
            {
                return $"Invalid literal: \"{literal}\"";
            }

            foreach (var c in literal)
            {
                _ = char.IsAsciiLetterOrDigit(c) || c == '_' ? expression.Append(c) : expression.Append('\\').Append(c);
            }

            rest = rest[literal.Length..];
            return null;
        }

        private string? Variable(ref string rest)
        {
            var end = rest.IndexOf('}', StringComparison.Ordinal);
            if (end < 0)
            {
                return $"Unmatched variable bracket in \"{rest}\"";
            }

            var parts = rest[1..end].Split('=', 2);
            rest = rest[(end + 1)..];
            var name = parts[0];
            if (!IsVariableName(name))
            {
                return $"Invalid variable name: \"{name}\"";
            }

            if (name.Length > MaxVariableName)
            {
                return $"Invalid variable name length (length of \"{name}\" should be at least 1 and no more than {MaxVariableName})";
            }

            if (Variables.Contains(name, StringComparer.Ordinal))
            {
                return $"Repeated variable name: \"{name}\"";
            }

            Variables.Add(name);
            _ = expression.Append("(?P<").Append(name).Append('>');
            var error = parts.Length == 2 ? VariableMatch(parts[1]) : ImplicitMatch();
            _ = expression.Append(')');
            return error;
        }

        private string? ImplicitMatch()
        {
            var star = "*";
            return textGlobSeen ? "Implicit variable path glob after text glob." : Item(ref star);
        }

        private string? VariableMatch(string match)
        {
            if (match.Length == 0)
            {
                return "Empty variable match";
            }

            while (match.Length > 0)
            {
                if (Item(ref match) is { } error)
                {
                    return error;
                }

                if (match.Length > 0)
                {
                    if (match[0] != '/' || match.Length == 1)
                    {
                        return $"Invalid variable match: \"{match}\"";
                    }

                    _ = expression.Append('/');
                    match = match[1..];
                }
            }

            return null;
        }
    }
}
